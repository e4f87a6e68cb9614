"""The functions in C that an exported model needs, from ``runtime.c``."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_MARK = re.compile(r"^//: (\w+)(?: (float|double))?\n", re.MULTILINE)


@cache
def sections(precision: str) -> dict[str, str]:
    """Name -> text for "float" or "double", in the order of the file."""
    parts = _MARK.split((files("denim.export") / "runtime.c").read_text("ascii"))[1:]
    return {
        name: text.strip()
        for name, kind, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        if kind in (None, precision)
    }


def needed(text: str, precision: str) -> str:
    """All sections that this text names, and those that they name, in an order in which C reads them."""
    known = sections(precision)
    found: set[str] = set()
    waiting = [text]
    while waiting:
        named = (set(re.findall(r"\w+", _REMARK.sub("", waiting.pop()))) & known.keys()) - found
        found |= named
        waiting += [known[name] for name in named]
    return "\n\n".join(known[name] for name in known if name in found)
