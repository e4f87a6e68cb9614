"""Settings of the process: the default dtype, the fuzz factor, the engine."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

from denim.engines.selection import engine_name, set_engine
from denim.lazy import bind
from denim.messages import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from denim.suggest import did_you_mean

if TYPE_CHECKING:
    from denim.dtype_policies import DTypePolicy

__all__ = [
    "backend",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "dtype_policy",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "epsilon",
    "floatx",
    "get_engine",
    "image_data_format",
    "is_interactive_logging_enabled",
    "is_traceback_filtering_enabled",
    "set_backend",
    "set_dtype_policy",
    "set_engine",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]

FLOATS = ("float32", "float64")
"""The dtypes that models compute in."""

_DATA_FORMATS = ("channels_first", "channels_last")

_floatx = "float32"
_layers_dtype: str | None = None
_epsilon = 1e-7
_image_data_format = "channels_last"
_traceback_filtering = True


def backend() -> str:
    """ "numpy": what tensors are. Who computes is ``get_engine()``."""
    return "numpy"


def set_backend(backend: str) -> None:
    """Keras's choice among its backends, of which denim has one.

    Raises:
        ValueError: for another than "numpy".
    """
    if backend != "numpy":
        raise ValueError(
            f"denim has no backends but computes with an engine of its own: see `config.set_engine`. Received: "
            f"backend={backend!r}"
        )


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


def dtype_policy() -> DTypePolicy:
    """The dtype of layers that are given none: ``floatx()``, until ``set_dtype_policy``."""
    from denim.dtype_policies import DTypePolicy

    return DTypePolicy(_layers_dtype or _floatx)


def set_dtype_policy(policy: str | DTypePolicy) -> None:
    """Choose the dtype of layers that are made from now on; ``floatx()`` stays.

    Raises:
        ValueError: for anything but "float32", "float64" and their policies.
    """
    global _layers_dtype
    from denim.dtype_policies import get

    _layers_dtype = get(policy).name


def forget_dtype_policy() -> None:
    """Let layers follow ``floatx()`` again."""
    global _layers_dtype
    _layers_dtype = None


def standardize_dtype(dtype: object) -> str:
    """A dtype, its name, or None for that of the policy, as "float32" or "float64".

    Raises:
        ValueError: for any other dtype.
    """
    if dtype is None:
        return _layers_dtype or _floatx
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


def image_data_format() -> str:
    """Where the channels of pictures are: "channels_last" or "channels_first"."""
    return _image_data_format


def set_image_data_format(data_format: str) -> None:
    """Choose where the channels of pictures are, which data sets of coloured pictures follow.

    Raises:
        ValueError: for anything but "channels_last" and "channels_first".
    """
    global _image_data_format
    name = str(data_format).lower()
    if name not in _DATA_FORMATS:
        raise ValueError(
            f"The `data_format` argument must be one of {', '.join(map(repr, _DATA_FORMATS))}. "
            f"Received: data_format={data_format!r}.{did_you_mean(name, _DATA_FORMATS)}"
        )
    _image_data_format = name


def enable_unsafe_deserialization() -> None:
    """Accepted as in Keras, and without effect: denim never runs code that a file holds."""


def enable_traceback_filtering() -> None:
    """Accepted as in Keras; denim's tracebacks are whole."""
    global _traceback_filtering
    _traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Accepted as in Keras; denim's tracebacks are whole."""
    global _traceback_filtering
    _traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """What was chosen last."""
    return _traceback_filtering


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
