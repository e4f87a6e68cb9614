"""Layers that give texts and integers numbers by fingerprints, without a vocabulary: Hashing, HashedCrossing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim.data.structure import is_nested
from denim.data.texts import plain_texts, text_array
from denim.layers.categories import check_dense, emit_encoded, encoded, encoded_shape, mode_of
from denim.layers.fingerprints import bucket, crossed, farm, salted
from denim.layers.raw import RawLayer, whole_numbers
from denim.layers.symbolic import BatchShape, KerasTensor, batch_shape
from denim.program.builder import ProgramBuilder


class _Bins(RawLayer):
    """What both have in common: bins, as numbers or as rows."""

    def __init__(
        self, num_bins: Any, output_mode: Any, sparse: bool, modes: tuple[str, ...], dtype: Any, **kwargs: Any
    ) -> None:
        owner = type(self).__name__
        if isinstance(num_bins, bool) or not isinstance(num_bins, (int, np.integer)) or num_bins < 1:
            raise ValueError(
                f"The `num_bins` for `{owner}` must be a whole number of at least 1. Received: num_bins={num_bins!r}."
            )
        mode = mode_of(owner, output_mode, modes)
        check_dense(owner, sparse)
        whole = getattr(dtype, "name", dtype) in ("int32", "int64")
        if mode == "int" and dtype is not None and not whole:
            raise ValueError(
                f"When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'int64'. Received: "
                f"dtype={dtype}"
            )
        super().__init__(dtype=None if whole else dtype, **kwargs)
        self.num_bins, self.output_mode = int(num_bins), mode
        self._number_dtype = str(getattr(dtype, "name", dtype)) if whole else "int64"

    def received(self, data: Any, role: str) -> np.ndarray:
        """Texts, or whole numbers."""
        array = np.asarray(data) if isinstance(data, (list, tuple, int, str, bytes)) else data
        kind = getattr(getattr(array, "dtype", None), "kind", "O")
        return whole_numbers(array, role) if kind in "biuf" else text_array(array, role)

    def check_symbolic(self, tensors: Sequence[KerasTensor]) -> None:
        """Texts and numbers."""

    def output_dtype(self, received: str) -> str:
        """Whole numbers, or rows of the arithmetic's dtype."""
        return self._number_dtype if self.output_mode == "int" else self.dtype

    def output_of(self, prepared: Any) -> np.ndarray:
        """Numbers, or rows of the layer's dtype."""
        if self.output_mode == "int":
            numbers: np.ndarray = prepared.astype(self._number_dtype)
            return numbers
        return encoded(prepared, self.output_mode, self.num_bins, self.dtype)

    def finished(self, builder: ProgramBuilder, node: int) -> int:
        """The rows for the numbers."""
        return emit_encoded(builder, node, self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        settings = {"num_bins": self.num_bins, "output_mode": self.output_mode, "sparse": False}
        dtype = self._number_dtype if self.output_mode == "int" else self.dtype
        return {**super().get_config(), "dtype": dtype, **settings}


class Hashing(_Bins):
    """Texts or integers as numbers below ``num_bins``, by a fingerprint: for very many, of which none is to be kept.

    The numbers are Keras's: FarmHash's, or SipHash's with a salt.

    Args:
        num_bins: how many numbers there are, that for ``mask_value`` included.
        mask_value: what has the number 0, which nothing else has then.
        salt: one or two numbers that change the fingerprints.
        output_mode: "int"; "one_hot", a row for each; "multi_hot" or "count", one row for a sample.
        sparse: only False.

    Raises:
        ValueError: for no positive number of bins, or another mode.
        NotImplementedError: for sparse.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashing/
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_bins, output_mode, sparse, ("int", "one_hot", "multi_hot", "count"), dtype, **kwargs)
        self.mask_value, self.salt = mask_value, salted("Hashing", salt)

    def prepared(self, *arrays: np.ndarray) -> np.ndarray:
        """The bin of each text or number."""
        array = arrays[0]
        tokens = array.reshape(-1).tolist() if array.dtype.kind in "iu" else plain_texts(array)
        masks = self.mask_value is not None and self.num_bins > 1
        buckets = self.num_bins - masks
        bins = {token: masks + bucket(token, buckets, self.salt) for token in set(tokens)}
        if masks:
            bins[self.mask_value] = 0
        return np.fromiter((bins[token] for token in tokens), np.int64, len(tokens)).reshape(array.shape)

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """That of the numbers, or rows for them."""
        return encoded_shape(batch_shape(input_shape, "input_shape"), self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "salt": self.salt, "mask_value": self.mask_value}


class HashedCrossing(_Bins):
    """One number below ``num_bins`` for what two or more features are together, by a fingerprint.

    ``HashedCrossing(5)((["a", "b"], [1, 2]))``: the features are texts or integers, of shape (samples,) or
    (samples, 1). The numbers are Keras's.

    Args:
        num_bins: how many numbers there are.
        output_mode: "int", or "one_hot", a row for each.
        sparse: only False.

    Raises:
        ValueError: for no positive number of bins, or another mode.
        NotImplementedError: for sparse.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/
    """

    takes_list = True

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_bins, output_mode, sparse, ("int", "one_hot"), dtype, name=name, **kwargs)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """Two or more of one shape, each with one value a sample."""
        if len(shapes) < 2:
            raise ValueError(
                f"`HashedCrossing` should be called on at least two inputs. Received: {len(shapes)} of shape {shapes}"
            )
        if len(set(shapes)) > 1 or len(shapes[0]) > 2 or (len(shapes[0]) == 2 and shapes[0][1] != 1):
            raise ValueError(
                "All `HashedCrossing` inputs should have equal shape, `(batch_size)` or `(batch_size, 1)`. "
                f"Received: inputs of shape {shapes}"
            )

    def prepared(self, *arrays: np.ndarray) -> np.ndarray:
        """The bin of each sample."""
        parts = [_prints(array) for array in arrays]
        known: dict[tuple[int, ...], int] = {}
        found = []
        for row in zip(*parts, strict=True):
            if row not in known:
                known[row] = crossed(row) % self.num_bins
            found.append(known[row])
        return np.array(found, np.int64).reshape(arrays[0].shape)

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """That of one input, or rows for it."""
        first = input_shape[0] if is_nested(input_shape[0]) else input_shape
        return encoded_shape(batch_shape(first, "input_shape"), self.output_mode, self.num_bins)

    def output_shapes(self, shapes: tuple[BatchShape, ...]) -> tuple[BatchShape, ...]:
        """That of one input, or rows for it."""
        return (self.compute_output_shape(list(shapes)),)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {key: value for key, value in super().get_config().items() if key != "trainable"}


def _prints(array: np.ndarray) -> list[int]:
    if array.dtype.kind in "iu":
        return [number & 0xFFFFFFFFFFFFFFFF for number in array.reshape(-1).tolist()]
    tokens = plain_texts(array)
    prints = {token: farm(token.encode()) for token in set(tokens)}
    return [prints[token] for token in tokens]
