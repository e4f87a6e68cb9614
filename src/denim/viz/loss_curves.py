"""Losses and their slopes, as functions of what a network says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denim import activations, losses, ops
from denim.viz import checks
from denim.viz.figures import LINES, figure_of, given_axes, ink, need_matplotlib, new_figure, plain, series
from denim.viz.fonts import lettering
from denim.viz.slopes import Curve, broken, curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 1201
_OF_CLASSES = {
    losses.categorical_crossentropy,
    losses.categorical_focal_crossentropy,
    losses.categorical_generalized_cross_entropy,
    losses.categorical_hinge,
    losses.kl_divergence,
    losses.sparse_categorical_crossentropy,
}
"""Losses of the probabilities of all classes: here of two, of which the second is drawn."""
_OF_CLASS_NUMBERS = {losses.categorical_generalized_cross_entropy, losses.sparse_categorical_crossentropy}
_OF_PROBABILITIES = _OF_CLASSES | {losses.binary_crossentropy, losses.binary_focal_crossentropy}
_OF_POSITIVES = {losses.poisson, losses.mean_squared_logarithmic_error}
_OF_ROWS = {losses.cosine_similarity, losses.dice, losses.tversky}
_OF_SIGNS = {losses.hinge, losses.squared_hinge}


def loss_curves(
    names: Any = ("binary_crossentropy", "mean_squared_error"),
    *,
    target: float = 1.0,
    activation: Any = None,
    limits: tuple[float, float] | None = None,
    ax: Sequence[Axes] | None = None,
) -> Figure:
    """Losses (left) and their slopes (right) by the prediction, for one target.

    With an activation they are drawn by the number that goes into it, which is what training moves: after a sigmoid the
    slope of the squared error fades where the prediction is most wrong, and that of the cross-entropy does not.

    Slopes are those of denim's formulas, which training uses; a function of plain NumPy gets differences. Losses of
    several classes are drawn for two of them, by the prediction for the second one.

    Args:
        names: a loss's name, function or object, or several of them in a list, or in a dict by what they shall be
            called.
        target: what would be right; for a loss of classes 0 or 1, or a probability.
        activation: name or function of the activation before the losses; None for none.
        limits: predictions, or numbers before the activation, from which to which.
        ax: two axes to draw into, instead of a new figure. The figure returned is theirs.

    Raises:
        ValueError: a loss is unknown, or compares whole rows; or an argument does not fit.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    found = {name: _loss(name, given) for name, given in checks.named(names, "loss").items()}
    target = _target(target, found.values())
    before = None if activation is None else activations.get(activation)
    low, high = _usual_limits(found.values(), target, before) if limits is None else checks.interval(limits, "limits")
    x = np.linspace(low, high, _POINTS)
    curves = {name: curve(_by_prediction(loss, target, before), x) for name, loss in found.items()}
    axes = None if ax is None else given_axes(ax, 2)
    with lettering(list(curves)) as letters:
        labels = letters.names(list(curves), "loss")
        if axes is None:
            figure = new_figure(9, 3.9)
            axes = list(figure.subplots(1, 2))
        else:
            figure = figure_of(axes[0])
        said = "" if before is None else f" before {getattr(before, '__name__', 'the activation')}"
        for axis, part in zip(axes, ("loss", "slope"), strict=True):
            _panel(axis, curves.values(), labels, part)
            axis.set_xlabel(f"number{said}" if said else f"prediction, for the target {target:g}")
        if said:
            axes[0].set_title(f"loss, for the target {target:g}")
        if before is None and low < target < high:
            for axis in axes:
                axis.axvline(target, color=ink(), linewidth=1, alpha=0.5)
        handles = axes[0].get_legend_handles_labels()
        if ax is None:
            figure.legend(*handles, loc="outside lower center", ncols=min(len(labels), 4), frameon=False)
        else:
            axes[0].legend(*handles, frameon=False)
    return figure


