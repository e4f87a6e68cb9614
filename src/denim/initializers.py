"""Initializers: the first values of weights, by Keras's names and limits.

Values come from a NumPy generator keyed by the initializer's seed: the same seed and shape give the same values at
every call. Without a seed one is drawn from Python's ``random`` when the initializer is made, so that
``utils.set_random_seed`` fixes it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from denim.config import floatx
from denim.lazy import bind
from denim.naming import snake_case
from denim.random.draws import standard_truncated_normal
from denim.random.seeds import SeedGenerator, seeded
from denim.saving.custom_objects import CustomObjectScope, get_registered_object
from denim.saving.serialization import deserialize_keras_object, serialize_keras_object
from denim.suggest import did_you_mean

Shape = tuple[int, ...]

_TRUNCATED_STDDEV = 0.87962566103423978
"""The standard deviation of a standard normal that is cut off at two."""


class Initializer:
    """Makes an array of a given shape and dtype.

    One of your own defines ``__call__(self, shape, dtype=None)``, and ``get_config`` if models with it are saved.

    Source: https://keras.io/api/layers/initializers/#creating-custom-initializers
    """

    def __call__(self, shape: Any, dtype: str | None = None) -> np.ndarray:
        """An array of this shape; ``dtype`` None means ``config.floatx()``."""
        return self.values(tuple(shape)).astype(dtype or floatx())

    def values(self, shape: Shape) -> np.ndarray:
        """The values in float64."""
        raise NotImplementedError(
            "Initializer subclasses must implement the `__call__()` method: "
            f"define `__call__(self, shape, dtype=None)`. Received: {type(self).__name__}"
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An initializer with this configuration."""
        return cls(**config)

    def clone(self) -> Any:
        """Another one with the same configuration."""
        return type(self).from_config(self.get_config())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"


class Zeros(Initializer):
    """All 0."""

    def values(self, shape: Shape) -> np.ndarray:
        """Zeros."""
        return np.zeros(shape)


class Ones(Initializer):
    """All 1."""

    def values(self, shape: Shape) -> np.ndarray:
        """Ones."""
        return np.ones(shape)


class Constant(Initializer):
    """All ``value``."""

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def values(self, shape: Shape) -> np.ndarray:
        """``value`` everywhere."""
        return np.full(shape, self.value, np.float64)

    def get_config(self) -> dict[str, Any]:
        """The value."""
        return {"value": self.value}


class Identity(Initializer):
    """``gain`` on the diagonal, 0 elsewhere; of two axes only.

    Raises:
        ValueError: when called, for a shape of more or fewer axes.
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def values(self, shape: Shape) -> np.ndarray:
        """The diagonal matrix."""
        if len(shape) != 2:
            raise ValueError(
                f"Identity matrix initializer can only be used for 2D matrices. Received: shape={shape} of rank "
                f"{len(shape)}."
            )
        return self.gain * np.eye(*shape)

    def get_config(self) -> dict[str, Any]:
        """The gain."""
        return {"gain": self.gain}


class RandomInitializer(Initializer):
    """One that draws.

    Args:
        seed: an integer; or a ``random.SeedGenerator``, with which every call draws other values; or None for an
            integer drawn now.
    """

    def __init__(self, seed: Any = None) -> None:
        if isinstance(seed, dict):
            seed = deserialize_keras_object(seed)
        if not isinstance(seed, SeedGenerator) and (
            seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__") or seed < 0)
        ):
            raise ValueError(
                f"`seed` must be a non-negative integer, a denim.random.SeedGenerator or None. Received: seed={seed!r}"
            )
        self._given = seed
        self.seed = random.randint(1, 10**9) if seed is None else seed

    def generator(self) -> np.random.Generator:
        """A generator at the start of this seed's numbers."""
        return seeded(self.seed)

    def get_config(self) -> dict[str, Any]:
        """The seed that was given: an unseeded initializer's copy draws other values."""
        return {"seed": serialize_keras_object(self._given)}


