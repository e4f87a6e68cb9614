"""Keras's random functions on arrays.

Each takes ``seed``: an integer repeats its numbers at every call, a ``SeedGenerator`` gives others at every call, and
None draws from a generator of the process, which ``utils.set_random_seed`` resets. While a layer's ``call`` is traced,
``dropout`` draws anew at every step, and so do ``normal`` and ``uniform`` for a row of each sample, as in
``normal(ops.shape(x))``; the others need an integer there.

Source: https://keras.io/api/random/random_ops/
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denim import ops
from denim.config import floatx
from denim.dtypes import is_float_dtype, is_int_dtype, standardize_dtype
from denim.ops import tracing
from denim.ops.tensor import Tensor, as_array, tensor
from denim.ops.traced import Traced, Untraceable
from denim.program.nodes import Dropout, Noise
from denim.random.seeds import SeedGenerator, seeded


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Normal numbers."""
    if _for_each_sample(shape):
        return ops.add(ops.multiply(_traced_normal("normal", shape, seed), stddev), mean)
    return tensor(mean + stddev * _generator("normal", seed).standard_normal(tuple(shape)), _float("normal", dtype))


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normal numbers, those more than two ``stddev`` from the mean drawn again."""
    values = standard_truncated_normal(_generator("truncated_normal", seed), tuple(shape))
    return tensor(mean + stddev * values, _float("truncated_normal", dtype))


def uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Uniform numbers of at least ``minval``, below ``maxval``."""
    kind = np.dtype(_float("uniform", dtype))
    if _for_each_sample(shape):
        share = ops.multiply(ops.add(ops.erf(_traced_normal("uniform", shape, seed) * math.sqrt(0.5)), 1.0), 0.5)
        return ops.add(ops.multiply(share, maxval - minval), minval)
    values = (minval + (maxval - minval) * _generator("uniform", seed).random(tuple(shape))).astype(kind)
    return tensor(np.minimum(values, np.nextafter(kind.type(maxval), kind.type(minval))))


