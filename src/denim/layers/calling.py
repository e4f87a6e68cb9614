"""What a layer does when it is called: on KerasTensors, while it is traced, and on arrays.

A layer either lowers itself (``emit``) or says in Python what it computes (``call``, a user's own): whichever its class
defines last. A ``call`` runs as it stands on arrays, and is traced into the Program of every model that the layer is
in.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.data.structure import flatten, is_nested, map_structure, pack_as
from denim.data.texts import TEXTS
from denim.layers.activity import penalize
from denim.layers.lengths import is_open, samples_made
from denim.layers.masks import carry_computed, is_masked, mask_of, masks_of, set_masks
from denim.layers.symbolic import INDICES, INTEGERS, BatchShape, Call, KerasTensor, batch_shape
from denim.layers.undoing import unbuilt_if_refused
from denim.ops import tracing
from denim.ops.running import row_for_each_sample, run_traced
from denim.ops.tensor import Tensor, as_array, dtype_of, tensor
from denim.ops.traced import OverBatch, Traced
from denim.program.builder import ProgramBuilder, has_spec
from denim.program.nodes import BatchReduce, Shape
from denim.program.nodes import Input as InputNode

if TYPE_CHECKING:
    from denim.layers.base import Layer

Arguments = tuple[tuple[Any, ...], dict[str, Any]]

_eager_training: ContextVar[bool | None] = ContextVar("_eager_training", default=None)


class Phase:
    """The ``training`` that a ``call`` is given while it is traced. To ask for its truth makes two Programs of a
    model.
    """

    def __init__(self, builder: ProgramBuilder) -> None:
        self._builder = builder

    def __bool__(self) -> bool:
        return self._builder.in_phase()

    def __eq__(self, other: object) -> bool:
        return bool(self) == other

    def __hash__(self) -> int:
        return hash(bool(self))


def is_python(cls: type[Any]) -> bool:
    """Whether layers of this class compute by a Python ``call``."""
    return _is_python(cls)  # type: ignore[arg-type]


@cache
def _is_python(cls: Any) -> bool:
    for base in cls.__mro__:
        if "emit" in vars(base) or "emit_all" in vars(base):
            return False
        if "call" in vars(base):
            return True
    return False


@cache
def _parameters(function: Any) -> tuple[str, ...]:
    """The names of a method's parameters, without self; "**" stands for any keyword."""
    found = list(inspect.signature(function).parameters.values())[1:]
    return tuple("**" if each.kind is each.VAR_KEYWORD else each.name for each in found)


