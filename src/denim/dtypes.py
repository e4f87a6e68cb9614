"""Names of dtypes, as Keras spells, checks and promotes them."""

from __future__ import annotations

from typing import Any

from denim.config import floatx
from denim.suggest import did_you_mean

_FLOATS = ("float16", "bfloat16", "float32", "float64")
_INTEGERS = tuple(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))
_KNOWN = ("bool", "string", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2", *_INTEGERS, *_FLOATS)
_PYTHON: dict[Any, str] = {bool: "bool", int: "int32", float: "float32", str: "string", complex: "complex64"}


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype: of a NumPy or Python type, of another library's, of a name; None stands for ``floatx()``.

    Raises:
        ValueError: for what is no dtype that Keras knows.
    """
    if dtype is None:
        return floatx()
    if isinstance(dtype, type) and dtype in _PYTHON:
        return _PYTHON[dtype]
    name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype).rpartition(".")[2]
    if name == "int":
        return _PYTHON[int]
    if name not in _KNOWN:
        raise ValueError(f"Invalid dtype: {dtype}.{did_you_mean(name, _KNOWN)}")
    return str(name)


def is_float_dtype(dtype: Any) -> bool:
    """Whether it is one of the floats."""
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


def is_int_dtype(dtype: Any) -> bool:
    """Whether it is one of the integers, with or without sign."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


def result_type(*dtypes: Any) -> str:
    """The dtype of an operation on these: Keras's rules, which are JAX's, except that float64 stays float64.

    The types ``int`` and ``float`` stand for Python's numbers, which give way to arrays of their kind.

    Raises:
        ValueError: for a dtype without rules.
    """
    names = {"int" if d is int else "float" if d is float else standardize_dtype(d) for d in dtypes}
    if not names:
        return floatx()
    odd = names - {"bool", "int", "float", *_INTEGERS, *_FLOATS}
    if odd:
        raise ValueError(f"There is no promotion for these dtypes: cast one of them. Received: {sorted(names)}")
    floats = names & set(_FLOATS)
    if floats:
        return "float32" if floats == {"float16", "bfloat16"} else max(floats, key=_FLOATS.index)
    integer = _integer(names & set(_INTEGERS))
    if "float" in names or integer is None:
        return floatx()
    if integer:
        return integer
    return "int32" if "int" in names else "bool"


def _integer(names: set[str]) -> str | None:
    """The smallest that holds all of these, but no more than 32 bits; None if there is none, "" for no names."""
    if not names:
        return ""
    unsigned = max((int(name[4:]) for name in names if name[0] == "u"), default=0)
    signed = max((int(name[3:]) for name in names if name[0] == "i"), default=0)
    if not signed:
        return f"uint{min(unsigned, 32)}"
    bits = max(signed, 2 * unsigned)
    return f"int{min(bits, 32)}" if bits <= 64 else None
