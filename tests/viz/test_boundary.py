"""The plane is coloured by what the model says there, whatever the model."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib import style
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import denim as keras
from denim import viz
from denim.viz.figures import MARKERS, SERIES

X = np.array([[-2.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [2.0, 1.0]])
Y = np.array([0, 0, 1, 1])


def _linear(kernel: Any, activation: str | None) -> Any:
    """A denim model with these weights."""
    kernel = np.asarray(kernel, "float32")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(kernel.shape[1], activation=activation)])
    model.set_weights([kernel, np.zeros(kernel.shape[1])])
    return model


def _pixels(figure: Figure) -> np.ndarray:
    return np.asarray(figure.axes[0].images[0].get_array())


def _nearest(pixel: np.ndarray) -> int:
    """The class whose colour is the nearest to the pixel's."""
    strengths = np.linspace(0.1, 0.6, 26)[:, np.newaxis, np.newaxis]
    mixed = strengths * np.array([to_rgb(colour) for colour in SERIES[:3]]) + (1 - strengths)
    return int(np.abs(mixed - pixel).sum(axis=-1).min(axis=0).argmin())


SIGMOID = _linear([[2], [0]], "sigmoid")
SOFTMAX = _linear([[-1, 1], [0, 0]], "softmax")


@pytest.mark.parametrize(
    "model",
    [
        SIGMOID,
        SOFTMAX,
        _linear([[2], [0]], None),
        _linear([[-1, 1], [0, 0]], None),
        SimpleNamespace(predict=lambda x: (x[:, 0] > 0).astype(int)),
        SimpleNamespace(predict_proba=lambda x: np.column_stack([x[:, 0] < 0, x[:, 0] > 0]), classes_=np.array([0, 1])),
    ],
    ids=["sigmoid", "softmax", "logit", "logits", "classes", "predict_proba"],
)
def test_a_side_for_each_class(model: Any) -> None:
    pixels = _pixels(viz.decision_boundary(model, X, Y, resolution=20))

    assert pixels.shape == (20, 20, 3)
    assert {_nearest(pixel) for pixel in pixels[:, :10].reshape(-1, 3)} == {0}
    assert {_nearest(pixel) for pixel in pixels[:, 10:].reshape(-1, 3)} == {1}


def test_the_surer_the_stronger() -> None:
    pixels = _pixels(viz.decision_boundary(SIGMOID, X, Y, resolution=40))

    paleness = pixels[20].min(axis=-1)
    assert (np.diff(paleness[20:]) < 0).all()
    np.testing.assert_allclose(pixels[0], pixels[-1], atol=1e-6)


def test_the_line_is_where_both_are_as_probable() -> None:
    (line,) = viz.decision_boundary(SIGMOID, X, Y).axes[0].collections[:1]

    points = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(points[:, 0], 0, atol=1e-6)


def test_points_have_a_marker_a_colour_and_a_name_for_each_class() -> None:
    figure = viz.decision_boundary(SIGMOID, X, Y, ["left", "$right$"])
    (axis,) = figure.axes
    first, second = axis.collections[-2:]

    np.testing.assert_array_equal(first.get_offsets(), X[:2])
    np.testing.assert_array_equal(second.get_offsets(), X[2:])
    assert to_rgb(first.get_facecolor()[0][:3]) == to_rgb(SERIES[0])  # type: ignore[index]
    assert MARKERS[0] != MARKERS[1]
    assert len(first.get_paths()[0].vertices) != len(second.get_paths()[0].vertices)
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["left", "$right$"]  # type: ignore[union-attr]


def test_a_frame_names_the_axes_and_reaches_the_model_as_a_frame() -> None:
    pandas = pytest.importorskip("pandas", reason="it is what frames come from")
    seen = []

    def predict(frame: Any) -> np.ndarray:
        seen.append(list(frame.columns))
        return np.asarray(frame["길이"] > 0).astype(int)

    figure = viz.decision_boundary(SimpleNamespace(predict=predict), pandas.DataFrame(X, columns=["길이", "폭"]), Y)

    assert seen == [["길이", "폭"]]
    assert figure.axes[0].get_ylabel() in ("폭", "feature 1")


def test_a_polars_frame() -> None:
    polars = pytest.importorskip("polars", reason="it is what frames come from")
    frame = polars.DataFrame(X, schema=["a", "b"])
    model = SimpleNamespace(predict=lambda f: (f["a"].to_numpy() > 0).astype(int))

    assert viz.decision_boundary(model, frame, Y).axes[0].get_xlabel() == "a"


