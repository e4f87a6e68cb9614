"""Columns: what the user handed over, in memory or in files, of one length, before any model has looked at them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.data.arrays import as_array
from denim.data.ends import Ends
from denim.data.samples import Samples
from denim.data.stored import WHOLE_BYTES, WINDOW_BYTES, Runs, Stored
from denim.data.structure import is_nested
from denim.data.texts import text_array

Column = np.ndarray | Stored

_NO_TARGETS = "`y` is missing: the loss and the metrics compare the model's output with the targets `y`."


@dataclass(frozen=True)
class Columns:
    """Arrays whose first axis is the row: inputs, targets, and one array of weights or None for each target."""

    inputs: tuple[Column, ...]
    targets: tuple[Column, ...] = ()
    weights: tuple[Column | None, ...] = ()

    @property
    def rows(self) -> int:
        """How many samples there are."""
        return len(self.inputs[0])

    @property
    def row_bytes(self) -> int:
        """Bytes of a sample, at least 1."""
        return max(1, sum(each.nbytes for each in self._each()) // max(1, self.rows))

    @property
    def chunk_rows(self) -> int:
        """Rows that some file has as one piece."""
        return max((each.chunk_rows for each in self._each() if isinstance(each, Stored)), default=1)

    @property
    def in_files(self) -> bool:
        """Whether there is more in files than is read whole."""
        return sum(each.nbytes for each in self._each() if isinstance(each, Stored)) > WHOLE_BYTES

    @property
    def judged_in_memory(self) -> bool:
        """Whether all targets and weights are in memory."""
        return not any(isinstance(each, Stored) for each in (*self.targets, *self.weights))

    def loaded(self) -> Samples:
        """All rows; memory maps are not copied."""
        return self._as_samples(lambda each: each.whole() if isinstance(each, Stored) else each)

    def with_small_ones_loaded(self) -> Columns:
        """The same, with all in memory that takes no more than a window does."""
        small = {
            _identity(each): each.whole()
            for each in self._each()
            if isinstance(each, Stored) and each.nbytes <= WINDOW_BYTES
        }
        return Columns(
            tuple(small.get(_identity(each), each) for each in self.inputs),
            tuple(small.get(_identity(each), each) for each in self.targets),
            tuple(None if each is None else small.get(_identity(each), each) for each in self.weights),
        )

    def taken(self, runs: Runs, used: dict[int, np.ndarray] | None = None, *, in_place: bool = False) -> Samples:
        """The rows of these runs, one after the other; a single run of what is in memory is a view.

        Args:
            runs: which.
            used: memory that inputs were read into before and that may be written again; it is added to.
            in_place: memory maps are not read; there must be but one run.
        """
        alone = {_identity(each) for each in self.inputs} - {_identity(each) for each in self.targets}

        def taken(each: Column) -> np.ndarray:
            if not isinstance(each, Stored):
                parts = [each[start:stop] for start, stop in runs]
                return parts[0] if len(parts) == 1 else np.concatenate(parts)
            if in_place and each.is_mapped:
                return each.in_place(*runs[0])
            if used is None or _identity(each) not in alone:
                return each.read(runs)
            rows = each.read(runs, used.get(_identity(each)))
            used.setdefault(_identity(each), rows)
            return rows

        return self._as_samples(taken, runs[0][0] if len(runs) == 1 else None)

    def judged(self, start: int, stop: int) -> Samples:
        """Targets and weights of the rows [start, stop), without inputs."""
        return Columns((), self.targets, self.weights).taken([(start, stop)])

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

    def _each(self) -> list[Column]:
        """Every column once."""
        given = (*self.inputs, *self.targets, *self.weights)
        return list({_identity(each): each for each in given if each is not None}.values())

    def _as_samples(self, made: Callable[[Column], np.ndarray], first_row: int | None = None) -> Samples:
        arrays = {_identity(each): made(each) for each in self._each()}
        flat = {_identity(each): _flat(arrays[_identity(each)]) for each in self.weights if each is not None}
        return Samples(
            tuple(arrays[_identity(each)] for each in self.inputs),
            tuple(arrays[_identity(each)] for each in self.targets),
            tuple(None if each is None else flat[_identity(each)] for each in self.weights),
            first_row,
        )


def _identity(column: Column) -> int:
    """The same for what is read but once: a file's array may be x and y, and an array the weights of two outputs."""
    return id(column.source if isinstance(column, Stored) else column)


def gather(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    inputs: Ends,
    outputs: Ends | None = None,
    judged: Sequence[int] = (),
) -> Columns:
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
    parts = zip(inputs.arranged(x, "x"), inputs.roles(x, "x"), strict=True)
    xs = tuple(
        text_array(part, role) if i in inputs.texts else _column(part, role) for i, (part, role) in enumerate(parts)
    )
    if outputs is None or not judged:
        return _same_rows(Columns(xs))
    if y is None:
        raise ValueError(_NO_TARGETS)
    ys = tuple(map(_column, outputs.arranged(y, "y", judged), outputs.roles(y, "y", judged)))
    return _same_rows(Columns(xs, ys, _weights(sample_weight, outputs, judged)))


def _column(data: Any, role: str) -> Column:
    stored = Stored.of(data, role)
    return as_array(data, role) if stored is None else stored


def _weights(sample_weight: Any, outputs: Ends, judged: Sequence[int]) -> tuple[Column | None, ...]:
    if sample_weight is None:
        return ()
    if is_nested(sample_weight):
        parts = outputs.arranged(sample_weight, "sample_weight", judged)
        return tuple(None if part is None else _one_weight_each(_column(part, "sample_weight")) for part in parts)
    return (_one_weight_each(_column(sample_weight, "sample_weight")),) * len(judged)


def _one_weight_each(array: Column) -> Column:
    if array.shape[1:] not in ((), (1,)):
        raise ValueError(
            f"`sample_weight` must hold one number a sample, in the shape (samples,). Received shape {array.shape}"
        )
    return array if isinstance(array, Stored) else _flat(array)


def _flat(weights: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(weights.reshape(-1))


def _same_rows(columns: Columns) -> Columns:
    groups = {
        "x": columns.inputs,
        "y": columns.targets,
        "sample_weight": tuple(a for a in columns.weights if a is not None),
    }
    if len({len(a) for arrays in groups.values() for a in arrays}) > 1:
        sizes = "".join(
            f"'{role}' sizes: {', '.join(str(len(a)) for a in arrays)}\n" for role, arrays in groups.items() if arrays
        )
        raise ValueError(
            "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples."
            + sizes
            + _swapped(columns)
        )
    return columns


def _swapped(columns: Columns) -> str:
    """A question for those who took the four results of train_test_split in another order than it gives them."""
    if len(columns.inputs) != 1 or len(columns.targets) != 1:
        return ""
    (x,), (y,) = columns.inputs, columns.targets
    if x.shape[1:] != y.shape[1:]:
        return ""
    return (
        f"x has shape {x.shape} and y has shape {y.shape}: the same kind of rows. Were the results of train_test_split "
        "swapped? Its order is x_train, x_test, y_train, y_test."
    )
