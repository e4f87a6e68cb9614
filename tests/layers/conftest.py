from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fresh(fresh_session: None) -> None:
    """Every test here runs in a fresh session."""
