"""NumPy's archives: which arrays are the inputs, and which the targets. Nothing is ever unpickled."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from denim.files.content import Arrays
from denim.files.errors import FileError
from denim.files.hints import Hints
from denim.files.spoken import hint
from denim.suggest import did_you_mean

_INPUTS = ("x", "X", "data", "images", "features", "inputs", "x_train", "X_train", "train_images", "train_x")
_TARGETS = ("y", "target", "targets", "labels", "label")
_TRAINING_TARGETS = {
    "x_train": "y_train",
    "X_train": "y_train",
    "train_images": "train_labels",
    "train_x": "train_y",
}
_TESTS = {
    "x_train": ("x_test", "y_test"),
    "X_train": ("X_test", "y_test"),
    "train_images": ("test_images", "test_labels"),
    "train_x": ("test_x", "test_y"),
}
_NAMES = "x, X, data, images, features or inputs, with y, target, targets, labels or label; or x_train and y_train"


def read_npz(path: Path, target: str | None, hints: Hints) -> Arrays:
    """Inputs and targets in an archive of arrays.

    Args:
        target: the name of the array of targets, if it is not the usual one.

    Raises:
        FileError: no array has a name that says what it is, one holds Python objects, or rows do not match.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            names = list(archive.files)
            x_name = _inputs_name(path, names, target, hints.inputs)
            y_name = target if target is not None else _targets_name(names, x_name)
            x, y = _array(path, archive, x_name), _array(path, archive, y_name) if y_name is not None else None
            test = None
            x_test, y_test = _TESTS.get(x_name, ("", ""))
            if x_test in names and y_test in names:
                test = _checked(path, _array(path, archive, x_test), _array(path, archive, y_test))
    except (zipfile.BadZipFile, zlib.error, EOFError, MemoryError) as error:
        raise FileError(path, f"It is a damaged NPZ file: {error}.", "Is it whole?") from error
    content = _checked(path, x, y)
    told = f"Inputs are {x_name!r}" + (f" and targets {y_name!r}" if y is not None else ", and there are no targets")
    known = {} if x_name in _INPUTS else {"inputs": x_name}
    return Arrays(content.x, content.y, path, test, (f"{told}, of {', '.join(names)}.",), known)


def read_npy(path: Path, target: str | None, hints: Hints) -> Arrays:
    """One array: inputs without targets."""
    try:
        x = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise FileError(path, f"It is no array of numbers that can be read: {error}") from error
    return _checked(path, x, None)


def _inputs_name(path: Path, names: list[str], target: str | None, hinted: str | None) -> str:
    others = [name for name in names if name != target]
    for wanted in (target, None if len(others) == 1 else hinted):
        if wanted is not None and wanted not in names:
            raise FileError(
                path, f"There is no array {wanted!r}.{did_you_mean(wanted, names)}", f"Its arrays: {_listed(names)}."
            )
    usual = (name for name in (hinted, *_INPUTS) if name in others)
    found = next(usual, others[0] if len(others) == 1 else None)
    if found is None:
        raise FileError(
            path,
            f"None of its arrays has a name that says that it is the inputs: {_listed(names)}.",
            f"Say which: {hint('inputs', names[0]) if names else ''}. Names that say so: {_NAMES}.",
        )
    return found


def _targets_name(names: list[str], x_name: str) -> str | None:
    usual = (_TRAINING_TARGETS[x_name],) if x_name in _TRAINING_TARGETS else _TARGETS
    return next((name for name in usual if name in names), None)


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _array(path: Path, archive: np.lib.npyio.NpzFile, name: str | None) -> np.ndarray:
    try:
        return np.asarray(archive[str(name)])
    except ValueError as error:
        if "pickle" not in str(error):
            raise FileError(path, f"Array {name!r} is damaged: {error}.", "Is the file whole?") from error
        raise FileError(
            path,
            f"Array {name!r} holds Python objects, which could run code when they are read.",
            "Save it as numbers: np.savez(..., x=x.astype('float32'))",
        ) from None


def _checked(path: Path, x: np.ndarray, y: np.ndarray | None) -> Arrays:
    if x.ndim < 2 or not len(x):
        raise FileError(path, f"Inputs need a row for each sample, shape (rows, ...), and have shape {x.shape}.")
    if x.dtype.kind not in "buif":
        raise FileError(path, f"Inputs must be numbers, and are {x.dtype}.")
    if y is not None and y.dtype.kind == "S":
        y = y.astype(np.str_)
    if y is not None and (not y.ndim or len(y) != len(x)):
        raise FileError(path, f"Inputs and targets must have as many rows; they have shapes {x.shape} and {y.shape}.")
    return Arrays(x, y, path)
