"""What ``denim info`` says of this installation, and of a model's file."""

from __future__ import annotations

import platform
from pathlib import Path

import typer

from denim.cli.telling import told


def facts() -> list[tuple[str, str]]:
    """Pairs of a name and a value, in the order in which they are shown.

    Raises:
        ValueError: DENIM_ENGINE names no engine.
    """
    import numpy as np

    import denim
    from denim.engines.selection import engine_name

    return [
        ("denim", denim.__version__),
        ("engine", engine_name()),
        *_native(),
        ("data sets kept in", _cache()),
        ("numpy", np.__version__),
        ("python", platform.python_version()),
    ]


def _native() -> list[tuple[str, str]]:
    try:
        from denim.engines import native

        return [
            ("instruction set", native.instruction_set()),
            ("available", ", ".join(native.available_instruction_sets())),
            ("threads", str(native.num_threads())),
        ]
    except (ImportError, ValueError, RuntimeError) as error:
        return [("native engine", f"cannot be used: {error}")]


def _cache() -> str:
    from denim.datasets.cache import folder
    from denim.datasets.catalog import FASHION_MNIST
    from denim.datasets.errors import Unavailable

    try:
        return str(folder(FASHION_MNIST).parent)
    except Unavailable as error:
        return f"nowhere: {error}"


def tell_model(path: Path, as_json: bool) -> None:
    """Print what is in a model's file."""
    with told():
        from rich.console import Console

        from denim.commands.show import tell_model as tell
        from denim.commands.showing.models import model_facts
        from denim.commands.subject import load

        found = model_facts(path, load(path))
        if as_json:
            typer.echo(found.as_json())
        else:
            tell(found, Console())
