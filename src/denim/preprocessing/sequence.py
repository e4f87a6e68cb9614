"""Sequences of unequal length, by Keras's older name."""

from __future__ import annotations

from denim.lazy import bind
from denim.utils.sequences import pad_sequences

__all__ = ["pad_sequences"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