def test_estimators_of_scikit_learns_kind() -> None:
    pipeline = pytest.importorskip("sklearn.pipeline", reason="they are what is drawn")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    pandas = pytest.importorskip("pandas", reason="it is what frames come from")
    frame = pandas.DataFrame(np.tile(X, (5, 1)), columns=["a", "b"])
    names = np.tile(np.array(["no", "no", "yes", "yes"]), 5)
    network = keras.estimators.DenseClassifier(hidden_layer_sizes=(), epochs=60, learning_rate=0.1, random_state=0)
    model = pipeline.make_pipeline(preprocessing.StandardScaler(), network).fit(frame, names)

    figure = viz.decision_boundary(model, frame, names, resolution=10)

    assert {_nearest(pixel) for pixel in _pixels(figure)[:, 0]} == {0}
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["no", "yes"]  # type: ignore[union-attr]


def test_three_classes_one_hot() -> None:
    model = _linear([[-1, 1, 0], [0, 0, 2]], "softmax")
    figure = viz.decision_boundary(model, X, np.eye(3)[[0, 2, 1, 2]], resolution=21)

    pixels = _pixels(figure)
    assert [_nearest(pixels[at]) for at in ((0, 0), (0, 20), (20, 10))] == [0, 1, 2]
    assert len(figure.axes[0].collections) == 3 + 3  # a line around each class, and its points


def test_a_regression_has_contours() -> None:
    figure = viz.decision_boundary(_linear([[1], [2]], None), X, X @ [1, 2], resolution=15)
    axis, bar = figure.axes

    points = axis.collections[-1]
    np.testing.assert_allclose(points.get_array(), X @ [1, 2])
    assert not axis.images
    assert bar.get_ylabel() == "said (areas) and true (points)"


def test_a_constant_regression_and_a_constant_feature() -> None:
    model = _linear([[0], [0]], None)
    x = np.column_stack([X[:, 0], np.ones(4)])

    assert len(viz.decision_boundary(model, x, X[:, 0], resolution=5).axes) == 2


def test_a_dark_page_stays_dark() -> None:
    with style.context("dark_background"):
        figure = viz.decision_boundary(SIGMOID, X, Y, resolution=40)

    pixels = _pixels(figure)
    assert pixels[:, 19:21].mean() < 0.2
    assert to_rgb(figure.axes[0].collections[0].get_edgecolor()[0][:3]) == (1, 1, 1)  # type: ignore[index]


def test_in_the_callers_axes() -> None:
    figure = Figure()

    assert viz.decision_boundary(SIGMOID, X, Y, ax=figure.subplots()) is figure


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda: viz.decision_boundary(SIGMOID, np.ones((4, 3)), Y),
            r"`X` must have two features.*\(4, 3\)\. Take two of them, as in X\[:, \[0, 1\]\]",
        ),
        (lambda: viz.decision_boundary(SIGMOID, np.ones(4), Y), r"`X` must have two features.*\(4,\)\.$"),
        (lambda: viz.decision_boundary(SIGMOID, X * np.nan, Y), r"finite numbers\. Received: 8 that are not finite"),
        (lambda: viz.decision_boundary(SIGMOID, np.array([["a", "b"]]), [0]), r"`X` must be numbers\. Received: dtype"),
        (lambda: viz.decision_boundary(SIGMOID, X, Y[:2]), r"`y` must have one answer for each of the 4 rows.*\(2,\)"),
        (lambda: viz.decision_boundary(SOFTMAX, X, Y + 5), r"`y` must be classes that the model knows.*Received: 5"),
        (lambda: viz.decision_boundary(SIGMOID, X, Y, ["one"]), r"`class_names` must name every class.*1 names"),
        (lambda: viz.decision_boundary(SIGMOID, X, Y, resolution=0), r"`resolution` must be a whole number from 2"),
    ],
)
def test_what_does_not_fit_is_told(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()


def test_a_frame_with_more_columns_names_two() -> None:
    pandas = pytest.importorskip("pandas", reason="it is what frames come from")
    frame = pandas.DataFrame(np.ones((4, 3)), columns=["a", "b", "c"])

    with pytest.raises(ValueError, match=r"as in X\[\['a', 'b'\]\]"):
        viz.decision_boundary(SIGMOID, frame, Y)


def test_what_is_no_model_is_told() -> None:
    with pytest.raises(TypeError, match=r"`model` must have `predict` or `predict_proba`.*Received: 3"):
        viz.decision_boundary(3, X, Y)


def test_plot_model_is_here_too() -> None:
    assert viz.plot_model is keras.utils.plot_model
