"""What preparing data can stop with."""

from __future__ import annotations


class PreparationError(ValueError):
    """The data cannot be learnt from, or is not of the kind that was learnt from. The text says why and what helps."""
