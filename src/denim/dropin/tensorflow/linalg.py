"""``tf.linalg``."""

from denim.dropin.tensorflow.missing import missing
from denim.lazy import bind

__getattr__, __dir__ = bind(
    __name__,
    {
        **dict.fromkeys(("norm", "trace"), "denim.dropin.tensorflow.operations"),
        "matmul": "denim.dropin.tensorflow.functions",
    },
    missing,
)
