"""Files for a model that does not know how its inputs were prepared: plain numbers, as many as it takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.commands.errors import CommandError
from denim.files import Pictures, Table


def inputs_for(model: Any, content: Any) -> np.ndarray:
    """The file's numbers as the model's inputs; pictures and arrays may be flattened.

    Raises:
        CommandError: for a model of several inputs, or a file of texts, of missing values or of another width.
    """
    if len(model.inputs) != 1:
        raise CommandError(f"A file holds one input. Received: a model with {len(model.inputs)} inputs.")
    shape = tuple(model.inputs[0].shape[1:])
    if isinstance(content, Table):
        x = _of_table(content)
    else:
        x = content.images if isinstance(content, Pictures) else content.x
    if x.shape[1:] != shape and int(np.prod(x.shape[1:])) != int(np.prod(shape)):
        raise CommandError(
            f"The model takes rows of shape {shape}, and the rows of {content.path} have shape {x.shape[1:]}. It does "
            f"not say how its inputs were prepared; models of `denim train` do.{_reading(content, shape)}"
        )
    return x.reshape(len(x), *shape)


def _reading(content: Any, shape: tuple[int, ...]) -> str:
    """How the same file would be read as the model takes it."""
    if isinstance(content, Table) and len(shape) == 1 and len(content.frame.columns) > shape[0]:
        return " Leave columns out with --read without=COLUMN."
    if isinstance(content, Pictures) and len(shape) in (2, 3) and shape[2:] in ((), (1,), (3,)):
        colour = "yes" if shape[2:] == (3,) else "no"
        return f" Read pictures as it takes them: --read size={shape[0]}x{shape[1]} --read colour={colour}"
    return ""


def answers_of(model: Any, outputs: Any) -> dict[str, np.ndarray]:
    """A column for each output; before them, of probabilities of classes, the most probable one's number.

    Raises:
        CommandError: for a model of several outputs.
    """
    if len(model.outputs) != 1:
        raise CommandError(
            f"A table of predictions holds those of one output. Received: a model with {len(model.outputs)} outputs."
        )
    table = np.asarray(outputs).reshape(len(outputs), -1)
    if table.shape[1] == 1:
        return {"prediction": table[:, 0]}
    last = getattr(getattr(model.layers[-1], "activation", None), "__name__", "")
    chosen = {"prediction": table.argmax(axis=1)} if last == "softmax" else {}
    return chosen | {f"output {i}": table[:, i] for i in range(table.shape[1])}


def _of_table(table: Any) -> np.ndarray:
    frame = table.frame
    texts = [str(name) for name in frame.columns if frame[name].dtype.kind not in "buif"]
    if texts:
        raise CommandError(
            f"The model does not say how its inputs were prepared, and so takes numbers alone. Column {texts[0]!r} of "
            f"{table.path} holds others. Models of `denim train` take such files."
        )
    numbers: np.ndarray = frame.to_numpy(np.float32)
    if not np.isfinite(numbers).all():
        row = int((~np.isfinite(numbers)).any(axis=1).argmax())
        raise CommandError(f"Inputs must be finite numbers. Row {row + 1:,} of {table.path} has one that is missing.")
    return numbers
