"""``tf.linalg``."""

from denim.dropin.tensorflow.missing import missing
from denim.dropin.tensorflow.table import ONLY_LINALG
from denim.lazy import bind

__getattr__, __dir__ = bind(
    __name__, dict.fromkeys(("matmul", "norm", *ONLY_LINALG), "denim.dropin.tensorflow.operations"), missing
)
