"""Bars and spinners: on a terminal only, and never a condition."""

from __future__ import annotations

import io
import sys

import pytest

from denim.datasets import progress


def use_both() -> None:
    with progress.transfer("train-images.gz", 2_000_000) as advance:
        advance(1_500_000)
    with progress.transfer("of unknown length", None) as advance:
        advance(1)
    with progress.waiting("Fetching the package"):
        pass


def test_a_terminal_sees_the_bytes(monkeypatch):
    console = pytest.importorskip("rich.console").Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(progress, "_terminal", lambda: console)
    use_both()
    text = console.file.getvalue()
    assert "train-images.gz" in text
    assert "1.5/2.0 MB" in text
    assert "Fetching the package" in text


@pytest.mark.parametrize("rich", [True, False], ids=["rich", "without rich"])
def test_elsewhere_nothing_is_written(monkeypatch, capfd, rich):
    if not rich:
        monkeypatch.setitem(sys.modules, "rich.console", None)
    use_both()
    assert capfd.readouterr() == ("", "")
