"""Keras's ``utils`` names."""

from denim.lazy import bind
from denim.naming import clear_session
from denim.utils.categorical import to_categorical
from denim.utils.seeding import set_random_seed

__all__ = ["Progbar", "clear_session", "set_random_seed", "to_categorical"]

__getattr__, __dir__ = bind(__name__, {**dict.fromkeys(__all__), "Progbar": "denim.callbacks.progbar"})
