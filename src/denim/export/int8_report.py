"""What int8 costs: how far the weights are from what they were, and what a model makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from denim.data.structure import flatten
from denim.export.int8 import Int8, int8_weights
from denim.variables import Variable


@dataclass(frozen=True)
class Difference:
    """Between numbers before and after.

    Attributes:
        name: of the weight or the output.
        largest, mean: of all differences, without their signs.
        most: of a weight, half of the largest scale, beyond which no difference is but for the last place; of an
            output, the largest number before.
    """

    name: str
    largest: float
    mean: float
    most: float


@dataclass(frozen=True, repr=False)
class Int8Report:
    """What an export with ``weights="int8"`` costs.

    Attributes:
        weight_bytes: of all weights, before and after: what they take in a file of ONNX or in a compiled program.
        weights: those that become int8.
        outputs: for the data that were given; none without.
        metrics: name -> before and after, the loss among them; none without targets.
        file: where it is; empty before it is written.
        file_bytes: its size.
    """

    weight_bytes: tuple[int, int]
    weights: tuple[Difference, ...]
    outputs: tuple[Difference, ...]
    metrics: Mapping[str, tuple[float, float]]
    file: str = ""
    file_bytes: int = 0

    @classmethod
    def of(cls, model: Any, data: Any = None) -> Int8Report:
        """A built model's; it is as it was when this returns or raises.

        Args:
            model: a built Model or Sequential.
            data: inputs as ``predict`` takes them, or a tuple of inputs and targets, or of these and sample weights,
                as ``evaluate`` does.

        Raises:
            ValueError: for targets where the model is not compiled, or data that do not fit it.
        """
        x, truth = _split(data)
        if truth and not model.compiled:
            raise ValueError(
                f"data=(x, y) asks what int8 makes of the loss and the metrics. Received: model {model.name!r}, which "
                "is not compiled. Compile it first, or give data=x."
            )
        held = int8_weights(model)
        total = sum(variable.value.nbytes for variable in model.weights)
        saved = sum(variable.value.nbytes - each.nbytes for variable, each in held)
        outputs: tuple[Difference, ...] = ()
        metrics: dict[str, tuple[float, float]] = {}
        if x is not None:
            before = _answers(model, x, truth)
            with _replaced(held):
                after = _answers(model, x, truth)
            outputs = tuple(map(_difference, model.output_names, before[0], after[0]))
            metrics = {name: (value, after[1][name]) for name, value in before[1].items()}
        return cls((total, total - saved), tuple(_difference_of_weight(*pair) for pair in held), outputs, metrics)

    def as_plain(self) -> dict[str, Any]:
        """All of it by name."""
        return {**asdict(self), "metrics": {name: list(both) for name, both in self.metrics.items()}}

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps(self.as_plain(), ensure_ascii=False)

    def __repr__(self) -> str:
        before, after = self.weight_bytes
        return f"<Int8Report of {self.file or 'no file'}: {before} bytes of weights became {after}; print it for more>"

    def __str__(self) -> str:
        before, after = self.weight_bytes
        share = f"({after / before:.0%})" if before else "(there are none)"
        lines = [
            f"{self.file or 'The model'}: weights as int8{f', {size(self.file_bytes)}' if self.file else ''}",
            f"  weights: {size(before)} before, {size(after)} after {share}",
        ]
        lines += [
            f"  {each.name}: off by {each.largest:.2g} at most (bound {each.most:.2g}), {each.mean:.2g} on average"
            for each in self.weights
        ]
        lines += [
            f"  output {each.name}: off by {each.largest:.2g} at most, {each.mean:.2g} on average, of numbers up to "
            f"{each.most:.3g}"
            for each in self.outputs
        ]
        lines += [f"  {name}: {one:.4f} before, {other:.4f} after" for name, (one, other) in self.metrics.items()]
        return "\n".join(lines)


def size(count: int) -> str:
    """Bytes as people write them."""
    for power, unit in ((9, "GB"), (6, "MB"), (3, "kB")):
        if count >= 10**power:
            return f"{count / 10**power:.3g} {unit}"
    return f"{count} bytes"


def _split(data: Any) -> tuple[Any, tuple[Any, ...]]:
    """The inputs, and what ``evaluate`` takes after them."""
    if not isinstance(data, tuple):
        return data, ()
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "data is inputs, or a tuple (x, y) or (x, y, sample_weight); several inputs stand in a list. Received: a "
            f"tuple of {len(data)}."
        )
    return data[0], data[1:]


def _answers(model: Any, x: Any, truth: tuple[Any, ...]) -> tuple[list[np.ndarray], dict[str, float]]:
    outputs = flatten(model.predict(x, verbose=0))
    given = dict(zip(("y", "sample_weight"), truth, strict=False))
    metrics = model.evaluate(x, **given, verbose=0, return_dict=True) if truth else {}
    return outputs, {name: float(value) for name, value in metrics.items() if np.ndim(value) == 0}


@contextmanager
def _replaced(held: list[tuple[Variable, Int8]]) -> Iterator[None]:
    """Within, the weights are those of int8."""
    before = [variable.numpy().copy() for variable, _ in held]
    try:
        for variable, each in held:
            variable.assign(each.numbers(variable.value.dtype))
        yield
    finally:
        for (variable, _), value in zip(held, before, strict=True):
            variable.assign(value)


def _difference_of_weight(variable: Variable, held: Int8) -> Difference:
    found = _difference(variable.path, variable.value, held.numbers(variable.value.dtype))
    return Difference(found.name, found.largest, found.mean, float(held.scales.max()) / 2)


def _difference(name: str, before: np.ndarray, after: np.ndarray) -> Difference:
    apart = np.abs(np.asarray(after, np.float64) - before)
    if not apart.size:
        return Difference(name, 0.0, 0.0, 0.0)
    return Difference(name, float(apart.max()), float(apart.mean()), float(np.abs(before).max()))
