"""Keras's older ``backend`` names that still have a meaning here, with those that only ``tf.keras`` still has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from denim.dtypes import is_float_dtype, is_int_dtype, result_type, standardize_dtype
from denim.lazy import bind
from denim.naming import get_uid
from denim.older_backend import __all__ as OLDER
from denim.session import clear_session

if TYPE_CHECKING:
    from denim.layers.symbolic import is_keras_tensor

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]
__all__ += OLDER

__getattr__, __dir__ = bind(
    __name__,
    {
        **dict.fromkeys(__all__),
        **dict.fromkeys(OLDER, "denim.older_backend"),
        "is_keras_tensor": "denim.layers.symbolic",
    },
)
