"""Pictures as arrays, by Keras's older name."""

from __future__ import annotations

from denim.lazy import bind
from denim.utils.images import array_to_img, img_to_array, load_img, save_img

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
