"""What is in a model's file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np

from denim.commands.plain import as_json
from denim.data.texts import TEXTS

_LEAST_SIDE = 8


@dataclass(frozen=True)
class LayerFacts:
    """One layer. ``shape``: of its output, None where a number is open."""

    name: str
    kind: str
    shape: tuple[int | None, ...] | None
    parameters: int
    settings: str


@dataclass(frozen=True)
class Feature:
    """An input of the first dense layer. ``strength``: the length of the vector of its weights."""

    name: str
    strength: float


@dataclass(frozen=True, eq=False)
class WeightImages:
    """The weights of the first dense layer's units as pictures: float64, shape (units, height, width)."""

    layer: str
    images: np.ndarray
    names: tuple[str, ...]
    guessed: bool


@dataclass(frozen=True)
class ModelFacts:
    """A model's file.

    Attributes:
        path, size: of the file, in bytes.
        name, kind: the model's own.
        inputs, outputs: shapes, None where a number is open.
        layers: in their order.
        parameters, trainable: numbers of them.
        dtypes: that the layers compute in.
        compiled: with what, by name; empty for a model that is not.
        task, target, classes, features: of the preparation; empty without one.
        decisions: how the data are prepared; empty without a preparation.
        strongest: the inputs with the largest weights, the strongest first; empty where the inputs have no names.
    """

    path: str
    size: int
    name: str
    kind: str
    inputs: tuple[tuple[int | None, ...], ...]
    outputs: tuple[tuple[int | None, ...], ...]
    layers: tuple[LayerFacts, ...]
    parameters: int
    trainable: int
    dtypes: tuple[str, ...]
    compiled: dict[str, str]
    task: str
    target: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    decisions: tuple[str, ...]
    strongest: tuple[Feature, ...]

    def as_json(self) -> str:
        """One JSON object."""
        return as_json(asdict(self))


def model_facts(path: Path, model: Any) -> ModelFacts:
    """What is in ``model``, which was read from ``path``."""
    preparation = model.preparation
    return ModelFacts(
        path=str(path),
        size=path.stat().st_size,
        name=model.name,
        kind=type(model).__name__,
        inputs=tuple(tuple(tensor.shape) for tensor in model.inputs),
        outputs=tuple(tuple(tensor.shape) for tensor in model.outputs),
        layers=tuple(_layer(layer) for layer in model.layers),
        parameters=model.count_params(),
        trainable=sum(int(np.size(weight)) for weight in model.trainable_weights),
        dtypes=tuple(dict.fromkeys(str(each.compute_dtype) for each in model.layers if each.compute_dtype != TEXTS)),
        compiled=_compiled(model),
        task="" if preparation is None else preparation.task,
        target="" if preparation is None else preparation.target.name,
        classes=() if preparation is None else tuple(map(str, preparation.classes)),
        features=() if preparation is None else tuple(preparation.features),
        decisions=() if preparation is None else tuple(preparation.decisions),
        strongest=_strongest(model),
    )


def weight_images(model: Any) -> WeightImages | None:
    """What the units of the first dense layer look for, if the model's inputs are pictures.

    Inputs of one axis are taken for square pictures if their number is that of one, and nothing says what they are.
    """
    first = _first_dense(model)
    if first is None or len(model.inputs) != 1:
        return None
    kernel = _kernel(first)
    shape = tuple(model.inputs[0].shape[1:])
    guessed = False
    if len(shape) == 1 and model.preparation is None:
        side = isqrt(shape[0] or 0)
        guessed = side >= _LEAST_SIDE and side * side == shape[0]
        shape = (side, side) if guessed else shape
    if len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    if len(shape) != 2 or None in shape or shape[0] * shape[1] != len(kernel):
        return None
    classes = () if model.preparation is None else tuple(map(str, model.preparation.classes))
    last = first is [layer for layer in model.layers if type(layer).__name__ == "Dense"][-1]
    names = classes if last and len(classes) == kernel.shape[1] else tuple(map(str, range(kernel.shape[1])))
    return WeightImages(first.name, kernel.T.reshape(-1, *shape), names, guessed)


def _layer(layer: Any) -> LayerFacts:
    shapes = layer.last_output_shapes()
    shape = tuple(shapes[0]) if shapes else None
    return LayerFacts(layer.name, type(layer).__name__, shape, layer.count_params(), _settings(layer))


def _settings(layer: Any) -> str:
    """What sets this layer apart from others of its kind, in a word."""
    activation = getattr(layer, "activation", None)
    if activation is not None:
        return str(getattr(activation, "__name__", activation))
    rate = getattr(layer, "rate", None)
    return "" if rate is None else f"rate {rate:g}"


def _compiled(model: Any) -> dict[str, str]:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return {}
    found = {"optimizer": type(optimizer).__name__}
    rate = optimizer.learning_rate
    found["learning rate"] = f"{float(rate):g}" if not callable(rate) else type(rate).__name__
    config = model.get_compile_config() or {}
    for key in ("loss", "metrics", "weighted_metrics"):
        names = ", ".join(_names(config.get(key)))
        found |= {key.replace("_", " "): names} if names else {}
    return found


def _names(config: Any) -> list[str]:
    """Names of losses or metrics, however they were given."""
    if config is None:
        return []
    if isinstance(config, str):
        return [config]
    if isinstance(config, dict) and "class_name" in config:
        made = config.get("config")
        return [made if isinstance(made, str) else str((made or {}).get("name", config["class_name"]))]
    return [name for each in (config.values() if isinstance(config, dict) else config) for name in _names(each)]


def _strongest(model: Any) -> tuple[Feature, ...]:
    preparation, first = model.preparation, _first_dense(model)
    if preparation is None or first is None or len(preparation.features) != len(_kernel(first)):
        return ()
    lengths = np.sqrt(np.square(_kernel(first)).sum(axis=1))
    order = np.argsort(-lengths, kind="stable")
    return tuple(Feature(preparation.features[place], float(lengths[place])) for place in order.tolist())


def _first_dense(model: Any) -> Any:
    found = (layer for layer in model.layers if type(layer).__name__ == "Dense" and layer.built)
    return next(found, None)


def _kernel(dense: Any) -> np.ndarray:
    """Weights, float64, shape (inputs, units)."""
    return np.asarray(dense.get_weights()[0], np.float64)
