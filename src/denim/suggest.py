"""The name someone probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: object, known: Iterable[str]) -> str | None:
    """The known name nearest to ``name``, ignoring case, or else the only one that it begins; None without any."""
    if not isinstance(name, str):
        return None
    import difflib

    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), by_lower)
    near.sort(key=lambda candidate: sorted(candidate) != sorted(name.lower()))  # letters in the wrong order alone
    if not near and len(name) >= 3:
        begun = [candidate for candidate in by_lower if candidate.startswith(name.lower())]
        near = begun if len(begun) == 1 else []
    return by_lower[near[0]] if near else None


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """``" Did you mean 'relu'?"`` to end an error with, or an empty string."""
    near = closest(name, known)
    return f" Did you mean {near!r}?" if near else ""
