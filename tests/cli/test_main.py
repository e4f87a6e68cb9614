from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import denim
from denim.cli.main import app


def run(*words: str) -> tuple[int, str]:
    """Exit code, and all that was printed with its line breaks and boxes taken out."""
    done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, " ".join(done.output.replace("│", " ").split())


def test_version() -> None:
    assert run("--version") == (0, denim.__version__)


def test_help_names_the_commands() -> None:
    code, text = run("--help")

    assert code == 0
    assert "study" in text
    assert "info" in text


def test_info_says_which_engine_and_where_data_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import numpy as np

    monkeypatch.setenv("DENIM_HOME", str(tmp_path))
    code, text = run("info")

    assert code == 0
    assert f"denim {denim.__version__}" in text
    assert f"numpy {np.__version__}" in text
    assert f"data sets kept in {tmp_path}" in text


def test_info_says_which_instruction_set_runs() -> None:
    native = pytest.importorskip("denim.engines.native", reason="the native engine is not built", exc_type=ImportError)
    _, text = run("info")

    assert f"instruction set {native.instruction_set()} available" in text
    assert native.instruction_set() in native.available_instruction_sets()
    assert f"threads {native.num_threads()}" in text


def test_info_with_an_engine_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_ENGINE", "steam")
    code, text = run("info")

    assert code == 1
    assert text.startswith("Error: the environment variable DENIM_ENGINE takes one of")
    assert "'steam'" in text


def test_study_writes_into_the_folder_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="the study uses scikit-learn")
    pytest.importorskip("matplotlib", reason="the study draws with matplotlib")
    out = tmp_path / "with a space"
    code, text = run("study", "digits", "--quick", "--epochs", "1", "--seed", "3", "--out", str(out))

    assert code == 0
    assert "Side by side" in text
    found = json.loads((out / "results.json").read_text())
    assert found["dataset"] == "digits"
    assert len(found["models"][0]["history"]["loss"]) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--epochs", "0"), "Invalid value for '--epochs'"),
        (("--epochs", "many"), "Invalid value for '--epochs'"),
        (("--seed", "-1"), "Invalid value for '--seed'"),
        (("--seed", str(2**32)), "Invalid value for '--seed'"),
        (("--speed", "9"), "--speed"),
    ],
)
def test_bad_options_are_told_and_nothing_runs(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    code, text = run("study", "digits", "--out", str(tmp_path / "out"), *words)

    assert code == 2
    assert told in text
    assert not (tmp_path / "out").exists()


def test_out_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, text = run("study", "digits", "--out", str(tmp_path / "file"))

    assert code == 2
    assert "is a file" in text


def test_unknown_data_set_is_told_with_a_suggestion() -> None:
    pytest.importorskip("sklearn", reason="the study uses scikit-learn")
    code, text = run("study", "fasion_mnist")

    assert code == 1
    assert text.startswith("Error: The study's data set must be one of")
    assert "Did you mean 'fashion_mnist'?" in text


def test_runs_as_a_module_too() -> None:
    done = subprocess.run([sys.executable, "-m", "denim.cli", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == denim.__version__
