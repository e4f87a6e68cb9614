"""Keras's older ``backend`` names that still have a meaning here."""

from denim.config import epsilon, floatx, set_epsilon, set_floatx
from denim.lazy import bind
from denim.naming import clear_session

__all__ = ["clear_session", "epsilon", "floatx", "set_epsilon", "set_floatx"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
