"""Settings of the process: the default dtype, the fuzz factor, the engine."""

from __future__ import annotations

from numbers import Real

from denim.engines.selection import engine_name, set_engine
from denim.lazy import bind
from denim.messages import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from denim.suggest import did_you_mean

__all__ = [
    "disable_interactive_logging",
    "enable_interactive_logging",
    "epsilon",
    "floatx",
    "get_engine",
    "is_interactive_logging_enabled",
    "set_engine",
    "set_epsilon",
    "set_floatx",
]

FLOATS = ("float32", "float64")
"""The dtypes that models compute in."""

_floatx = "float32"
_epsilon = 1e-7


def get_engine() -> str:
    """The name of the engine in force: "native" or "reference"."""
    return engine_name()


def floatx() -> str:
    """The dtype of weights and arithmetic where none is given: "float32" or "float64"."""
    return _floatx


def set_floatx(value: str) -> None:
    """Choose the default dtype for what is created from now on.

    Raises:
        ValueError: for anything but "float32" and "float64".
    """
    global _floatx
    _floatx = standardize_dtype(value)


def standardize_dtype(dtype: object) -> str:
    """A dtype, its name, or None for ``floatx()``, as "float32" or "float64".

    Raises:
        ValueError: for any other dtype.
    """
    if dtype is None:
        return _floatx
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", getattr(dtype, "__name__", None))
    if name not in FLOATS:
        raise ValueError(
            f"Models compute in 'float32' or 'float64'. Received: dtype={dtype!r}.{did_you_mean(name, FLOATS)}"
        )
    return str(name)


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Change the small number.

    Raises:
        ValueError: if it is not a positive number.
    """
    global _epsilon
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < float("inf"):
        raise ValueError(f"epsilon must be a positive number. Received: {value!r}")
    _epsilon = float(value)


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
