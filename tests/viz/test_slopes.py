"""Activations and losses are drawn with the slopes that training uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import denim as keras
from denim import activations, losses, ops, viz
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.losses import LOSSES
from denim.program.specs import Loss
from denim.viz.figures import LINES
from denim.viz.slopes import broken, curve


def curves(axis: Axes) -> list[tuple[np.ndarray, np.ndarray]]:
    """x and y of each line that is no key of a legend and no rule, with what is left out at jumps."""
    found = [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axis.lines]
    return [(x, y) for x, y in found if len(x) > 2]


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"softmax", "log_softmax", "gelu_tanh"}))
def test_an_activation_and_the_slope_of_its_formula(name: str) -> None:
    (axis, *_) = viz.activation_curves(name).axes
    (x, y), (_, slope) = curves(axis)

    formula = ACTIVATIONS[name]
    right = formula.forward(x)
    np.testing.assert_allclose(y[~np.isnan(y)], right[~np.isnan(y)], rtol=1e-12)
    kept = ~np.isnan(slope)
    np.testing.assert_allclose(slope[kept], formula.gradient(x, right, np.ones_like(x))[kept], rtol=1e-12, atol=1e-300)
    assert kept.sum() >= len(x) - 2
    assert axis.get_title() == name


@pytest.mark.parametrize(
    "name", ["squareplus", "sparse_plus", "tanh_shrink", "soft_shrink", "sparsemax", "log_softmax"]
)
def test_a_slope_is_that_of_its_curve(name: str) -> None:
    (x, y), (_, slope) = curves(viz.activation_curves(name).axes[0])

    smooth = ~(np.isnan(slope[1:]) | np.isnan(slope[:-1])) & (np.abs(np.diff(slope)) < 0.1)
    np.testing.assert_allclose((np.diff(y) / np.diff(x))[smooth], ((slope[1:] + slope[:-1]) / 2)[smooth], atol=1e-4)
    assert smooth.mean() > 0.99


def test_a_softmax_is_that_of_two_classes() -> None:
    (x, y), (_, slope) = curves(viz.activation_curves("softmax").axes[0])

    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), rtol=1e-12)
    np.testing.assert_allclose(slope, y * (1 - y), rtol=1e-9)


def test_a_kink_is_no_vertical_line() -> None:
    _, (x, slope) = curves(viz.activation_curves("relu").axes[0])

    assert np.isnan(slope).sum() == 1
    assert set(slope[~np.isnan(slope)]) == {0.0, 1.0}
    assert abs(x[np.isnan(slope)][0]) < 0.02


def test_zones_without_a_slope_are_shaded() -> None:
    sigmoid, relu, linear = viz.activation_curves(["sigmoid", "relu", "linear"]).axes

    def zones(axis: Axes) -> list[tuple[float, float]]:
        boxes = [patch.get_extents().transformed(axis.transData.inverted()) for patch in axis.patches]
        return [(round(box.x0, 1), round(box.x1, 1)) for box in boxes]

    assert zones(sigmoid) == [(-6.0, -4.6), (4.6, 6.0)]
    assert zones(relu) == [(-6.0, 0.0)]
    assert zones(linear) == []


def test_functions_and_layers_of_ones_own() -> None:
    figure = viz.activation_curves(
        {
            "mine": lambda x: ops.square(x) * 3,
            "plain": lambda x: np.sin(np.asarray(x)),
            "leaky": keras.layers.LeakyReLU(),
        },
        limits=(-1, 2),
    )

    mine, plain, leaky = (curves(axis) for axis in figure.axes)
    np.testing.assert_allclose(mine[1][1], 6 * mine[0][0])
    np.testing.assert_allclose(plain[1][1], np.cos(plain[0][0]), atol=1e-6)
    assert np.unique(leaky[1][1][~np.isnan(leaky[1][1])]) == pytest.approx([0.3, 1.0])
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert told[1] == "slope (of functions without formulas by differences)"


def test_only_a_function_without_formulas_has_differences() -> None:
    x = np.linspace(-1, 1, 5)

    assert curve(activations.gelu, x).exact
    assert not curve(lambda x: np.sin(np.asarray(x)), x).exact


@pytest.mark.parametrize("name", ["binary_crossentropy", "mean_squared_error", "mean_absolute_error"])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_loss_and_the_slope_of_its_formula(name: Any, target: float) -> None:
    values, slopes = viz.loss_curves(name, target=target, limits=(0.001, 0.999)).axes
    ((x, y),), ((_, slope),) = curves(values), curves(slopes)

    formula, column = LOSSES[name], x[:, np.newaxis]
    true = np.full_like(column, target)
    np.testing.assert_allclose(y, formula.values(true, column, Loss(name)), rtol=1e-9)
    np.testing.assert_allclose(slope, formula.gradient(true, column, Loss(name))[:, 0], rtol=1e-9)


@pytest.mark.parametrize(
    "name",
    sorted(set(losses.FUNCTIONS) - {"categorical_generalized_cross_entropy", "cosine_similarity", "dice", "tversky"}),
)
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_each_loss_has_the_slope_of_its_curve(name: str, target: float) -> None:
    values, slopes = viz.loss_curves(name, target=target, limits=(0.2, 0.9)).axes
    ((x, y),), ((_, slope),) = curves(values), curves(slopes)

    np.testing.assert_allclose(np.diff(y) / np.diff(x), (slope[1:] + slope[:-1]) / 2, rtol=1e-3, atol=1e-3)


def test_before_a_sigmoid_only_the_squared_error_fades() -> None:
    _, slopes = viz.loss_curves(activation="sigmoid").axes
    (x, entropy), (_, squared) = curves(slopes)

    p = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(entropy, p - 1, rtol=1e-6)
    np.testing.assert_allclose(squared, 2 * (p - 1) * p * (1 - p), rtol=1e-6)
    assert [line.get_linestyle() for line in slopes.lines[:2]] == list(LINES[:2])


def test_classes_by_probability_and_by_score() -> None:
    by_probability, by_score = (
        curves(viz.loss_curves(keras.losses.SparseCategoricalCrossentropy(from_logits=scores), **options).axes[0])[0]
        for scores, options in ((False, {}), (True, {"limits": (-2, 2)}))
    )

    np.testing.assert_allclose(by_probability[1], -np.log(by_probability[0]), rtol=1e-9)
    np.testing.assert_allclose(by_score[1], np.log1p(np.exp(-by_score[0])), rtol=1e-9)


def test_a_loss_of_ones_own() -> None:
    figure = viz.loss_curves({"fourth": lambda true, pred: ops.mean(ops.power(true - pred, 4), axis=-1)}, target=2)

    (x, slope) = curves(figure.axes[1])[0]
    np.testing.assert_allclose(slope, -4 * (2 - x) ** 3, atol=1e-9)
    assert (x[0], x[-1]) == (-1, 5)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["fourth"]


def test_what_goes_to_infinity_does_not_flatten_the_rest() -> None:
    _, slopes = viz.loss_curves().axes

    low, high = slopes.get_ylim()
    assert np.min(curves(slopes)[0][1]) < -900
    assert -50 < low < -2
    assert 0 <= high < 5


def test_in_the_callers_axes() -> None:
    figure = Figure()
    axes = figure.subplots(1, 2)

    assert viz.loss_curves(ax=axes) is figure
    assert viz.activation_curves(["relu", "tanh"], ax=axes) is figure


def test_lines_break_at_jumps_alone() -> None:
    np.testing.assert_array_equal(broken(np.array([0.0, 0.0, 1.0, 1.0])), [0, np.nan, 1, 1])
    np.testing.assert_array_equal(broken(np.array([-1.0, -1.0, 0.0, 1.0, 1.0, 1.0]))[[1, 2]], [np.nan, np.nan])
    np.testing.assert_array_equal(broken(np.ones(3)), np.ones(3))
    steep = 1 / np.linspace(0.001, 0.1, 100)
    np.testing.assert_array_equal(broken(steep), steep)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: viz.activation_curves("sigmoyd"), r"sigmoyd.*[Dd]id you mean.*sigmoid"),
        (lambda: viz.activation_curves([]), r"`names` must have at least one activation\. Received: none"),
        (lambda: viz.activation_curves("glu"), r"activations of one number\. Received: 'glu', which needs more"),
        (lambda: viz.activation_curves([lambda x: x, lambda x: -x]), r"a name of its own.*names=\{'mine'"),
        (lambda: viz.activation_curves("relu", limits=(2, 1)), r"`limits` must be two numbers, the smaller.*\(2, 1\)"),
        (lambda: viz.activation_curves({"all": lambda x: ops.ones((3,))}), r"a function of one number.*\(3,\)"),
        (lambda: viz.loss_curves("mean_sqared_error"), r"mean_sqared_error.*[Dd]id you mean.*mean_squared_error"),
        (lambda: viz.loss_curves("dice"), r"losses of one prediction\. Received: 'dice', which compares whole rows"),
        (lambda: viz.loss_curves(target=2), r"`target` must be from 0 to 1 for binary_crossentropy\. Received: 2"),
        (lambda: viz.loss_curves("sparse_categorical_crossentropy", target=0.5), r"`target` must be 0 or 1.*0\.5"),
        (lambda: viz.loss_curves("mse", target=float("nan")), r"`target` must be a finite number\. Received: nan"),
    ],
)
def test_what_cannot_be_drawn_is_told(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()
