"""Where older scripts find what is in ``utils`` now: padded sequences and pictures.

Source: https://keras.io/api/data_loading/
"""

from __future__ import annotations

from denim.lazy import bind

__all__ = ["image", "sequence"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
