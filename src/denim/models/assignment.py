"""Which output each of the losses, loss weights and metrics given to ``compile`` is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from denim.data.ends import Ends
from denim.data.structure import Path, flatten, is_nested, keyed


def one_for_each(value: Any, ends: Ends, argument: str) -> list[Any]:
    """One entry for each output, from a single one for all, a list in their order, a dict by name, or containers that
    are nested as the outputs are; None for outputs that are left out of these.

    Raises:
        ValueError: for other names, or another number of entries.
        KeyError: for an entry without an output.
    """
    if not is_nested(value):
        return [value] * len(ends.names)
    if isinstance(value, Mapping) and not isinstance(ends.structure, Mapping):
        if set(value) != set(ends.names):
            raise ValueError(
                f"Expected keys {list(ends.names)} in {argument} dict, but found {argument}.keys()={list(value)}"
            )
        return [value[name] for name in ends.names]
    flat = not isinstance(value, Mapping) and not any(map(is_nested, value))
    if flat and len(value) == len(ends.names):
        return list(value)
    if flat or (not isinstance(value, Mapping) and isinstance(ends.structure, Mapping)):
        raise ValueError(
            f"`{argument}` must hold one entry for each output of the model, {list(ends.names)}. "
            f"Received {len(value)}: {argument}={value}"
        )
    found: list[Any] = [None] * len(ends.names)
    _fill(found, value, (), ends, argument)
    return found


def several_for_each(value: Any, ends: Ends, argument: str, given: Any) -> list[list[Any]]:
    """A list of metrics for each output, from one list for the only output, a list or dict with an entry for each, or
    containers that are nested as the outputs are.

    Args:
        value: the metrics, resolved.
        ends: the outputs.
        argument: what ``value`` is called in errors.
        given: how it was passed.

    Raises:
        ValueError: for anything else.
    """
    names = ends.flat_keys or ends.names
    if not value:
        return [[] for _ in names]
    if len(names) == 1:
        return [_all(value)]
    if isinstance(value, Mapping) and set(value) <= set(names):
        return [_all(value.get(name)) for name in names]
    flat = all(len(path) == 1 for path in ends.paths)
    if flat and not isinstance(value, Mapping) and len(value) == len(names):
        return [_all(part) for part in value]
    try:
        if not flat:
            return [_all(_followed(value, path)) for path in ends.paths]
    except (KeyError, IndexError, TypeError):
        pass
    raise ValueError(
        f"Invalid `{argument}`. `{argument}` should contain metrics objects and either be a dict or a list matching "
        f"the output names of the functional model {list(names)}. Received: {argument}={given}"
    )


def metric_prefixes(ends: Ends) -> list[str]:
    """What the names of each output's metrics begin with in the logs, as in Keras: nothing where there is one output or
    the outputs have no names, else a key, or the layer's name.
    """
    if len(ends.names) == 1 or ends.numbered:
        return [""] * len(ends.names)
    return [f"{name}_" for name in ends.flat_keys or ends.names]


def loss_names(ends: Ends, losses: list[str]) -> list[str]:
    """What each output's own loss is called in the logs, as in Keras: its path, with the layer's name at its end where
    that is a position; the loss's own name where the outputs have none.
    """
    names = losses if ends.numbered else ends.names
    return [
        "/".join(map(str, path if path and not isinstance(path[-1], int) else (*path[:-1], name)))
        for path, name in zip(ends.paths, names, strict=True)
    ]


def listing_order(value: Any, ends: Ends) -> list[int]:
    """The outputs in the order in which Keras lists their own losses: that of the dict which names them, where the
    outputs are a dict too.
    """
    named = dict(_positions(value, (), ends)) if isinstance(ends.structure, Mapping) else {}
    return sorted(range(len(ends.names)), key=lambda i: list(named).index(i) if i in named else len(named))


def _positions(value: Any, path: Path, ends: Ends) -> Iterator[tuple[int, None]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _positions(part, (*path, key), ends)
    elif path:
        yield from ((i, None) for i, other in enumerate(ends.paths) if other[: len(path)] == path)


def _fill(found: list[Any], value: Any, path: Path, ends: Ends, argument: str) -> None:
    under = [i for i, other in enumerate(ends.paths) if other[: len(path)] == path]
    if not under:
        raise KeyError(
            f"The path: {path} in the `{argument}` argument, can't be found in the model's output. "
            f"There are: {list(ends.paths)}"
        )
    if is_nested(value):
        for key, part in keyed(value):
            _fill(found, part, (*path, key), ends, argument)
        return
    for i in under:
        found[i] = value


def _followed(value: Any, path: Path) -> Any:
    for key in path:
        value = None if value is None else value[key]
    return value


def _all(value: Any) -> list[Any]:
    return [leaf for leaf in flatten(value) if leaf is not None]
