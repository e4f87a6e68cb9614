"""The networks that are timed. One table; every contender reads the same entry."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal

Optimizer = Literal["rmsprop", "adam"]


@dataclass(frozen=True)
class Workload:
    """A ReLU network with a softmax output, trained with sparse cross-entropy."""

    name: str
    units: tuple[int, ...]
    batch_size: int
    optimizer: Optimizer
    rows: int = 48_000

    def __post_init__(self) -> None:
        if self.rows % self.batch_size:
            raise ValueError(
                f"rows must be a multiple of batch_size, so that every contender does the same "
                f"steps. Received: rows={self.rows}, batch_size={self.batch_size}"
            )

    @property
    def features(self) -> int:
        """Width of a row."""
        return self.units[0]

    @property
    def classes(self) -> int:
        """Width of the output."""
        return self.units[-1]

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return self.rows // self.batch_size

    @property
    def gemm_flops(self) -> int:
        """Multiplications and additions of an epoch's matrix products: forward, and two backward
        for every layer but the first, which needs no gradient of its input."""
        products = [a * b for a, b in zip(self.units, self.units[1:], strict=False)]
        return 2 * self.rows * (3 * sum(products) - products[0])

    def title(self) -> str:
        """What it is, in one line."""
        net = "-".join(str(u) for u in self.units)
        return f"{self.name}: {net}, batch {self.batch_size}, {self.optimizer}, {self.rows} rows"

    def small(self) -> Workload:
        """A few steps of the same network, to see that everything runs."""
        return replace(self, rows=20 * self.batch_size)

    def to_json(self) -> str:
        """As a contender receives it on its command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Workload:
        """The workload that ``to_json`` wrote."""
        fields = json.loads(text)
        return cls(**(fields | {"units": tuple(fields["units"])}))


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("W1", (784, 10), 32, "rmsprop"),
        Workload("W2", (784, 100, 10), 32, "rmsprop"),
        Workload("W3", (784, 300, 100, 10), 32, "adam"),
        Workload("W4", (784, 512, 512, 10), 128, "adam"),
    )
}
