"""Real Keras beside denim: these tests run where it is installed, which ``make parity`` sees to."""

from __future__ import annotations

import os
from typing import Any

import pytest

import denim


@pytest.fixture(scope="session")
def real_keras() -> Any:
    """Keras itself, on JAX."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    return pytest.importorskip("keras", reason="real Keras is not installed: make parity installs it")


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Automatic names from the start, and the same seeds; the engine is the one in use."""
    denim.utils.clear_session()
    denim.utils.set_random_seed(7)
