"""Weights alone: `.weights.h5` files, and the older `.h5` files, of whole models too."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, Any

from denim.saving import model_files
from denim.saving.archive import read_archive
from denim.saving.errors import ModelFileError
from denim.saving.hdf5 import StoredWeights, opened
from denim.saving.older_files import OLDER
from denim.saving.older_names import Names
from denim.saving.older_state import LAYERS, WEIGHTS, load_older_state
from denim.saving.replacing import may_write, replaced
from denim.saving.state import load_state, write_state

EXTENSION = ".weights.h5"


def save_weights(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Save a model's weights, and the optimizer's state if it has been compiled.

    Args:
        model: built.
        filepath: ends in ".weights.h5".
        overwrite: whether a file that is there is replaced; with False, the terminal is asked.

    Raises:
        ValueError: for another ending, or a model that is not built.
    """
    path = Path(filepath)
    if not path.name.endswith(EXTENSION):
        raise ValueError(
            f"The filename must end in `.weights.h5`. Received: filepath={filepath}. "
            f"Use {path.name.split('.')[0] + EXTENSION!r}."
        )
    _check_built(model, "saving")
    if may_write(path, overwrite):
        with replaced(path) as file:
            write_state(file, model)


def load_weights(
    model: Any, filepath: str | os.PathLike[str], skip_mismatch: bool = False, *, by_name: bool | None = None
) -> None:
    """Load weights into a model whose layers are those of the model they were saved from, whatever their names.

    Args:
        model: built.
        filepath: a ".weights.h5" file, a ".keras" file, or an older ".h5" or ".hdf5" file, of denim or Keras.
        skip_mismatch: leave layers as they are whose weights do not fit, and warn.
        by_name: for the older files: only the layers of the same names are loaded.

    Raises:
        ValueError: (``saving.ModelFileError``) if they do not fit, or the file is none of weights; nothing is then
            changed.
    """
    path = Path(filepath)
    if not path.name.endswith((EXTENSION, model_files.EXTENSION, *OLDER)):
        raise ModelFileError(
            f"File format not supported: filepath={filepath}. Weights are loaded from files whose names end in "
            "`.weights.h5`, `.keras` or `.h5`."
        )
    model_files.check_is_file(path, f"Please ensure the file is an accessible `{EXTENSION}` file.")
    _check_built(model, "loading weights into")
    older = False
    if path.suffix == model_files.EXTENSION:
        archive = read_archive(path)
        file: IO[bytes] = io.BytesIO(archive.weights)
        size, older = len(archive.weights), archive.older
    else:
        file, size = path.open("rb"), path.stat().st_size
    with file, opened(file, size) as stored:
        names = Names(file, stored)
        root = None if path.suffix == model_files.EXTENSION else _older_root(path, stored, names)
        if root is None:
            if by_name is not None:
                raise ModelFileError(f"`by_name` is for older `.h5` files only. Received: filepath={filepath}")
            load_state(model, stored, skip_mismatch=skip_mismatch, older=older)
        else:
            load_older_state(model, stored, names, root, by_name=bool(by_name), skip_mismatch=skip_mismatch)


def _older_root(path: Path, stored: StoredWeights, names: Names) -> str | None:
    """The group with the layers' weights if the file is of the older form, as Keras 2 called some `.weights.h5` too."""
    if WEIGHTS in stored.groups:
        return WEIGHTS
    older = not path.name.endswith(EXTENSION) or names.has("", LAYERS)
    return "" if older else None


def _check_built(model: Any, doing: str) -> None:
    if not model.built:
        raise ValueError(
            f"You are {doing} a model that has not yet been built. Try building the model first by calling it on some "
            "data or by using `build()`."
        )
