"""The words and options of ``denim export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from denim.cli.options import Read
from denim.cli.telling import told


def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A .keras file.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A .onnx or .c file to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is there.")] = False,
    weights: Annotated[
        str | None,
        typer.Option(metavar="int8", help="Hold the large weights in a byte each.", show_default="as they are"),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="With --weights: a file of data to compare the model on, before and after.")
    ] = None,
    read: Read = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a model as ONNX, for other runtimes, or as C, for whatever has a compiler."""
    with told():
        from rich.console import Console

        from denim.commands.export import export as run

        done = run(
            model,
            out,
            overwrite=overwrite,
            weights=weights,
            data_path=data,
            reading=read or (),
            console=Console(stderr=True),
        )
        typer.echo(done.as_json() if as_json else str(done))
