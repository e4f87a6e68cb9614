"""Names of TensorFlow's that say how a program runs; here it runs in one way only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

newaxis = None


def function(func: Callable[..., Any] | None = None, **options: Any) -> Any:
    """The function itself: nothing is compiled by it."""
    return (lambda given: given) if func is None else func


def executing_eagerly() -> bool:
    """True."""
    return True


def get_logger() -> logging.Logger:
    """The logger "tensorflow", to which nothing is said here."""
    return logging.getLogger("tensorflow")
