"""How small a difference the rule of docs/parity.md sees: ``python -m tests.parity.sharpness [CASES]``.

Each case is trained by denim as it is drawn, and again with one number changed. Keras is not needed.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import denim

from .drawing import Options, Table, draw, line_of
from .judging import Judge
from .training import build, data, first_weights, train

Change = Callable[[Options], Iterator[tuple[Any, Any]]]


def _scaled(key: str, factor: float, within: str = "") -> Change:
    """Every number of that name, times ``factor``; only in objects whose ``new`` contains ``within``."""

    def places(node: Any) -> Iterator[tuple[Any, Any]]:
        parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        kind = node.get("new", "") if isinstance(node, dict) else node[0] if isinstance(node, list) and node else ""
        for name, part in list(parts):
            if name == key and isinstance(part, float) and part and within in str(kind):
                yield node, (name, part * factor)
            yield from places(part)

    return places


def _layers(key: str, factor: float, layer: str) -> Change:
    """The same in the settings of one kind of layer."""

    def places(case: Options) -> Iterator[tuple[Any, Any]]:
        for name, settings, *_ in case["graph"]:
            if name == layer:
                value = settings.get(key, {"epsilon": 1e-3}.get(key))
                if value:
                    yield settings, (key, value * factor)

    return places


CHANGES: dict[str, tuple[Change, ...]] = {
    "a regularizer 1 % stronger": (_scaled("l1", 1.01), _scaled("l2", 1.01)),
    "an epsilon of batch normalization 1 % larger": (_layers("epsilon", 1.01, "BatchNormalization"),),
    "a momentum of the optimizer larger by a nine-thousandth": (_scaled("momentum", 0.9001 / 0.9, "optimizers."),),
    "a weight decay 1 % stronger": (_scaled("weight_decay", 1.01, "optimizers."),),
    "a learning rate a ten-thousandth larger": (
        _scaled("learning_rate", 1.0001, "optimizers."),
        _scaled("initial_learning_rate", 1.0001, "optimizers."),
    ),
    "a learning rate 1 % larger": (
        _scaled("learning_rate", 1.01, "optimizers."),
        _scaled("initial_learning_rate", 1.01, "optimizers."),
    ),
}


def changed(case: Options, changes: tuple[Change, ...]) -> Options | None:
    """The case with its numbers changed; None if it has none of them."""
    other = copy.deepcopy(case)
    found = [place for change in changes for place in change(other)]
    for node, (key, value) in found:
        node[key] = value
    return other if found else None


def main(cases: int) -> None:
    """See above."""
    seen = {name: [0, 0] for name in CHANGES}
    table = Table(denim)
    for seed in range(cases):
        case = json.loads(line_of(draw(seed, table)))
        judge = None
        for name, changes in CHANGES.items():
            other = changed(case, changes)
            if other is None:
                continue
            judge = judge or Judge(case)
            model = build(denim, other)
            problems = judge.problems(train(model, other, first_weights(other, model), data(other)))
            seen[name][0] += bool(problems)
            seen[name][1] += 1
    for name, (found, tried) in seen.items():
        print(f"{name}: seen in {found} of {tried}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
