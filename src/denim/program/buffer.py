"""The flat buffer that parameters, optimizer slots and gradients lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from denim.program.program import Program


def flat_buffer(program: Program, dtype: str | None = None) -> np.ndarray:
    """Zeros in the program's flat layout, 64-byte aligned."""
    kind = np.dtype(dtype or program.dtype)
    raw = np.zeros(program.size * kind.itemsize + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + program.size * kind.itemsize].view(kind)
