"""``tf.config.experimental``."""

from denim.dropin.tensorflow.config import list_physical_devices
from denim.dropin.tensorflow.missing import missing
from denim.lazy import bind

__all__ = ["enable_op_determinism", "list_physical_devices"]


def enable_op_determinism() -> None:
    """Nothing: what denim computes is the same at every run."""


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__), missing)
