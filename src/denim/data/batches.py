"""How many rows a step takes and how many steps there are."""

from __future__ import annotations

import operator
from typing import Any

DEFAULT_BATCH_SIZE = 32


def whole(name: str, value: Any, least: int) -> int:
    """``value`` as an int of at least ``least``.

    Raises:
        ValueError: for anything else; ``name`` is the argument it was passed as.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise ValueError(f"`{name}` must be a whole number of at least {least}. Received: {name}={value!r}")
    return number


def resolve_batch_size(batch_size: Any, rows: int, steps: int | None = None) -> int:
    """The rows of a step: as given, else the rows spread over ``steps``, else 32.

    Raises:
        ValueError: if ``batch_size`` is not a positive whole number.
    """
    if batch_size is not None:
        return whole("batch_size", batch_size, 1)
    return max(1, -(-rows // steps)) if steps else DEFAULT_BATCH_SIZE
