"""The words and options of ``denim predict``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from denim.cli.options import Read
from denim.cli.telling import told


def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A .keras file, such as denim train writes.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="The same kind of file that it was trained on.")],
    out: Annotated[
        Path | None, typer.Option(help="A .csv, .parquet or .npz file.", show_default="standard output, as CSV")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace --out if it is there.")] = False,
    proba: Annotated[bool, typer.Option("--proba", help="The probability of each class, too.")] = False,
    read: Read = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Predict the rows of a file, with the classes' own names. The target may be there or not."""
    with told():
        from rich.console import Console

        from denim.commands.predict import predict as run

        done = run(
            model,
            data,
            out=out,
            overwrite=overwrite,
            probabilities=proba,
            reading=read or (),
            console=Console(stderr=True),
        )
        if as_json:
            typer.echo(done.as_json())
        elif out is None:
            typer.echo(done.as_csv(), nl=False)
        else:
            typer.echo(f"{len(done):,} predictions: {out}")