class RandomNormal(RandomInitializer):
    """Normal, with this mean and standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def values(self, shape: Shape) -> np.ndarray:
        """Independent draws."""
        return self.mean + self.stddev * self.generator().standard_normal(shape)

    def get_config(self) -> dict[str, Any]:
        """Mean, standard deviation, seed."""
        return {"mean": self.mean, "stddev": self.stddev, **super().get_config()}


class TruncatedNormal(RandomNormal):
    """Normal, values more than two ``stddev`` from the mean drawn again."""

    def values(self, shape: Shape) -> np.ndarray:
        """Independent draws."""
        return self.mean + self.stddev * standard_truncated_normal(self.generator(), shape)


class RandomUniform(RandomInitializer):
    """Uniform in [minval, maxval)."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def values(self, shape: Shape) -> np.ndarray:
        """Independent draws."""
        return self.minval + (self.maxval - self.minval) * self.generator().random(shape)

    def get_config(self) -> dict[str, Any]:
        """Limits and seed."""
        return {"minval": self.minval, "maxval": self.maxval, **super().get_config()}


class VarianceScaling(RandomInitializer):
    """Mean 0 and variance ``scale / n``, n being the fan of ``mode``: "fan_in", "fan_out" or "fan_avg".

    ``distribution``: "uniform" within sqrt(3 scale / n), "untruncated_normal", or "truncated_normal" at two standard
    deviations, whose loss of variance is made good. ``input_axes`` and ``output_axes``, given together, say which axes
    make the fans.

    Raises:
        ValueError: for a scale that is not positive, or another mode or distribution.
    """

    MODES = ("fan_in", "fan_out", "fan_avg")
    DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        if not scale > 0:
            raise ValueError(f"Argument `scale` must be a positive number. Received: scale={scale!r}")
        distribution = {"normal": "truncated_normal"}.get(str(distribution).lower(), distribution)
        for name, value, known in (("mode", mode, self.MODES), ("distribution", distribution, self.DISTRIBUTIONS)):
            if value not in known:
                raise ValueError(
                    f"Argument `{name}` must be one of {', '.join(map(repr, known))}. Received: {name}={value!r}."
                    + did_you_mean(value, known)
                )
        super().__init__(seed)
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def values(self, shape: Shape) -> np.ndarray:
        """Independent draws."""
        fan_in, fan_out = fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        generator = self.generator()
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return limit * (2.0 * generator.random(shape) - 1.0)
        if self.distribution == "untruncated_normal":
            return math.sqrt(variance) * generator.standard_normal(shape)
        return math.sqrt(variance) / _TRUNCATED_STDDEV * standard_truncated_normal(generator, shape)

    def get_config(self) -> dict[str, Any]:
        """Scale, mode, distribution, seed, and the axes if there are any."""
        return {"scale": self.scale, "mode": self.mode, "distribution": self.distribution, **self._seed_and_axes()}

    def _seed_and_axes(self) -> dict[str, Any]:
        # Not written where there are none: older Keras does not know them.
        axes = {"input_axes": self.input_axes, "output_axes": self.output_axes}
        return {**super().get_config(), **{name: list(value) for name, value in axes.items() if value is not None}}


class _Scaled(VarianceScaling):
    """A VarianceScaling with its own name and settings."""

    settings: tuple[float, str, str]

    def __init__(
        self,
        seed: Any = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(*self.settings, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        """The seed, and the axes if there are any."""
        return self._seed_and_axes()


class Orthogonal(RandomInitializer):
    """``gain`` times a random matrix whose rows, or columns if there are fewer of them, are orthonormal.

    Of more than two axes, all but the last are taken as one. Saxe et al., 2014.

    Raises:
        ValueError: when called, for a shape of fewer than two axes.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def values(self, shape: Shape) -> np.ndarray:
        """Uniform among all such matrices: Q of a normal matrix, its columns with the signs of R's diagonal."""
        if len(shape) < 2:
            raise ValueError(
                f"The tensor to initialize must be at least two-dimensional. Received: shape={shape} of rank "
                f"{len(shape)}."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(self.generator().standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))
        return self.gain * (q.T if rows < columns else q).reshape(shape)

    def get_config(self) -> dict[str, Any]:
        """Seed and gain."""
        return {**super().get_config(), "gain": self.gain}


class GlorotUniform(_Scaled):
    """Uniform within sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, 2010."""

    settings = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Scaled):
    """Truncated normal with variance 2 / (fan_in + fan_out). Glorot and Bengio, 2010."""

    settings = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Scaled):
    """Uniform within sqrt(6 / fan_in). He et al., 2015."""

    settings = (2.0, "fan_in", "uniform")


