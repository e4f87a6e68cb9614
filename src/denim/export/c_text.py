"""Names, numbers and tables as C spells them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np

_WIDTH = 112


def identifier(name: str) -> str:
    """A name in C that looks like this one."""
    word = re.sub(r"\W", "_", name, flags=re.ASCII)
    return word if word[:1].isalpha() else f"model_{word}"


def remark(text: str) -> str:
    """What may stand in a comment: no character that would end it or that is not ASCII."""
    return re.sub(r"[^\w .,:()\[\]=+/-]", "_", text, flags=re.ASCII)


def number(value: float | np.floating, dtype: str) -> str:
    """A number to the bit, as a hexadecimal one."""
    rounded = float(np.dtype(dtype).type(value))
    if math.isnan(rounded):
        return "R(NAN)"
    if math.isinf(rounded):
        return "R(INFINITY)" if rounded > 0 else "R(-INFINITY)"
    digits = re.sub(r"\.?0*p", "p", rounded.hex())
    return f"{digits}f" if dtype == "float32" else digits


def table(declaration: str, values: Iterable[str], gap: str = " ") -> str:
    """A constant array, on lines of bearable length."""
    lines, line = [], " "
    for value in values:
        if len(line) + len(value) > _WIDTH:
            lines.append(line)
            line = " "
        line += f"{gap}{value},"
    return "\n".join([f"static const {declaration} = {{", *lines, line, "};"])


def numbers(name: str, values: np.ndarray, dtype: str) -> str:
    """A constant array of numbers."""
    return table(f"real {name}[{values.size}]", (number(value, dtype) for value in values.ravel()))


def bytes_(name: str, values: np.ndarray) -> str:
    """A constant array of int8."""
    return table(f"int8_t {name}[{values.size}]", map(str, values.ravel().tolist()), "")


def scales(name: str, values: np.ndarray) -> str:
    """A constant array of float, whatever the model's own precision."""
    return table(f"float {name}[{values.size}]", (number(value, "float32") for value in values.ravel()))


def places(name: str, values: Sequence[int]) -> str:
    """A constant array of indices."""
    return table(f"int32_t {name}[{len(values)}]", map(str, values))
