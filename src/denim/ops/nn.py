"""``keras.ops.nn``: the functions of networks, under their longer name."""

from __future__ import annotations

from denim.lazy import bind
from denim.ops import HOMES

__all__ = [*(name for name in HOMES["neural"].split() if name != "tanh"), "moments"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__, "denim.ops"))
