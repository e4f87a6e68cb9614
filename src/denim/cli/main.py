"""The ``denim`` command: its words and options. The work is done elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from denim.cli.compare import compare
from denim.cli.evaluate import evaluate
from denim.cli.export import export
from denim.cli.predict import predict
from denim.cli.show import show
from denim.cli.train import train

app = typer.Typer(
    help="Dense neural networks with Keras's names and numbers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_LARGEST_SEED = 2**32 - 1


def _fail(message: str) -> NoReturn:
    typer.secho(f"Error: {message}", err=True, fg="red")
    raise typer.Exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        import denim

        typer.echo(denim.__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Dense neural networks with Keras's names and numbers."""


@app.command()
def study(
    dataset: Annotated[str, typer.Argument(help="fashion_mnist, or digits (scikit-learn's, small).")] = "fashion_mnist",
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the slow baseline.")] = False,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of each network.")] = 5,
    seed: Annotated[
        int, typer.Option(min=0, max=_LARGEST_SEED, help="Seed of the networks' first weights and order of rows.")
    ] = 42,
    out: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Folder for the report, its numbers and pictures, and the networks.",
            show_default="runs/DATASET",
        ),
    ] = None,
) -> None:
    """Train the tutorial's networks beside its baseline, and compare them."""
    from rich.console import Console

    from denim.report.files import CannotWriteError
    from denim.study.errors import StudyError
    from denim.study.run import run

    try:
        run(dataset, console=Console(), quick=quick, epochs=epochs, seed=seed, out=out)
    except (StudyError, CannotWriteError) as error:
        _fail(str(error))


@app.command()
def info(
    model: Annotated[Path | None, typer.Argument(metavar="[MODEL]", help="A model's file: what is in it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the version, the engine, the instruction set in use, and where data sets are kept; or what a model holds."""
    from denim.cli import info as shown

    if model is not None:
        shown.tell_model(model, as_json)
        return
    try:
        lines = shown.facts()
    except ValueError as error:
        _fail(str(error))
    if as_json:
        typer.echo(json.dumps(dict(lines), indent=2))
        return
    for name, value in lines:
        typer.echo(f"{name:<18} {value}")


app.command()(train)
app.command()(predict)
app.command()(evaluate)
app.command()(compare)
app.command()(show)
app.command()(export)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
    options_metavar="",
)
def run(
    context: typer.Context,
    script: Annotated[str, typer.Argument(help="A script, a notebook, or -m and a module, each with its arguments.")],
) -> None:
    """Run a Keras script unchanged: in it, and in the modules beneath its folder, keras and tf.keras mean denim."""
    from denim.cli.run import run_words

    run_words([script, *context.args])


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Scripts or notebooks.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which names of Keras's a script uses that denim has, and which it lacks. Nothing is run.

    Exit code 1 if something is lacking, 2 if a file cannot be read.
    """
    from denim.cli import check as shown
    from denim.dropin.checking import check as checked
    from denim.dropin.errors import CannotRunError

    try:
        uses = {str(file): checked(file) for file in files}
    except CannotRunError as error:
        typer.secho(f"Error: {error}", err=True, fg="red")
        raise typer.Exit(2) from None
    typer.echo(shown.as_json(uses) if as_json else "\n\n".join(shown.as_text(*pair) for pair in uses.items()))
    if any(use.said for found in uses.values() for use in found):
        raise typer.Exit(1)