def _panel(axis: Axes, curves: Iterable[Curve], labels: Sequence[str], part: str) -> None:
    shown = []
    for number, (drawn, label) in enumerate(zip(curves, labels, strict=True)):
        values = drawn.y if part == "loss" else drawn.slope
        shown.append(values)
        style: dict[str, Any] = {"linestyle": LINES[number % len(LINES)], "color": series(number)}
        axis.plot(drawn.x, broken(values) if part == "slope" else values, label=label, linewidth=2, **style)
        axis.set_xlim(drawn.x[0], drawn.x[-1])
    if part == "slope":
        axis.axhline(0, color=ink(), linewidth=0.8)
    axis.set_title(part if part == "loss" else "its slope: what training goes by")
    _limit(axis, np.concatenate(shown))
    plain(axis)


def _limit(axis: Axes, values: np.ndarray) -> None:
    """Leave out the ends of what goes to infinity, which would press all else to a line."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return
    low, high = np.quantile(finite, [0.04, 0.96])
    reach = (high - low) or 1.0
    margin = 0.05 * reach
    if finite.max() > high + 2 * reach or finite.min() < low - 2 * reach:
        axis.set_ylim(max(finite.min(), low - 0.4 * reach) - margin, min(finite.max(), high + 0.4 * reach) + margin)


def _loss(name: str, given: Any) -> Any:
    loss = losses.get(given)
    if loss is None:
        raise ValueError(f"`names` must be losses. Received: None for {name!r}.")
    if _function(loss) in _OF_ROWS:
        raise ValueError(
            f"`names` must be losses of one prediction. Received: {name!r}, which compares whole rows or batches."
        )
    return loss


def _function(loss: Any) -> Any:
    return getattr(loss, "fn", loss)


def _takes(loss: Any, kind: set[Any]) -> bool:
    return _function(loss) in kind and not getattr(loss, "from_logits", False)


def _target(target: float, found: Iterable[Any]) -> float:
    number = float(target)
    if not math.isfinite(number):
        raise ValueError(f"`target` must be a finite number. Received: {target!r}.")
    for loss in found:
        function = _function(loss)
        if function in _OF_CLASS_NUMBERS and number not in (0.0, 1.0):
            raise ValueError(
                f"`target` must be 0 or 1, since {function.__name__} takes class numbers. Got: {target!r}."
            )
        if function in _OF_PROBABILITIES and not 0 <= number <= 1:
            raise ValueError(f"`target` must be from 0 to 1 for {function.__name__}. Received: {target!r}.")
    return number


def _usual_limits(found: Iterable[Any], target: float, before: Any) -> tuple[float, float]:
    if before is not None:
        return -6.0, 6.0
    kinds = list(found)
    if any(_takes(loss, _OF_PROBABILITIES) for loss in kinds):
        return 0.001, 0.999
    if any(_takes(loss, _OF_POSITIVES) for loss in kinds):
        return 0.01, max(2 * abs(target), 3.0)
    reach = 6.0 if any(getattr(loss, "from_logits", False) for loss in kinds) else 3.0
    return (-reach, reach) if any(_takes(loss, _OF_SIGNS) for loss in kinds) else (target - reach, target + reach)


def _by_prediction(loss: Any, target: float, before: Any) -> Callable[[Any], Any]:
    function = _function(loss)
    compare = loss.call if isinstance(loss, losses.Loss) else loss

    def value(x: Any) -> Any:
        prediction = x if before is None else before(x)
        right = ops.zeros_like(prediction) + target
        if function in _OF_CLASSES:
            other = ops.zeros_like(prediction) if getattr(loss, "from_logits", False) else 1.0 - prediction
            prediction = ops.concatenate([other, prediction], axis=-1)
            both = ops.concatenate([1.0 - right, right], axis=-1)
            right = right[..., 0] if function in _OF_CLASS_NUMBERS else both
        return compare(right, prediction)

    return value
