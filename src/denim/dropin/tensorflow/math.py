"""``tf.math``."""

from denim.dropin.tensorflow.missing import missing
from denim.dropin.tensorflow.table import FUNCTIONS, MATH, ONLY_MATH
from denim.lazy import bind

__getattr__, __dir__ = bind(
    __name__,
    {
        **dict.fromkeys({**MATH, **ONLY_MATH}, "denim.dropin.tensorflow.operations"),
        **dict.fromkeys(FUNCTIONS, "denim.dropin.tensorflow.functions"),
    },
    missing,
)
