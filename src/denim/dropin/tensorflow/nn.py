"""``tf.nn``: the activation functions, which are denim's own, so that a layer knows them."""

from denim.dropin.tensorflow.missing import missing
from denim.dropin.tensorflow.table import ACTIVATIONS
from denim.lazy import bind

__getattr__, __dir__ = bind(
    __name__, {**dict.fromkeys(ACTIVATIONS, "denim.activations"), "tanh": "denim.activations"}, missing
)
