"""Whole models: `.keras` files, older `.h5` files, and configurations as JSON."""

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
from denim.saving.making import compile_from, made
from denim.saving.older_configs import modern_compile
from denim.saving.older_files import OLDER, OlderTexts, load_older_model, write_older_model
from denim.saving.preparing import preparation_of, preparation_to_json
from denim.saving.replacing import may_write, replaced
from denim.saving.serialization import serialize_model
from denim.saving.state import load_state, write_state
from denim.saving.text import read_json
from denim.saving.vocabularies import take_vocabularies, vocabularies_of
from denim.suggest import did_you_mean

EXTENSION = ".keras"


def save_model(
    model: Any,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    zipped: bool | None = None,
    *,
    include_optimizer: bool = True,
    save_format: str | None = None,
) -> None:
    """Save a model: layers and connections, weights, what it was compiled with and the optimizer's state.

    Keras opens the file, too. It is written beside the old one and takes its place when it is whole. The model's
    ``preparation`` is in it, of which Keras takes no notice; the older form has no place for it.

    Args:
        model: a Model or Sequential.
        filepath: ends in ".keras", or in ".h5" or ".hdf5" for the older form.
        overwrite: whether a file that is there is replaced; with False, the terminal is asked.
        zipped: only None or True.
        include_optimizer: with False an ".h5" file is without what the model was compiled with.
        save_format: Keras 2's, which the file's name says as well.

    Raises:
        ValueError: for another ending, or a model that cannot be written down.

    Source: https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
    """
    path = Path(filepath)
    older = path.suffix in OLDER and not path.name.endswith(".weights.h5")
    if not (path.suffix == EXTENSION or older) or zipped not in (None, True):
        raise ValueError(
            "Invalid filepath extension for saving: a model is saved as one file whose name ends in `.keras`, or in "
            f"`.h5` for the older form. Received: filepath={filepath}"
            f"{'' if zipped in (None, True) else f', zipped={zipped}'}. Use {path.with_suffix(EXTENSION).name!r}."
        )
    if save_format is not None:
        warnings.warn(
            "The `save_format` argument is deprecated in Keras 3: the file's name says which form is written. "
            f"Received: save_format={save_format!r}",
            stacklevel=3,
        )
    if older:
        warnings.warn(
            "You are saving your model as an HDF5 file. This file format is considered legacy. We recommend using "
            f"instead the native Keras format: model.save({path.with_suffix(EXTENSION).name!r}).",
            stacklevel=3,
        )
    if not model.built:
        warnings.warn(
            "You are saving a model that has not yet been built. It might not contain any weights yet. Consider "
            "building the model first by calling it on some data.",
            stacklevel=3,
        )
    if older:
        if model.built and vocabularies_of(model):
            raise ValueError(
                "The older form of a model's file has no place for a vocabulary that was learnt. Save the model as "
                f"{path.with_suffix(EXTENSION).name!r}, or make its look-ups with vocabulary=[...]."
            )
        text = OlderTexts.of(model, include_optimizer)
        if may_write(path, overwrite):
            with replaced(path) as file:
                write_older_model(file, model, text)
        return
    config, preparation = model_to_json(model), preparation_to_json(model)
    if may_write(path, overwrite):
        with replaced(path) as file, tempfile.TemporaryFile(dir=path.resolve().parent) as spare:
            vocabularies = vocabularies_of(model)
            write_archive(file, config, lambda weights: write_state(weights, model), spare, preparation, vocabularies)


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """The model of a `.keras` file, or an older `.h5` file, that ``model.save`` or Keras wrote.

    The file is data: nothing in it is run or imported, and it takes no more memory than a few times its size.

    Args:
        filepath: ends in ".keras", or in ".h5" or ".hdf5".
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
    if path.suffix in OLDER and not path.name.endswith(".weights.h5"):
        check_is_file(path, "Please ensure the file is an accessible `.h5` file.")
        return load_older_model(path, custom_objects, compile)
    if path.suffix != EXTENSION:
        weights = path.name.endswith(".weights.h5")
        raise ModelFileError(
            f"File format not supported: filepath={filepath}. A model is one file whose name ends in `.keras`, or in "
            "`.h5`." + (" Weights alone are loaded into a model with model.load_weights()." if weights else "")
        )
    check_is_file(path, "Please ensure the file is an accessible `.keras` zip file.")
    archive = read_archive(path)
    with opened(io.BytesIO(archive.weights), len(archive.weights)) as stored:
        with CustomObjectScope(custom_objects), allotted(stored.numbers):
            model = made(path, archive.config, older=archive.older)
        compile_config = archive.config.get("compile_config")
        if compile and compile_config:
            with CustomObjectScope(custom_objects):
                compile_from(path, model, lambda: modern_compile(compile_config) if archive.older else compile_config)
        load_state(model, stored, same_model=True, older=archive.older)
        take_vocabularies(model, archive.vocabularies, stored)
    if archive.preparation is not None:
        model.preparation = preparation_of(path, model, archive.preparation)
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
    """The model of a configuration that ``to_json`` made, in Keras 2 too, with new weights.

    Raises:
        ValueError: for anything else.
    """
    config = read_json(json_string.encode("utf-8"), "The configuration of a model")
    with CustomObjectScope(custom_objects):
        model = made(None, config, older="module" not in config)
        compile_config = config.get("compile_config")
        if compile_config:
            compile_from(None, model, lambda: compile_config)
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
