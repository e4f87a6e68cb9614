"""The study runs once on the digits; its tests look at what it printed and wrote."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

pytest.importorskip("sklearn", reason="the study uses scikit-learn")
pytest.importorskip("matplotlib", reason="the study draws with matplotlib")


def printing() -> Console:
    """A console as wide as a plain terminal that keeps what it prints."""
    return Console(file=io.StringIO(), width=80)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture
def console() -> Console:
    return printing()


@pytest.fixture(scope="session")
def digits_study(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    from denim.study.run import run

    out: Path = tmp_path_factory.mktemp("study of digits") / "made by the study"
    console = printing()
    results = run("digits", console=console, epochs=2, out=out)
    return SimpleNamespace(results=results, out=out, text=printed(console))
