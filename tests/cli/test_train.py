"""``denim train`` and ``denim predict`` as they are typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import denim as keras
from denim.cli.main import app


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test in a folder with two small tables."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    keras.utils.clear_session()
    lines = [f"{'ab'[i % 2]},{i % 2 + i / 100},{i % 3}" for i in range(60)]
    Path("table.csv").write_text("\n".join(["kind,x,y", *lines]) + "\n")


def run(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    try:
        runner = CliRunner(mix_stderr=False)  # of click before 8.2
    except TypeError:
        runner = CliRunner()
    done = runner.invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_train_and_predict() -> None:
    code, out, error = run("train", "table.csv", "--target", "kind", "--epochs", "3")
    assert code == 0
    assert out.startswith("Learnt is 'kind', 2 classes: a, b.\n")
    assert "38 rows to learn from; 10 for validation (20% of the rest), 12 for test (20% of all)" in out
    assert "2 inputs, 100 relu, 100 relu, 1 sigmoid: 10,501 parameters; adam, batches of 8" in out
    assert "3 epochs in " in out
    assert "always the most usual" in out and "accuracy" in out
    files = ("model.keras", "report.html", "results.json", "history.csv")
    assert out.endswith("".join(f"runs/table/{name}\n" for name in files))
    assert error.startswith("epoch 1/3  ") and "val_loss" in error

    code, out, error = run("predict", "runs/table/model.keras", "table.csv")
    assert (code, error) == (0, "")
    first, *lines = out.splitlines()
    assert first == "kind" and len(lines) == 60 and set(lines) <= {"a", "b"}
    code, out, error = run("predict", "runs/table/model.keras", "table.csv", "--proba", "--out", "p.csv")
    assert (code, out) == (0, "60 predictions: p.csv\n")
    assert Path("p.csv").read_text().startswith("kind,p(a),p(b)\n")


def test_json_is_alone_on_standard_output() -> None:
    code, out, error = run("train", "table.csv", "--target", "kind", "--epochs", "2", "--json")
    assert code == 0
    assert json.loads(out)["settings"]["epochs"] == 2
    assert "Learnt is 'kind'" in error
    code, out, _ = run("predict", "runs/table/model.keras", "table.csv", "--json")
    assert code == 0 and json.loads(out)["rows"] == 60


def test_quiet() -> None:
    assert run("train", "table.csv", "--target", "kind", "--epochs", "2", "--quiet") == (0, "", "")
    assert Path("runs/table/model.keras").exists()


def test_every_option_arrives() -> None:
    words = (
        "--layers 8:tanh,batchnorm,dropout:0.1,2 --epochs 2 --batch-size 16 --optimizer rmsprop --learning-rate 0.01 "
        "--validation 0.3 --test 0.1 --no-early-stopping --patience 3 --task classification --class-weight balanced "
        "--seed 9 --read without=y --out there --quiet"
    )
    assert run("train", "table.csv", "--target", "kind", *words.split())[0] == 0
    settings = json.loads(Path("there/results.json").read_text())["settings"]
    assert settings == {
        "data": "table.csv",
        "target": "kind",
        "task": "classification",
        "layers": "8:tanh,batchnorm,dropout:0.1,2",
        "epochs": 2,
        "batch_size": 16,
        "optimizer": "rmsprop",
        "learning_rate": 0.01,
        "validation": 0.3,
        "validation_data": None,
        "test": 0.1,
        "test_data": None,
        "early_stopping": False,
        "patience": 3,
        "class_weight": "balanced",
        "seed": 9,
        "read": {"without": ["y"]},
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("train", "tabel.csv", "--target", "kind"), "Error: tabel.csv: There is no such file or folder."),
        (("train", "table.csv", "--target", "kin"), "Did you mean 'kind'?"),
        (("train", "table.csv"), "Its columns: kind, x, y."),
        (("train",), "Error: Training needs data: denim train DATA --target COLUMN"),
        (("train", "table.csv", "--target", "kind", "--layers", "8,3"), "the target has 2 classes"),
        (("train", "table.csv", "--target", "kind", "--read", "witout=y"), "Did you mean 'without'?"),
        (("train", "table.csv", "--target", "kind", "--resume"), "There is no stopped training in runs/table"),
        (("predict", "no.keras", "table.csv"), "Error: File not found: filepath=no.keras."),
    ],
)
def test_slips_are_told_and_nothing_is_written(words: tuple[str, ...], told: str) -> None:
    code, out, error = run(*words)
    assert (code, out) == (1, "")
    assert error.startswith("Error: ") and told in error
    assert sorted(path.name for path in Path().iterdir()) == ["table.csv"]


def test_a_toml_file() -> None:
    Path("run.toml").write_text('data = "table.csv"\ntarget = "kind"\nepochs = 2\nlayers = ["8:relu"]\n')
    assert run("train", "--config", "run.toml", "--quiet")[0] == 0
    Path("run.toml").write_text("epoch = 2\n")
    code, _, error = run("train", "table.csv", "--config", "run.toml")
    assert code == 1 and "Did you mean 'epochs'?" in error


def test_who_reads_the_predictions_may_have_seen_enough() -> None:
    assert run("train", "table.csv", "--target", "kind", "--epochs", "1", "--quiet")[0] == 0
    words = [sys.executable, "-m", "denim.cli", "predict", "runs/table/model.keras", "table.csv"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.skipif(os.name == "nt", reason="no signals for one process")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"])
def test_a_real_signal(sent: signal.Signals, code: int) -> None:
    words = [sys.executable, "-m", "denim.cli", "train", "table.csv", "--target", "kind", "--layers", "8:relu"]
    endless = [*words, "--epochs", "100000000", "--no-early-stopping"]
    again = [*words[:4], "--out", "runs/table", "--resume"]
    for command in (endless, [*endless, "--resume"], again):
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # a process that ignores it hands that on
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            signal.signal(signal.SIGINT, before)
            assert process.stdout is not None and process.stderr is not None
            first = process.stderr.readline()
            process.send_signal(sent)
            told = process.stderr.read()
        assert first.startswith("epoch ")
        assert process.returncode == code
        assert "Traceback" not in told
        assert "Stopped in epoch " in told and " of 100000000, after batch " in told
        assert "runs/table/model.keras holds the weights as they were." in told
        assert "To go on: denim train table.csv --target kind --out runs/table --resume" in told
        assert keras.models.load_model("runs/table/model.keras").preparation.features == ("x", "y")
    assert json.loads(Path("runs/table/stopped/settings.json").read_text())["settings"]["epochs"] == 100000000


def test_sigterm_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def terminated(*words: object, **hints: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("denim.commands.training.data.read", terminated)
    before = signal.getsignal(signal.SIGTERM)
    assert run("train", "table.csv", "--target", "kind") == (143, "", "Stopped. Nothing was written.\n")
    assert signal.getsignal(signal.SIGTERM) is before
    assert sorted(path.name for path in Path().iterdir()) == ["table.csv"]


def test_a_second_signal_after_a_backup_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from denim.commands.training.course import Course

    def twice(self: Course, *words: object) -> None:
        (self._backup.backup_dir / "training_state.npz").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(Course, "run", twice)
    code, out, error = run("train", "table.csv", "--target", "kind", "--quiet")
    assert (code, out) == (130, "")
    assert error == "Stopped at once. To go on from the last backup: denim train --out runs/table --resume\n"
