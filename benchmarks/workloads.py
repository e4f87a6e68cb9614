"""What is timed. One table; every contender reads the same entry."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal

Optimizer = Literal["rmsprop", "adam"]
Loss = Literal["crossentropy", "mse"]


@dataclass(frozen=True)
class Workload:
    """An epoch of training a ReLU network: softmax and sparse cross-entropy, or linear outputs and the squared error.

    ``normalization`` puts a batch normalization after every hidden layer's ReLU, ``dropout`` a dropout after that.
    """

    name: str
    units: tuple[int, ...]
    batch_size: int
    optimizer: Optimizer
    rows: int = 48_000
    loss: Loss = "crossentropy"
    dropout: float = 0.0
    normalization: bool = False

    @property
    def features(self) -> int:
        """Width of a row."""
        return self.units[0]

    @property
    def outputs(self) -> int:
        """Width of the output."""
        return self.units[-1]

    @property
    def steps(self) -> int:
        """Batches in an epoch, a shorter last one included."""
        return -(-self.rows // self.batch_size)

    def title(self) -> str:
        """What it is, in one line."""
        extras = [f"dropout {self.dropout}"] * bool(self.dropout) + ["batch normalization"] * self.normalization
        loss = ["mse"] * (self.loss == "mse")
        details = [chain(self.units), *loss, *extras, f"batch {self.batch_size}", self.optimizer, f"{self.rows:,} rows"]
        return f"{self.name}: {', '.join(details)}"

    def small(self) -> Workload:
        """A few steps of the same network, to see that everything runs."""
        return replace(self, rows=min(self.rows, 20 * self.batch_size))

    def to_json(self) -> str:
        """As a contender receives it on its command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Workload:
        """The workload that ``to_json`` wrote."""
        fields = json.loads(text)
        return cls(**(fields | {"units": tuple(fields["units"])}))


@dataclass(frozen=True)
class Inference:
    """One call that gives a ReLU network's softmax outputs for this many rows."""

    name: str
    units: tuple[int, ...]
    rows: int

    def title(self) -> str:
        """What it is, in one line."""
        rows = "one row" if self.rows == 1 else f"{self.rows:,} rows"
        return f"{self.name}: {chain(self.units)}, predict {rows}"

    def small(self) -> Inference:
        """The same call with fewer rows."""
        return replace(self, rows=min(self.rows, 500))

    def to_json(self) -> str:
        """As a contender receives it on its command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Inference:
        """The workload that ``to_json`` wrote."""
        fields = json.loads(text)
        return cls(**(fields | {"units": tuple(fields["units"])}))


def chain(units: tuple[int, ...]) -> str:
    """Widths as they are commonly written, ``784-100-10``."""
    return "-".join(str(u) for u in units)


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("W1", (784, 10), 32, "rmsprop"),
        Workload("W2", (784, 100, 10), 32, "rmsprop"),
        Workload("W3", (784, 300, 100, 10), 32, "adam"),
        Workload("W4", (784, 512, 512, 10), 128, "adam"),
        Workload("W5", (50, 256, 256, 1), 256, "adam", rows=200_000, loss="mse"),
        Workload("W6", (24, 8, 2), 200, "adam", rows=200_000, loss="mse"),
        Workload("W7", (784, 100, 10), 32, "adam", dropout=0.3, normalization=True),
    )
}

INFERENCES = {
    inference.name: inference
    for inference in (
        Inference("P1", (784, 100, 10), 1),
        Inference("P2", (784, 100, 10), 10_000),
    )
}