def randint(shape: Any, minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Whole numbers of at least ``minval``, below ``maxval``.

    Raises:
        ValueError: for a dtype that is no integer's, or without a number in the range.
    """
    kind = standardize_dtype(dtype or "int32")
    if not is_int_dtype(kind):
        raise ValueError(f"`keras.random.randint` requires an integer `dtype`. Received: dtype={dtype}")
    return tensor(_generator("randint", seed).integers(minval, maxval, tuple(shape)), kind)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Class numbers, shape (rows, num_samples), drawn by each row's unnormalized log-probabilities.

    Raises:
        ValueError: for logits that have not two axes.
    """
    table = np.asarray(logits, np.float64)
    if table.ndim != 2:
        raise ValueError(
            "`logits` should be a 2-D tensor with shape [batch_size, num_classes]. "
            f"Received: an array of shape {table.shape}"
        )
    noise = _generator("categorical", seed).gumbel(size=(len(table), num_samples, table.shape[1]))
    return tensor(np.argmax(table[:, None, :] + noise, axis=-1), standardize_dtype(dtype or "int32"))


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """The inputs, each set to 0 with probability ``rate`` and else divided by ``1 - rate``.

    Args:
        inputs: an array, or what is traced.
        rate: from 0, below 1.
        noise_shape: the shape of the mask, which is repeated to that of the inputs; None axes are the inputs'. Of
            arrays only.
        seed: see above.

    Raises:
        ValueError: for another rate.
        NotImplementedError: for a noise_shape or an integer seed of what is traced.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"`rate` must be at least 0 and below 1. Received: rate={rate!r}")
    if tracing.is_traced(inputs):
        return _traced_dropout(inputs, float(rate), noise_shape, seed)
    array = as_array(inputs)
    array = array if array.dtype.kind == "f" else array.astype(floatx())
    sizes = array.shape if noise_shape is None else noise_shape
    mask = seeded(seed).random([size if size is not None else array.shape[i] for i, size in enumerate(sizes)]) >= rate
    return tensor(np.where(mask, array / array.dtype.type(1 - rate), array.dtype.type(0)))


def _traced_dropout(inputs: Any, rate: float, noise_shape: Any, seed: Any) -> Traced:
    """A Dropout node that acts whatever the mode: at every step with another mask."""
    if noise_shape is not None or not (seed is None or isinstance(seed, SeedGenerator)):
        raise Untraceable(
            "random.dropout in a layer takes no noise_shape, and as seed a SeedGenerator or nothing. "
            f"Received: noise_shape={noise_shape!r}, seed={seed!r}"
        )
    builder = tracing.builder_of(inputs)
    x = tracing.traced(builder, inputs)
    if not rate:
        return x
    stream = builder.stream(None if seed is None else seed.given)
    with builder.mode(True):
        return Traced(builder, builder.add(Dropout("random_dropout", x.node, rate, stream)), x.dtype)


def _for_each_sample(shape: Any) -> bool:
    """Whether the shape begins with the None that stands for the batch of what is traced."""
    return tracing.current_builder() is not None and len(shape) > 0 and shape[0] is None


def _traced_normal(function: str, shape: Any, seed: Any) -> Traced:
    """A Noise node that acts whatever the mode, on zeros: at every step other standard normal numbers."""
    if not (seed is None or isinstance(seed, SeedGenerator)) or any(n is None for n in shape[1:]):
        raise Untraceable(
            f"random.{function} for each sample, in a layer, takes as seed a SeedGenerator or nothing, and sizes after "
            f"the first. Received: shape={tuple(shape)}, seed={seed!r}"
        )
    builder = tracing.builder_of()
    sample = tuple(int(n) for n in shape[1:])
    first = Traced(builder, builder.row_of_each_sample())
    zero = ops.where(False, ops.reshape(first, (-1, math.prod(first.sample)))[:, :1], 0.0)
    zeros = ops.reshape(ops.repeat(zero, math.prod(sample), axis=1), (-1, *sample))
    stream = builder.stream(None if seed is None else seed.given)
    with builder.mode(True):
        node = Noise(f"random_{function}", zeros.node, "gaussian_noise", 1.0, stream)
        return Traced(builder, builder.add(node))


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """The slices of ``x`` along ``axis`` in another order; a copy."""
    return tensor(_generator("shuffle", seed).permutation(as_array(x), axis=axis))


def gamma(shape: Any, alpha: float, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers of the gamma distribution of this ``alpha`` and scale 1."""
    return tensor(_generator("gamma", seed).standard_gamma(alpha, tuple(shape)), _float("gamma", dtype))


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """How many of ``counts`` trials succeed, each with this probability."""
    trials = np.asarray(counts, np.int64)
    return tensor(_generator("binomial", seed).binomial(trials, probabilities, tuple(shape)), _float("binomial", dtype))


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers of the beta distribution."""
    return tensor(_generator("beta", seed).beta(alpha, beta, tuple(shape)), _float("beta", dtype))


def standard_truncated_normal(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal numbers in float64, those beyond two drawn again."""
    values = generator.standard_normal(shape)
    outside = np.abs(values) > 2.0
    while outside.any():
        values[outside] = generator.standard_normal(int(outside.sum()))
        outside = np.abs(values) > 2.0
    return values


def _generator(function: str, seed: Any) -> np.random.Generator:
    if tracing.current_builder() is not None and (seed is None or isinstance(seed, SeedGenerator)):
        raise Untraceable(
            f"random.{function} would be drawn once and be the same at every step, since this `call` is traced. Draw "
            "a row for each sample, as in random.normal(ops.shape(x)), or use random.dropout; with an integer "
            "as seed it is a constant, as in Keras."
        )
    return seeded(seed)


def _float(function: str, dtype: Any) -> str:
    kind = floatx() if dtype is None else standardize_dtype(dtype)
    if not is_float_dtype(kind):
        raise ValueError(f"`keras.random.{function}` requires a floating point `dtype`. Received: dtype={dtype}")
    return kind
