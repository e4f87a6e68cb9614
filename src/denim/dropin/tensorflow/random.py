"""``tf.random``: drawn from NumPy's global generator, which ``set_seed`` fixes.

In a layer's own ``call``, numbers for each sample, as in ``normal(tf.shape(x))``, are ``denim.random``'s.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.dropin.tensorflow.missing import missing
from denim.lazy import bind
from denim.ops.tensor import Tensor, tensor
from denim.random import draws as drawn
from denim.utils import set_random_seed


def set_seed(seed: int) -> None:
    """Seed what denim draws from, so Python's ``random`` and NumPy's global generator too."""
    set_random_seed(seed)


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", seed: int | None = None) -> Any:
    """Independent draws of a normal distribution."""
    if _traced(shape):
        return drawn.normal(shape, mean, stddev, dtype, seed)
    return tensor(np.asarray(_generator(seed).normal(mean, stddev, tuple(shape))).astype(dtype))


def uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", seed: int | None = None) -> Any:
    """Independent draws from [minval, maxval); whole numbers if the dtype is."""
    if _traced(shape):
        return drawn.uniform(shape, minval, 1.0 if maxval is None else maxval, dtype, seed)
    whole = np.issubdtype(np.dtype(dtype), np.integer)
    if whole and maxval is None:
        raise ValueError(f"tf.random.uniform of whole numbers needs `maxval`. Received: dtype={dtype}, maxval=None")
    generator, high = _generator(seed), 1.0 if maxval is None else maxval
    values = (generator.randint if whole else generator.uniform)(minval, high, tuple(shape))
    return tensor(np.asarray(values).astype(dtype))


def shuffle(value: Any, seed: int | None = None) -> Tensor:
    """The rows in another order."""
    return tensor(_generator(seed).permutation(np.asarray(value)))


def _traced(shape: Any) -> bool:
    return len(shape) > 0 and shape[0] is None


def _generator(seed: int | None) -> Any:
    return np.random if seed is None else np.random.RandomState(seed)


__getattr__, __dir__ = bind(__name__, dict.fromkeys(("normal", "set_seed", "shuffle", "uniform")), missing)
