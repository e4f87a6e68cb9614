"""Whole models: `.keras` files, and configurations as JSON."""

from __future__ import annotations

import io
import json
import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from denim.layers.allotment import allotted
from denim.saving.archive import read_archive, write_archive
from denim.saving.custom_objects import CustomObjectScope
from denim.saving.errors import ModelFileError, ModelFileNotFoundError
from denim.saving.hdf5 import opened
from denim.saving.replacing import may_write, replaced
from denim.saving.serialization import deserialize, serialize_model, sharing
from denim.saving.state import load_state, write_state
from denim.saving.text import read_json
from denim.suggest import did_you_mean

EXTENSION = ".keras"
_OLDER = (".h5", ".hdf5")

_UNMAKEABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What comes of a configuration that makes no sense, wherever it is read."""


def save_model(
    model: Any, filepath: str | os.PathLike[str], overwrite: bool = True, zipped: bool | None = None
) -> None:
    """Save a model: layers and connections, weights, what it was compiled with and the optimizer's state.

    Keras opens the file, too. It is written beside the old one and takes its place when it is whole.

    Args:
        model: a Model or Sequential.
        filepath: ends in ".keras".
        overwrite: whether a file that is there is replaced; with False, the terminal is asked.
        zipped: only None or True.

    Raises:
        ValueError: for another ending, or a model that cannot be written down.

    Source: https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
    """
    path = Path(filepath)
    if path.suffix != EXTENSION or zipped not in (None, True):
        raise ValueError(
            "Invalid filepath extension for saving: a model is saved as one file whose name ends in `.keras`. "
            f"Received: filepath={filepath}{'' if zipped in (None, True) else f', zipped={zipped}'}. "
            f"Use {path.with_suffix(EXTENSION).name!r}"
            + (", the form that takes the place of the older `.h5`." if path.suffix in _OLDER else ".")
        )
    if not model.built:
        warnings.warn(
            "You are saving a model that has not yet been built. It might not contain any weights yet. Consider "
            "building the model first by calling it on some data.",
            stacklevel=3,
        )
    config = model_to_json(model)
    if may_write(path, overwrite):
        with replaced(path) as file, tempfile.TemporaryFile(dir=path.resolve().parent) as spare:
            write_archive(file, config, lambda weights: write_state(weights, model), spare)


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """The model of a `.keras` file that ``model.save`` or Keras wrote.

    The file is data: nothing in it is run or imported, and it takes no more memory than a few times its size.

    Args:
        filepath: ends in ".keras".
        custom_objects: name -> class or function of one's own that the file may name, beside the registered ones.
        compile: whether to compile it as it was, and take up the optimizer's state.
        safe_mode: as in Keras, but without effect: code in a file is never run.

    Returns:
        a Model or Sequential.

    Raises:
        ValueError: (``saving.ModelFileError``) for a file that is not there, or holds anything else than a model.

    Source: https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
    """
    path = Path(filepath)
    if path.suffix in _OLDER:
        raise ModelFileError(
            f"Whole models in the older `.h5` form are not read. Received: filepath={filepath}. Open it in Keras and "
            "save it again: keras.models.load_model(path).save('model.keras')."
        )
    if path.suffix != EXTENSION:
        raise ModelFileError(
            f"File format not supported: filepath={filepath}. A model is one file whose name ends in `.keras`."
            + (" Weights alone are loaded into a model with model.load_weights()." if path.suffix == ".weights" else "")
        )
    check_is_file(path, "Please ensure the file is an accessible `.keras` zip file.")
    archive = read_archive(path)
    with opened(io.BytesIO(archive.weights), len(archive.weights)) as stored:
        with CustomObjectScope(custom_objects), allotted(stored.numbers):
            model = _made(path, archive.config)
        compile_config = archive.config.get("compile_config")
        if compile and compile_config:
            with CustomObjectScope(custom_objects):
                _compiled(path, model, compile_config)
        load_state(model, stored, same_model=True)
    return model


def model_to_json(model: Any, **options: Any) -> str:
    """A model's configuration, with what it was compiled with, as JSON; ``options`` are those of ``json.dumps``.

    Raises:
        ValueError: for what cannot be written down.
    """
    config = serialize_model(model)
    compile_config = model.get_compile_config()
    if compile_config:
        config["compile_config"] = compile_config
    try:
        return json.dumps(config, **options)
    except TypeError as error:
        raise ValueError(
            f"Model {model.name!r} has a configuration that is not plain data, and cannot be written down: {error}"
        ) from error


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model of a configuration that ``to_json`` made, with new weights.

    Raises:
        ValueError: for anything else.
    """
    config = read_json(json_string.encode("utf-8"), "The configuration of a model")
    with CustomObjectScope(custom_objects):
        model = _made(None, config)
        if config.get("compile_config"):
            _compiled(None, model, config["compile_config"])
    return model


def check_is_file(path: Path, advice: str) -> None:
    """Nothing if there is such a file.

    Raises:
        ModelFileNotFoundError: if there is not, with what is there instead.
    """
    if path.is_file():
        return
    beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = " It is a folder." if path.is_dir() else did_you_mean(path.name, beside)
    raise ModelFileNotFoundError(f"File not found: filepath={path}. {advice}{hint}")


def _made(path: Path | None, config: Mapping[str, Any]) -> Any:
    from denim.models.model import Model

    try:
        with sharing():
            model = deserialize(config, "layer")
    except _UNMAKEABLE as error:
        raise ModelFileError(f"{_where(path)}describes no model that denim can make: {_said(error)}") from error
    if not isinstance(model, Model):
        raise ModelFileError(f"{_where(path)}describes no model, but a layer: {type(model).__name__}.")
    return model


def _compiled(path: Path | None, model: Any, config: Any) -> None:
    try:
        model.compile_from_config(config)
    except _UNMAKEABLE as error:
        raise ModelFileError(
            f"{_where(path)}was compiled with what denim does not have: {_said(error)} Pass compile=False to load "
            "the model without it, and compile it anew."
        ) from error


def _where(path: Path | None) -> str:
    return "The configuration " if path is None else f"The file {path} "


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, (ValueError, NotImplementedError)) else f"{type(error).__name__}: {error}"
