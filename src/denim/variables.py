"""Variable: a named array that layers and optimizers hold, wherever its numbers live."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.naming import auto_name, check_name
from denim.ops.operators import Operators

if TYPE_CHECKING:
    from denim.program.builder import RegularizerLike
    from denim.program.specs import Constraint

_moves = count(1)
last_move = 0
"""The number of the last time that any variable moved: each move has its own, whichever threads they are made in."""


class Variable(Operators):
    """A named tensor that is changed in place. Its operators are those of ``denim.ops``.

    Args:
        initializer: its first value, which is copied, or an initializer or the name of one, which makes it.
        shape: of what an initializer makes.
        dtype: of the stored numbers; that of a tensor of the first value if left out.
        trainable: whether training changes it.
        autocast, aggregation, synchronization, layout: Keras's; of no account.
        name: short, such as "kernel"; counted up from "variable" if left out.
        path: the owners' names and this one, such as "sequential/dense/kernel"; ``name`` if left out.

    Raises:
        ValueError: for an initializer without a shape, a value of another shape, or a slash in the name.

    The numbers may live in a model's flat buffer: see ``home``. ``value`` is then a view into it.
    """

    __array_priority__ = 1000.0  # so that `array * variable` is the variable's operator

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: Any = "none",
        synchronization: Any = "auto",
        name: str | None = None,
        layout: Any = None,
        *,
        path: str | None = None,
    ) -> None:
        self.name = auto_name("variable") if name is None else check_name(name, "variable")
        self._value = _first_value(initializer, shape, dtype)
        self.path = path or self.name
        self.trainable = trainable
        self.regularizer: RegularizerLike | None = None
        self._constraint: Any = None

    @property
    def constraint(self) -> Any:
        """What holds after each step of training: one of ``denim.constraints``, or a function of a weight.

        Raises:
            ValueError: if something is set that cannot be called, or has an axis that the variable has not.
            NotImplementedError: if it is a function that is not written with ``denim.ops``.
        """
        return self._constraint

    @constraint.setter
    def constraint(self, value: Any) -> None:
        if value is not None and not callable(value):
            raise ValueError(
                "Invalid value for attribute `constraint`. Expected a `constraints.Constraint` or `None`. "
                f"Received: constraint={value!r}"
            )
        self._constraint_spec(value)
        self._constraint = value

    def constraint_spec(self) -> Constraint | None:
        """The constraint as a Program states it."""
        return self._constraint_spec(self._constraint)

    def _constraint_spec(self, constraint: Any) -> Constraint | None:
        if constraint is None:
            return None
        from denim.constraints import spec_of

        return spec_of(constraint, self.shape, self.dtype, self.path)

    @property
    def value(self) -> np.ndarray:
        """The array itself: writing into it changes the variable."""
        return self._value

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape, which never changes."""
        return self._value.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._value.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self._value.size

    @property
    def dtype(self) -> str:
        """The dtype's name, such as "float32"."""
        return self._value.dtype.name

    def numpy(self) -> np.ndarray:
        """A copy of the value."""
        return self._value.copy()

    def assign(self, value: Any) -> Variable:
        """Replace the value.

        Raises:
            ValueError: if the shape differs; the variable is then unchanged.
        """
        new = np.asarray(value)
        if new.shape != self.shape:
            raise ValueError(
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must "
                f"match. Received: value.shape={new.shape}; variable.shape={self.shape} (variable {self.path!r})"
            )
        self._value[...] = new
        return self

    def assign_add(self, value: Any) -> Variable:
        """Add ``value``, of the same shape, in place."""
        return self.assign(self._value + np.asarray(value))

    def assign_sub(self, value: Any) -> Variable:
        """Subtract ``value``, of the same shape, in place."""
        return self.assign(self._value - np.asarray(value))

    def home(self, view: np.ndarray) -> None:
        """Move into ``view``, an array of this shape: its numbers become this variable's, and it is changed in place.

        A view that the variable lives in already is left as it is.

        Raises:
            ValueError: if shape or dtype differs.
        """
        if (view.shape, view.dtype.name) != (self.shape, self.dtype):
            raise ValueError(
                f"Variable {self.path!r} of shape {self.shape} and dtype {self.dtype} cannot live in a view of shape "
                f"{view.shape} and dtype {view.dtype.name}."
            )
        global last_move
        if not self.lives_in(view):
            view[...] = self._value
        self._value = view
        last_move = next(_moves)

    def lives_in(self, view: np.ndarray) -> bool:
        """Whether ``view`` is the very memory this variable's numbers are in."""
        mine, other = self._value.__array_interface__, view.__array_interface__
        return all(mine.get(key) == other.get(key) for key in ("data", "shape", "typestr", "strides"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy or (dtype is not None and np.dtype(dtype) != self._value.dtype):
            return self._value.astype(dtype or self._value.dtype)
        return self._value

    def __float__(self) -> float:
        return float(self._value)

    def __int__(self) -> int:
        return int(self._value)

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, value={self._value}>"


def _first_value(initializer: Any, shape: Any, dtype: Any) -> np.ndarray:
    from denim.ops.tensor import as_array

    kind = None if dtype is None else np.dtype(dtype).name
    asked = None if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
    if callable(initializer) or isinstance(initializer, str):
        from denim import config, initializers

        if asked is None:
            raise ValueError(
                "When creating a Variable from an initializer, the `shape` argument should be specified, such as "
                f"shape=(3,). Received: initializer={initializer!r} and shape=None"
            )
        initializer = initializers.get(initializer)(asked, dtype=kind or config.floatx())
    value = np.array(as_array(initializer) if kind is None else initializer, dtype=kind)
    if asked is not None and value.shape != asked:
        raise ValueError(f"The first value must have the shape {asked}. Received: shape {value.shape}")
    return value
