from __future__ import annotations

from collections.abc import Iterator

import pytest

import denim as keras


@pytest.fixture(autouse=True)
def fresh_session() -> Iterator[None]:
    """Automatic names from the start, and the engine that defines what is right."""
    keras.utils.clear_session()
    keras.config.set_engine("reference")
    yield
    keras.config.set_engine(None)
    keras.config.set_floatx("float32")
