"""How numbers are written."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Three digits with the unit that suits them."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{significant(seconds / scale)} {unit}"
    return f"{significant(seconds / 1e-9)} ns"


def significant(value: float) -> str:
    """Three digits, as many of them behind the point as are needed."""
    if value >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def ratio(value: float) -> str:
    """A factor."""
    return f"{significant(value)}x"


def mebibytes(size: float) -> str:
    """Bytes in MiB."""
    return f"{size / 2**20:.0f}"
