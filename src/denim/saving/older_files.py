"""Whole models in the older form, `.h5`: one HDF5 file with the configuration as text beside the arrays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from denim import losses, metrics
from denim.layers.allotment import allotted
from denim.saving.archive import KERAS_VERSION
from denim.saving.custom_objects import CustomObjectScope
from denim.saving.errors import ModelFileError
from denim.saving.hdf5 import StoredWeights, opened, text_attribute
from denim.saving.making import compile_from, made
from denim.saving.older_configs import modern
from denim.saving.older_names import Names
from denim.saving.older_state import WEIGHTS, load_older_state, write_older_state
from denim.saving.serialization import serialize_keras_object, serialize_model
from denim.saving.text import read_json

OLDER = (".h5", ".hdf5")

_MODEL, _TRAINING = "model_config", "training_config"
_BACKEND = "jax"
"""Keras wants to know where a model was made."""

_BY_SHAPE = ("accuracy", "acc", "crossentropy", "ce")
"""Names that mean one thing or another, by the shapes of what is compared."""


@dataclass(frozen=True)
class OlderTexts:
    """What an `.h5` file says in JSON: the model, and what it was compiled with."""

    model: str
    training: str | None

    @classmethod
    def of(cls, model: Any, include_optimizer: bool) -> OlderTexts:
        """The texts of a model.

        Raises:
            ValueError: for what cannot be written down.
        """
        config = serialize_model(model)
        training = model.get_compile_config() if include_optimizer else None
        if training:
            training = {**training, "optimizer_config": training["optimizer"]}
            training["loss"] = _spelled(training["loss"], _loss)
            training["metrics"] = _spelled(training["metrics"], _metric)
            training["weighted_metrics"] = _spelled(training["weighted_metrics"], _metric)
            del training["optimizer"]
        try:
            text = json.dumps({key: config[key] for key in ("class_name", "config")})
            return cls(text, json.dumps(training) if training else None)
        except TypeError as error:
            raise ValueError(
                f"Model {model.name!r} has a configuration that is not plain data, and cannot be written down: {error}"
            ) from error


def _spelled(value: Any, spell: Callable[[str], Any]) -> Any:
    """Short names in full: Keras 3 does not open a file of its own that says "mse"."""
    if isinstance(value, str):
        return spell(value)
    if isinstance(value, list):
        return [_spelled(part, spell) for part in value]
    if isinstance(value, Mapping) and "class_name" not in value:
        return {key: _spelled(part, spell) for key, part in value.items()}
    return value


def _loss(name: str) -> str:
    return name if name in _BY_SHAPE else str(getattr(losses.get(name), "__name__", name))


def _metric(name: str) -> Any:
    found = None if name in _BY_SHAPE else metrics.get(name)
    if not isinstance(found, metrics.Metric):
        return name
    return serialize_keras_object(type(found)(name=name))


def write_older_model(file: IO[bytes], model: Any, texts: OlderTexts) -> None:
    """Write an `.h5` file, which Keras 3 opens."""
    import h5py

    with h5py.File(file, "w") as hdf5:
        hdf5.attrs["keras_version"] = KERAS_VERSION
        hdf5.attrs["backend"] = _BACKEND
        hdf5.attrs[_MODEL] = texts.model
        if texts.training is not None:
            hdf5.attrs[_TRAINING] = texts.training
        write_older_state(hdf5, model, with_optimizer=texts.training is not None)
        hdf5[WEIGHTS].attrs.update({"keras_version": KERAS_VERSION, "backend": _BACKEND})


def load_older_model(path: Path, custom_objects: Mapping[str, Any] | None, compile: bool) -> Any:
    """The model of an `.h5` file that Keras 3, Keras 2 or denim wrote; see ``load_model``.

    Raises:
        ModelFileError: for a file that holds anything else.
    """
    with path.open("rb") as file, opened(file, path.stat().st_size) as stored:
        config = _json(stored, _MODEL)
        if config is None:
            raise ModelFileError(
                f"No model config found in the file at {path}. If it holds weights alone, make the model and call "
                "model.load_weights()."
            )
        with CustomObjectScope(custom_objects):
            with allotted(stored.numbers):
                model = made(path, config, older=True)
            training = _json(stored, _TRAINING) if compile else None
            if training is not None:
                compile_from(path, model, lambda: _compile_config(training))
        load_older_state(model, stored, Names(file, stored), WEIGHTS, same_model=True)
    return model


def _json(stored: StoredWeights, name: str) -> dict[str, Any] | None:
    text = text_attribute(stored.groups[""], name)
    return None if text is None else read_json(text.encode("utf-8", "surrogateescape"), name)


def _compile_config(training: Mapping[str, Any]) -> dict[str, Any]:
    """What ``compile`` is given, of all that different versions wrote."""
    found = modern(training)
    given = {key: found.get(key) for key in ("loss", "loss_weights", "metrics", "weighted_metrics")}
    return {"optimizer": found["optimizer_config"], **given}
