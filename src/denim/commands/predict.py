"""``denim predict``: a model's answers for the rows of a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from rich.console import Console

from denim.commands import screen, written
from denim.commands.errors import CommandError
from denim.commands.plain import as_json
from denim.commands.plain_inputs import answers_of, inputs_for
from denim.commands.reading import hints_of
from denim.commands.subject import check_order
from denim.files import Pictures, read
from denim.files.packages import needed
from denim.models import load_model
from denim.report.files import writing
from denim.saving.replacing import replaced

_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Predicted:
    """The answers.

    Attributes:
        model, data: the files.
        columns: by name, one value a row: what each picture is called, the prediction, and probabilities if they were
            asked for.
        out: the file they are in; None where they are not written.
    """

    model: Path
    data: Path
    columns: dict[str, np.ndarray]
    out: Path | None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def as_json(self) -> str:
        """One JSON object, with the answers themselves if they are in no file."""
        found: dict[str, Any] = {"model": str(self.model), "data": str(self.data), "rows": len(self)}
        if self.out is None:
            found["predictions"] = self.columns
        else:
            found |= {"columns": list(self.columns), "out": str(self.out)}
        return as_json(found, indent=None)

    def as_csv(self) -> str:
        """A line of names, and a line a row."""
        return _csv(self.columns)


def predict(
    model_path: Path,
    data_path: Path,
    *,
    out: Path | None = None,
    overwrite: bool = False,
    probabilities: bool = False,
    reading: Sequence[str] = (),
    console: Console,
) -> Predicted:
    """Let a model answer, and write it to a file if one is named.

    Args:
        model_path: a `.keras` file. One that ``denim train`` wrote takes the same kind of file that it was trained
            on, with or without the target; any other takes plain numbers, as many as it has inputs.
        data_path: a table, pictures or arrays.
        out: ends in .csv, .parquet or .npz.
        overwrite: whether a file that is there is replaced.
        probabilities: whether the probability of each class is a column.
        reading: how the file is read, in the words that ``reading.hints_of`` takes, where the model does not know it.
        console: where it is told how the data were read, and which values mean nothing to the model.

    Raises:
        ValueError: for files that cannot be used, or do not fit each other. Nothing is then written.
    """
    options = {"out": out, "overwrite": overwrite, "proba": probabilities, "read": list(reading)}
    check_order("predict", model_path, data_path, **options)
    write = None if out is None else _writer(out, overwrite)
    model = load_model(model_path, compile=False)
    preparation = model.preparation
    content = read(data_path, **{**({} if preparation is None else preparation.hints), **hints_of(reading)})
    for note in (*content.notes, *(() if preparation is None else preparation.surprises(content))):
        screen.line(console, note)
    if not len(content):
        raise CommandError(f"{data_path} has no rows to predict.")
    inputs = inputs_for(model, content) if preparation is None else preparation.inputs(content)
    outputs = model.predict(inputs, batch_size=_AT_ONCE, verbose=0)
    answers = answers_of(model, outputs) if preparation is None else preparation.answers(outputs)
    if not probabilities and preparation is not None and preparation.classes:
        answers = dict(list(answers.items())[:1])
    named = {"picture": np.array(content.names)} if isinstance(content, Pictures) else {}
    found = Predicted(model_path, data_path, named | answers, out)
    if out is not None and write is not None:
        with writing(out, "Name another file."), replaced(out) as file:
            write(file, found.columns)
    return found


def _writer(out: Path, overwrite: bool) -> Callable[[IO[bytes], dict[str, np.ndarray]], None]:
    """What writes to a file of this name."""
    writers = {".csv": _write_csv, ".parquet": _write_parquet, ".npz": _write_npz}
    if out.suffix.lower() not in writers:
        raise CommandError(f"--out must end in {', '.join(writers)}. Received: {out}")
    written.check_file(out, overwrite, "--out")
    if out.suffix.lower() == ".parquet":
        for package in ("pandas", "pyarrow"):
            needed(package, out, "write")
    return writers[out.suffix.lower()]


def _write_csv(file: IO[bytes], columns: dict[str, np.ndarray]) -> None:
    file.write(_csv(columns).encode())


def _write_parquet(file: IO[bytes], columns: dict[str, np.ndarray]) -> None:
    import pandas

    pandas.DataFrame(columns).to_parquet(file, index=False)


def _write_npz(file: IO[bytes], columns: dict[str, Any]) -> None:
    np.savez(file, **columns)


def _csv(columns: dict[str, np.ndarray]) -> str:
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    return lines.getvalue()


def _cells(column: np.ndarray) -> list[Any]:
    """What a column's values are written as: float32 as short as it can be read back."""
    return list(map(str, column)) if column.dtype == np.float32 else column.tolist()
