"""Samples: arrays of one length in memory, before any model has looked at them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denim.data.class_weights import class_weights_to_sample_weights


@dataclass(frozen=True)
class Samples:
    """Arrays whose first axis is the row: inputs, targets, and one weight array or None for each target.

    Attributes:
        first_row: for a run of rows out of more, the number of its first one there.
    """

    inputs: tuple[np.ndarray, ...]
    targets: tuple[np.ndarray, ...] = ()
    weights: tuple[np.ndarray | None, ...] = ()
    first_row: int | None = None

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
