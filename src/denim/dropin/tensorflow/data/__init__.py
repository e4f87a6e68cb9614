"""``tf.data``: ``Dataset`` as an iterable of arrays."""

from denim.dropin.tensorflow.data.dataset import Dataset
from denim.dropin.tensorflow.missing import missing
from denim.lazy import bind

__all__ = ["AUTOTUNE", "Dataset", "experimental"]

AUTOTUNE = -1

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__), missing)
