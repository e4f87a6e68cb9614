"""``tf.test``, of which scripts ask whether there is a GPU."""

from __future__ import annotations

from denim.dropin.tensorflow.missing import missing
from denim.lazy import bind


def is_built_with_cuda() -> bool:
    """No."""
    return False


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: object = None) -> bool:
    """No."""
    return False


def gpu_device_name() -> str:
    """None, so an empty string."""
    return ""


__getattr__, __dir__ = bind(
    __name__, dict.fromkeys(("gpu_device_name", "is_built_with_cuda", "is_gpu_available")), missing
)
