"""Layers that make features of categories and of ranges: CategoryEncoding, Discretization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from denim import ops
from denim.data.arrays import converted, is_array_like
from denim.data.quantiles import Quantiles
from denim.data.stored import in_parts
from denim.layers.formula import FormulaLayer
from denim.layers.symbolic import BatchShape, batch_shape

_MODES = ("one_hot", "multi_hot", "count")


class _Encoding(FormulaLayer):
    """What both have in common: rows of 0 and 1, or of counts, for class numbers."""

    output_mode: str

    @property
    def depth(self) -> int:
        """How many classes there are."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """The classes as the last axis: in the place of the numbers counted, or of a last axis of size 1."""
        shape = batch_shape(input_shape, "input_shape")
        if self.output_mode == "int":
            return shape
        if self.output_mode == "one_hot":
            kept = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
            return (*kept, self.depth)
        return (shape[0], *shape[2:], self.depth)

    def encoded(self, numbers: Any) -> Any:
        """Class numbers in the mode of the layer."""
        if self.output_mode == "int":
            return numbers
        if self.output_mode == "one_hot" and numbers.ndim > 1 and numbers.shape[-1] == 1:
            numbers = ops.squeeze(numbers, -1)
        rows = ops.one_hot(numbers, self.depth, dtype=self.dtype)
        if self.output_mode == "one_hot":
            return rows
        return ops.max(rows, 1) if self.output_mode == "multi_hot" else ops.sum(rows, 1)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input; of two axes at least, where numbers of a sample are counted together."""
        super().check_inputs(shapes)
        if self.output_mode in ("multi_hot", "count") and len(shapes[0]) < 2:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: output_mode={self.output_mode!r} '
                f"takes samples of several numbers, at least 2 axes. Received: input shape {shapes[0]}"
            )


class CategoryEncoding(_Encoding):
    """Class numbers as features.

    Args:
        num_tokens: how many classes there are, numbered from 0.
        output_mode: "multi_hot", one row for each sample, 1 for each class that is among its numbers; "count", how
            often each is; "one_hot", a row for each number. A number that is no class leaves its row 0.
        sparse: only False.

    Raises:
        ValueError: without a positive num_tokens, or for another mode.
        NotImplementedError: for sparse.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/
    """

    reads_indices = True

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = "multi_hot", sparse: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        mode = "multi_hot" if output_mode == "binary" else output_mode
        if mode not in _MODES:
            raise ValueError(
                f"Unknown arg for output_mode: {output_mode!r}. It is one of {', '.join(map(repr, _MODES))}"
            )
        if num_tokens is None:
            raise ValueError(
                "num_tokens must be set to use this layer: how many classes there are, such as int(x.max()) + 1."
            )
        if isinstance(num_tokens, bool) or not hasattr(num_tokens, "__index__") or num_tokens < 1:
            raise ValueError(f"`num_tokens` must be an integer, >= 1. Received: num_tokens={num_tokens!r}.")
        if sparse:
            raise NotImplementedError("CategoryEncoding: sparse=True is not supported; leave it out.")
        self.num_tokens, self.output_mode = int(num_tokens), mode

    @property
    def depth(self) -> int:
        """The classes."""
        return self.num_tokens

    def formula(self, *inputs: Any) -> Any:
        """One-hot rows, and their maxima or sums."""
        return self.encoded(inputs[0])

    def get_config(self) -> dict[str, Any]:
        """Classes and mode."""
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}


