"""``tf.data.experimental``."""

from denim.dropin.tensorflow.data import AUTOTUNE
from denim.dropin.tensorflow.missing import missing
from denim.lazy import bind

__all__ = ["AUTOTUNE"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__), missing)
