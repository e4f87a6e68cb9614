"""What goes into fit, evaluate and predict, and what comes out, is as in Keras, case by case."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from surface_cases import CASES, run  # noqa: E402

STORED: dict[str, Any] = json.loads((HERE / "surface.json").read_text(encoding="utf-8"))["cases"]
MODULE = os.environ.get("DENIM_GOLDEN_MODULE", "denim")


@pytest.fixture(params=["native", "reference"] if MODULE == "denim" else [MODULE])
def keras_module(request: pytest.FixtureRequest) -> Iterator[Any]:
    module = importlib.import_module(MODULE)
    if MODULE == "denim":
        module.config.set_engine(request.param)
    yield module
    if MODULE == "denim":
        module.config.set_engine(None)


def assert_agrees(got: Any, golden: Any, where: str) -> None:
    """Containers, names and orders are equal; numbers agree to round-off."""
    if isinstance(golden, dict):
        assert list(got) == list(golden), where
        for key, part in golden.items():
            assert_agrees(got[key], part, f"{where}/{key}")
    elif isinstance(golden, list) and any(isinstance(part, (dict, list, str)) for part in golden):
        assert isinstance(got, list) and len(got) == len(golden), where
        for i, part in enumerate(golden):
            assert_agrees(got[i], part, f"{where}/{i}")
    elif isinstance(golden, (list, float)):
        np.testing.assert_allclose(got, golden, rtol=2e-5, atol=2e-6, err_msg=where)
    else:
        assert got == golden, where


def test_every_case_is_stored_once() -> None:
    assert list(CASES) == list(STORED)


@pytest.mark.parametrize("name", CASES)
def test_surface(name: str, keras_module: Any) -> None:
    assert_agrees(run(keras_module, name), STORED[name], name)
