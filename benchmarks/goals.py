"""What denim shall reach, and whether it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.contenders import DENIM
from benchmarks.report import best_of
from benchmarks.units import duration, ratio

Document = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """A goal beside what was measured; ``reached`` is None where nothing was.

    ``most`` is what would be measured if denim took no longer than the matrix products at the machine's SGEMM rate.
    """

    workload: str
    goal: str
    measured: str
    reached: bool | None
    most: str = ""


@dataclass(frozen=True)
class Faster:
    """At least ``factor`` times as fast as the fastest of these rivals, or of all."""

    factor: float
    rivals: tuple[str, ...] = ()
    called: str = "the best contender"

    def verdict(self, document: Document) -> Verdict:
        """Compare best times."""
        goal = f"{ratio(self.factor)} {self.called}"
        found = best_rival(document, self.rivals)
        denim = best_of(document, DENIM)
        if found is None or denim is None:
            return Verdict(document["name"], goal, "", None)
        factor = found["best_s"] / denim
        bound = document.get("sgemm_bound_s")
        most = "" if bound is None else ratio(found["best_s"] / bound)
        return Verdict(document["name"], goal, f"{ratio(factor)} {found['label']}", factor >= self.factor, most)


@dataclass(frozen=True)
class OfBound:
    """At least this share of the rate at which the machine multiplies matrices."""

    share: float

    def verdict(self, document: Document) -> Verdict:
        """Compare with the SGEMM bound of the same run."""
        return _measured(
            document,
            f"{self.share:.0%} of the SGEMM bound",
            lambda entry: document["sgemm_bound_s"] / entry["best_s"],
            "{:.0%}".format,
            lambda share: share >= self.share,
        )


@dataclass(frozen=True)
class Within:
    """At most so many seconds."""

    seconds: float

    def verdict(self, document: Document) -> Verdict:
        """Look at denim's best time."""
        return _measured(
            document,
            f"at most {duration(self.seconds)}",
            lambda entry: float(entry["best_s"]),
            duration,
            lambda seconds: seconds <= self.seconds,
        )


@dataclass(frozen=True)
class Memory:
    """At most the data as it lies on disk and so many MB more, over a process that imports NumPy."""

    megabytes: float

    def verdict(self, document: Document) -> Verdict:
        """Look at denim's peak."""
        limit = document["data_bytes"] + self.megabytes * 1e6
        return _measured(
            document,
            f"peak memory of the data + {self.megabytes:.0f} MB = {limit / 1e6:.0f} MB over NumPy",
            lambda entry: float(entry["peak_over_numpy_bytes"]),
            lambda size: f"{size / 1e6:.0f} MB",
            lambda size: size <= limit,
        )


Goal = Faster | OfBound | Within | Memory

KERAS_PREDICT = ("keras_jax", "keras_torch", "keras_tensorflow")

GOALS: dict[str, tuple[Goal, ...]] = {
    "W1": (Faster(5),),
    "W2": (Faster(2.5), OfBound(0.65)),
    "W3": (Faster(1.8), OfBound(0.55)),
    "W4": (Faster(1.1), OfBound(0.88)),
    "W5": (Faster(1.2), OfBound(0.80)),
    "W6": (Faster(5),),
    "W7": (Faster(2.5),),
    "P1": (Faster(2, ("onnxruntime",), "ONNX Runtime"), Faster(100, KERAS_PREDICT, "Keras's predict"), Within(8e-6)),
    "P2": (Faster(1, ("onnxruntime",), "ONNX Runtime"), OfBound(0.85)),
    "S1": (
        Faster(5, ("keras_jax",), "Keras on JAX"),
        Faster(25, ("keras_tensorflow",), "Keras on TensorFlow"),
        Memory(60),
    ),
}


def best_rival(document: Document, rivals: tuple[str, ...] = ()) -> Document | None:
    """The fastest that is not denim, among these names or all."""
    ran = [
        entry
        for entry in document["contenders"]
        if "best_s" in entry and not entry["name"].startswith(DENIM) and (not rivals or entry["name"] in rivals)
    ]
    return min(ran, key=lambda entry: entry["best_s"], default=None)


def verdicts(document: Document) -> list[Verdict]:
    """All goals of one workload."""
    return [goal.verdict(document) for goal in GOALS.get(document["name"], ())]


def _measured(
    document: Document,
    goal: str,
    value_of: Callable[[Document], float],
    write: Callable[[float], str],
    good: Callable[[float], bool],
) -> Verdict:
    for entry in document["contenders"]:
        if entry["name"] == DENIM and "best_s" in entry:
            value = value_of(entry)
            return Verdict(document["name"], goal, write(value), good(value))
    return Verdict(document["name"], goal, "", None)
