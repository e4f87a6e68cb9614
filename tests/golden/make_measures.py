"""Write measures.json: the losses and metrics of real Keras. Needs Keras 3 on JAX, and not denim.

KERAS_BACKEND=jax python tests/golden/make_measures.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from measures_cases import LOSS_CASES, METRIC_CASES, Case, fit, judge_loss, judge_metric

STORED = Path(__file__).with_name("measures.json")


def main() -> None:
    parts: dict[str, dict[str, Any]] = {}
    for name, cases, judge in (("losses", LOSS_CASES, judge_loss), ("metrics", METRIC_CASES, judge_metric)):
        parts[name] = {case.key: outcome(case, judge) for case in cases}
    lines = [
        f'"{name}": {{\n' + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in part.items()) + "\n}"
        for name, part in parts.items()
    ]
    text = f'{{"keras": "{keras.__version__}", "backend": "{keras.config.backend()}",\n{",".join(lines)}\n}}\n'
    STORED.write_text(text, encoding="utf-8")


def outcome(case: Case, judge: Callable[[Any, Case], dict[str, Any]]) -> dict[str, Any]:
    found = judge(keras, case)
    if case.fitted:
        found["fit"] = fit(keras, case, False)
        if case.weighted:
            found["weighted fit"] = fit(keras, case, True)
    return rounded(found)


def rounded(value: Any) -> Any:
    """Floats with the nine digits that float32 has."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