def called(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What ``layer(*args, **kwargs)`` gives."""
    if "_calls" not in vars(layer):
        raise RuntimeError(
            f"In layer {type(layer).__name__}, you forgot to call `super().__init__()` as the first statement in the "
            "`__init__()` method. Go add it!"
        )
    leaves = flatten((args, kwargs))
    symbolic = any(isinstance(leaf, KerasTensor) for leaf in leaves)
    if symbolic and not layer.reads_raw:
        _refuse_texts(layer, leaves)
    builder = tracing.current_builder()
    if builder is None and any(isinstance(leaf, Traced) for leaf in leaves):
        builder = tracing.builder_of(*leaves)
    if builder is not None and not symbolic:
        if is_python(type(layer)):
            return traced_call(layer, builder, args, kwargs)
        return emitted(layer, builder, *plain_arguments(layer, args, kwargs))
    if is_python(type(layer)):
        kwargs = _with_masks(layer, args, kwargs)
        result = (_symbolic if symbolic else _eager)(layer, args, kwargs)
    else:
        inputs, training = plain_arguments(layer, args, kwargs)
        if symbolic:
            result = layer.call_symbolic(inputs, training)
        else:
            mode = _eager_training.get() if training is None else training
            result = layer.pack_outputs([tensor(y) for y in layer._call_arrays(inputs, bool(mode))])
    if not layer.is_operation:
        set_masks(layer, _first(args, kwargs), result, _previous_mask(args, kwargs))
    return result


def _first(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return args[0] if args else next(iter(kwargs.values()), None)


def _previous_mask(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The mask that a call was given, or that of its first argument."""
    given = kwargs.get("mask")
    return masks_of(_first(args, kwargs)) if given is None else given


def _with_masks(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments, with the masks of the tensors where the ``call`` takes them and none is given."""
    names = _parameters(type(layer).call)
    given = dict(zip(names, args, strict=False)) | kwargs
    tensors = {name: value for name, value in given.items() if _has_shape(value)}
    for name, value in tensors.items():
        place = "mask" if len(tensors) == 1 else f"{name}_mask"
        if place in names and given.get(place) is None and is_masked(masks := masks_of(value)):
            kwargs = {**kwargs, place: masks}
    return kwargs


def plain_arguments(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, bool | None]:
    """The inputs and the mode of a layer that lowers itself; a mask is no argument of its own.

    Raises:
        NotImplementedError: for a mask that would change what the layer computes.
        TypeError: for other arguments.
    """
    given = dict(zip(("inputs", "training"), args, strict=False)) | kwargs
    if given.pop("mask", None) is not None and layer.computes_with_mask:
        raise NotImplementedError(
            f"{type(layer).__name__} {layer.name!r} does not take a mask. Received: mask={kwargs['mask']!r}. Put what "
            "shall not count out of the way beforehand, with ops.where."
        )
    unknown = set(given) - {"inputs", "training"}
    if "inputs" not in given or unknown or len(args) > 2:
        raise TypeError(
            f"{type(layer).__name__} {layer.name!r} is called as layer(inputs, training=...). Received: {len(args)} "
            f"positional arguments and {sorted(kwargs)}."
        )
    return given["inputs"], _fixed(given.get("training"))


def _fixed(training: Any) -> bool | None:
    """A mode that the caller fixes; the phase that a ``call`` hands on fixes none."""
    return None if training is None or isinstance(training, Phase) else bool(training)


def _refuse_texts(layer: Layer, leaves: list[Any]) -> None:
    for leaf in leaves:
        if isinstance(leaf, KerasTensor) and leaf.dtype == TEXTS:
            raise ValueError(
                f"{type(layer).__name__} {layer.name!r} reads numbers. Received: {leaf!r}, which is of texts. Number "
                "them first: StringLookup, Hashing and TextVectorization read texts."
            )


# While something is traced


def emitted(layer: Layer, builder: ProgramBuilder, inputs: Any, training: bool | None) -> Any:
    """The traced outputs of a layer that lowers itself."""
    tensors = [tracing.traced(builder, x, layer.dtype) for x in flatten(inputs)]
    shapes = tuple(x.shape for x in tensors)
    layer.check_inputs(shapes)
    layer.build_for(shapes)
    with builder.mode(training):
        nodes = layer.emit_call(builder, tuple(x.node for x in tensors))
    dtype = layer.output_dtype(tensors[0].dtype)
    return layer.pack_outputs([Traced(builder, node, dtype) for node in nodes])


def traced_call(layer: Layer, builder: ProgramBuilder, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a Python ``call`` makes of traced tensors, as traced tensors.

    Raises:
        NotImplementedError: for what cannot be traced, with the place in the user's code.
    """
    build_by_arguments(layer, args, kwargs)
    kwargs = _with_masks(layer, args, kwargs)
    first, given = _first(args, kwargs), kwargs.get("mask")
    training = _fixed(kwargs.get("training"))
    with builder.mode(training):
        args, kwargs = _with_training(layer, args, kwargs, Phase(builder))

        def output() -> Any:
            return map_structure(lambda leaf: row_for_each_sample(builder, leaf), layer.call(*args, **kwargs))

        result = run_traced(f"{type(layer).__name__}.call", builder, output)
        if layer.activity_regularizer is not None:
            for leaf in flatten(result):
                penalize(builder, layer.activity_regularizer, leaf.node, layer.name)
        if layer.supports_masking:
            nodes = [leaf.node for leaf in flatten(result)]
            carry_computed(layer, builder, first, nodes, lambda: masks_of(first) if given is None else given)
        return result


def _with_training(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any], mode: Any) -> Arguments:
    """The arguments with ``training`` where the ``call`` has it and the caller leaves it open, and without a mask."""
    names = _parameters(type(layer).call)
    rest = {key: value for key, value in kwargs.items() if key not in ("training", "mask")}
    if "mask" in kwargs and "mask" in names:
        rest["mask"] = kwargs["mask"]
    if "training" in names and names.index("training") >= len(args):
        given = kwargs.get("training")
        rest["training"] = mode if given is None else given
    return args, rest


# On KerasTensors


def _symbolic(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Extend the graph: shapes and dtypes come from a trial in a builder that is thrown away."""
    tensors = tuple(leaf for leaf in flatten((args, kwargs)) if isinstance(leaf, KerasTensor))
    with unbuilt_if_refused(layer):
        result, samples = trial(layer, tensors, args, kwargs)
    rows = next((tensor.shape[0] for tensor in tensors if not tensor.of_batch), None)
    outputs = tuple(_output(leaf, sample, rows) for leaf, sample in zip(flatten(result), samples, strict=True))
    call = Call(
        layer,
        tensors,
        outputs,
        len(layer._calls) + layer.first_call_index,
        arguments=(args, kwargs),
        packing=map_structure(lambda _: None, result),
    )
    for output in outputs:
        output.call = call
    layer._calls.append(call)
    return pack_as(call.packing, outputs)


def _output(leaf: Traced, sample: BatchShape, rows: int | None) -> KerasTensor:
    of_batch = leaf.shared and leaf.fed
    output = KerasTensor(sample if of_batch else (rows, *sample), leaf.dtype)
    output.of_batch = of_batch
    return output


def trial(
    layer: Layer, tensors: tuple[KerasTensor, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, list[BatchShape]]:
    """What the ``call`` gives for inputs of these tensors' shapes, in a builder of its own, and its samples' shapes."""
    results: list[Any] = []

    def make(samples: list[Shape]) -> list[Shape]:
        builder = ProgramBuilder(layer.dtype)
        nodes = [_stand_in(*each, builder) for each in zip(tensors, samples, strict=True)]
        results.append(traced_call(layer, builder, *_filled((args, kwargs), builder, tensors, nodes)))
        return [leaf.sample for leaf in flatten(results[-1])]

    shapes = [(None, *tensor.shape) if tensor.of_batch else tensor.shape for tensor in tensors]
    if any(map(is_open, shapes)):
        build_by_arguments(layer, args, kwargs)
    samples = samples_made(shapes, make)
    return results[0], samples


def _stand_in(tensor: KerasTensor, sample: Shape, builder: ProgramBuilder) -> int:
    if not tensor.of_batch:
        return builder.add(input_node(tensor, sample, builder.dtype))
    return builder.add(BatchReduce(tensor.name, builder.add(InputNode(tensor.name, sample)), "mean"))


def input_node(tensor: KerasTensor, sample: Shape, dtype: str, indices: bool = False) -> InputNode:
    """A Program's input for this tensor: numbers of the arithmetic's dtype, or whole ones, as for ``indices``."""
    return InputNode(tensor.name, sample, INDICES if indices or tensor.dtype in INTEGERS else dtype)


def replay(call: Call, builder: ProgramBuilder, nodes: tuple[Any, ...]) -> tuple[int, ...]:
    """The nodes of a call's outputs, given those of its inputs, or, for a layer that reads them so, raw inputs."""
    if call.arguments is None:
        with builder.mode(call.training):
            return call.layer.emit_call(builder, nodes)
    result = traced_call(call.layer, builder, *_filled(call.arguments, builder, call.inputs, nodes))
    return tuple(leaf.node for leaf in flatten(result))


def _filled(arguments: Arguments, builder: ProgramBuilder, tensors: Any, nodes: Any) -> Arguments:
    """The arguments with traced tensors in the KerasTensors' places."""
    traced = {id(t): Traced(builder, node, t.dtype) for t, node in zip(tensors, nodes, strict=True)}
    args, kwargs = map_structure(lambda leaf: traced.get(id(leaf), leaf), arguments)
    return tuple(args), kwargs


# On arrays


def _eager(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run the Python ``call`` on arrays, which become Tensors of the layer's dtype."""
    args = tuple(_tensors(value, layer.dtype) for value in args)
    kwargs = {key: _tensors(value, layer.dtype) for key, value in kwargs.items()}
    with unbuilt_if_refused(layer):
        build_by_arguments(layer, args, kwargs)
        given = kwargs.get("training")
        mode = _eager_training.get() if given is None else bool(given)
        args, kwargs = _with_training(layer, args, kwargs, bool(mode))
        with _training(mode):
            layer.begin_losses()
            result = layer.call(*args, **kwargs)
    return map_structure(lambda leaf: _masked_tensor(leaf) if isinstance(leaf, np.ndarray) else leaf, result)


@contextmanager
def _training(mode: bool | None) -> Iterator[None]:
    token = _eager_training.set(mode)
    try:
        yield
    finally:
        _eager_training.reset(token)


def _tensors(value: Any, dtype: str) -> Any:
    """Arrays as Tensors, floats in this dtype, with their masks; other arguments as they are."""
    if isinstance(value, np.ndarray) or (isinstance(value, list) and value and not _holds_arrays(value)):
        return _masked_tensor(value, dtype if str(dtype_of(value)).startswith("float") else None)
    if is_nested(value):
        return map_structure(lambda leaf: _tensors(leaf, dtype) if isinstance(leaf, np.ndarray) else leaf, value)
    return value


def _masked_tensor(value: Any, dtype: str | None = None) -> Tensor:
    made = tensor(as_array(value, dtype))
    made._keras_mask = mask_of(value)
    return made


def _holds_arrays(value: list[Any]) -> bool:
    return any(isinstance(leaf, (np.ndarray, str)) or leaf is None or callable(leaf) for leaf in flatten(value))


# Building


def build_by_arguments(layer: Layer, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Build a layer with a Python ``call`` for the shapes of its arguments, as Keras does."""
    for sub in layer.tracked_layers():
        sub.enter_scope(layer)
    if layer.built:
        return
    if layer.builds_by_call:
        layer.built = True
        return
    names = _parameters(type(layer).call)
    given = dict(zip(names, args, strict=False)) | dict(kwargs)
    shapes = {f"{name}_shape": _shapes(value) for name, value in given.items() if _has_shape(value)}
    wanted = _parameters(type(layer).build)
    if len(wanted) > 1 or (wanted and wanted[0] in shapes and len(shapes) > 1):
        layer.build(**{name: shapes[name] for name in wanted if name in shapes})
    elif wanted:
        layer.build(next(iter(shapes.values()), (None,)))
    else:
        layer.build()  # type: ignore[call-arg]
    layer.built = True
    for sub in layer.tracked_layers():
        sub.enter_scope(layer)


def _has_shape(value: Any) -> bool:
    return any(isinstance(leaf, (Traced, KerasTensor, np.ndarray)) for leaf in flatten(value))


def _shapes(value: Any) -> Any:
    """The shapes, in the argument's containers, with None for the batch."""

    def of(leaf: Any) -> Any:
        if isinstance(leaf, (Tensor, np.ndarray)):
            return (None, *leaf.shape[1:])
        return tuple(getattr(leaf, "shape", ()))

    return map_structure(of, value)


def is_nested_shape(shape: Any) -> bool:
    """Whether these are the shapes of several inputs."""
    return isinstance(shape, Mapping) or (isinstance(shape, (list, tuple)) and any(map(is_nested, shape)))


def traced_shape(layer: Layer, input_shape: Any) -> Any:
    """The output's shape, or the outputs' shapes, found by a trial; shapes have the batch axis first."""
    with unbuilt_if_refused(layer):
        inputs = map_shapes(lambda shape: KerasTensor(shape, layer.dtype), input_shape)
        result, samples = trial(layer, tuple(flatten(inputs)), (inputs,), {})
    batch = flatten(inputs)[0].shape[0]
    return pack_as(map_structure(lambda _: None, result), [(batch, *sample) for sample in samples])


def map_shapes(function: Any, shapes: Any) -> Any:
    """The same containers with ``function`` of each shape, which is a tuple or list of sizes."""
    if isinstance(shapes, Mapping):
        return {key: map_shapes(function, shape) for key, shape in shapes.items()}
    if is_nested_shape(shapes):
        return [map_shapes(function, shape) for shape in shapes]
    return function(batch_shape(shapes, "input_shape"))


# What models ask


def python_key(layer: Layer) -> object:
    """What a Python ``call`` may depend on: the layers within, and numbers, strings and truth values in attributes."""
    internal = vars(layer)["_internal"]
    plain = tuple(
        (name, value)
        for name, value in vars(layer).items()
        if type(value) in (bool, int, float, str, type(None)) and name not in internal
    )
    return (layer.trainable, plain, *(within.lowering_key for within in layer.tracked_layers()))


def add_to_loss(value: Any) -> None:
    """Add a traced value, summed over the batch if it has one for each sample, to the loss of the model that is being
    lowered.
    """
    builder = tracing.current_builder() or tracing.builder_of(value)
    value = tracing.traced(builder, value)
    if not value.shared:
        value = tracing.reduce("sum", value, None, False, value.dtype)
    builder.add_loss(value.samples.node if isinstance(value, OverBatch) and value.function == "mean" else value.node)


def add_own_penalties(builder: ProgramBuilder, variables: Iterable[Any]) -> None:
    """Add to the loss what regularizers of a user's own make of the trainable weights."""
    for variable in variables:
        regularizer = variable.regularizer
        if variable.trainable and regularizer is not None and not has_spec(regularizer):
            what = f"the regularizer of {variable.path!r}"
            run_traced(what, builder, lambda of=regularizer, v=variable: add_to_loss(of(v)))  # type: ignore[misc]
