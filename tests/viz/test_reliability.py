"""The diagram's numbers are what they are called, and are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from denim import viz
from denim.viz.reliability import reliability

P = np.array([0.05, 0.15, 0.1, 0.9, 0.8, 0.85, 0.45, 0.55])
Y = np.array([0, 0, 1, 1, 1, 0, 1, 0])


def _points(figure: Figure) -> tuple[list[float], list[float]]:
    (line,) = (line for line in figure.axes[0].lines if line.get_label() == "the model")
    return list(np.asarray(line.get_xdata())), list(np.asarray(line.get_ydata()))


def test_bins_of_one_width() -> None:
    figure = viz.reliability_diagram(Y, P, bins=2)

    said, true = _points(figure)
    assert said == pytest.approx([0.1875, 0.775])
    assert true == pytest.approx([0.5, 0.5])
    assert [bar.get_height() for bar in figure.axes[1].patches] == [4, 4]
    ece = (4 * 0.3125 + 4 * 0.275) / 8
    assert figure.axes[0].get_title() == f"ECE {ece:.3f}    Brier score {np.mean((P - Y) ** 2):.3f}"
    assert figure.axes[1].get_xlabel() == "probability of class 1"


def test_empty_bins_have_no_point_and_a_bar_of_none() -> None:
    figure = viz.reliability_diagram(Y, P, bins=10)

    assert len(_points(figure)[0]) == 6
    assert [bar.get_height() for bar in figure.axes[1].patches] == [2, 1, 0, 0, 1, 1, 0, 1, 2, 0]


def test_lines_at_the_points_are_wilsons_interval() -> None:
    (lines,) = viz.reliability_diagram([1, 1, 1, 0], [0.7] * 4, bins=1).axes[0].collections

    (((_, low), (_, high)),) = lines.get_segments()  # type: ignore[attr-defined]
    assert (low, high) == pytest.approx((0.300642, 0.954413), abs=1e-5)


@pytest.mark.parametrize("shape", ["one", "column", "pair"])
def test_two_classes_in_each_shape(shape: str) -> None:
    given = {"one": P, "column": P[:, np.newaxis], "pair": np.column_stack([1 - P, P])}[shape]

    assert reliability(Y, given, 4, "uniform").brier == pytest.approx(np.mean((P - Y) ** 2))
    assert _points(viz.reliability_diagram(Y[:, np.newaxis], given)) == _points(viz.reliability_diagram(Y, P))


def test_of_several_classes_the_chosen_one() -> None:
    p = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8], [0.5, 0.4, 0.1]])
    y = np.array([0, 1, 0, 1])
    figure = viz.reliability_diagram(y, p, bins=1)

    assert _points(figure) == ([pytest.approx(0.65)], [0.5])
    assert reliability(y, p, 1, "uniform").brier == pytest.approx(np.mean(np.sum((p - np.eye(3)[y]) ** 2, axis=1)))
    assert figure.axes[0].get_ylabel() == "share that is right"


def test_bins_of_as_many_rows() -> None:
    found = reliability(Y, P, 4, "quantile")

    assert found.counts.tolist() == [2, 2, 2, 2]
    assert (found.edges[0], found.edges[-1]) == (P.min(), P.max())


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_one_probability_for_all_rows(strategy: str) -> None:
    figure = viz.reliability_diagram([0, 1, 1, 1], np.full(4, 0.75), strategy=strategy)

    assert _points(figure) == ([0.75], [0.75])
    assert figure.axes[0].get_title().startswith("ECE 0.000")


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_scikit_learn_agrees(strategy: str) -> None:
    calibration = pytest.importorskip("sklearn.calibration", reason="it is the judge")
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(4)
    p = rng.uniform(size=500)
    y = (rng.uniform(size=500) < p**2).astype(int)

    found = reliability(y, p, 7, strategy)
    true, said = calibration.calibration_curve(y, p, n_bins=7, strategy=strategy)
    np.testing.assert_allclose(found.said, said)
    np.testing.assert_allclose(found.true, true)
    assert found.brier == pytest.approx(metrics.brier_score_loss(y, p))


def test_in_the_callers_axes() -> None:
    figure = Figure()

    assert viz.reliability_diagram(Y, P, ax=figure.subplots(2, 1)) is figure


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda: viz.reliability_diagram(Y, P * 5),
            r"from 0 to 1\. Received: numbers from 0\.25 to 4\.5.*ops\.sigmoid",
        ),
        (lambda: viz.reliability_diagram(Y, np.outer(P, [2, 1, 3])), r"from 0 to 1\. Received.*ops\.softmax"),
        (lambda: viz.reliability_diagram(Y, np.outer(P, [1, 1, 1])), r"must sum to 1 in each row.*2\.7.*y\[:, 0\]"),
        (lambda: viz.reliability_diagram(Y, P.reshape(2, 2, 2)), r"shape \(rows,\) or \(rows, classes\).*\(2, 2, 2\)"),
        (lambda: viz.reliability_diagram(Y[:3], P), r"`y_true` must have as many rows.*8\. Received: 3"),
        (lambda: viz.reliability_diagram(Y + 1, P), r"`y_true` must be class numbers below 2.*Received: 2"),
        (lambda: viz.reliability_diagram(Y, P, bins=0), r"`bins` must be a whole number from 1\. Received: 0"),
        (lambda: viz.reliability_diagram(Y, P, strategy="quantil"), r"`strategy` must be one of.*mean 'quantile'"),
    ],
)
def test_what_does_not_fit_is_told(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()
