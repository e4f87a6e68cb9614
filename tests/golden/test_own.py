"""A user's own layers, models, activations, regularizers, constraints and metrics give Keras's numbers and paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_cases import SCENES

import denim

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("own.json").read_text())


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_gives_keras_numbers(name: str) -> None:
    denim.utils.clear_session()
    denim.utils.set_random_seed(1)
    found, right = SCENES[name](denim), GOLDEN[name]
    for exact in ("paths", "trainable", "parameters"):
        assert found[exact] == right[exact]
    for close in ("history", "evaluation", "prediction", "called"):
        _compare(found[close], right[close])
    for mine, other in zip(found["weights"], right["weights"], strict=True):
        np.testing.assert_allclose(mine, other, rtol=2e-4, atol=2e-6)


def _compare(found: Any, right: Any) -> None:
    if isinstance(right, dict):
        assert found.keys() == right.keys()
        for key, value in right.items():
            _compare(found[key], value)
    else:
        np.testing.assert_allclose(found, right, rtol=2e-4, atol=2e-6)
