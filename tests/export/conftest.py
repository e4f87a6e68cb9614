from __future__ import annotations

from collections.abc import Iterator

import pytest

import denim as keras


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Automatic names from the start."""
    keras.utils.clear_session()
    yield
    keras.config.set_floatx("float32")


@pytest.fixture
def native_engine() -> Iterator[None]:
    """The engine whose bits C has."""
    keras.config.set_engine("native")
    yield
    keras.config.set_engine(None)
