"""Which module a script means by a module name of Keras's or TensorFlow's."""

from __future__ import annotations

import importlib
import importlib.util

from denim.absent import said_of
from denim.dropin.tensorflow.missing import module_missing
from denim.suggest import did_you_mean

STAND_IN = "denim.dropin.tensorflow"
BESIDE = "denim.dropin.beside_tensorflow"
DYNAMIC = "denim.dropin.dynamic"

_ALSO_KERAS = ("keras.api._v2.keras", "keras._tf_keras.keras", "keras.api", "tensorflow.keras")
"""What editors and older scripts write for ``keras``; the longest first."""


def top(name: str) -> str:
    """The first part of a dotted name."""
    return name.partition(".")[0]


def is_ours(name: str) -> bool:
    """Whether it is a module name of Keras's or TensorFlow's."""
    return top(name) in ("keras", "tensorflow")


def meant(name: str) -> str | None:
    """The module that stands for ``name``; None for one that is left alone, as TensorFlow's own where it is installed.

    Raises:
        ModuleNotFoundError: for a module of Keras's or TensorFlow's that denim has not.
    """
    if not is_ours(name):
        return None
    for alias in _ALSO_KERAS:
        if name == alias or name.startswith(f"{alias}."):
            return _room("keras" + name[len(alias) :], name)
    if top(name) == "keras":
        return _room(name, name)
    if has_tensorflow():
        return BESIDE if name == "tensorflow" else None
    return _stand_in(name)


def has_tensorflow() -> bool:
    """Whether TensorFlow itself is installed; it is not imported for that."""
    try:
        spec = importlib.util.find_spec("tensorflow")
    except ValueError:  # Someone has put a module without a specification into sys.modules.
        return False
    return spec is not None and spec.origin is not None  # A mere folder of that name has no origin.


def _room(name: str, asked: str) -> str:
    found = "denim"
    for part in name.split(".")[1:]:
        public = dir(importlib.import_module(found))
        inner = f"{found}.{part}"
        if part not in public or importlib.util.find_spec(inner) is None:
            raise ModuleNotFoundError(_no_room(found, part, public, asked), name=asked)
        found = inner
    return found


def _no_room(owner: str, part: str, public: list[str], asked: str) -> str:
    if owner == "denim" and part == "src":
        return (
            f"{asked!r} is inside Keras, not part of its interface, and denim has no such module. "
            "Take the name from `keras` or its public modules, such as `keras.layers`."
        )
    if part in public:
        return f"{asked!r} is no module. Write: from {owner.replace('denim', 'keras')} import {part}"
    said = said_of(owner, part)
    if said is not None:
        return said
    room = owner.replace("denim", "keras")
    older = f" What older versions of Keras had there is in `{room}`." if owner != "denim" else ""
    return f"No module named {asked!r} in denim.{did_you_mean(part, filter(str.islower, public))}{older}"


def _stand_in(name: str) -> str:
    found = STAND_IN
    for part in name.split(".")[1:]:
        inner = f"{found}.{part}"
        if part not in dir(importlib.import_module(found)) or importlib.util.find_spec(inner) is None:
            raise ModuleNotFoundError(module_missing(name), name=name)
        found = inner
    return found
