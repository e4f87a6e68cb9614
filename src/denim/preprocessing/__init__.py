"""Where older scripts find padded sequences and pictures, which are in ``utils`` now, and ``Tokenizer``.

Source: https://keras.io/api/data_loading/
"""

from __future__ import annotations

from denim.lazy import bind

__all__ = ["image", "sequence", "text"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
