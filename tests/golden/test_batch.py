"""What looks at a whole batch gives Keras's numbers, in both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batch_cases import SCENES

import denim

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("batch.json").read_text())


@pytest.fixture(params=["native", "reference"])
def engine(request: pytest.FixtureRequest) -> Any:
    before = denim.config.get_engine()
    denim.config.set_engine(request.param)
    yield request.param
    denim.config.set_engine(before)


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_gives_keras_numbers(name: str, engine: str) -> None:
    denim.utils.clear_session()
    _compare(SCENES[name](denim), GOLDEN[name], name)


def _compare(found: Any, right: Any, where: str) -> None:
    if isinstance(right, dict):
        assert found.keys() == right.keys()
        for key, value in right.items():
            _compare(found[key], value, f"{where}: {key}")
    elif isinstance(right, list) and right and isinstance(right[0], list):
        for mine, other in zip(found, right, strict=True):
            _compare(mine, other, where)
    else:
        np.testing.assert_allclose(found, right, rtol=2e-4, atol=1e-5, err_msg=where)