class HeNormal(_Scaled):
    """Truncated normal with variance 2 / fan_in. He et al., 2015."""

    settings = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Scaled):
    """Uniform within sqrt(3 / fan_in). LeCun et al., 1998."""

    settings = (1.0, "fan_in", "uniform")


class LecunNormal(_Scaled):
    """Truncated normal with variance 1 / fan_in. LeCun et al., 1998."""

    settings = (1.0, "fan_in", "truncated_normal")


def fans(
    shape: Shape, input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[float, float]:
    """How many inputs and outputs a weight of this shape connects.

    Those of the axes that are said to be them, if both are said; else its last two axes, times the axes before them.
    """
    if input_axes is not None and output_axes is not None:
        return float(math.prod(shape[i] for i in input_axes)), float(math.prod(shape[i] for i in output_axes))
    if len(shape) < 2:
        fan = float(shape[0]) if shape else 1.0
        return fan, fan
    field = math.prod(shape[:-2])
    return float(field * shape[-2]), float(field * shape[-1])


_CLASSES: tuple[type[Initializer], ...] = (
    Zeros,
    Ones,
    Constant,
    Identity,
    RandomNormal,
    TruncatedNormal,
    RandomUniform,
    VarianceScaling,
    Orthogonal,
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    LecunUniform,
    LecunNormal,
)
_BY_NAME: dict[str, type[Initializer]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{snake_case(cls.__name__): cls for cls in _CLASSES},
    "IdentityInitializer": Identity,
    "OrthogonalInitializer": Orthogonal,
    "normal": RandomNormal,
    "uniform": RandomUniform,
    "one": Ones,
    "zero": Zeros,
}


def get(identifier: Any) -> Any:
    """The initializer that an identifier stands for; None stays None.

    Args:
        identifier: a name, an instance, a class, a configuration, a function (shape, dtype), or an array that holds the
            values.

    Raises:
        ValueError: for anything else.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, (np.ndarray, np.generic)):
        return _Given(identifier)
    found = identifier
    if isinstance(identifier, str):
        own = get_registered_object(identifier)
        found = _BY_NAME.get(identifier) if own is None else own
    if isinstance(found, type):
        found = found()
    if callable(found):
        return found
    raise ValueError(f"Could not interpret initializer identifier: {identifier}.{did_you_mean(identifier, _BY_NAME)}")


class _Given:
    """The values themselves, for weights of their shape."""

    def __init__(self, array: Any) -> None:
        self._array = np.array(array)

    def __call__(self, shape: Any, dtype: str | None = None) -> np.ndarray:
        if tuple(shape) != self._array.shape:
            raise ValueError(
                f"Expected `shape` to be {self._array.shape} for direct tensor as initializer. Received shape="
                f"{tuple(shape)}"
            )
        return self._array.astype(dtype or floatx())


def serialize(initializer: Any) -> Any:
    """The class name and configuration, or a registered function's name.

    Raises:
        ValueError: for what cannot be written down, such as a lambda.
    """
    return serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The initializer of a configuration that ``serialize`` or Keras made.

    Raises:
        ValueError: for a class that is neither one of this module's nor registered.
    """
    with CustomObjectScope(custom_objects):
        if isinstance(config, str):
            return get(config)
        name = config.get("class_name")
        if name == "function" or get_registered_object(config.get("registered_name") or name) is not None:
            return deserialize_keras_object(config)
    if config.get("module") not in (None, "keras.initializers") or name not in _BY_NAME:
        raise ValueError(f"Could not interpret initializer identifier: {name}.{did_you_mean(name, _BY_NAME)}")
    return _BY_NAME[name].from_config(dict(config.get("config") or {}))


zeros, ones, constant, identity = Zeros, Ones, Constant, Identity
random_normal, truncated_normal, random_uniform = RandomNormal, TruncatedNormal, RandomUniform
variance_scaling = VarianceScaling
orthogonal = Orthogonal
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal = HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal

__all__ = [
    "IdentityInitializer",
    "Initializer",
    "OrthogonalInitializer",
    *(cls.__name__ for cls in _CLASSES),
    *(snake_case(cls.__name__) for cls in _CLASSES),
    "deserialize",
    "get",
    "serialize",
]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
