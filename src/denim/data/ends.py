"""Which of the arrays handed over belongs to which input or output of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from denim.data.arrays import is_array_like, unrecognized
from denim.data.frames import columns, is_frame
from denim.data.structure import Path, flatten, flatten_with_path, is_nested, keyed


@dataclass(frozen=True)
class Ends:
    """A model's inputs, or its outputs.

    Attributes:
        names: one for each, in the order of ``flatten``.
        structure: how they are nested; its leaves are of no account.
        texts: positions of those that are of texts.
        numbered: whether the names only count the outputs that a ``call`` returned in a list.
    """

    names: tuple[str, ...]
    structure: Any = None
    texts: frozenset[int] = frozenset()
    numbered: bool = False

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Where each one is in the structure; empty paths for a single one that is not nested."""
        return tuple(path for path, _ in flatten_with_path(self.structure))

    @property
    def flat_keys(self) -> tuple[Any, ...] | None:
        """The keys of a dict of ends that are not nested further; else None."""
        flat = isinstance(self.structure, Mapping) and all(len(path) == 1 for path in self.paths)
        return tuple(path[0] for path in self.paths) if flat else None

    def arranged(self, value: Any, role: str, wanted: Sequence[int] | None = None) -> list[Any]:
        """The parts of ``value`` for the ends that are ``wanted`` (all if left out), in their order.

        Args:
            value: one object for a single end, or containers nested as the ends are; a flat list in their order, or a
                dict by their names, where they are in a list; for several ends a frame, whose columns have their names.
                The ends that are not wanted may be missing.
            role: what ``value`` is called in errors.
            wanted: positions of ends. Where all are, further entries of dicts are left aside.

        Raises:
            ValueError: for other containers, or a wrong number of objects.
        """
        everything = wanted is None
        wanted = range(len(self.names)) if wanted is None else wanted
        if len(wanted) > 1 and is_frame(value):
            value = dict(columns(value))
        if isinstance(value, Mapping) and is_nested(value):
            named = isinstance(self.structure, Mapping)
            if not everything:
                self._check_keys(value, role)
            if named:
                return [self._followed(value, self.paths[i], role) for i in wanted]
            return [self._followed(value, (self.names[i],), role) for i in wanted]
        if not is_nested(value):
            self._check_count(1, role, wanted)
            return [value]
        if is_nested(self.structure) and _alike(value, self.structure):
            return [_at(value, self.paths[i]) for i in wanted]
        parts = flatten(value)
        if not parts or not all(_is_part(part) for part in parts):
            raise ValueError(unrecognized(value, role))
        if everything and isinstance(self.structure, Mapping) and list(self.structure) != sorted(self.structure):
            raise ValueError(
                f"The structure of `{role}` doesn't match the expected structure. Expected: a dict with the keys "
                f"{list(self.structure)}. Received: a list, which does not say which of its parts is which."
            )
        if len(parts) == len(self.names):
            return [parts[i] for i in wanted]
        self._check_count(len(parts), role, wanted)
        return parts

    def roles(self, value: Any, role: str, wanted: Sequence[int] | None = None) -> list[str]:
        """What the parts that ``arranged`` finds are called in errors, such as "x['age']"."""
        wanted = range(len(self.names)) if wanted is None else wanted
        if len(wanted) == 1:
            return [role]
        named = isinstance(value, Mapping) or is_frame(value)
        keys = (self.flat_keys or self.names) if named else range(len(self.names))
        return [f"{role}[{keys[i]!r}]" for i in wanted]

    def _check_keys(self, value: Mapping[Any, Any], role: str) -> None:
        known = self.structure if isinstance(self.structure, Mapping) else self.names
        if not set(value) <= set(known):
            raise ValueError(f"`{role}` as a dict must have the keys {list(known)}. Received: {list(value)}")

    def _followed(self, value: Any, path: Path, role: str) -> Any:
        for key in path:
            there = dict(keyed(value)) if is_nested(value) else {}
            if key not in there:
                expected = self.structure if isinstance(self.structure, Mapping) else self.names
                raise ValueError(
                    f'Missing data for "{key}" in `{role}`. You passed {_what(value)}. '
                    f"Expected the following keys: {list(expected)}"
                )
            value = there[key]
        return value

    def _check_count(self, received: int, role: str, wanted: Sequence[int]) -> None:
        if received != len(wanted):
            names = ", ".join(str(self.names[i]) for i in wanted)
            raise ValueError(
                f"`{role}` must hold {_arrays(len(wanted))} for this model ({names}). Received {_arrays(received)}."
            )


def _alike(value: Any, structure: Any) -> bool:
    """Whether two are nested alike, lists and tuples being the same."""
    if not is_nested(structure) or not is_nested(value):
        return not is_nested(structure) and (not is_nested(value))
    if isinstance(value, Mapping) != isinstance(structure, Mapping):
        return False
    theirs, ours = dict(keyed(value)), dict(keyed(structure))
    return theirs.keys() == ours.keys() and all(_alike(theirs[key], ours[key]) for key in ours)


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _is_part(part: Any) -> bool:
    return part is None or (is_array_like(part) and len(getattr(part, "shape", (0,))) > 0)


def _what(value: Any) -> str:
    return f"a data dictionary with keys {list(value)}" if isinstance(value, Mapping) else f"{type(value)}"


def _arrays(count: int) -> str:
    return "1 array" if count == 1 else f"{count} arrays"
