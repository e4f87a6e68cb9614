"""Nested lists, tuples and dicts of arrays or tensors: a model's inputs and outputs, and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Path = tuple[Any, ...]
"""Keys and positions from the outermost container to a leaf."""


def is_nested(value: object) -> bool:
    """Whether ``value`` is a container and no leaf; one of SciPy's sparse matrices is a dict too."""
    return isinstance(value, (list, tuple, Mapping)) and not hasattr(value, "tocsr")


def flatten(structure: Any) -> list[Any]:
    """The leaves in Keras's order: of lists and tuples as they stand, of dicts by sorted keys."""
    return [leaf for _, leaf in flatten_with_path(structure)]


def flatten_with_path(structure: Any) -> list[tuple[Path, Any]]:
    """The leaves in the order of ``flatten``, each with its path."""
    return list(_walk(structure, ()))


def map_structure(function: Callable[[Any], Any], structure: Any) -> Any:
    """The same containers with ``function`` of each leaf."""
    return pack_as(structure, [function(leaf) for leaf in flatten(structure)])


def pack_as(structure: Any, leaves: Sequence[Any]) -> Any:
    """The same containers with other leaves, given in the order of ``flatten``."""
    return _packed(structure, iter(leaves))


def sorted_by_key(structure: Any) -> Any:
    """The same, with every dict in the order of its keys."""
    if isinstance(structure, Mapping):
        return {key: sorted_by_key(part) for key, part in keyed(structure)}
    return _like(structure, [sorted_by_key(part) for part in structure]) if is_nested(structure) else structure


def keyed(structure: Any) -> list[tuple[Any, Any]]:
    """A container's parts with their keys or positions, in the order of ``flatten``."""
    if isinstance(structure, Mapping):
        return [(key, structure[key]) for key in _ordered(structure)]
    return list(enumerate(structure))


def _walk(structure: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if not is_nested(structure):
        yield path, structure
        return
    for key, part in keyed(structure):
        yield from _walk(part, (*path, key))


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    if not is_nested(structure):
        return next(leaves)
    parts = {key: _packed(part, leaves) for key, part in keyed(structure)}
    if isinstance(structure, Mapping):
        return {key: parts[key] for key in structure}
    return _like(structure, list(parts.values()))


def _like(sequence: Any, parts: list[Any]) -> Any:
    if hasattr(sequence, "_fields"):
        return type(sequence)(*parts)
    return tuple(parts) if isinstance(sequence, tuple) else parts


def _ordered(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        return list(mapping)
