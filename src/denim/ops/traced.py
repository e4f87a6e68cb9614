"""Tensors of a Program that is being built: what a user's function sees in place of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from denim.ops.operators import Comparable
from denim.program.builder import ProgramBuilder
from denim.program.nodes import BatchReduce, Dense, Shape

_UFUNCS = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "divide": "divide",
    "true_divide": "divide",
    "floor_divide": "floor_divide",
    "remainder": "mod",
    "power": "power",
    "matmul": "matmul",
    "less": "less",
    "less_equal": "less_equal",
    "greater": "greater",
    "greater_equal": "greater_equal",
    "equal": "equal",
    "not_equal": "not_equal",
}
"""NumPy's names of what its arrays' operators do, and those of the operations."""


class Untraceable(NotImplementedError):
    """What a user's function does is no part of a Program."""


class WithoutNumbers(Comparable):
    """What has no numbers yet, and so refuses everything that Python or NumPy would need numbers for."""

    def __bool__(self) -> bool:
        raise Untraceable(
            f"Python's `if`, `while`, `and`, `or` and `not` need numbers, and {self!r} has none yet: it is traced. "
            f"Write "
            "ops.where(condition, x1, x2), ops.logical_and, ops.logical_or or ops.logical_not."
        )

    def _needed(self, what: str, instead: str) -> Untraceable:
        return Untraceable(f"{what} needs numbers, and {self!r} has none yet: it is traced. {instead}")

    def __float__(self) -> float:
        raise self._needed("float()", "Keep it a tensor: operations of denim.ops take it as it is.")

    def __int__(self) -> int:
        raise self._needed("int()", 'Write ops.cast(x, "int32").')

    def __index__(self) -> int:
        raise self._needed("An index", "Write ops.one_hot(x, n) and multiply, or ops.where.")

    def __len__(self) -> int:
        raise self._needed("len()", "Write x.shape[1] for the size of an axis of a sample.")

    def __iter__(self) -> Iterator[Any]:
        raise self._needed(
            "A loop over a tensor", "Write ops.unstack(x, axis=1), or operations on all elements at once."
        )

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise self._needed("NumPy", "Write the function with denim.ops, which has NumPy's names: ops.exp for np.exp.")

    def numpy(self) -> Any:
        """Refused: there are no numbers yet."""
        raise self._needed("numpy()", "Write the function with denim.ops, which takes tensors as they are.")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **_: Any) -> Any:
        # An array's own operator, as in `array + x`, arrives here.
        if method == "__call__" and ufunc.__name__ in _UFUNCS:
            import denim.ops

            return getattr(denim.ops, _UFUNCS[ufunc.__name__])(*inputs)
        raise self._needed(f"np.{ufunc.__name__}", _instead(ufunc.__name__))

    def __array_function__(self, function: Any, *_: Any) -> Any:
        raise self._needed(f"np.{function.__name__}", _instead(function.__name__))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        import denim.ops

        instead = f"; write ops.{name}(x)" if name in denim.ops.__all__ else ""
        raise AttributeError(f"A traced tensor has no attribute {name!r}{instead}.")


def _instead(name: str) -> str:
    import denim.ops

    same = {"concat": "concatenate", "fabs": "abs", "power": "power"}.get(name, name)
    return f"Write ops.{same}." if same in denim.ops.__all__ else "Write the function with denim.ops."


class Traced(WithoutNumbers):
    """A node's tensor.

    Args:
        builder: of the Program.
        node: its index.
        dtype: as Keras would have it, such as "bool" for a comparison; the Program computes in its own dtype
        throughout.

    Attributes:
        shared: whether it is the same for all samples: made of weights, constants and what the batch has in common;
            it then has no batch axis.
        sample: the shape without the batch axis.
    """

    def __init__(self, builder: ProgramBuilder, node: int, dtype: str | None = None) -> None:
        self.builder = builder
        self._node: int | None = node
        self.dtype = dtype or builder.dtype
        self.sample: Shape = builder.shape(node)
        self.shared = builder.shared(node)

    @property
    def _keras_mask(self) -> Any:
        """The mask, or None."""
        mask = self.builder.mask(self.node)
        return None if mask is None else Traced(self.builder, mask, "bool")

    @_keras_mask.setter
    def _keras_mask(self, mask: Any) -> None:
        self.builder.set_mask(self.node, None if mask is None else mask.node)

    @property
    def node(self) -> int:
        """The index of the node."""
        assert self._node is not None
        return self._node

    @property
    def fed(self) -> bool:
        """Whether it depends on data."""
        return not self.shared or self.builder.fed(self.node)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """None for the batch, then the sample's; the bare shape of what is the same for all samples."""
        return self.sample if self.shared else (None, *self.sample)

    @property
    def ndim(self) -> int:
        """The number of axes, the batch axis included."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<traced tensor of shape {self.shape}, dtype {self.dtype}>"


class Product(Traced):
    """``x @ kernel`` with a weight as the kernel: becomes a node when it is read, so that a bias may still join it."""

    def __init__(self, x: Traced, kernel: Any, dtype: str) -> None:
        self.builder = x.builder
        self._node = None
        self.dtype = dtype
        self._units = int(kernel.shape[1])
        self.sample = (*x.sample[:-1], self._units)
        self.shared = x.shared
        self._input = x.node
        self._kernel = kernel

    @property
    def node(self) -> int:
        """The index of the Dense node."""
        if self._node is None:
            self._node = self._added(None)
        return self._node

    def plus(self, bias: Any, dtype: str) -> Traced | None:
        """With a weight of shape (units,) added; None where that is no single node any more."""
        if self._node is not None or tuple(bias.shape) != (self._units,):
            return None
        return Traced(self.builder, self._added(bias), dtype)

    def _added(self, bias: Any) -> int:
        kernel = self.builder.parameter(self._kernel)
        with_bias = None if bias is None else self.builder.parameter(bias)
        return self.builder.add(Dense("matmul", self._input, self._units, kernel, with_bias))


class OverBatch(Traced):
    """Samples reduced to one: becomes a node when it is read, so that a loss that is no more than a mean of what its
    samples give may do without.

    Attributes:
        samples: what is reduced.
        function: of ``BatchReduce``.
    """

    def __init__(self, samples: Traced, function: str, dtype: str) -> None:
        self.builder = samples.builder
        self._node = None
        self.dtype = dtype
        self.sample = samples.sample
        self.shared = True
        self.samples = samples
        self.function = function

    @property
    def node(self) -> int:
        """The index of the BatchReduce node."""
        if self._node is None:
            self._node = self.builder.add(BatchReduce(self.function, self.samples.node, self.function))
        return self._node

    @property
    def fed(self) -> bool:
        """It does."""
        return True

    @property
    def is_read(self) -> bool:
        """Whether it is a node already."""
        return self._node is not None
