"""What a comparison came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from denim.commands.plain import as_json
from denim.judging.resampled import Pair, compare_folds, interval
from denim.judging.scores import HIGHER_IS_BETTER, limits


@dataclass(frozen=True)
class Standing:
    """One model.

    Attributes:
        scores: each score's value on each fold.
        parameters: numbers that it learnt, in the first fold.
        seconds: that learning and answering took, all folds together.
        history: of the first fold's training; empty for what has no epochs.
        constant: whether it always says the same.
    """

    name: str
    scores: dict[str, tuple[float, ...]]
    parameters: int
    seconds: float
    history: dict[str, list[float]]
    constant: bool

    def mean(self, score: str) -> float:
        """Over the folds."""
        return float(np.mean(self.scores[score]))


@dataclass(frozen=True)
class Compared:
    """Models that were trained and judged on the same folds.

    Attributes:
        data: its path.
        target: what is predicted.
        rows: of all folds.
        folds, repeats, seed: as asked for.
        done: folds that were finished, of all repeats.
        judged: rows judged by rows learnt from, in one fold.
        score: the one that decides.
        standings: the models.
        notes: what was made of the data.
        versions: what it ran on.
        signal: what stopped it: "SIGINT", which is Ctrl-C, or "SIGTERM"; None if nothing did.
    """

    data: str
    target: str
    task: str
    rows: int
    classes: tuple[str, ...]
    folds: int
    repeats: int
    seed: int
    done: int
    judged: float
    score: str
    standings: tuple[Standing, ...]
    notes: tuple[str, ...]
    versions: dict[str, str]
    signal: str | None = None

    @property
    def finished(self) -> bool:
        """Whether all folds were."""
        return self.done == self.folds * self.repeats

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Every model against every other, by the score that decides."""
        scores = {each.name: each.scores[self.score] for each in self.standings}
        return compare_folds(scores, self.judged, higher_is_better=self.score in HIGHER_IS_BETTER)

    @property
    def best(self) -> Standing:
        """The one with the best mean."""
        sign = 1 if self.score in HIGHER_IS_BETTER else -1
        return max(self.standings, key=lambda each: sign * each.mean(self.score))

    @property
    def simplest(self) -> Standing:
        """Of the best and those within noise of it, the one with the fewest parameters; but none that always says the
        same, which few folds cannot tell from what has learnt a little.
        """
        best = self.best
        level = {best.name}
        for pair in self.pairs:
            if not pair.more_than_noise and best.name in (pair.first, pair.second):
                level |= {pair.first, pair.second}
        return min(
            (each for each in self.standings if each.name in level and (each is best or not each.constant)),
            key=lambda each: each.parameters,
        )

    def interval(self, standing: Standing, score: str) -> tuple[float, float]:
        """Of the mean, with the correction of the test, as far as the score can go."""
        least, most = limits(score)
        low, high = interval(np.asarray(standing.scores[score]), self.judged)
        return max(low, least), min(high, most)

    def as_json(self) -> str:
        """One JSON object."""
        models: list[dict[str, Any]] = [
            {
                "name": each.name,
                "parameters": each.parameters,
                "seconds": each.seconds,
                "scores": {
                    score: {"mean": each.mean(score), "interval": self.interval(each, score), "folds": values}
                    for score, values in each.scores.items()
                },
                "history": each.history,
            }
            for each in self.standings
        ]
        pairs = [asdict(pair) | {"more_than_noise": pair.more_than_noise} for pair in self.pairs]
        own = asdict(self) | {"models": models, "pairs": pairs, "best": self.best.name, "simplest": self.simplest.name}
        return as_json({name: value for name, value in own.items() if name != "standings"})
