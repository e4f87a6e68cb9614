"""Each picture shows what it was given, and refuses what it cannot show."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import denim as keras
from denim import viz
from denim.judging.numbers import percent
from denim.viz.figures import SERIES

HISTORY = {"accuracy": [0.5, 0.75], "loss": [2.0, 1.0], "val_accuracy": [0.25, 0.5], "val_loss": [3.0, 2.5]}


def pictures(figure: Figure) -> list[tuple[str, np.ndarray]]:
    """Title and pixels of each picture in the figure, in order."""
    return [(axis.get_title(), np.asarray(axis.images[0].get_array())) for axis in figure.axes if axis.images]


def lines(axis: Axes) -> dict[tuple[str, str], list[float]]:
    """The values of each line that is not a key of the legend, by colour and style."""
    return {
        (to_hex(line.get_color()), line.get_linestyle()): list(line.get_ydata())
        for line in axis.lines
        if len(line.get_ydata())
    }


def drawn(figure: Figure) -> np.ndarray:
    from matplotlib import image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return image.imread(io.BytesIO(buffer.getvalue()), format="png")


# Samples


def test_samples_are_the_first_of_each_class(said: SimpleNamespace) -> None:
    found = pictures(viz.samples(said.x, said.y, said.names))

    assert [title for title, _ in found] == ["coat", "bag", "boot"]
    for (_, pixels), row in zip(found, (1, 2, 0), strict=True):
        np.testing.assert_array_equal(pixels, said.x[row])


def test_samples_share_one_scale(said: SimpleNamespace) -> None:
    for axis in viz.samples(said.x, said.y).axes:
        assert axis.images[0].get_clim() == (0, said.x[2].max())


def test_several_samples_of_each_class(said: SimpleNamespace) -> None:
    figure = viz.samples(said.x, said.y, said.names, per_class=2)

    assert len(figure.axes) == 6
    for axis, row in zip(figure.axes, (1, 2, 0, 4, 3, 5), strict=True):
        np.testing.assert_array_equal(axis.images[0].get_array(), said.x[row])


def test_a_class_without_a_picture_is_left_out(said: SimpleNamespace) -> None:
    assert [title for title, _ in pictures(viz.samples(said.x[:1], said.y[:1], said.names))] == ["boot"]


@pytest.mark.parametrize("shape", [(6, 16), (6, 4, 4), (6, 4, 4, 1), (6, 4, 4, 3)])
def test_pictures_in_other_shapes(shape: tuple[int, ...]) -> None:
    x = np.linspace(0, 1, int(np.prod(shape))).reshape(shape)

    (_, first), *_ = pictures(viz.samples(x, np.zeros(6, int)))

    assert first.shape == ((4, 4, 3) if shape[-1] == 3 else (4, 4))


def test_figure_is_not_blank(said: SimpleNamespace) -> None:
    pixels = drawn(viz.samples(said.x, said.y, said.names))

    assert (pixels[..., :3].max(axis=-1) < 0.5).mean() > 0.01


# Mistakes


def test_mistakes_come_surest_first(said: SimpleNamespace) -> None:
    found = pictures(viz.confident_mistakes(said.x, said.y, said.probabilities, said.names))

    assert [title for title, _ in found] == ["coat, 95.0%\nis bag", "boot, 70.0%\nis coat", "bag, 60.0%\nis coat"]
    for (_, pixels), row in zip(found, (3, 4, 1), strict=True):
        np.testing.assert_array_equal(pixels, said.x[row])


@pytest.mark.parametrize(
    ("probability", "told"), [(1.0, "100.0%"), (0.99999, "99.9%"), (0.9994, "99.9%"), (0.95, "95.0%"), (0.0, "0.0%")]
)
def test_nothing_below_one_is_rounded_up_to_it(probability: float, told: str) -> None:
    assert percent(np.float32(probability), 1) == told


def test_no_more_mistakes_than_asked_for(said: SimpleNamespace) -> None:
    assert len(pictures(viz.confident_mistakes(said.x, said.y, said.probabilities, count=2))) == 2


def test_a_model_without_mistakes_is_told_in_words(said: SimpleNamespace) -> None:
    figure = viz.confident_mistakes(said.x, said.probabilities.argmax(axis=1), said.probabilities)

    assert [text.get_text() for text in figure.texts] == ["no mistake in 6 pictures"]


# Learning curves


def test_curves_of_one_model() -> None:
    figure = viz.learning_curves(HISTORY)

    assert [axis.get_ylabel() for axis in figure.axes] == ["loss", "accuracy"]
    assert lines(figure.axes[0]) == {(SERIES[0], "-"): [2.0, 1.0], (SERIES[0], "--"): [3.0, 2.5]}
    assert lines(figure.axes[1]) == {(SERIES[0], "-"): [0.5, 0.75], (SERIES[0], "--"): [0.25, 0.5]}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["training", "validation"]


def test_curves_of_several_models_in_colours_of_their_own() -> None:
    other = {"loss": [9.0, 8.0]}
    figure = viz.learning_curves({"first": HISTORY, "second": other}, quantities=["loss"])

    assert lines(figure.axes[0]) == {
        (SERIES[0], "-"): [2.0, 1.0],
        (SERIES[0], "--"): [3.0, 2.5],
        (SERIES[1], "-"): [9.0, 8.0],
    }
    told = {text.get_text() for text in figure.legends[0].get_texts()}
    assert told == {"first", "second", "training", "validation"}


def test_curves_of_what_fit_returns() -> None:
    model = keras.Sequential([keras.layers.Input(shape=(2,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    history = model.fit(np.ones((4, 2), "float32"), np.ones(4, "float32"), epochs=3, verbose=0)

    (axis,) = viz.learning_curves(history).axes

    assert lines(axis) == {(SERIES[0], "-"): history.history["loss"]}


def test_one_epoch_is_one_tick() -> None:
    (axis,) = viz.learning_curves({"loss": [1.0]}).axes

    assert [tick for tick in axis.get_xticks() if tick != round(tick)] == []


def test_curves_in_the_callers_axes() -> None:
    figure = Figure()
    axes = figure.subplots(1, 2)

    assert viz.learning_curves(HISTORY, ax=axes) is figure
    assert lines(axes[0])[SERIES[0], "-"] == [2.0, 1.0]


# Confusion


def test_confusion_counts_true_by_predicted(said: SimpleNamespace) -> None:
    (axis,) = viz.confusion_matrix(said.y, said.probabilities.argmax(axis=1), said.names).axes

    shares = np.asarray(axis.images[0].get_array())
    np.testing.assert_array_equal(shares, [[0, 0.5, 0.5], [0.5, 0.5, 0], [0, 0, 1]])
    cells = {(int(text.get_position()[1]), int(text.get_position()[0])): text.get_text() for text in axis.texts}
    assert cells == {(0, 1): "1", (0, 2): "1", (1, 0): "1", (1, 1): "1", (2, 2): "2"}
    assert [label.get_text() for label in axis.get_yticklabels()] == list(said.names)


def test_confusion_agrees_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="it is the judge")
    from denim.judging.classes import counts

    rng = np.random.default_rng(3)
    true, predicted = rng.integers(0, 30, (2, 500)).astype(np.uint8)

    np.testing.assert_array_equal(counts(true, predicted, 30), metrics.confusion_matrix(true, predicted))


def test_confusion_in_the_callers_axes(said: SimpleNamespace) -> None:
    figure = Figure()
    _, right = figure.subfigures(1, 2)
    axis = right.subplots()

    assert viz.confusion_matrix(said.y, said.y, ax=axis) is figure
    assert len(axis.images) == 1


# Weights


@pytest.mark.parametrize("as_layer", [True, False])
def test_weights_of_each_unit(as_layer: bool) -> None:
    kernel = np.arange(24, dtype="float32").reshape(12, 2) - 12
    layer = keras.layers.Dense(2)
    layer.build((None, 12))
    layer.set_weights([kernel, np.zeros(2)])

    figure = viz.weight_images(layer if as_layer else kernel, (4, 3), ["one", "two"])
    found = pictures(figure)

    assert [title for title, _ in found] == ["one", "two"]
    np.testing.assert_array_equal(found[1][1], kernel[:, 1].reshape(4, 3))
    assert figure.axes[0].images[0].get_clim() == (-12, 12)


def test_weights_that_are_all_zero_can_be_drawn() -> None:
    assert drawn(viz.weight_images(np.zeros((4, 3)), (2, 2))).shape[2] == 4


def test_only_the_first_units_are_drawn() -> None:
    assert len(pictures(viz.weight_images(np.ones((4, 30)), (2, 2), count=12))) == 12


# Refusals


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda s: viz.samples(s.x.reshape(6, 12), s.y), r"`x` must be pictures.*\(6, 12\)\. Reshape it"),
        (lambda s: viz.samples(s.x, s.y[:3]), r"`y` must have as many rows.*6\. Received: 3"),
        (lambda s: viz.samples(s.x, s.y, ["one"]), r"highest class number is 2\. Received: 1 names"),
        (lambda s: viz.samples(s.x, s.y, per_class=0), r"`per_class` must be a whole number from 1\. Received: 0"),
        (lambda s: viz.samples(s.x[:0], s.y[:0]), r"`y` must have at least one row"),
        (lambda s: viz.confusion_matrix(s.y, s.probabilities), r"Received: shape \(6, 3\).*y_pred\.argmax\(axis=1\)"),
        (lambda s: viz.confusion_matrix(s.y, s.y - 0.5), r"`y_pred` must be whole class numbers"),
        (lambda s: viz.confusion_matrix(s.y.astype(str), s.y), r"Number the classes: names, y_true = np\.unique"),
        (lambda s: viz.confusion_matrix(s.y, s.y.astype(int) - 1), r"class numbers from 0\. Received: -1"),
        (lambda s: viz.confusion_matrix(s.y, s.y, ax=Figure().subplots(1, 2)), r"`ax` must be 1 axes.*Received: 2"),
        (lambda s: viz.confident_mistakes(s.x, s.y, s.y), r"`probabilities` must be of shape \(6, classes\)"),
        (lambda s: viz.weight_images(np.ones((12, 2)), (3, 3)), r"`shape` must be a height and a width.*\(12, 2\)"),
        (lambda s: viz.learning_curves({"loss": []}), r"at least one epoch.*was `fit` called"),
        (lambda s: viz.learning_curves(HISTORY, quantities=["lost"]), r"`quantities` must be some of.*\['lost'\]"),
    ],
)
def test_a_value_that_does_not_fit_is_told(
    call: Callable[[SimpleNamespace], Any], told: str, said: SimpleNamespace
) -> None:
    with pytest.raises(ValueError, match=told):
        call(said)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: viz.learning_curves([1, 2]), r"`histories` must be what `fit` returned.*\[1, 2\]"),
        (lambda: viz.weight_images(keras.layers.Flatten(), (2, 2)), r"`layer_or_array` must be a built Dense layer"),
        (lambda: viz.weight_images(keras.layers.Dense(2), (2, 2)), r"`layer_or_array` must be a built Dense layer"),
    ],
)
def test_another_type_is_told(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        call()


# The room


def test_a_notebook_gets_a_png(said: SimpleNamespace) -> None:
    figure: Any = viz.samples(said.x, said.y)

    assert figure._repr_png_().startswith(b"\x89PNG")


def test_pyplot_is_left_alone_and_matplotlib_comes_late() -> None:
    program = (
        "import sys, numpy as np, denim as keras; keras.viz.learning_curves\n"
        "assert 'matplotlib' not in sys.modules\n"
        "keras.viz.learning_curves({'loss': [1.0]})\n"
        "assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, said: SimpleNamespace) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(ImportError, match=r'not installed here\. Type: pip install "denim-nn\[plot\]"'):
        viz.samples(said.x, said.y)