class Discretization(_Encoding):
    """Which of some ranges each number lies in.

    Args:
        bin_boundaries: where one range ends and the next begins, ascending; the first and the last range have no end.
        num_bins: or how many ranges ``adapt`` is to make, of about equally many samples.
        epsilon: how exact ``adapt`` is: it keeps about 1 / epsilon quantiles.
        output_mode: "int", the number of the range, from 0; "one_hot", "multi_hot" or "count": see CategoryEncoding.
        sparse: only False.

    Raises:
        ValueError: without boundaries and a number of ranges, with both, or for another mode.
        NotImplementedError: for sparse.

    Source: https://keras.io/api/layers/preprocessing_layers/numerical/discretization/
    """

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(dtype=dtype, name=name)
        if sparse:
            raise NotImplementedError("Discretization: sparse=True is not supported; leave it out.")
        if output_mode not in ("int", *_MODES):
            raise ValueError(
                f"Discretization: `output_mode` must be one of 'int', {', '.join(map(repr, _MODES))}. "
                f"Received: output_mode={output_mode!r}"
            )
        if num_bins is not None and (isinstance(num_bins, bool) or not hasattr(num_bins, "__index__") or num_bins < 0):
            raise ValueError(f"`num_bins` must be greater than or equal to 0. Received: `num_bins={num_bins!r}`")
        if num_bins is not None and bin_boundaries is not None:
            raise ValueError(
                "Both `num_bins` and `bin_boundaries` should not be set. Received: "
                f"`num_bins={num_bins}` and `bin_boundaries={bin_boundaries}`"
            )
        if num_bins is None and bin_boundaries is None:
            raise ValueError("You need to set either `num_bins` or `bin_boundaries`.")
        self.bin_boundaries = None if bin_boundaries is None else _ascending(bin_boundaries)
        self.num_bins, self.epsilon, self.output_mode = num_bins, epsilon, output_mode

    @property
    def depth(self) -> int:
        """The ranges."""
        return len(self.bin_boundaries) + 1 if self.bin_boundaries is not None else int(self.num_bins or 0)

    def output_dtype(self, received: str) -> str:
        """Whole numbers, where ranges are numbered."""
        return "int32" if self.output_mode == "int" else self.dtype

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Take the boundaries from ``data``, in place of those taken before.

        Args:
            data: an array, or an iterable of arrays, batch by batch.
            steps: how many batches of an iterable to take; all if left out.

        Raises:
            TypeError: for what is neither.
            ValueError: for a layer that was given boundaries, or without data.
        """
        if self.num_bins is None:
            raise ValueError(
                "Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use `num_bins` "
                "instead."
            )
        quantiles = Quantiles(self.epsilon)
        for i, batch in enumerate(_batches(data)):
            if steps is not None and i >= steps:
                break
            quantiles.add(batch)
        self.bin_boundaries = quantiles.boundaries(self.num_bins)

    @property
    def lowering_key(self) -> object:
        """The boundaries: a model is lowered anew when they change."""
        return tuple(self.bin_boundaries or ())

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input, once there are boundaries."""
        super().check_inputs(shapes)
        if self.bin_boundaries is None:
            raise ValueError(
                "You need to either pass the `bin_boundaries` argument at construction time or call `adapt(dataset)` "
                "before you can start using the `Discretization` layer."
            )

    def formula(self, *inputs: Any) -> Any:
        """How many boundaries are not above a number."""
        above = ops.greater_equal(ops.expand_dims(inputs[0], -1), np.asarray(self.bin_boundaries, self.dtype))
        return self.encoded(ops.sum(ops.cast(above, "int32"), -1))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, with the boundaries that ``adapt`` found."""
        config = super().get_config()
        return {
            "bin_boundaries": self.bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": False,
            "name": config["name"],
            "dtype": config["dtype"],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of this configuration, which may have been adapted."""
        found = config.get("bin_boundaries")
        if found is None or config.get("num_bins") is None:
            return cls(**config)
        layer = cls(**{**config, "bin_boundaries": None})
        layer.bin_boundaries = _ascending(found)
        return layer


def _ascending(boundaries: Any) -> list[float]:
    array = np.asarray(boundaries, np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all() or (np.diff(array) < 0).any():
        raise ValueError(
            "Discretization: `bin_boundaries` must be a list of finite numbers in ascending order. "
            f"Received: bin_boundaries={boundaries!r}"
        )
    numbers: list[float] = array.tolist()
    return numbers


def _batches(data: Any) -> Any:
    if is_array_like(data):
        yield from in_parts(data, "data")
        return
    if isinstance(data, (str, bytes, Mapping)) or not hasattr(data, "__iter__"):
        raise TypeError(f"adapt() takes an array or an iterable of arrays. Received: an object of type {type(data)}")
    for batch in data:
        yield converted(batch, "data")
