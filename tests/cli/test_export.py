from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import denim
from denim import layers
from denim.cli.main import app


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.keras"
    x = layers.Input((6,), name="x")
    words = layers.Input((2,), dtype="int32", name="words")
    table = layers.Flatten()(layers.Embedding(4, 8)(words))
    joined = layers.Concatenate()([layers.Dense(20, "relu")(x), table])
    denim.Model([x, words], [layers.Dense(3, "softmax", name="kind")(joined)]).save(path)
    return path


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, words)))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_a_file_is_written_and_told(model: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    out = tmp_path / "new folder" / "m.onnx"
    code, said, _ = run("export", model, out)
    assert code == 0
    assert said.splitlines()[0].startswith(f"{out}: ")
    assert said.splitlines()[1:] == [
        "  input x: float32 (any, 6)",
        "  input words: int32 (any, 2)",
        "  output kind: float32 (any, 3)",
    ]
    expected = tmp_path / "expected.onnx"
    denim.models.load_model(model).export(expected)
    assert out.read_bytes() == expected.read_bytes()


def test_json_is_one_object(model: Path, tmp_path: Path) -> None:
    code, said, _ = run("export", model, tmp_path / "m.c", "--weights", "int8", "--json")
    found = json.loads(said)
    assert code == 0
    assert found["format"] == "c"
    assert found["file_bytes"] == found["int8"]["file_bytes"] == (tmp_path / "m.c").stat().st_size
    assert found["inputs"] == [
        {"name": "x", "dtype": "float32", "shape": [6]},
        {"name": "words", "dtype": "float32", "shape": [2]},
    ]
    assert found["int8"]["weight_bytes"][1] < found["int8"]["weight_bytes"][0]
    assert len(found["int8"]["weights"]) == 3
    assert found["preparation_left_out"] is False
    assert json.loads(run("export", model, tmp_path / "m.c", "--json", "--overwrite")[1])["int8"] is None


def test_int8_is_compared_on_a_file_of_data(tmp_path: Path) -> None:
    model = denim.Sequential([layers.Input((3,)), layers.Dense(8, "tanh"), layers.Dense(1, name="price")])
    model.save(tmp_path / "m.keras")
    np.savez(tmp_path / "data.npz", x=np.ones((4, 3), "float32"))
    files = tmp_path / "m.keras", tmp_path / "m.c"
    code, said, _ = run("export", *files, "--weights", "int8", "--data", tmp_path / "data.npz")
    assert code == 0
    assert "  output price: off by " in said
    assert "  input" in said


def test_a_trained_model_says_that_its_preparation_stays_behind(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    lines = ["size,colour,kind"]
    for _ in range(120):
        size = rng.normal()
        lines.append(f"{size:.3f},{rng.choice(['red', 'blue'])},{'large' if size > 0 else 'small'}")
    table = tmp_path / "t.csv"
    table.write_text("\n".join(lines) + "\n")
    code, _, told = run("train", table, "--target", "kind", "--out", tmp_path / "run")
    assert code == 0, told
    trained = next((tmp_path / "run").glob("*.keras"))
    code, said, told = run("export", trained, tmp_path / "m.c", "--weights", "int8", "--data", table)
    assert code == 0, told
    assert "How files of yours become its inputs is not in the file" in said
    assert "  accuracy: " in said
    assert "  loss: " in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["m.keras", "m.pb"], "ends in `.onnx` or `.c`"),
        (["missing.keras", "m.c"], "File not found"),
        (["m.keras", "m.c", "--weights", "int4"], "as they are, or `int8`. Received: weights='int4'"),
        (["random.keras", "m.c"], "'always', which was called with training=True"),
        (["m.keras", "m.c", "--data", "data.npz"], "2 inputs"),
        (["m.keras", "data.npz/m.c"], "Name another file."),
    ],
)
def test_what_can_be_mended_is_told_in_a_line(words: list[str], told: str, model: Path, tmp_path: Path) -> None:
    x = layers.Input((3,))
    denim.Model(x, layers.Dropout(0.5, name="always")(x, training=True)).save(tmp_path / "random.keras")
    np.savez(tmp_path / "data.npz", x=np.ones((4, 3), "float32"))
    found = run("export", *(word if word.startswith("-") or word == "int4" else tmp_path / word for word in words))
    assert found[0] == 1
    assert found[1] == ""
    last = found[2].splitlines()[-1]
    assert last.startswith("Error: ")
    assert told in last
    assert not (tmp_path / "m.c").exists()


def test_without_onnx_it_is_told_how_to_get_it(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    code, _, told = run("export", model, tmp_path / "m.onnx")
    assert code == 1
    assert 'pip install "denim-nn[onnx]"' in told


def test_help_is_there_without_importing_the_engine() -> None:
    probe = "import sys, denim.cli.main; print([m for m in sys.modules if m.startswith(('denim.export', 'numpy'))])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
