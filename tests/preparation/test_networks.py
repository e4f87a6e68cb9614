"""The layers around those that learn, and preparations as JSON."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import PATH, arrays, pictures, prepared, table
from PIL import Image

import denim as keras
from denim.files import Table, read
from denim.preparation import Preparation, PreparationError

A = np.arange(12) * 0.5
X = np.random.default_rng(0).normal(5, 3, (40, 3))


def model_of(preparation, made):
    """A compiled model of nothing but its first and its last layers; inputs and targets."""
    x, y = preparation.inputs(made), preparation.targets(made)
    chain = [keras.layers.Input(preparation.input_shape), *preparation.first_layers(x), *preparation.last_layers(y)]
    model = keras.Sequential(chain)
    model.compile("adam", preparation.loss, metrics=list(preparation.metrics))
    return model, x, y


@pytest.mark.parametrize(
    ("task", "y", "loss", "metrics", "last"),
    [
        ("binary", [0, 1] * 20, "binary_crossentropy", ["accuracy"], ["Dense"]),
        ("multiclass", [0, 1, 2, 2] * 10, "sparse_categorical_crossentropy", ["accuracy"], ["Dense"]),
        ("regression", X[:, 0], "mean_squared_error", ["mean_absolute_error"], ["Dense", "Rescaling"]),
        ("regression", X[:, :2], "mean_squared_error", ["mean_absolute_error"], ["Dense", "Rescaling"]),
    ],
)
def test_models_of_its_layers_are_trained(fresh_session, task, y, loss, metrics, last):
    made = arrays(X, y)
    preparation = Preparation.decide(made)
    assert (preparation.task, preparation.loss, preparation.metrics) == (task, loss, metrics)
    model, x, targets = model_of(preparation, made)
    assert [type(layer).__name__ for layer in model.layers] == ["Normalization", *last]
    history = model.fit(x, targets, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    answers = preparation.answers(model.predict(x, verbose=0))
    assert {len(values) for values in answers.values()} == {40}


def test_numbers_are_scaled_and_what_is_0_or_1_is_not():
    preparation, made = prepared(y=[0, 1, 1] * 4, a=A, word=["x", "y", None] * 4)
    inputs = preparation.inputs(made)
    (layer,) = preparation.first_layers(inputs)
    scaled = np.asarray(layer(inputs))
    np.testing.assert_allclose(scaled[:, 0], (A - A.mean()) / A.std(), rtol=1e-6)
    np.testing.assert_array_equal(scaled[:, 1:], inputs[:, 1:])


def test_where_nothing_is_a_number_nothing_is_scaled():
    preparation, made = prepared(y=[0, 1] * 6, word=["x", "y", "y"] * 4)
    assert preparation.first_layers(preparation.inputs(made)) == []


def test_a_column_that_does_not_vary_in_these_rows_is_only_moved():
    preparation, made = prepared(y=[0, 1, 1] * 4, a=A, b=A)
    (layer,) = preparation.first_layers(preparation.inputs(made.rows([3, 3])))
    assert np.asarray(layer(np.array([[1.5, 2.5]], np.float32))).tolist() == [[0, 1]]


def test_outputs_of_a_regression_are_in_the_units_of_its_target():
    preparation, made = prepared(y=A * 1000 + 5000, a=A)
    targets = preparation.targets(made)
    dense, units = preparation.last_layers(targets)
    assert dense.units == 1
    assert units.scale == pytest.approx(targets.std(), rel=1e-6)
    assert units.offset == pytest.approx(targets.mean())


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (pictures(labels=np.array([0, 1, 2] * 2)), ["Rescaling", "Flatten"]),
        (pictures(shape=(4, 3, 3), labels=np.array([0, 1, 2] * 2)), ["Rescaling", "Flatten"]),
        (arrays(np.zeros((6, 4), np.uint8), [0, 1, 2] * 2), ["Rescaling"]),
        (arrays(np.zeros((6, 4, 2)), [0, 1, 2] * 2), ["Flatten", "Normalization"]),
        (arrays(np.zeros((6, 4), bool), [0, 1, 2] * 2), ["Normalization"]),
    ],
)
def test_first_layers_of_pictures_and_arrays(made, names):
    preparation = Preparation.decide(made)
    x = preparation.inputs(made)
    layers = preparation.first_layers(x)
    assert [type(layer).__name__ for layer in layers] == names
    out = np.asarray(keras.Sequential([keras.layers.Input(preparation.input_shape), *layers])(x))
    assert out.shape == (6, math.prod(preparation.input_shape))
    assert np.abs(out).max() <= 1


def test_new_files_are_read_as_those_that_were_learnt_from(tmp_path):
    for folder, size in (("cat", (6, 4)), ("dog", (6, 4)), ("new", (9, 9))):
        (tmp_path / folder).mkdir()
        Image.new("L", size, 9).save(tmp_path / folder / "0.png")
    learnt = read(tmp_path).rows([0, 1])
    preparation = Preparation.decide(twice(learnt))
    assert preparation.hints == {"size": (4, 6), "colour": False}
    assert preparation.inputs(read(tmp_path / "new", **preparation.hints)).shape == (1, 4, 6)

    path = tmp_path / "t.csv"
    path.write_text("1;5;x;a\n2;-;y;a\n3;7;x;b\n4;6;y;b\n")
    content = read(path, header=False, missing=["-"], without=["column 4"])
    preparation = Preparation.decide(content, "column 1")
    assert preparation.hints == {"header": False, "missing": ("-",), "texts": ("column 3",)}
    path.write_text("9;-;x\n")
    again = Preparation.from_config(json.loads(json.dumps(preparation.to_config())))
    assert again.inputs(read(path, **again.hints)).tolist() == [[6, 1, 1, 0]]


def twice(content):
    """Each row twice, so that a class is more than an identifier."""
    return content.rows(np.tile(np.arange(len(content)), 2))


numbers = st.floats(-1e6, 1e6, width=64)
values = st.one_of(
    st.lists(st.one_of(numbers, st.none()), min_size=8, max_size=8),
    st.lists(st.one_of(st.sampled_from(["a", "b", "ü", " c", "7", "007"]), st.none()), min_size=8, max_size=8),
    st.lists(st.sampled_from(["yes", "no", None]), min_size=8, max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.lists(st.one_of(st.dates().map(str), st.none()), min_size=8, max_size=8),
    st.lists(st.datetimes(pd.Timestamp(1900, 1, 1), pd.Timestamp(2100, 1, 1)), min_size=8, max_size=8),
)
targets = st.one_of(
    st.just(["x", "y"] * 4),
    st.just([True, False] * 4),
    st.just([3, 1, 2, 1] * 2),
    st.lists(numbers, min_size=8, max_size=8, unique=True),
)


@given(st.lists(values, min_size=1, max_size=4), targets)
@settings(deadline=None, max_examples=120)
def test_a_preparation_is_the_same_after_json(columns, target):
    made = table(y=target, kept=np.arange(8) * 0.1, **{f"c{at}": column for at, column in enumerate(columns)})
    preparation = Preparation.decide(made, "y")
    again = Preparation.from_config(json.loads(json.dumps(preparation.to_config(), allow_nan=False)))
    assert again == preparation
    inputs = preparation.inputs(made)
    assert np.isfinite(inputs).all()
    assert inputs.shape == (8, len(set(preparation.features)))
    np.testing.assert_array_equal(again.inputs(made), inputs)
    np.testing.assert_array_equal(again.targets(made), preparation.targets(made))
    shuffled = Table(made.frame[made.frame.columns[::-1]].iloc[::-1], PATH)
    np.testing.assert_array_equal(preparation.inputs(shuffled), inputs[::-1])


@pytest.mark.parametrize(
    "made", [pictures(labels=np.array(["a", "b"] * 3)), arrays(X, X[:, :2]), arrays(X[:, :, None], X)]
)
def test_preparations_of_pictures_and_arrays_are_the_same_after_json(made):
    preparation = Preparation.decide(made)
    assert Preparation.from_config(json.loads(json.dumps(preparation.to_config()))) == preparation


def test_what_is_no_preparation_is_refused():
    config = prepared(y=[0, 1, 1] * 4, when=["2024-01-01", "2024-02-02", "2024-02-02"] * 4)[0].to_config()
    config["inputs"]["columns"][0]["parts"] = ["__class__"] * 3
    for broken in (config, {}, {"version": 1, "kind": "sound"}, {**config, "inputs": {"columns": [{"kind": "x"}]}}):
        with pytest.raises(PreparationError, match=r"^This is no preparation that denim wrote: "):
            Preparation.from_config(broken)
    with pytest.raises(PreparationError, match=r"^It was written by a later version of denim\.$"):
        Preparation.from_config({**config, "version": 2})


def test_importing_it_brings_in_no_pandas():
    program = (
        "import sys, denim.files.reading, denim.preparation.preparation;"
        "print(sorted({'pandas', 'pyarrow', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
