"""Names that nobody chose: dense, dense_1, dense_2, ... counted for the whole process."""

from __future__ import annotations

import re
from collections import Counter

_counts: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """``RMSprop`` -> ``rm_sprop``: Keras's rule."""
    return re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", re.sub(r"\W", "", name)).lower()


def auto_name(prefix: str) -> str:
    """The next free name for a class or word: the first has no number."""
    base = snake_case(prefix)
    number = _counts[base]
    _counts[base] += 1
    return f"{base}_{number}" if number else base


def get_uid(prefix: str = "") -> int:
    """How often this prefix was used for an automatic name or asked for here, this time included."""
    _counts[prefix] += 1
    return _counts[prefix]


def check_name(name: object, owner: str) -> str:
    """A name someone chose.

    Raises:
        ValueError: if it is not a string, is empty, or holds a slash (which separates the parts of a weight's path).
    """
    if not isinstance(name, str) or not name or "/" in name:
        raise ValueError(
            f"The name of a {owner} must be a non-empty string without '/'. Received: name={name!r}"
            + (f". Try {name.replace('/', '_')!r}." if isinstance(name, str) and name else "")
        )
    return name


def forget() -> None:
    """Start the automatic names afresh."""
    _counts.clear()


def counted() -> Counter[str]:
    """How far the automatic names have come, to go back to with ``restore``."""
    return _counts.copy()


def restore(counts: Counter[str]) -> None:
    """Give the automatic names out again from where ``counted`` found them."""
    _counts.clear()
    _counts.update(counts)
