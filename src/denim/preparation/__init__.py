"""What is in people's files, made ready for a network: which columns are what, and what is learnt."""

from __future__ import annotations

from denim.lazy import bind

__all__ = ["Preparation", "PreparationError"]

_HOMES = {
    "Preparation": "denim.preparation.preparation",
    "PreparationError": "denim.preparation.errors",
}
__getattr__, __dir__ = bind(__name__, _HOMES)
