"""Real Keras beside denim: these tests run where it is installed, which ``make parity`` sees to."""

from __future__ import annotations

import os
from typing import Any

import pytest

import denim


@pytest.fixture(scope="session")
def real_keras() -> Any:
    """Keras itself, on JAX, which compiles without optimizations: the same program, in half of the time."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    keras = pytest.importorskip("keras", reason="real Keras is not installed: make parity installs it")
    if keras.config.backend() == "jax":
        import jax

        jax.config.update("jax_disable_most_optimizations", True)
    return keras


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Automatic names from the start, and the same seeds; the engine is the one in use."""
    denim.utils.clear_session()
    denim.utils.set_random_seed(7)
