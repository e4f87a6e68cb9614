"""What denim prints is, character by character, what Keras prints.

Each scene runs in its own process. Times are masked, and of a progress bar only its last state is
compared; scenes with their own clock are compared whole, with every time and backspace, and so on a
terminal: Keras draws there what it writes into a pipe, while denim leaves a pipe without codes.
``DENIM_GOLDEN_MODULE=keras`` runs the scenes with real Keras instead.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from capture import run_scene, settled  # noqa: E402

MODULE = os.environ.get("DENIM_GOLDEN_MODULE", "denim")
TEXTS = json.loads((HERE / "texts.json").read_text(encoding="utf-8"))["texts"]


_CODE = re.compile("\x1b\\[[0-9]+m")


def _label(entry: dict[str, Any]) -> str:
    return f"{entry['scene']}-{entry['columns']}-{'terminal' if entry['terminal'] else 'pipe'}"


@pytest.mark.parametrize("entry", TEXTS, ids=_label)
def test_text(entry: dict[str, Any]) -> None:
    if entry["terminal"] and sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals")
    own_clock = entry["scene"].startswith("clock_")
    if own_clock and sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals")
    text = run_scene(MODULE, entry["scene"], entry["columns"], entry["terminal"] or own_clock)
    piped = MODULE == "denim" and not (entry["terminal"] or own_clock)
    assert settled(entry["scene"], text) == (_CODE.sub("", entry["text"]) if piped else entry["text"])
