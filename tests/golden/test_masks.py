"""Sequences of unknown length and masks give Keras's numbers, in both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mask_cases import SCENES

import denim

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("masks.json").read_text())


@pytest.fixture(params=("native", "reference"))
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    denim.config.set_engine(request.param)
    yield
    denim.config.set_engine(None)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", SCENES)
def test_a_scene_gives_keras_numbers(name: str) -> None:
    denim.utils.clear_session()
    found, right = SCENES[name](denim), GOLDEN[name]
    assert found.keys() == right.keys()
    assert found.pop("shapes", None) == right.get("shapes")
    for key, value in found.items():
        _compare(value, right[key], key)


def _compare(found: Any, right: Any, where: str) -> None:
    if isinstance(right, dict):
        assert found.keys() == right.keys(), where
        for key, value in right.items():
            _compare(found[key], value, f"{where}: {key}")
    elif where == "weights":
        for one, other in zip(found, right, strict=True):
            np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-6)
    else:
        np.testing.assert_allclose(found, right, rtol=2e-4, atol=2e-6, err_msg=where)
