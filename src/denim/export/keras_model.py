"""A model as one of real Keras's, by way of a file that both read."""

from __future__ import annotations

import importlib
import json
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from denim.saving import known_classes
from denim.saving.model_files import model_to_json

_WEIGHTS_ALONE = (
    "Or take the weights alone: model.save_weights('model.weights.h5') here, and load_weights('model.weights.h5') on "
    "the same model built in Keras."
)


def to_keras(model: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The same model in Keras itself: layers and connections, weights, what it was compiled with, optimizer's state.

    Args:
        model: a built Model or Sequential.
        custom_objects: name -> class or function, written for Keras, that stands for one of the same name of the
            user's own; those that are registered with Keras are found without.

    Returns:
        a ``keras.Model`` or ``keras.Sequential`` on the backend that Keras is set to.

    Raises:
        ImportError: where Keras 3, or its backend, is not installed.
        TypeError: for a custom object that is denim's.
        ValueError: for a model that is not built, holds code of the user's own that Keras has no counterpart of, or
            computes in float64 where Keras's backend does not.
    """
    keras = _real_keras()
    if not model.built:
        raise ValueError(
            f"A model goes over to Keras after it is built. Received: {model.name!r}, whose input shape is unknown. "
            "Begin it with `Input(shape=...)`, or call it on data first."
        )
    found = _counterparts(keras, model, dict(custom_objects or {}))
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        path = Path(folder) / "model.keras"
        model.save(path)
        if model.optimizer is None or not int(np.asarray(model.optimizer.iterations)):
            # An optimizer that has done no step has no state to take over, which Keras warns of.
            warnings.filterwarnings("ignore", "Skipping variable loading for optimizer", UserWarning)
        try:
            made = keras.saving.load_model(path, custom_objects=found)
        except (TypeError, ValueError) as error:
            raise ValueError(f"Keras does not make model {model.name!r} anew: {error} {_WEIGHTS_ALONE}") from error
    computed = {keras.ops.convert_to_numpy(weight).dtype.name for weight in made.trainable_weights}
    if computed - {model.dtype}:
        raise ValueError(
            f"Keras computes in {model.dtype} where its backend does. Received: model {model.name!r} of {model.dtype}, "
            f"which became {', '.join(sorted(computed))}. On JAX, set JAX_ENABLE_X64=1 before it is first imported."
        )
    return made


def _real_keras() -> Any:
    """Keras itself, whatever a script means by the name.

    ``denim run`` and its like rewrite imports in the script's own modules, of which this is none.
    """
    try:
        keras = importlib.import_module("keras")
    except ImportError as error:
        if error.name is None or error.name == "keras":
            raise ImportError(
                "to_keras() makes a model of Keras itself, which is not installed here. Type: pip install keras jax. "
                "denim needs neither: model.save('model.keras') writes a file that Keras opens elsewhere."
            ) from error
        raise ImportError(
            f"Keras is installed, but its backend is not: {error}. Set KERAS_BACKEND to the one that is (jax, torch or "
            "tensorflow) before Keras is first imported."
        ) from error
    version = str(getattr(keras, "__version__", "none"))
    if getattr(keras, "__name__", "").partition(".")[0] != "keras" or not version.startswith("3."):
        raise ImportError(
            "to_keras() makes a model of Keras 3. Received: a module `keras` that is "
            f"{getattr(keras, '__name__', keras)!r}, version {version}, from {getattr(keras, '__file__', None)}."
        )
    return keras


def _counterparts(keras: Any, model: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What is given, and each under the name by which it was registered with denim."""
    try:
        config = json.loads(model_to_json(model))
    except ValueError as error:
        raise ValueError(f"Model {model.name!r} cannot go over to Keras. {error} {_WEIGHTS_ALONE}") from error
    missing = []
    for kind, name, registered in sorted(set(_own(config))):
        counterpart = given.get(registered, given.get(name, keras.saving.get_registered_object(registered)))
        if counterpart is None:
            missing.append(f"the {kind} {name}")
            continue
        if isinstance(counterpart, type) and any(base.__module__.startswith("denim.") for base in counterpart.__mro__):
            raise TypeError(
                f"custom_objects are written for Keras: {name} must derive from a class of Keras's. Received: "
                f"{counterpart!r}, which is denim's."
            )
        given[registered] = counterpart
    if missing:
        raise ValueError(
            "to_keras() takes over what Keras has itself: layers and their connections, weights, the optimizer and its "
            f"state, losses and metrics. Received: model {model.name!r} with code of your own, which is written for "
            f"denim: {', '.join(missing)}. Write it for Keras, with `keras.ops`, under the same name, and pass it: "
            f"to_keras(custom_objects={{{missing[0].split()[-1]!r}: ...}}). {_WEIGHTS_ALONE}"
        )
    return given


def _own(config: Any) -> Iterator[tuple[str, str, str]]:
    """The kind, name and registered name of each class and function in a configuration that is not Keras's."""
    if isinstance(config, list):
        for part in config:
            yield from _own(part)
    if not isinstance(config, Mapping):
        return
    name, inner = config.get("class_name"), config.get("config")
    if name == "function" and isinstance(inner, str):
        if not any(inner in table for table in known_classes.functions()):
            yield "function", inner.rpartition(">")[2], inner
    elif isinstance(name, str) and "module" in config and not _is_keras(config["module"], name):
        yield "class", name, config.get("registered_name") or name
    for part in config.values():
        yield from _own(part)


def _is_keras(module: Any, name: str) -> bool:
    return str(module).partition(".")[0] == "keras" or name.startswith("__")
