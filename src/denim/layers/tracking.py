"""The layers and variables that a layer holds in its attributes, alone or in lists and dicts, in Keras's order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from denim.variables import Variable

if TYPE_CHECKING:
    from denim.layers.base import Layer


_PLAIN = frozenset({str, int, float, bool, type(None), Variable})
"""What holds no layer."""


class Tracked:
    """What was found in a layer's attributes so far.

    Keras counts a layer from when it was put into an attribute, or into a list that is one: so attributes are looked
    through before each new one is set.
    """

    def __init__(self) -> None:
        self._order: dict[int, int] = {}

    def layers(self, owner: Layer) -> list[Layer]:
        """Every layer once."""
        from denim.layers.base import Layer

        attributes = vars(owner)
        internal = attributes.get("_internal", ())
        held = [value for name, value in attributes.items() if type(value) not in _PLAIN and name not in internal]
        found = {id(each): each for each in _leaves(held) if isinstance(each, Layer)}
        if not found:
            return []
        found.pop(id(owner), None)
        for key in found:
            self._order.setdefault(key, len(self._order))
        return sorted(found.values(), key=lambda layer: self._order[id(layer)])


def variables(value: Any) -> list[Variable]:
    """The variables in an attribute's value."""
    return [each for each in _leaves([value]) if isinstance(each, Variable)]


def _leaves(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, dict):
            yield from _leaves(value.values())
        elif isinstance(value, (list, tuple, set)):
            yield from _leaves(value)
        else:
            yield value
