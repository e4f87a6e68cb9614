"""``denim show``: what is in a data file or in a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from denim.commands import screen, written
from denim.commands.reading import hints_of
from denim.commands.showing.contents import Column, DataFacts, data_facts, values_of
from denim.commands.showing.models import ModelFacts, model_facts
from denim.commands.subject import is_model, load
from denim.commands.typed import command
from denim.files import read
from denim.models.summary import memory_size
from denim.preparation import Preparation

_COLUMNS, _CELLS, _STRONGEST = 60, 6, 10


def show(
    path: str,
    *,
    target: str | None = None,
    out: Path | None = None,
    overwrite: bool = False,
    reading: Sequence[str] = (),
) -> tuple[DataFacts | ModelFacts, tuple[Path, ...]]:
    """Look into a file, and write a page to a folder if one is given.

    Args:
        path: of data, or of a model.
        target: the column that is to be learnt: then it is told how the data would be prepared.
        out: the folder for report.html and results.json.
        overwrite: whether to replace those of an earlier command.
        reading: how data are read, in the words that ``reading.hints_of`` takes.

    Returns:
        what is in it, and the paths that were written.

    Raises:
        ValueError: the file cannot be used. Nothing is then written.
        OSError: it cannot be read, or the folder cannot be written.
    """
    written.check_free(out, overwrite)
    typed = command("show", path, target=target, read=list(reading), out=out)
    found: DataFacts | ModelFacts
    if is_model(path):
        model = load(Path(path))
        found = model_facts(Path(path), model)
        if out is None:
            return found, ()
        from denim.commands.pages.model import model_page

        page = model_page(found, model, typed)
    else:
        content = read(path, target=target, **hints_of(reading))
        decisions = () if target is None else Preparation.decide(content, target).decisions
        found = data_facts(content, path, decisions)
        if out is None:
            return found, ()
        from denim.commands.pages.contents import contents_page

        page = contents_page(found, content, typed)
    return found, written.write(out, page, found.as_json())


def tell(found: DataFacts | ModelFacts, console: Console) -> None:
    """Print what is in it."""
    if isinstance(found, ModelFacts):
        tell_model(found, console)
    else:
        _tell_data(found, console)


def tell_model(found: ModelFacts, console: Console) -> None:
    """Print what is in a model."""
    screen.line(
        console, f"{found.path}: {found.kind}, {memory_size(found.size)}, computes in {', '.join(found.dtypes)}"
    )
    rows = [(each.name, each.kind, each.settings, _shape(each.shape), f"{each.parameters:,}") for each in found.layers]
    screen.table(console, ("layer", "kind", "", "output", "parameters"), rows, left=(0, 1, 2))
    trained = "" if found.trainable == found.parameters else f", {found.trainable:,} of them trainable"
    screen.line(console, f"{found.parameters:,} parameters{trained}")
    with_what = ", ".join(f"{name} {value}" for name, value in found.compiled.items())
    screen.line(console, f"compiled with {with_what}" if with_what else "not compiled")
    if not found.task:
        screen.line(console, "without a preparation: it takes numbers as they lie")
        return
    screen.line(console, f"predicts {found.target!r} ({found.task}) from raw data:")
    for sentence in found.decisions:
        screen.line(console, f"  {sentence}")
    if found.strongest:
        told = (f"{each.name} {each.strength:.3g}" for each in found.strongest[:_STRONGEST])
        screen.line(console, f"strongest inputs: {', '.join(told)}")


def _tell_data(found: DataFacts, console: Console) -> None:
    of_shape = "" if found.shape is None else f", each of shape {found.shape}, {found.dtype}"
    count = f"{len(found.columns):,} columns" if found.kind == "table" else found.kind
    screen.line(console, f"{found.path}: {found.rows:,} rows, {count}{of_shape}")
    for note in (*found.notes, *found.decisions):
        screen.line(console, note)
    if found.columns:
        rows = [_told(each) for each in found.columns[:_COLUMNS]]
        screen.table(console, ("column", "kind", "missing", "distinct", "values"), rows, left=(0, 1, 4))
        more = len(found.columns) - _COLUMNS
        if more > 0:
            screen.line(console, f"and {more:,} more columns: --json or --out has them all")
    if found.first and found.kind == "table":
        names = tuple(each.name for each in found.columns[:_CELLS])
        left = tuple(place for place, each in enumerate(found.columns[:_CELLS]) if each.kind != "number")
        screen.table(console, names, (row[:_CELLS] for row in found.first), left=left)
    if found.classes:
        screen.table(console, ("class", "rows"), ((name, f"{rows:,}") for name, rows in found.classes))


def _told(column: Column) -> tuple[str, ...]:
    return column.name, column.kind, f"{column.missing:,}", f"{column.distinct:,}", values_of(column)


def _shape(shape: tuple[int | None, ...] | None) -> str:
    return "" if shape is None else " × ".join("rows" if size is None else str(size) for size in shape)
