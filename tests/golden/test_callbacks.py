"""Each callback stops, saves, restores, sets and says what Keras's does, case by case."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from callbacks_cases import CASES, Case, run  # noqa: E402

STORED: dict[str, Any] = json.loads((HERE / "callbacks.json").read_text(encoding="utf-8"))["cases"]


def test_every_case_is_stored_once() -> None:
    assert [case.name for case in CASES] == list(STORED)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_callback(case: Case) -> None:
    module = os.environ.get("DENIM_GOLDEN_MODULE", "denim")
    assert repr(run(importlib.import_module(module), case)) == repr(STORED[case.name])
