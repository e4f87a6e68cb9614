"""The words and options of ``denim show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from denim.cli.options import Read
from denim.cli.telling import told


def show(
    path: Annotated[
        str,
        typer.Argument(
            metavar="DATA|MODEL",
            help="CSV, TSV, Parquet, NPZ, IDX, a folder of pictures, or a .keras file.",
            show_default=False,
        ),
    ],
    target: Annotated[
        str | None, typer.Option(help="The column to predict: says how `denim train` would prepare the data.")
    ] = None,
    read: Read = None,
    out: Annotated[Path | None, typer.Option(help="A folder for report.html and results.json.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace those of an earlier command.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is found as JSON.")] = False,
) -> None:
    """Look into data (columns, classes, samples) or a model (layers, weights, what it makes of data)."""
    with told():
        from rich.console import Console

        from denim.commands.show import show as run
        from denim.commands.show import tell

        found, paths = run(path, target=target, out=out, overwrite=overwrite, reading=read or ())
        if as_json:
            typer.echo(found.as_json())
            return
        tell(found, Console())
        for each in paths:
            typer.echo(each)
