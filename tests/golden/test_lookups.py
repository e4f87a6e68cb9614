"""Look-ups, hashing and vectorized texts give Keras's numbers, vocabularies and configurations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lookup_cases import CASES, run

import denim

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("lookups.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES.values())])
def test_a_layer_gives_keras_numbers(name: str) -> None:
    found, right = run(denim, name), GOLDEN[name]
    for exact in ("dtype", "shape", "vocabulary"):
        assert found[exact] == right[exact], exact
    np.testing.assert_allclose(found["values"], right["values"], rtol=1e-6)
    if any(len(f"{token}.".splitlines()) > 1 for token in found["vocabulary"] or ()):
        # Tokens that are no lines of a text are in denim's configuration, so that they are read back as they are.
        found["config"] |= dict.fromkeys(("vocabulary", "idf_weights"))
    assert json.loads(json.dumps(found["config"])) == right["config"]
