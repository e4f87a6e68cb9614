"""The words and options of ``denim compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from denim.cli.options import Read
from denim.cli.telling import stopped, told

_LARGEST_SEED = 2**32 - 1 - 10_000
"""Each fold counts on from it."""


def compare(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA", help="CSV, TSV, Parquet, NPZ, IDX, or a folder of pictures.", show_default=False
        ),
    ],
    target: Annotated[str | None, typer.Option(help="The column to predict.")] = None,
    networks: Annotated[
        list[str] | None,
        typer.Option(
            help="Hidden layers, such as 100:relu,dropout:0.3,50:relu; once for each network.",
            show_default="50:relu and 100:relu,100:relu",
        ),
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="classification or regression.", show_default="by the target")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, max=100, help="Parts that are held out, one after the other.")] = 5,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="How often, with other parts each time.")] = 1,
    epochs: Annotated[int, typer.Option(min=1, help="Of each training, at most.")] = 100,
    patience: Annotated[int, typer.Option(min=1, help="Epochs without improvement before a training stops.")] = 10,
    optimizer: Annotated[str, typer.Option(help="Its name.")] = "adam",
    seed: Annotated[int, typer.Option(min=0, max=_LARGEST_SEED, help="Of all that is drawn.")] = 42,
    read: Read = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A folder for report.html and results.json.", show_default="runs/NAME-comparison"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace those of an earlier command.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Compare networks with a baseline by cross-validation, and say which differences are more than noise.

    Ctrl-C stops it; what the finished folds say is then written.
    """
    with told():
        from rich.console import Console

        from denim.commands.compare import NETWORKS, Plan, tell
        from denim.commands.compare import compare as run

        plan = Plan(
            data,
            target,
            tuple(networks or NETWORKS),
            task,
            folds,
            repeats,
            epochs,
            patience,
            optimizer,
            seed,
            tuple(read or ()),
        )
        console = Console(stderr=as_json)
        found, paths = run(plan, out=out, overwrite=overwrite, console=console, progress=Console(stderr=True))
        tell(found, console)
        if as_json:
            typer.echo(found.as_json())
        else:
            for path in paths:
                typer.echo(path)
        if found.signal is not None:
            raise stopped(found.signal)
