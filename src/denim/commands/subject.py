"""A model file, and what its outputs are for the rows of a data file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from denim.commands.errors import CommandError
from denim.commands.plain_inputs import inputs_for
from denim.commands.typed import command
from denim.files import Pictures, Table, read
from denim.files.reading import with_target
from denim.suggest import closest

_ROWS_AT_ONCE = 1024
_MODELS = (".keras", ".h5", ".hdf5")
_NAMES_SHOWN = 20

Content = Any
"""A Table, Pictures or Arrays."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A model's answers beside the truth.

    Attributes:
        task: "binary", "multiclass" or "regression".
        classes: their names by number; none of a regression.
        target: the name of what is predicted.
        content: the rows that were judged.
        y: class numbers, int64, shape (rows,); for regression float64, shape (rows, numbers).
        outputs: probabilities of each class, or numbers; float64, shape (rows, classes or numbers).
        notes: sentences on what was made of the data and the outputs.
    """

    task: str
    classes: tuple[str, ...]
    target: str
    content: Content
    y: np.ndarray
    outputs: np.ndarray
    notes: tuple[str, ...]


def is_model(path: str | Path) -> bool:
    """Whether a path is that of a model, by its ending."""
    return Path(path).suffix.lower() in _MODELS


def check_order(name: str, model: str | Path, other: str | Path, **options: Any) -> None:
    """Nothing if a command got the model first. ``options``: those that it got, as :func:`typed.command` takes them.

    Raises:
        CommandError: the model is where the other should be.
    """
    if is_model(other) and not is_model(model):
        raise CommandError(
            f"The model comes first, and these two are swapped. Type: {command(name, other, model, **options)}"
        )


def load(path: Path) -> Any:
    """The model of a file.

    Raises:
        ValueError: there is no such file, or it is no model.
    """
    from denim.saving.model_files import load_model

    return load_model(path)


def judged(model: Any, path: Path, data: str, target: str | None, hints: Mapping[str, Any] | None = None) -> Judged:
    """The outputs of ``model``, which is from ``path``, for ``data``, beside what they should be.

    ``hints``: how the data are read, before what the model knows of it.

    Raises:
        ValueError: the data cannot be read, or do not fit to the model.
    """
    if len(model.outputs) > 1 or len(model.inputs) > 1:
        raise CommandError(
            f"denim evaluate judges models with one input and one output. {path} has {len(model.inputs)} inputs and "
            f"{len(model.outputs)} outputs."
        )
    if model.preparation is None:
        return _bare(model, path, data, target, hints or {})
    preparation = model.preparation
    content, notes = _rows(_beside_truth(preparation, path, data, target, {**preparation.hints, **(hints or {})}))
    notes = (*notes, *preparation.surprises(content))
    return answered(model, preparation, content, preparation.inputs(content), preparation.targets(content), notes)


def answered(model: Any, preparation: Any, content: Content, x: np.ndarray, y: np.ndarray, notes: Any = ()) -> Judged:
    """The outputs of ``model`` for prepared rows ``x`` of ``content``, beside the prepared targets ``y``."""
    outputs = _predicted(model, x)
    classes = tuple(map(str, preparation.classes))
    if preparation.task == "regression":
        return Judged("regression", (), preparation.target.name, content, _column(y), outputs, notes)
    if preparation.task == "binary":
        outputs = np.column_stack([1 - outputs[:, 0], outputs[:, 0]])
    return Judged(preparation.task, classes, preparation.target.name, content, y.reshape(-1), outputs, notes)


def _beside_truth(preparation: Any, path: Path, data: str, target: str | None, hints: Mapping[str, Any]) -> Content:
    """The rows of ``data``; of a table those that have what the model predicts, under the name that it knows."""
    if preparation.source.kind != "table":
        return read(data, target=target or preparation.target.given_name, **hints)
    content = read(data, **hints)
    if not isinstance(content, Table):
        return content
    known = preparation.target.name
    name = target or known
    if name in {column.name for column in preparation.source.columns}:
        raise CommandError(
            f"{path} was trained to predict {known!r}, and {name!r} is one of its inputs. Leave --target out."
        )
    if name not in content.frame.columns:
        raise CommandError(_no_truth(preparation, path, content, name))
    frame, notes = content.frame, content.notes
    if name != known:
        frame = frame.drop(columns=known, errors="ignore").rename(columns={name: known})
        notes = (*notes, f"What {path.name} predicts as {known!r} is judged by column {name!r}.")
    return with_target(replace(content, frame=frame, notes=notes), known)


def _no_truth(preparation: Any, path: Path, table: Table, name: str) -> str:
    """Why the rows cannot be judged by, and what can be done."""
    learnt = {column.name for column in preparation.source.columns}
    others = [str(each) for each in table.frame.columns if str(each) not in learnt]
    near = closest(name, others)
    if near is not None:
        help = f"If it is {near!r}, pass --target {shlex.quote(near)}."
    elif others:
        help = f"If it has another name there, pass --target with it: {', '.join(others[:_NAMES_SHOWN])}."
    else:
        help = "All its columns are inputs of the model."
    which = f", which {path} predicts" if name == preparation.target.name else ""
    return (
        f"{table.path} has no column {name!r}{which}: there is nothing to judge by. {help} To predict these rows: "
        f"{command('predict', path, table.path)}"
    )


def _rows(content: Content) -> tuple[Content, tuple[str, ...]]:
    """The rows to judge by: those that the file keeps for that, if it does."""
    test = getattr(content, "test", None)
    if test is None:
        return content, content.notes
    return test, (*content.notes, f"Judged are the {len(test):,} rows that are kept for testing.")


def _predicted(model: Any, x: np.ndarray) -> np.ndarray:
    if not len(x):
        raise CommandError("There must be at least one row to judge by. Received: none.")
    outputs = np.asarray(model.predict(x, batch_size=_ROWS_AT_ONCE, verbose=0), np.float64)
    found = outputs.reshape(len(outputs), -1)
    if not np.isfinite(found).all():
        raise CommandError(
            f"The model's outputs must be finite. {int((~np.isfinite(found)).any(axis=1).sum()):,} of {len(found):,} "
            "rows give NaN or infinity: are there such numbers in the data, or in the model's weights?"
        )
    return found


def _bare(model: Any, path: Path, data: str, target: str | None, hints: Mapping[str, Any]) -> Judged:
    """For a model that does not say how its data were prepared: numbers as they lie."""
    content, notes = _rows(read(data, target=target, **hints))
    x = inputs_for(model, _without(content, target))
    y = _targets(content, target)
    notes = (*notes, "The model's file says nothing of how its data were prepared; they are taken as they lie.")
    outputs = _predicted(model, x)
    if _is_classification(model, y, outputs.shape[1]):
        return _of_classes(model, path, content, target, y, outputs, notes)
    y = _column(y.astype(np.float64))
    if y.shape != outputs.shape:
        raise CommandError(
            f"{path} gives {outputs.shape[1]} numbers a row, and the targets of {content.path} are {y.shape[1]}."
        )
    return Judged("regression", (), target or "target", content, y, outputs, notes)


def _without(content: Content, target: str | None) -> Content:
    """A table without its target; other data as they are."""
    if not isinstance(content, Table):
        return content
    if target is None:
        names = ", ".join(map(str, content.frame.columns))
        raise CommandError(f"Which column of {content.path} is to be predicted? Pass --target. Its columns: {names}.")
    return replace(content, frame=content.frame.drop(columns=target))


def _targets(content: Content, target: str | None) -> np.ndarray:
    if isinstance(content, Table):
        return np.asarray(content.frame[target].to_numpy())
    y = content.labels if isinstance(content, Pictures) else content.y
    if y is None:
        why = "are in no folders that say their classes" if isinstance(content, Pictures) else "have no targets"
        raise CommandError(f"The rows of {content.path} {why}: there is nothing to judge by. {' '.join(content.notes)}")
    return np.asarray(y)


def _is_classification(model: Any, y: np.ndarray, width: int) -> bool:
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", "") or ""
    if "crossentropy" in name or "hinge" in name:
        return True
    if name or y.dtype.kind not in "biuUSO":
        return False
    return width > 1 and y.reshape(len(y), -1).shape[1] == 1


def _of_classes(
    model: Any,
    path: Path,
    content: Content,
    target: str | None,
    y: np.ndarray,
    outputs: np.ndarray,
    notes: tuple[str, ...],
) -> Judged:
    classes = max(2, outputs.shape[1])
    names = tuple(map(str, range(classes)))
    if y.dtype.kind in "USO":
        named = np.unique(y.astype(str))
        if len(named) != classes:
            raise CommandError(
                f"{path} tells {classes} classes apart, and {content.path} has {len(named)}: {', '.join(named[:10])}."
            )
        y, names = np.searchsorted(named, y.astype(str)), tuple(named.tolist())
        notes = (*notes, f"Classes are numbered in their order: {', '.join(names[:10])}.")
    elif y.ndim > 1 and y.shape[1:] == (classes,):
        y = y.argmax(axis=1)
    y = y.reshape(len(outputs), -1)[:, 0].astype(np.int64)
    if y.min() < 0 or y.max() >= classes:
        raise CommandError(
            f"{path} tells {classes} classes apart, numbered from 0 to {classes - 1}. Received: class "
            f"{y[(y < 0) | (y >= classes)][0]} in {content.path}."
        )
    outputs, more = _probabilities(model, outputs)
    return Judged(
        "binary" if classes == 2 else "multiclass", names, target or "class", content, y, outputs, (*notes, *more)
    )


def _probabilities(model: Any, outputs: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """One column a class, each row with the sum 1."""
    within = bool((outputs >= 0).all() and (outputs <= 1).all())
    logits = getattr(getattr(model, "loss", None), "from_logits", False) is True or not within
    if outputs.shape[1] == 1:
        second = 1 / (1 + np.exp(-np.clip(outputs, -700, 700))) if logits else outputs
        told = ("The outputs are no probabilities: the sigmoid function makes them so.",) if logits else ()
        return np.column_stack([1 - second, second]), told
    sums = outputs.sum(axis=1, keepdims=True)
    if not logits and np.allclose(sums, 1, atol=1e-3):
        return outputs / sums, ()
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True), (
        "The outputs are no probabilities: the softmax function makes them so.",
    )


def _column(y: np.ndarray) -> np.ndarray:
    return y.reshape(len(y), -1).astype(np.float64)
