"""`denim check`: which of Keras's names a script uses, and what is said of those that denim lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from denim.cli.main import app
from denim.dropin import checking, names
from denim.dropin.checking import check

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (names, checking):
        monkeypatch.setattr(module, "has_tensorflow", lambda: False)


def used(tmp_path: Path, source: str) -> dict[str, list[int]]:
    """Name -> lines, of those that denim has."""
    return _grouped(tmp_path, source, lacking=False)


def lacking(tmp_path: Path, source: str) -> dict[str, list[int]]:
    """Name -> lines, of those that denim lacks."""
    return _grouped(tmp_path, source, lacking=True)


def _grouped(tmp_path: Path, source: str, *, lacking: bool) -> dict[str, list[int]]:
    file = tmp_path / "script.py"
    file.write_text(source, encoding="utf-8")
    found: dict[str, list[int]] = {}
    for use in check(file):
        if bool(use.said) is lacking:
            found.setdefault(use.name, []).append(use.line)
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import keras\nkeras.layers.Dense(3)", {"keras.layers.Dense": [2]}),
        ("import keras.layers as kl\nkl.Dense\nkl.Dense", {"keras.layers.Dense": [2, 3]}),
        ("from keras import layers as L\n\nL.Dense(1)", {"keras.layers.Dense": [3]}),
        ("from tensorflow.keras.layers import Dense", {"keras.layers.Dense": [1]}),
        ("import tensorflow as tf\ntf.keras.layers.Dense", {"keras.layers.Dense": [2]}),
        ("from tensorflow import keras as k\nk.Model.fit", {"keras.Model": [2]}),
        ("import tensorflow as tf\ntf.random.set_seed(1)", {"tensorflow.random.set_seed": [2]}),
        ("import keras\ndef f(keras):\n    keras.layers.Dense", {}),
        ("import keras\nx = 'keras.layers.Dense'", {}),
        ("import numpy as np\nnp.layers.Dense", {}),
    ],
)
def test_names_are_found_by_whatever_name_they_have(
    tmp_path: Path, source: str, expected: dict[str, list[int]]
) -> None:
    assert used(tmp_path, source) == expected
    assert lacking(tmp_path, source) == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import keras\n\nkeras.layers.Conv2D(3)", {"keras.layers.Conv2D": [3]}),
        ("from keras.layers import Dense, LSTM", {"keras.layers.LSTM": [1]}),
        ("from keras.src import layers", {"keras.src": [1]}),
        ("import keras.applications", {"keras.applications": [1]}),
        ("import tensorflow as tf\nwith tf.GradientTape() as t: pass", {"tensorflow.GradientTape": [2]}),
        ("import keras\nkeras.layers.Dense(3, units_=1).x", {}),
        ("import keras\nm = keras.Sequential()\nm.fit_generator()", {"keras.Sequential.fit_generator": [3]}),
        ("import keras\nm = keras.Sequential()\nm.fit(workers=2)", {"keras.Sequential.fit(workers=)": [3]}),
        ("import keras\nm = keras.Sequential()\nm = open('x')\nm.fit_generator()", {}),
        (
            "import keras\nm = keras.Sequential()\nm.compile('steam', metrics=['accuracy', 'mse', 'mood'])",
            {"keras.Sequential.compile: 'steam'": [3], "keras.Sequential.compile: 'mood'": [3]},
        ),
        ("def f(m):\n    m.compile(loss='mse', optimizer='steam')", {"compile: 'steam'": [2]}),
        ("import re\nre.compile('steam')", {}),
        (
            "from keras.layers import Dense\nDense(2, 'relu', kernel_initializer='he_norml', activation='reluu')",
            {"keras.layers.Dense: 'he_norml'": [2], "keras.layers.Dense: 'reluu'": [2]},
        ),
    ],
)
def test_what_is_lacking_is_found(tmp_path: Path, source: str, expected: dict[str, list[int]]) -> None:
    assert lacking(tmp_path, source) == expected


def test_nothing_is_run(tmp_path: Path) -> None:
    assert used(tmp_path, "import keras\nraise SystemExit(keras.Sequential)") == {"keras.Sequential": [2]}


def invoke(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check", *map(str, words)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_the_command_says_both_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text("import keras\nkeras.Sequential\nkeras.layers.LSTM(3)\nkeras.Sequential()\n")

    assert invoke(file) == (
        1,
        f"{file}: denim has 1 of the 2 names of Keras's that it uses.\n"
        "  keras.Sequential  2, 4\n"
        "Lacking:\n"
        "  line 3: keras.layers.LSTM\n"
        "      Keras has `layers.LSTM`, denim has not: it is for dense networks.\n",
    )


def test_the_command_gives_json(tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text("import keras\nkeras.Sequential\n")
    code, text = invoke(file, "--json")

    assert code == 0
    assert json.loads(text) == {
        str(file): [{"cell": 0, "line": 2, "column": 0, "name": "keras.Sequential", "said": ""}]
    }


def test_a_notebook(tmp_path: Path) -> None:
    cells = ["%matplotlib inline\nimport keras", "x = 1\nkeras.layers.LSTM(3)", "!pip list"]
    file = tmp_path / "book.ipynb"
    file.write_text(json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}))
    code, text = invoke(file)

    assert code == 1
    assert "  cell 2, line 2: keras.layers.LSTM\n" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("script.py", "import keras\nx = = 1\n", "script.py, line 2: this is not Python"),
        ("book.ipynb", "{}", "book.ipynb' is no notebook"),
        ("nosuch.py", None, "nosuch.py' cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    code, text = invoke(tmp_path / name)

    assert code == 2
    assert said in text


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda file: file.stem)
def test_the_names_that_examples_use_are_found(file: Path) -> None:
    if "import denim as keras" not in file.read_text(encoding="utf-8"):
        assert check(file)
