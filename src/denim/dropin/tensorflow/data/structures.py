"""Elements of a data set: an array, or a tuple or dict of such."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def mapped(function: Callable[..., Any], *elements: Any) -> Any:
    """``function`` of the arrays at each place of elements that are alike."""
    first = elements[0]
    if isinstance(first, tuple):
        return tuple(mapped(function, *parts) for parts in zip(*elements, strict=True))
    if isinstance(first, dict):
        return {key: mapped(function, *(element[key] for element in elements)) for key in first}
    return function(*elements)


def leaves(element: Any) -> Sequence[Any]:
    """The arrays of an element."""
    found: list[Any] = []
    mapped(found.append, element)
    return found
