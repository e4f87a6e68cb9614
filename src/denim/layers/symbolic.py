"""KerasTensor: what a layer makes before there are any numbers, and the record of which call made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from denim.config import floatx
from denim.data.texts import TEXTS
from denim.naming import auto_name
from denim.ops.operators import Symbolic

if TYPE_CHECKING:
    from denim.layers.base import Layer

BatchShape = tuple["int | None", ...]
"""A shape with the batch axis first: None where any size will do, as in the batch axis and for sequences."""

INDICES = "int32"
"""How a Program calls whole numbers, whatever integers they are in the arrays."""

INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool")
"""What an Input's dtype may be beside that of the arithmetic: whole numbers."""


@dataclass(eq=False)
class Call:
    """One use of a layer. An InputLayer's has no inputs.

    Attributes:
        layer: the layer called.
        inputs: the tensors it was called with.
        outputs: the tensors it made.
        index: which of the layer's calls this is.
        training: the mode that the caller fixed, if any.
        arguments: for a layer with a Python ``call``: all positional and keyword arguments, the inputs among them.
        packing: for such a layer: the outputs, in the containers that the call returned them in.
    """

    layer: Layer
    inputs: tuple[KerasTensor, ...]
    outputs: tuple[KerasTensor, ...] = ()
    index: int = 0
    training: bool | None = None
    arguments: tuple[tuple[Any, ...], dict[str, Any]] | None = None
    packing: Any = None


class KerasTensor(Symbolic):
    """A tensor without values: shape (batch axis first, None for any size), dtype, name and origin.

    One that is ``of_batch`` is what a batch has in common, and has no batch axis.
    """

    def __init__(self, shape: BatchShape, dtype: str = "float32", name: str | None = None) -> None:
        self.shape = shape
        self.dtype = dtype
        self.name = name or auto_name(type(self).__name__)
        self.call: Call | None = None
        self._keras_mask: Any = None
        self.of_batch = False

    @property
    def ndim(self) -> int:
        """The number of axes, the batch axis included."""
        return len(self.shape)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ValueError(
            f"A KerasTensor is symbolic: it is a placeholder for a shape and a dtype and holds no numbers ({self}). "
            "Build a Model from it and call that with an array."
        )

    def __bool__(self) -> bool:
        raise TypeError(f"A KerasTensor holds no numbers, so it has no truth value ({self}).")

    def __len__(self) -> int:
        raise TypeError(f"A KerasTensor holds no numbers, so it has no length ({self}). Its shape is {self.shape}.")

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, sparse=False, ragged=False, name={self.name}>"


def is_keras_tensor(x: object) -> bool:
    """Whether it is a KerasTensor."""
    return isinstance(x, KerasTensor)


def get_source_inputs(tensor: Any) -> list[Any]:
    """The KerasTensors of the ``Input``s that a KerasTensor was made from, each once."""
    found: dict[int, Any] = {}
    met: set[int] = set()
    pending = [tensor]
    while pending:
        current = pending.pop()
        if id(current) in met:
            continue
        met.add(id(current))
        call = current.call if isinstance(current, KerasTensor) else None
        if call is not None and call.inputs:
            pending.extend(reversed(call.inputs))
        else:
            found[id(current)] = current
    return list(found.values())


def batch_shape(shape: object, what: str) -> BatchShape:
    """A shape whose first axis is the batch, as a tuple of sizes, each an int or None.

    Raises:
        ValueError: for anything else; ``what`` names it.
    """
    if not isinstance(shape, (tuple, list)) or not shape:
        raise ValueError(
            f"{what} must be a tuple of sizes with the batch axis first, such as (None, 784). Received: {shape!r}"
        )
    return tuple(_size(size, what, shape) for size in shape)


def sample_shape(shape: object, what: str) -> BatchShape:
    """The shape of one sample, without the batch axis.

    Raises:
        ValueError: if it is not a tuple or list of positive integers and Nones; ``what`` names it.
    """
    if isinstance(shape, int) and not isinstance(shape, bool):
        raise ValueError(f"{what} must be a tuple. Received: {shape!r}. Did you mean ({shape},)?")
    if not isinstance(shape, (tuple, list)):
        raise ValueError(f"{what} must be a tuple of sizes, such as (784,). Received: {shape!r}")
    return tuple(_size(size, what, shape) for size in shape)


def known_sizes(sizes: Iterable[int | None], path: str) -> tuple[int, ...]:
    """The sizes that a weight is made with.

    Raises:
        ValueError: if one is None; ``path`` is the weight's.
    """
    shape = tuple(sizes)
    if None in shape:
        raise ValueError(
            "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
            f"shape={shape} for variable path={path!r}. Give the Input that size, or reduce the axis before, as "
            "GlobalAveragePooling1D does."
        )
    return shape  # type: ignore[return-value]


def common_dtype(layers: Iterable[Layer]) -> str:
    """What a model of these layers computes in. Inputs of whole numbers or texts have a dtype of their own.

    Raises:
        ValueError: for layers of different dtypes.
    """
    dtypes = [(layer.name, layer.dtype) for layer in layers if layer.dtype not in (*INTEGERS, TEXTS)]
    if len({dtype for _, dtype in dtypes}) > 1:
        raise ValueError(
            "All layers of a model compute in one dtype. Received: "
            + ", ".join(f"{name!r} in {dtype}" for name, dtype in dtypes)
        )
    return dtypes[0][1] if dtypes else floatx()


def _size(size: Any, what: str, shape: object) -> int | None:
    if size is None:
        return None
    try:
        number = size.__index__()
    except AttributeError:
        number = 0
    if isinstance(size, bool) or number < 1:
        raise ValueError(f"{what}: every size must be a positive integer, or None. Received: {shape!r}")
    return int(number)
