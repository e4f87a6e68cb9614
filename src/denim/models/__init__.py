"""Models: Sequential chains and functional graphs."""

from denim.lazy import bind
from denim.models.model import Model
from denim.models.sequential import Sequential

__all__ = ["Model", "Sequential"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
