"""Samples: what the user handed over, as arrays of one length, before any model has looked at them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denim.data.arrays import as_array
from denim.data.class_weights import class_weights_to_sample_weights
from denim.data.ends import Ends
from denim.data.structure import is_nested

_NO_TARGETS = "`y` is missing: the loss and the metrics compare the model's output with the targets `y`."


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

    def slice(self, start: int, stop: int) -> Samples:
        """The rows [start, stop), as views."""
        return Samples(
            tuple(a[start:stop] for a in self.inputs),
            tuple(a[start:stop] for a in self.targets),
            tuple(None if a is None else a[start:stop] for a in self.weights),
        )

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
    inputs: Ends,
    outputs: Ends | None = None,
    judged: Sequence[int] = (),
) -> Samples:
    """What ``fit``, ``evaluate`` and ``predict`` were given, checked as far as no model is needed.

    Args:
        x: an array, or arrays nested as the inputs are; a frame whose columns are named as several inputs are.
        y: the same for the targets; ignored when no output is ``judged``.
        sample_weight: one number a sample, or such arrays nested as the targets are.
        inputs: the model's inputs.
        outputs: the model's outputs.
        judged: which of these have a loss or metrics.

    Raises:
        ValueError: for objects that are no arrays, a wrong number of them, or different numbers of rows.
    """
    if judged and y is None and isinstance(x, Mapping):
        raise ValueError(f"{_NO_TARGETS} x is a dict of {list(x)}: pass x and y by themselves, as a pair.")
    xs = tuple(map(as_array, inputs.arranged(x, "x"), inputs.roles(x, "x")))
    if outputs is None or not judged:
        return _same_rows(Samples(xs))
    if y is None:
        raise ValueError(_NO_TARGETS)
    ys = tuple(map(as_array, outputs.arranged(y, "y", judged), outputs.roles(y, "y", judged)))
    return _same_rows(Samples(xs, ys, _weights(sample_weight, outputs, judged)))


def _weights(sample_weight: Any, outputs: Ends, judged: Sequence[int]) -> tuple[np.ndarray | None, ...]:
    if sample_weight is None:
        return ()
    if is_nested(sample_weight):
        parts = outputs.arranged(sample_weight, "sample_weight", judged)
        return tuple(None if part is None else _one_weight_each(as_array(part, "sample_weight")) for part in parts)
    return (_one_weight_each(as_array(sample_weight, "sample_weight")),) * len(judged)


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
