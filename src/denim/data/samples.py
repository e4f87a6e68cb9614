"""Samples: what the user handed over, as arrays of one length, before any model has looked at them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denim.data.arrays import as_array, leaves
from denim.data.class_weights import class_weights_to_sample_weights


@dataclass(frozen=True)
class Samples:
    """Arrays whose first axis is the row: inputs, targets, and one weight array or None for each target."""

    inputs: tuple[np.ndarray, ...]
    targets: tuple[np.ndarray, ...] = ()
    weights: tuple[np.ndarray | None, ...] = ()

    @property
    def rows(self) -> int:
        """How many samples there are."""
        return len(self.inputs[0])

    def split_at(self, fraction: Any) -> int:
        """The first of the last rows, the ``fraction`` of them that is for validation.

        Raises:
            ValueError: if the fraction is not within [0, 1), or if one side would be empty.
        """
        if isinstance(fraction, bool) or not isinstance(fraction, (int, float, np.number)) or not 0.0 <= fraction < 1.0:
            raise ValueError(
                "`validation_split` must be at least 0 and less than 1, the part of the samples kept for validation. "
                f"Received: validation_split={fraction!r}"
            )
        at = math.floor(self.rows * (1.0 - fraction))
        if at in (0, self.rows):
            raise ValueError(
                f"Training data contains {self.rows} samples, which is not sufficient to split it into a validation "
                f"and training set as specified by `validation_split={fraction}`. Either provide more data, or a "
                "different value for the `validation_split` argument."
            )
        return at

    def weighted_by_class(self, class_weight: Any, classes: int | None = None) -> Samples:
        """The same samples, each with the weight of its class, of which there are ``classes`` if that is known.

        Raises:
            ValueError: if they have weights already or several targets, or for what is no dict of weights.
        """
        if self.weights:
            raise ValueError(
                "You cannot use `class_weight` and `sample_weight` at the same time: multiply the class weights into "
                "`sample_weight`."
            )
        if len(self.targets) != 1:
            raise ValueError(
                f"`class_weight` is only supported for Models with a single output. This one has {len(self.targets)}."
            )
        return replace(self, weights=(class_weights_to_sample_weights(self.targets[0], class_weight, classes),))


def gather_samples(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    inputs: Sequence[str],
    targets: Sequence[str] = (),
) -> Samples:
    """What ``fit``, ``evaluate`` and ``predict`` were given, checked as far as no model is needed.

    Args:
        x: an array, or a list or dict of arrays.
        y: the same for the targets; ignored when ``targets`` is empty.
        sample_weight: one number a sample, or a list or dict of such arrays for several targets.
        inputs: the names of the model's inputs.
        targets: the names of the outputs that have a loss or metrics.

    Raises:
        ValueError: for objects that are no arrays, a wrong number of them, or different numbers of rows.
    """
    xs = leaves(x, inputs, "x")
    if not targets:
        return _same_rows(Samples(tuple(xs)))
    if y is None:
        raise ValueError("`y` is missing: the loss and the metrics compare the model's output with the targets `y`.")
    ys = leaves(y, targets, "y")
    return _same_rows(Samples(tuple(xs), tuple(ys), _weights(sample_weight, targets)))


def _weights(sample_weight: Any, targets: Sequence[str]) -> tuple[np.ndarray | None, ...]:
    if sample_weight is None:
        return ()
    if isinstance(sample_weight, (list, tuple, Mapping)) and len(targets) > 1:
        return tuple(_one_weight_each(a) for a in leaves(sample_weight, targets, "sample_weight"))
    return (_one_weight_each(as_array(sample_weight, "sample_weight")),) * len(targets)


def _one_weight_each(array: np.ndarray) -> np.ndarray:
    if array.shape[1:] not in ((), (1,)):
        raise ValueError(
            f"`sample_weight` must hold one number a sample, in the shape (samples,). Received shape {array.shape}"
        )
    return np.ascontiguousarray(array.reshape(-1))


def _same_rows(samples: Samples) -> Samples:
    groups = {
        "x": samples.inputs,
        "y": samples.targets,
        "sample_weight": tuple(a for a in samples.weights if a is not None),
    }
    if len({len(a) for arrays in groups.values() for a in arrays}) > 1:
        sizes = "".join(
            f"'{role}' sizes: {', '.join(str(len(a)) for a in arrays)}\n" for role, arrays in groups.items() if arrays
        )
        raise ValueError(
            "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples."
            + sizes
            + _swapped(samples)
        )
    return samples


def _swapped(samples: Samples) -> str:
    """A question for those who took the four results of train_test_split in another order than it gives them."""
    if len(samples.inputs) != 1 or len(samples.targets) != 1:
        return ""
    (x,), (y,) = samples.inputs, samples.targets
    if x.shape[1:] != y.shape[1:]:
        return ""
    return (
        f"x has shape {x.shape} and y has shape {y.shape}: the same kind of rows. Were the results of train_test_split "
        "swapped? Its order is x_train, x_test, y_train, y_test."
    )
