"""Operations on KerasTensors: each becomes a layer of its own in the graph, as in Keras, and is replayed when a model
runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from denim import config
from denim.data.structure import flatten
from denim.layers.base import Layer
from denim.ops.operators import Symbolic

_CALLED_WITH = [
    "x",
    "x1",
    "x2",
    "xs",
    "condition",
    "inputs",
    "indices",
    "key",
    "target",
    "output",
    "weights",
    "operands",
    "variable",
    "fill_value",
    "start_indices",
]
"""Arguments that Keras writes down with a call; the others are settings of the operation."""

_KERAS = {
    "keras.src.ops.numpy": """
        abs absolute add all amax amin any append argmax argmin array average broadcast_to cbrt ceil clip concatenate
        copy cos cosh count_nonzero cumsum diag diagonal divide divide_no_nan dot einsum empty_like equal exp exp2
        expand_dims
        expm1 flip floor floor_divide full_like get_item greater greater_equal hstack hypot inner isclose isfinite isinf
        isnan less less_equal log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor matmul max
        maximum mean min minimum mod moveaxis multiply nan_to_num negative not_equal ones_like outer pad power prod ptp
        ravel reciprocal repeat reshape roll round sign sin sinh split sqrt square squeeze stack std subtract sum
        swapaxes
        take tan tanh tensordot tile trace transpose tril triu true_divide trunc var vdot vstack where zeros_like
    """,
    "keras.src.ops.math": "erf logsumexp rsqrt",
    "keras.src.ops.core": "cast convert_to_tensor saturate_cast slice stop_gradient unstack",
    "keras.src.ops.nn": """
        binary_crossentropy categorical_crossentropy celu elu gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh
        leaky_relu log_sigmoid log_softmax moments multi_hot normalize one_hot relu relu6 selu sigmoid silu soft_shrink
        softmax softplus softsign sparse_categorical_crossentropy sparse_plus squareplus tanh_shrink threshold
    """,
    "keras.src.ops.linalg": "norm",
}
"""Keras's module -> the operations whose classes it has: what a configuration may name."""


class Operation(Layer):
    """One use of an operation.

    Args:
        name: counted up from the operation's name if left out.
        options: the operation's settings, such as ``axis``.
    """

    is_operation = True

    function: ClassVar[Callable[..., Any]]
    settings: ClassVar[tuple[str, ...]] = ()
    """The names of what ``options`` may hold."""

    def __init__(self, *, name: str | None = None, **options: Any) -> None:
        super().__init__(name=name)
        self._options = options

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Extend the graph; the arithmetic has the dtype of the tensors."""
        tensors = [leaf for leaf in flatten((args, kwargs)) if isinstance(leaf, Symbolic)]
        self.dtype = next((t.dtype for t in tensors if t.dtype in config.FLOATS), self.dtype)  # type: ignore[attr-defined]
        return super().__call__(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The operation of the call's arguments, in the order of the operation's own."""
        function = type(self).function
        if function.__name__ == "einsum":
            return function(self._options["subscripts"], *args)
        names = [name for name in _parameters(function) if name in _CALLED_WITH]
        return function(**(self._options | kwargs | dict(zip(names, args, strict=False))))

    @property
    def lowering_key(self) -> object:
        """Nothing that could change."""
        return True

    def get_build_config(self) -> None:
        """Nothing is built."""

    def get_config(self) -> dict[str, Any]:
        """The name and the settings."""
        return {"name": self.name, **self._options}


def record(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The KerasTensors that the operation makes of its arguments."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        if name == "operands":
            positional += value
        elif name in _CALLED_WITH:
            positional.append(value)
        else:
            symbolic = any(isinstance(leaf, Symbolic) for leaf in flatten(value))
            (keywords if symbolic else options)[name] = value
    return operation_class(function.__name__)(**options)(*positional, **keywords)


@cache
def operation_class(name: str) -> type[Operation]:
    """The class of the operation's layers."""
    import denim.activations
    import denim.ops

    function = getattr(denim.ops if name in denim.ops.__all__ else denim.activations, name)
    options = tuple(each for each in _parameters(function) if each not in _CALLED_WITH and each != "kwargs")
    members = {
        "function": staticmethod(function),
        "settings": options,
        "__module__": __name__,
        "__doc__": function.__doc__,
    }
    return type(class_name(name), (Operation,), members)


def class_name(name: str) -> str:
    """Keras's name for an operation's class: ``LeakyRelu`` for leaky_relu."""
    return "Absolute" if name == "abs" else "".join(part.capitalize() for part in name.split("_"))


def keras_module(cls: type) -> str | None:
    """Where Keras has an operation's class of this name; None where it has none."""
    return next((module for module, classes in _classes().items() if cls.__name__ in classes), None)


def find_operation(module: str, name: str) -> type[Operation] | None:
    """The class that a configuration names, if it is one of Keras's operations that there are here too."""
    function = _classes().get(module, {}).get(name)
    return None if function is None else operation_class(function)


@cache
def _classes() -> dict[str, dict[str, str]]:
    return {module: {class_name(name): name for name in names.split()} for module, names in _KERAS.items()}


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
