"""Scores and shares as people read them."""

from __future__ import annotations


def number(value: float) -> str:
    """Four digits that mean something, without exponents where they can be avoided."""
    size = abs(value)
    if size < 10 and (size >= 0.001 or value == 0):
        return f"{value:.4f}"
    if 10 <= size < 1e7:
        return f"{value:,.{1 if size >= 1000 else 2}f}"
    return f"{value:.3e}"


def percent(probability: float, digits: int) -> str:
    """As in "99.7%". What is not 1 is not rounded up to it."""
    below = 1 - 10.0 ** -(digits + 2)
    return f"{probability if probability >= 1 else min(probability, below):.{digits}%}"
