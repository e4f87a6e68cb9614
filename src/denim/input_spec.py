"""InputSpec: what a layer's input must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from denim.dtypes import standardize_dtype


class InputSpec:
    """The dtype, number of axes and sizes that an input must have; what is None may be any.

    Args:
        dtype: of the elements.
        shape: batch axis first; None for an axis of any size.
        ndim, max_ndim, min_ndim: the number of axes, or its limits.
        axes: axis number -> size.
        allow_last_axis_squeeze: whether a last axis of size 1 may be missing or too much.
        name: the input's key in a dictionary of inputs.
        optional: whether None may be passed.

    Raises:
        TypeError: for axes that are no dictionary of whole numbers.
        ValueError: for an axis beyond the number of axes, or an unknown dtype.

    Source: https://keras.io/api/layers/base_layer/
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.name, self.optional = name, optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (AttributeError, TypeError, ValueError):
            raise TypeError(f"Argument `axes` must be a dict with integer keys. Received: axes={axes}") from None
        most = self.ndim or self.max_ndim
        if self.axes and most is not None and max(self.axes) >= most:
            raise ValueError(f"Axis {max(self.axes)} is greater than the maximum allowed value: {most - 1}")

    def get_config(self) -> dict[str, Any]:
        """The arguments, as Keras writes them."""
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes", "optional")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """An equal one."""
        return cls(**config)

    def __repr__(self) -> str:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return f"InputSpec({', '.join(f'{name}={getattr(self, name)}' for name in names if getattr(self, name))})"
