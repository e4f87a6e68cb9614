"""``tf.nn``: the activation functions, which are denim's own, so that a layer knows them, and losses of logits."""

from denim.dropin.tensorflow.missing import missing
from denim.dropin.tensorflow.table import ACTIVATIONS, NN_FUNCTIONS
from denim.lazy import bind

__getattr__, __dir__ = bind(
    __name__,
    {
        **dict.fromkeys((*ACTIVATIONS, "tanh"), "denim.activations"),
        **dict.fromkeys(NN_FUNCTIONS, "denim.dropin.tensorflow.functions"),
    },
    missing,
)
