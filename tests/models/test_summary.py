"""What the golden texts do not cover: they hold Keras's own tables, these the rules and the refusals."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import denim as keras
from denim import layers
from denim.models.summary import memory_size


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def text_of(model: Any, **options: Any) -> str:
    calls: list[str] = []
    model.summary(print_fn=calls.append, **options)
    (text,) = calls
    return text


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]


def chain() -> Any:
    return keras.Sequential(
        [keras.Input(shape=(784,)), layers.Dense(100, name="[bold]"), layers.Dense(10, name="last")], name="[red]"
    )


def test_table_and_totals() -> None:
    text = text_of(chain())
    assert text.startswith('Model: "[red]"\n')
    assert rows(text) == [["[bold] (Dense)", "(None, 100)", "78,500"], ["last (Dense)", "(None, 10)", "1,010"]]
    assert text.endswith(
        " Total params: 79,510 (310.59 KB)\n Trainable params: 79,510 (310.59 KB)\n Non-trainable params: 0 (0.00 B)\n"
    )


def test_frozen_and_wide_parameters_are_counted_as_what_they_are() -> None:
    model = keras.Sequential([keras.Input(shape=(4,), dtype="float64"), layers.Dense(2, dtype="float64")])
    model.trainable = False
    text = text_of(model, show_trainable=True)
    assert rows(text) == [["dense (Dense)", "(None, 2)", "10", "N"]]
    assert " Trainable params: 0 (0.00 B)\n Non-trainable params: 10 (80.00 B)\n" in text


def test_unbuilt() -> None:
    assert rows(text_of(keras.Sequential([layers.Dense(3)]))) == [["dense (Dense)", "?", "0 (unbuilt)"]]


def test_connections_where_there_is_no_chain() -> None:
    inputs, shared = keras.Input(shape=(4,), name="i"), layers.Dense(4, name="s")
    model = keras.Model(inputs, shared(shared(inputs)))
    assert rows(text_of(model)) == [
        ["i (InputLayer)", "(None, 4)", "0", "-"],
        ["s (Dense)", "(None, 4)", "20", "i[0][0], s[0][0]"],
    ]


def test_a_functional_chain_lists_its_input_and_no_connections() -> None:
    inputs = keras.Input(shape=(4,), name="i")
    model = keras.Model(inputs, layers.Dense(2, name="d")(inputs))
    assert rows(text_of(model)) == [["i (InputLayer)", "(None, 4)", "0"], ["d (Dense)", "(None, 2)", "10"]]


def test_nested_models() -> None:
    inner = keras.Sequential([layers.Dense(3, name="core")], name="inner")
    model = keras.Sequential([keras.Input(shape=(4,)), inner])
    assert rows(text_of(model)) == [["inner (Sequential)", "(None, 3)", "15"]]
    assert rows(text_of(model, expand_nested=True))[1] == ["└ core (Dense)", "(None, 3)", "15"]


def test_layer_range() -> None:
    assert rows(text_of(chain(), layer_range=("last", "last"))) == [["last (Dense)", "(None, 10)", "1,010"]]
    for bad, text in (
        (("first", "last"), "does not match"),
        (("last",), "two layer names"),
        ((1, 2), "two layer names"),
    ):
        with pytest.raises(ValueError, match=text):
            text_of(chain(), layer_range=bad)


def test_widths() -> None:
    assert max(map(len, text_of(chain(), line_length=60).splitlines())) == 60
    with pytest.raises(ValueError, match="Insufficient console width"):
        text_of(chain(), line_length=10)
    with pytest.raises(ValueError, match="the table has 3 columns"):
        text_of(chain(), positions=[0.5, 1.0])


def test_without_print_fn_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    model = chain()
    model.summary()
    assert capsys.readouterr().out == text_of(model)


def test_with_logging_off_it_is_logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    keras.config.disable_interactive_logging()
    try:
        with caplog.at_level(logging.INFO, "denim"):
            chain().summary()
    finally:
        keras.config.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert "Total params: 79,510" in caplog.text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0.00 B"), (1023, "1023.00 B"), (1024, "1.00 KB"), (5 * 1024**2, "5.00 MB")]
)
def test_memory_size(size: int, text: str) -> None:
    assert memory_size(size) == text


def test_a_model_with_a_call_says_nothing_of_connections() -> None:
    class Sum(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = layers.Dense(3), layers.Dense(1)

        def call(self, xs: Any) -> Any:
            return self.two(self.one(xs[0]) + xs[1])

    model = Sum()
    model.build([(None, 2), (None, 3)])
    assert "Connected to" not in text_of(model)


def test_the_first_call_of_a_model_within_is_number_0() -> None:
    one, inner = keras.Input((4,)), keras.Input((4,))
    parts = [keras.Model(one, layers.Dense(1)(one), name=name) for name in ("p", "q")]
    model = keras.Model(inner, layers.average([part(inner) for part in parts], name="both"))
    (row,) = [row for row in rows(text_of(model)) if row[0] == "both (Average)"]
    assert row[3] == "p[0][0], q[0][0]"
