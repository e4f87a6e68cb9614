"""``keras.ops.nn``: the functions of networks, under their longer name."""

from __future__ import annotations

from denim.lazy import bind
from denim.ops import HOMES

__all__ = sorted({*HOMES["neural"].split(), "moments"} - {"tanh"})

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__, "denim.ops"))
