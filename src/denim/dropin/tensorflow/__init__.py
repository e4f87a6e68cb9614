"""A stand-in for ``tensorflow`` where it is not installed: what scripts for dense networks call, on NumPy arrays.

``tf.keras`` is denim. What the stand-in has not is refused by name. Face: https://www.tensorflow.org/api_docs/python/tf
"""

from __future__ import annotations

from denim.dropin.tensorflow.aliases import ALIASES
from denim.dropin.tensorflow.missing import missing
from denim.dropin.tensorflow.table import FUNCTIONS, MATH
from denim.lazy import bind

__version__ = "2.20.0+denim"
"""The version whose names are meant, marked as not being it."""

_ROOMS = ("config", "data", "linalg", "math", "nn", "random", "test")
_PLAIN = ("executing_eagerly", "function", "get_logger", "newaxis")
_TENSORS = ("Tensor", "Variable", "as_dtype", "constant", "convert_to_tensor", "is_tensor")
_DTYPES = """
    bool float16 float32 float64 int16 int32 int64 int8 string uint16 uint32 uint64 uint8
"""

__getattr__, __dir__ = bind(
    __name__,
    {
        **dict.fromkeys(_ROOMS),
        **dict.fromkeys(ALIASES, f"{__name__}.aliases"),
        **dict.fromkeys(_PLAIN, f"{__name__}.plain"),
        **dict.fromkeys(_TENSORS, f"{__name__}.tensor"),
        **dict.fromkeys(_DTYPES.split(), f"{__name__}.dtypes"),
        **dict.fromkeys(MATH, f"{__name__}.operations"),
        **dict.fromkeys((*FUNCTIONS, "print", "split"), f"{__name__}.functions"),
    },
    missing,
)
