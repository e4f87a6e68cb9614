"""What a notebook's cells show and keep: one line a progress bar, no control characters."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("nbclient", reason="nbclient runs the notebook")
pytest.importorskip("ipykernel", reason="ipykernel is the notebook's kernel")

RUN = """
import sys
import nbclient, nbformat
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sys.argv[2:]])
nbclient.NotebookClient(notebook, timeout=600, startup_timeout=600).execute()
nbformat.write(notebook, sys.argv[1])
"""
MODEL = """
import contextlib, io
import numpy as np
import denim as keras
model = keras.Sequential([keras.Input(shape=(6,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)], name="a<b")
model.compile("sgd", "mse", metrics=["mae"])
x, y = np.ones((40, 6), "float32"), np.zeros(40)
"""
CELLS = (
    MODEL,
    "model.summary()",
    "model.fit(x, y, epochs=2, validation_split=0.5)",
    "model.evaluate(x, y, verbose=2)",
    "model.predict(x).shape",
    "bar = keras.utils.Progbar(3)\nfor step in (1, 2, 3):\n    bar.update(step, [('a<b', 0.5)])",
    "with contextlib.redirect_stdout(io.StringIO()) as bar:\n    model.evaluate(x, y)\nprint('━' in bar.getvalue())",
)
CONTROL = re.compile(r"[\x08\r]")


@pytest.fixture(scope="module", autouse=True)
def engine() -> None:
    """One notebook is enough: what it shows does not depend on the engine."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """The outputs of each cell, in the saved notebook. The client runs on its own, for it leaves sockets open."""
    saved = tmp_path_factory.mktemp("notebook") / "run.ipynb"
    subprocess.run([sys.executable, "-c", RUN, str(saved), *CELLS], check=True)
    return [cell["outputs"] for cell in json.loads(saved.read_text(encoding="utf-8"))["cells"]]


def _bars(outputs: list[dict[str, Any]]) -> list[dict[str, str]]:
    shown = [output["data"] for output in outputs if output["output_type"] == "display_data"]
    return [{kind: "".join(text) for kind, text in data.items()} for data in shown]


def _texts(outputs: list[dict[str, Any]]) -> list[str]:
    """A saved text is a list of its lines."""
    return ["".join(text) for output in outputs for text in (output.get("text", ""), *output.get("data", {}).values())]


def test_no_cell_keeps_control_characters(shown: list[list[dict[str, Any]]]) -> None:
    texts = [text for outputs in shown for text in _texts(outputs)]
    assert len(texts) > 10
    assert not [text for text in texts if CONTROL.search(text)]


def test_an_epoch_is_one_line(shown: list[list[dict[str, Any]]]) -> None:
    first, second = _bars(shown[2])
    for bar in (first, second):
        assert re.fullmatch(
            r"1/1 ━{20} \d+s \d+(s|ms|us)/step - loss: [\d.e+-]+ - mae: .* - val_loss: .* - val_mae: \S+",
            bar["text/plain"],
        )
    assert '<span style="color:#00a250">━━━━━━━━━━━━━━━━━━━━</span>' in first["text/html"]
    printed = "".join(line for output in shown[2] for line in output.get("text", ()))
    assert printed == "Epoch 1/2\nEpoch 2/2\n"


def test_predict_and_progbar_are_one_line(shown: list[list[dict[str, Any]]]) -> None:
    assert [bar["text/plain"][:4] for bar in _bars(shown[4])] == ["2/2 "]
    (bar,) = _bars(shown[5])
    assert bar["text/plain"].endswith("- a<b: 0.5000")
    assert bar["text/html"].endswith("- a&lt;b: 0.5000</pre>")


def test_summary_is_a_table(shown: list[list[dict[str, Any]]]) -> None:
    texts = _texts(shown[1])
    assert any("Layer (type)" in text and "<pre" in text for text in texts)


def test_lines_and_redirected_bars_are_plain_text(shown: list[list[dict[str, Any]]]) -> None:
    assert re.fullmatch(r"2/2 - \d+s - \S+ - loss: \S+ - mae: \S+\n", _texts(shown[3])[0])
    assert _texts(shown[6]) == ["True\n"]
