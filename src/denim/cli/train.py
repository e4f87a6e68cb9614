"""The words and options of ``denim train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from denim.cli.options import Read
from denim.cli.telling import stopped, told

if TYPE_CHECKING:
    from denim.commands.training.results import Trained

_SETTINGS = "What is trained"


def _option(help: str, default: str | bool = False, name: str | None = None, **further: Any) -> Any:
    words = [] if name is None else [name]
    return typer.Option(*words, help=help, show_default=default, rich_help_panel=_SETTINGS, **further)


def train(
    data: Annotated[
        str | None, typer.Argument(metavar="DATA", help="CSV, TSV, Parquet, NPZ, IDX, or a folder of pictures.")
    ] = None,
    target: Annotated[str | None, _option("The column to predict.")] = None,
    layers: Annotated[
        str | None, _option("UNITS:ACTIVATION, dropout:RATE, batchnorm, separated by commas.", "100:relu,100:relu")
    ] = None,
    epochs: Annotated[int | None, _option("At most so many.", "100")] = None,
    batch_size: Annotated[int | None, _option("Rows a step.", "by the rows, 8 to 256")] = None,
    optimizer: Annotated[str | None, _option("Its name.", "adam")] = None,
    learning_rate: Annotated[float | None, _option("Of the optimizer.", "its own")] = None,
    validation: Annotated[float | None, _option("The part that is validated on, of what test leaves.", "0.2")] = None,
    validation_data: Annotated[str | None, _option("A file for that instead.")] = None,
    test: Annotated[float | None, _option("The part that the network is judged by at the end.", "0.2")] = None,
    test_data: Annotated[str | None, _option("A file for that instead.")] = None,
    early_stopping: Annotated[
        bool | None,
        _option("Stop when the validation loss no longer falls.", True, "--early-stopping/--no-early-stopping"),
    ] = None,
    patience: Annotated[int | None, _option("Epochs that early stopping waits.", "10")] = None,
    task: Annotated[str | None, _option("classification or regression.", "by the target")] = None,
    class_weight: Annotated[str | None, _option("balanced: rare classes count as much as usual ones.")] = None,
    seed: Annotated[int | None, _option("Of all that is drawn.", "42")] = None,
    read: Read = None,
    config: Annotated[Path | None, typer.Option(help="A TOML file with any of these options.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="A new folder for the model and the report.", show_default="runs/NAME")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier training in --out.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a training that was stopped.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Train a network on your own data, and judge it on rows that it has not seen.

    Ctrl-C or SIGTERM stops it; the same with --resume goes on, to the same bits.
    """
    given: dict[str, Any] = {
        "data": data,
        "target": target,
        "layers": layers,
        "epochs": epochs,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "validation": validation,
        "validation_data": validation_data,
        "test": test,
        "test_data": test_data,
        "early_stopping": early_stopping,
        "patience": patience,
        "task": task,
        "class_weight": class_weight,
        "seed": seed,
    }
    with told():
        if read:
            from denim.commands.reading import hints_of

            given["read"] = hints_of(read)
        from rich.console import Console

        from denim.commands.train import train as run
        from denim.commands.training.plan import Place

        console = Console(stderr=as_json, quiet=quiet)
        place = Place(out, resume, overwrite)
        done = run(given, config=config, place=place, console=console, progress=Console(stderr=True, quiet=quiet))
        if as_json:
            typer.echo(done.as_json())
        if done.stopped is not None:
            typer.echo(_where(done, config), err=True)
            raise stopped(done.stopped.signal)


def _where(done: Trained, config: Path | None) -> str:
    """Where a training was stopped, and how to go on."""
    from denim.commands.typed import command

    at, model = done.stopped, done.files[0]
    assert at is not None
    best = done.best_epoch
    which = "the weights as they were" if best is None else f"the best weights so far, of epoch {best}"
    settings = done.settings
    again = command("train", settings.data, target=settings.target, config=config, out=model.parent, resume=True)
    return (
        f"Stopped in epoch {at.epoch} of {done.settings.epochs}, after batch {at.batch} of {at.batches}. {model} holds "
        f"{which}.\nTo go on: {again}"
    )
