"""The chapter on dense networks runs, and shows what it says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

pytest.importorskip("matplotlib", reason="the chapter draws with matplotlib")
pytest.importorskip("sklearn", reason="the chapter uses scikit-learn")

CHAPTER = Path(__file__).parents[2] / "examples" / "chapter.py"
FILES = {"over-fitting.png", "dropout.png", "early-stopping.png", "whole.keras", "model.weights.h5", "best.keras"}


def _run(arguments: list[str], out: Path, capsys: pytest.CaptureFixture[str]) -> tuple[float, str]:
    accuracy = runpy.run_path(str(CHAPTER))["main"]([*arguments, "--out", str(out)])
    assert {path.name for path in out.iterdir()} == FILES
    printed = capsys.readouterr().out
    assert printed.count("the same predictions, to the bit") == 2
    assert f"Validation accuracy: {accuracy:.4f}" in printed
    return accuracy, printed


@pytest.mark.usefixtures("fashion_mnist")
def test_quickly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accuracy, _ = _run(["--quick"], tmp_path, capsys)
    assert accuracy > 0.7


@pytest.mark.slow
@pytest.mark.usefixtures("fashion_mnist")
def test_in_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accuracy, printed = _run([], tmp_path, capsys)
    assert accuracy >= 0.88

    by_optimizer = [float(value) for value in re.findall(r"validation loss 0\.\d+, accuracy (0\.\d+)", printed)]
    assert len(by_optimizer) == 4
    assert min(by_optimizer) > 0.83

    lowest, last = re.search(r"Validation loss is (0\.\d+) .*\nAt last it is (0\.\d+)", printed).groups()  # type: ignore[union-attr]
    assert float(last) > float(lowest) + 0.01
    with_dropout = re.search(r"validation loss at (0\.\d+)", printed).group(1)  # type: ignore[union-attr]
    assert float(with_dropout) < float(last)
