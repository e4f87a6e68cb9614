"""What denim says that Keras has, Keras has."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest

from denim import absent

pytestmark = pytest.mark.parity


def test_absent_names_are_keras_names(real_keras: Any) -> None:
    missing = []
    for module, name in absent.names():
        try:
            attrgetter(f"{module}.{name}".removeprefix("denim."))(real_keras)
        except AttributeError:
            missing.append((module, name))
    assert missing == []
