"""Misspelt arguments: methods that name the one that was probably meant."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from denim.suggest import did_you_mean

Method = TypeVar("Method", bound=Callable[..., Any])


def names_checked(method: Method) -> Method:
    """The method; a keyword argument that it does not have is refused with the nearest one that it has."""
    code = method.__code__
    known = frozenset(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])

    @functools.wraps(method)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TypeError:
            # Looked at only now: a prediction for one row takes microseconds, and a wrong name let nothing run.
            name = next((name for name in kwargs if name not in known), None)
            if name is None:
                raise
        raise TypeError(f"{method.__name__}() got an unexpected keyword argument {name!r}.{did_you_mean(name, known)}")

    return checked  # type: ignore[return-value]
