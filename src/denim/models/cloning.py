"""clone_model: the same layers once more, with weights of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denim.data.structure import flatten, flatten_with_path, map_structure
from denim.layers.base import Layer
from denim.layers.core import Input, InputLayer
from denim.layers.symbolic import KerasTensor
from denim.models.graph import nested_like_inputs
from denim.models.model import Model
from denim.models.sequential import Sequential

Clone = Callable[[Layer], Layer]


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Clone | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """A model of the same layers and connections, made anew: its weights are first weights. It is compiled alike.

    Without ``input_tensors`` it has the same preparation, too.

    Args:
        model: a Model or Sequential.
        input_tensors: KerasTensors to begin with, nested as ``model.input``; new Inputs if left out.
        clone_function: from a layer to the one that takes its place; by default one of the same configuration.
        call_function: called as ``call_function(layer, inputs)`` instead of ``layer(inputs)``; for functional models.
        recursive: clone models within in the same way, instead of passing them to ``clone_function``.

    Raises:
        ValueError: for what is no model, or arguments that do not fit it.

    Source: https://keras.io/api/models/model_saving_apis/model_config_serialization/#clone_model-function
    """
    if not isinstance(model, Model):
        raise ValueError(f"Expected `model` argument to be a `Model` instance. Received: model={model!r}")
    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError(
                "`call_function` argument is not supported with Sequential models, whose layers are only listed. "
                f"Received: model {model.name!r} and call_function={call_function!r}"
            )
    elif model._graph is None:
        if clone_function is not None or input_tensors is not None or call_function is not None:
            raise ValueError(
                "Arguments `clone_function`, `call_function` and `input_tensors` are only supported for Sequential "
                f"models or Functional models. Received model of type {type(model).__name__!r}."
            )
        return type(model).from_config(model.get_config())
    cloned = _clone(
        model, input_tensors, _remembering(clone_function or _alike, call_function, recursive), call_function
    )
    if model.compiled:
        cloned.compile_from_config(model.get_compile_config())
    if input_tensors is None:
        cloned.preparation = model.preparation
    return cloned


def _clone(model: Model, input_tensors: Any, clone: Clone, call: Callable[..., Any] | None) -> Model:
    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors, clone)
    return _clone_functional(model, input_tensors, clone, call or _called)


def _clone_sequential(model: Sequential, input_tensors: Any, clone: Clone) -> Sequential:
    layers: list[Any] = [clone(layer) for layer in model.layers]
    chain = model.chain
    if input_tensors is not None:
        tensors = flatten(input_tensors)
        if len(tensors) != 1 or not isinstance(tensors[0], KerasTensor):
            raise ValueError(f"Argument `input_tensors` must contain a single KerasTensor. Received: {input_tensors!r}")
        layers.insert(0, tensors[0])
    elif chain and isinstance(chain[0], InputLayer):
        layers.insert(0, _input_like(chain[0].output))
    return Sequential(layers, trainable=model.trainable, name=model.name)


def _clone_functional(model: Model, input_tensors: Any, clone: Clone, call: Callable[..., Any]) -> Model:
    if input_tensors is None:
        input_tensors = map_structure(_input_like, model.input)
    tensors = flatten(input_tensors)
    if not all(isinstance(tensor, KerasTensor) for tensor in tensors):
        raise ValueError(f"All entries in `input_tensors` must be KerasTensors. Received: {input_tensors!r}")
    if [path for path, _ in flatten_with_path(input_tensors)] != [path for path, _ in flatten_with_path(model.input)]:
        raise ValueError(
            "`input_tensors` must have the same structure as model.input. "
            f"Reference structure: {model.input}. Received structure: {input_tensors}"
        )
    made = {id(old): new for old, new in zip(model.inputs, tensors, strict=True)}
    for one in model.graph.calls:
        if one.inputs:
            args: Any = (nested_like_inputs(one.layer, [made[id(tensor)] for tensor in one.inputs]),)
            kwargs: Any = {} if one.training is None else {"training": one.training}
            if one.arguments is not None:
                args, kwargs = map_structure(lambda leaf: made.get(id(leaf), leaf), one.arguments)
            results = call(clone(one.layer), *args, **kwargs)
            made.update(zip(map(id, one.outputs), flatten(results), strict=True))
    nested = model.output
    outputs = map_structure(lambda tensor: made[id(tensor)], nested)
    kind = type(model) if type(model).__init__ is Model.__init__ else Model
    return kind(input_tensors, outputs, name=model.name)


def _remembering(clone: Clone, call: Callable[..., Any] | None, recursive: bool) -> Clone:
    """``clone``, which gives a layer that is used twice one clone, and goes into models if it is to."""
    clones: dict[int, Layer] = {}

    def remembered(layer: Layer) -> Layer:
        if id(layer) not in clones:
            within = recursive and isinstance(layer, Model) and layer._graph is not None
            clones[id(layer)] = _clone(layer, None, remembered, call) if within else clone(layer)  # type: ignore[arg-type]
        return clones[id(layer)]

    return remembered


def _alike(layer: Layer) -> Layer:
    copy: Layer = type(layer).from_config(layer.get_config())
    return copy


def _called(layer: Layer, *args: Any, **kwargs: Any) -> Any:
    return layer(*args, **kwargs)


def _input_like(tensor: KerasTensor) -> KerasTensor:
    made: KerasTensor = Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)
    return made
