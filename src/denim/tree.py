"""Nested lists, tuples, named tuples, deques and dicts, and their leaves.

The order of leaves is Keras's: a dict's by sorted keys, but an OrderedDict's and all others' as they stand. None is a
leaf.

Source: https://keras.io/api/utils/tree/
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

from denim.lazy import bind

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]

Path = tuple[Any, ...]


class MAP_TO_NONE:
    """What the function of ``traverse`` returns to put None in a place."""


def is_nested(structure: Any) -> bool:
    """Whether it is a container and no leaf."""
    return isinstance(structure, (list, tuple, dict, deque))


def flatten(structure: Any) -> list[Any]:
    """The leaves."""
    return [leaf for _, leaf in _leaves(structure, ())]


def flatten_with_path(structure: Any) -> list[tuple[Path, Any]]:
    """The leaves, each with the keys and positions that lead to it."""
    return list(_leaves(structure, ()))


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """The first structure with ``func`` of each leaf and of those in the same places of the others.

    Args:
        func: takes as many arguments as there are structures.
        structures: nested alike.
        none_is_leaf: if False, None stays None, without a call.

    Raises:
        TypeError: if ``func`` cannot be called.
        ValueError: without structures, or for structures that differ.
    """
    _check_call(func, structures)
    first = structures[0]
    for other in structures[1:]:
        assert_same_structure(first, other)

    def call(*leaves: Any) -> Any:
        return None if leaves[0] is None and not none_is_leaf else func(*leaves)

    return pack_sequence_as(first, [call(*leaves) for leaves in zip(*map(flatten, structures), strict=True)])


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """As ``map_structure``, but what is nested deeper than ``shallow_structure`` is passed on as it is.

    Raises:
        TypeError: if ``func`` cannot be called.
        ValueError: without structures, or for one that is not nested as deep.
    """
    _check_call(func, structures)
    parts = []
    for structure in structures:
        found: list[Any] = []
        _collect(shallow_structure, structure, found)
        parts.append(found)
    return pack_sequence_as(shallow_structure, [func(*each) for each in zip(*parts, strict=True)])


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """``map_structure`` whose leaves are shapes: lists and tuples of ints and Nones."""
    if isinstance(structure, (list, tuple)) and all(isinstance(size, (int, type(None))) for size in structure):
        return func(structure)
    if not is_nested(structure):
        raise ValueError(f"Expected shapes, such as (None, 3), or containers of them. Received: {structure!r}")
    return _rebuilt(structure, [map_shape_structure(func, part) for _, part in _parts(structure)])


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """The same containers with other leaves, in the order of ``flatten``.

    Raises:
        TypeError: if the leaves cannot be gone through.
        ValueError: if there are too few or too many of them.
    """
    leaves = list(flat_sequence)
    expected = len(flatten(structure))
    if len(leaves) != expected:
        raise ValueError(
            f"Too {'few' if len(leaves) < expected else 'many'} leaves for the structure; expected: {expected}, got: "
            f"{len(leaves)}."
        )
    return _filled(structure, iter(leaves))


def lists_to_tuples(structure: Any) -> Any:
    """The same with tuples instead of lists."""
    if not is_nested(structure):
        return structure
    parts = [lists_to_tuples(part) for _, part in _parts(structure)]
    return tuple(parts) if isinstance(structure, list) else _rebuilt(structure, parts)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """The structure in which every part, containers included, is replaced by ``func`` of it where that is not None.

    Args:
        func: takes a part; returns what to put there, ``MAP_TO_NONE`` for None, or None to leave it.
        structure: any.
        top_down: containers before what is in them, into which it does not go when the container was replaced.

    Raises:
        TypeError: if ``func`` cannot be called.
    """
    _check_call(func, (structure,))
    if top_down:
        found = func(structure)
        if found is None:
            return _inside(func, structure, top_down)
    else:
        inside = _inside(func, structure, top_down)
        found = func(inside)
        if found is None:
            return inside
    return None if found is MAP_TO_NONE else found


def assert_same_structure(a: Any, b: Any) -> None:
    """Check that both are nested in the same way, with containers of the same kinds.

    Raises:
        ValueError: naming the first difference.
    """
    if not is_nested(a):
        if is_nested(b):
            raise ValueError(f"Expected a leaf, got {b!r}.")
        return
    if _kind(a) is not _kind(b):
        raise ValueError(f"Expected an instance of {type(a).__name__}, got {b!r}.")
    _check_keys(a, b)
    for (_, left), right in zip(_parts(a), (b[key] for key, _ in _parts(a)), strict=True):
        assert_same_structure(left, right)


def assert_same_paths(a: Any, b: Any) -> None:
    """Check that the leaves of both have the same paths, whatever the kinds of containers.

    Raises:
        ValueError: naming the paths that only one of them has.
    """
    left, right = ({path for path, _ in flatten_with_path(one)} for one in (a, b))
    if left != right:
        raise ValueError(
            "The structures don't have the same paths: "
            f"only the first has {sorted(left - right, key=str)}, only the second has {sorted(right - left, key=str)}."
        )


def _parts(structure: Any) -> list[tuple[Any, Any]]:
    if isinstance(structure, dict):
        keys = list(structure) if isinstance(structure, OrderedDict) else sorted(structure)
        return [(key, structure[key]) for key in keys]
    return list(enumerate(structure))


def _leaves(structure: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if not is_nested(structure):
        yield path, structure
        return
    for key, part in _parts(structure):
        yield from _leaves(part, (*path, key))


def _filled(structure: Any, leaves: Iterator[Any]) -> Any:
    if not is_nested(structure):
        return next(leaves)
    return _rebuilt(structure, [_filled(part, leaves) for _, part in _parts(structure)])


def _rebuilt(structure: Any, parts: list[Any]) -> Any:
    """A container of the same kind and keys with other parts, given in the order of ``_parts``."""
    if isinstance(structure, dict):
        by_key = dict(zip((key for key, _ in _parts(structure)), parts, strict=True))
        ordered = {key: by_key[key] for key in structure}
        if isinstance(structure, defaultdict):
            return defaultdict(structure.default_factory, ordered)
        return OrderedDict(ordered) if isinstance(structure, OrderedDict) else ordered
    if isinstance(structure, deque):
        return deque(parts, structure.maxlen)
    if hasattr(structure, "_fields"):
        return type(structure)(*parts)
    return tuple(parts) if isinstance(structure, tuple) else parts


def _inside(func: Callable[[Any], Any], structure: Any, top_down: bool) -> Any:
    if not is_nested(structure):
        return structure
    return _rebuilt(structure, [traverse(func, part, top_down) for _, part in _parts(structure)])


def _collect(shallow: Any, structure: Any, found: list[Any]) -> None:
    if not is_nested(shallow):
        found.append(structure)
        return
    if _kind(shallow) is not _kind(structure):
        raise ValueError(f"Expected an instance of {type(shallow).__name__}, got {structure!r}.")
    _check_keys(shallow, structure)
    for key, part in _parts(shallow):
        _collect(part, structure[key], found)


def _kind(structure: Any) -> type:
    return dict if isinstance(structure, dict) else type(structure)


def _check_keys(a: Any, b: Any) -> None:
    if isinstance(a, dict):
        if a.keys() != b.keys():
            raise ValueError(f"Expected a dictionary with the keys {list(a)}, got {b!r}.")
    elif len(a) != len(b):
        raise ValueError(f"{type(a).__name__} arity mismatch; expected: {len(a)}, got: {len(b)}; {b!r}.")


def _check_call(func: Any, structures: tuple[Any, ...]) -> None:
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func!r}")
    if not structures:
        raise ValueError("Must provide at least one structure.")


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
