"""The words and options of ``denim evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from denim.cli.options import Read
from denim.cli.telling import told


def evaluate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A .keras file.", show_default=False)],
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA", help="CSV, TSV, Parquet, NPZ, IDX, or a folder of pictures.", show_default=False
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option(
            help="The column that holds what the model predicts.", show_default="as it was called in training"
        ),
    ] = None,
    read: Read = None,
    out: Annotated[Path | None, typer.Option(help="A folder for report.html and results.json.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace those of an earlier command.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Judge a model on rows that it has not seen: metrics with intervals, class by class, the worst rows.

    A model of `denim train` takes raw rows or pictures; others take numbers as they lie.
    """
    with told():
        from rich.console import Console

        from denim.commands.evaluate import evaluate as run
        from denim.commands.evaluate import tell

        found, paths = run(model, data, target=target, out=out, overwrite=overwrite, reading=read or ())
        if as_json:
            typer.echo(found.as_json())
            return
        tell(found, Console())
        for path in paths:
            typer.echo(path)
        if not paths:
            typer.echo("--out FOLDER writes this as a page, with diagrams.")
