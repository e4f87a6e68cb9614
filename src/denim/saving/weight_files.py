"""Weights alone: `.weights.h5` files."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from denim.saving import model_files
from denim.saving.archive import read_archive
from denim.saving.errors import ModelFileError
from denim.saving.hdf5 import StoredWeights, opened
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


def load_weights(model: Any, filepath: str | os.PathLike[str], skip_mismatch: bool = False) -> None:
    """Load weights into a model whose layers are those of the model they were saved from, whatever their names.

    Args:
        model: built.
        filepath: a ".weights.h5" file, or a ".keras" file, of denim or Keras.
        skip_mismatch: leave layers as they are whose weights do not fit, and warn.

    Raises:
        ValueError: (``saving.ModelFileError``) if they do not fit, or the file is none of weights; nothing is then
            changed.
    """
    path = Path(filepath)
    if not path.name.endswith((EXTENSION, model_files.EXTENSION)):
        older = " Older `.h5` weights are not read: save them again from Keras." if path.suffix == ".h5" else ""
        raise ModelFileError(
            f"File format not supported: filepath={filepath}. Weights are loaded from files whose names end in "
            f"`.weights.h5` or `.keras`.{older}"
        )
    model_files.check_is_file(path, f"Please ensure the file is an accessible `{EXTENSION}` file.")
    _check_built(model, "loading weights into")
    with _weights(path) as stored:
        load_state(model, stored, skip_mismatch=skip_mismatch)


@contextmanager
def _weights(path: Path) -> Iterator[StoredWeights]:
    if path.suffix == model_files.EXTENSION:
        data = read_archive(path).weights
        with opened(io.BytesIO(data), len(data)) as stored:
            yield stored
    else:
        with path.open("rb") as file, opened(file, path.stat().st_size) as stored:
            yield stored


def _check_built(model: Any, doing: str) -> None:
    if not model.built:
        raise ValueError(
            f"You are {doing} a model that has not yet been built. Try building the model first by calling it on some "
            "data or by using `build()`."
        )
