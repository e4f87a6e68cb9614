"""Models of every kind that are exported, with rows for them. Seeded; no format is mentioned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import denim as keras
from denim import layers, ops
from denim.program.formulas.activations import ACTIVATIONS

Inputs = list[np.ndarray]
ROWS = 7


def randomized(model: keras.Model, seed: int = 5) -> keras.Model:
    """The model with other weights than the first ones, so that zeros and ones hide nothing."""
    rng = np.random.default_rng(seed)
    for variable in model.variables:
        if np.issubdtype(variable.value.dtype, np.floating):
            low = 0.2 if "variance" in variable.path else -1.0
            variable.assign(rng.uniform(low, 1.0, variable.shape).astype(variable.value.dtype))
    return model


def rows(model: keras.Model, seed: int = 3, count: int = ROWS) -> Inputs:
    """Numbers for each input; whole ones from 0 to 4 where those are asked for, and such that mean them."""
    rng = np.random.default_rng(seed)
    found = []
    for tensor in model.inputs:
        shape = (count, *tensor.shape[1:])
        if tensor.dtype.startswith(("int", "uint")):
            found.append(rng.integers(0, 5, shape).astype(tensor.dtype))
        elif tensor.name == "places":
            found.append(rng.uniform(0.0, 4.9, shape).astype(model.dtype))
        else:
            found.append(rng.normal(0.0, 2.0, shape).astype(model.dtype))
    return found


def predicted(model: keras.Model, inputs: Inputs) -> list[np.ndarray]:
    """The outputs in a list."""
    y = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return list(y) if isinstance(y, (list, tuple)) else [y]


def activated(function: str, dtype: str = "float32") -> keras.Model:
    """A function behind a dense layer, and by itself on what is fed."""
    x = layers.Input((19,), dtype=dtype)
    if function == "gelu_tanh":
        act = layers.Lambda(lambda t: ops.gelu(t, approximate=True), dtype=dtype)
    else:
        act = layers.Activation(function, dtype=dtype)
    return randomized(keras.Model(x, [act(layers.Dense(21, dtype=dtype)(x)), act(x)]))


def _mlp() -> keras.Model:
    return keras.Sequential(
        [layers.Input((33,)), layers.Dense(20, activation="relu"), layers.Dense(10, activation="softmax")], name="mlp"
    )


def _pixels() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((5, 7)),
            layers.Rescaling(1 / 255, offset=-0.5),
            layers.Flatten(),
            layers.Dense(17, activation="tanh", use_bias=False),
            layers.Dropout(0.5),
            layers.GaussianNoise(0.1),
            layers.Dense(3, activation="log_softmax"),
        ]
    )


def _normalized() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((40,)),
            layers.Dense(37),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.LayerNormalization(),
            layers.Dense(18, activation="gelu"),
            layers.BatchNormalization(scale=False, center=False),
            layers.LayerNormalization(center=False, scale=False, epsilon=1e-5),
            layers.Dense(2),
        ]
    )


def _axes() -> keras.Model:
    x = layers.Input((4, 6))
    y = layers.Dense(5, activation="selu")(x)
    y = layers.BatchNormalization()(y)
    y = layers.LayerNormalization()(y)
    y = layers.Permute((2, 1))(y)
    return keras.Model(x, [layers.Softmax()(y), layers.Reshape((10, 2))(y), layers.GlobalAveragePooling1D()(y)])


def _joined() -> keras.Model:
    a, b = layers.Input((3,), name="a b"), layers.Input((5,), name="second-input")
    left, right = layers.Dense(16, activation="elu")(a), layers.Dense(16, activation="sigmoid")(b)
    mixed = [layers.Add()([left, right]), layers.Multiply()([left, right]), layers.Maximum()([left, right])]
    joined = layers.Concatenate()([*mixed, layers.Subtract()([left, right]), a])
    return keras.Model([a, b], [layers.Dense(1, name="price")(joined), joined])


def _looked_up() -> keras.Model:
    words, numbers = layers.Input((6,), dtype="int32", name="words"), layers.Input((2,), name="numbers")
    y = layers.Flatten()(layers.Embedding(5, 3)(words))
    return keras.Model([words, numbers], layers.Dense(4, activation="softmax")(layers.Concatenate()([y, numbers])))


def _products() -> keras.Model:
    a, b = layers.Input((4, 6)), layers.Input((4, 6))
    return keras.Model([a, b], [layers.Dot(axes=2)([a, b]), layers.Dot(axes=1, normalize=True)([a, b])])


def _as_fed() -> keras.Model:
    x = layers.Input((3,), name="same")
    return keras.Model(x, [x, layers.Dropout(0.5)(x), layers.Dense(2)(x)])


def _of_weights() -> keras.Model:
    x = layers.Input((4, 3))
    return keras.Model(x, layers.PReLU()(layers.GroupNormalization(groups=3)(x)))


class _Formulas(layers.Layer):
    """Outputs that mix weights with data, or are of weights alone."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.w = self.add_weight(shape=(4, 3), name="w")

    def call(self, x: object) -> object:
        alone = ops.exp(self.w) + ops.sum(ops.square(self.w), axis=0)
        return ops.matmul(x, self.w), alone, ops.concatenate([x, x + ops.sum(self.w, axis=0)[:1]], axis=-1)


def _formulas() -> keras.Model:
    x = layers.Input((4,))
    return keras.Model(x, list(_Formulas()(x)))


class _TwoFaced(keras.Model):
    """Another Program when it predicts."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = layers.Dense(4, activation="tanh")

    def call(self, x: object, training: bool = False) -> object:
        return self.inner(x) if training else self.inner(x) * 2.0


def _two_faced() -> keras.Model:
    model = _TwoFaced()
    model(np.zeros((1, 3), "float32"))
    return model


def _whole_outputs() -> keras.Model:
    x, bytes_, places = layers.Input((6,)), layers.Input((6,), dtype="uint8"), layers.Input((2,), name="places")
    best = layers.Lambda(lambda t: ops.argmax(t, axis=-1))(x)
    words = layers.Embedding(5, 3)
    return keras.Model(
        [x, bytes_, places], [best, layers.Rescaling(0.5)(bytes_), words(bytes_), words(places), words(best)]
    )


MODELS: dict[str, Callable[[], keras.Model]] = {
    "mlp": _mlp,
    "pixels": _pixels,
    "normalized": _normalized,
    "axes": _axes,
    "joined": _joined,
    "looked-up": _looked_up,
    "products": _products,
    "as-fed": _as_fed,
    "of-weights": _of_weights,
    "formulas": _formulas,
    "two-faced": _two_faced,
    "whole-outputs": _whole_outputs,
}

FUNCTIONS: dict[str, Callable[..., object]] = {
    "absolute": ops.abs,
    "negative": ops.negative,
    "square": ops.square,
    "sqrt": lambda x: ops.sqrt(ops.abs(x)),
    "rsqrt": lambda x: ops.rsqrt(ops.abs(x) + 0.1),
    "reciprocal": lambda x: ops.reciprocal(ops.abs(x) + 0.1),
    "exp": ops.exp,
    "expm1": ops.expm1,
    "log": lambda x: ops.log(ops.abs(x)),
    "log1p": lambda x: ops.log1p(ops.abs(x)),
    "sin": ops.sin,
    "cos": ops.cos,
    "erf": ops.erf,
    "sign": ops.sign,
    "floor": ops.floor,
    "ceil": ops.ceil,
    "round": ops.round,
    "trunc": ops.trunc,
    "divide": lambda x: x / (ops.abs(x) + 0.5),
    "power": lambda x: ops.power(ops.abs(x), 1.7),
    "power-of-negative": lambda x: ops.power(x, 3.0),
    "minimum": lambda x: ops.minimum(x, 0.5),
    "maximum": lambda x: ops.maximum(x, -0.5),
    "where": lambda x: ops.where(x > 0.25, x, ops.exp(x)),
    "comparisons": lambda x: (
        ops.cast(x >= 0.25, x.dtype) + 2.0 * ops.cast(x <= 1.0, x.dtype) + 4.0 * ops.cast(x < -1.0, x.dtype)
    ),
    "logic": lambda x: ops.cast(
        ops.logical_or(ops.logical_and(x > 0.0, x != 1.0), ops.logical_not(ops.isfinite(x))), x.dtype
    ),
    "floor_divide": lambda x: ops.floor_divide(x, 0.3),
    "stop_gradient": lambda x: ops.stop_gradient(x) * 2.0,
    "sum": lambda x: ops.sum(x, axis=-1, keepdims=True),
    "mean": lambda x: ops.mean(x, axis=-1, keepdims=True),
    "max": lambda x: ops.max(x, axis=-1, keepdims=True),
    "min": lambda x: ops.min(x, axis=-1, keepdims=True),
    "prod": lambda x: ops.prod(x, axis=-1, keepdims=True),
    "argmax": lambda x: ops.cast(ops.argmax(x, axis=-1, keepdims=True), x.dtype),
    "argmin": lambda x: ops.cast(ops.argmin(x, axis=-1, keepdims=True), x.dtype),
    "cumulative": lambda x: ops.flip(ops.concatenate([x, x[:, :3]], axis=-1), axis=-1),
}


def computed(function: str, dtype: str = "float32") -> keras.Model:
    """A function of ``FUNCTIONS`` of 21 numbers."""
    x = layers.Input((21,), dtype=dtype)
    return keras.Model(x, layers.Lambda(FUNCTIONS[function], dtype=dtype)(x))


def everything(dtype: str = "float32") -> keras.Model:
    """All activations and functions of 21 numbers, and layers that lower to nodes of their own, in one model."""
    x = layers.Input((21,), dtype=dtype)
    parts = [layers.Lambda(function, dtype=dtype)(x) for function in FUNCTIONS.values()]
    parts += [layers.Activation(name, dtype=dtype)(x) for name in ACTIVATIONS if name != "gelu_tanh"]
    parts += [layers.Lambda(lambda t: ops.gelu(t, approximate=True), dtype=dtype)(x)]
    kinds = layers.BatchNormalization, layers.LayerNormalization, layers.PReLU
    parts += [kind(dtype=dtype)(x) for kind in kinds]
    parts += [layers.Dense(5, dtype=dtype)(x), layers.Rescaling(0.3, offset=0.7, dtype=dtype)(x)]
    return randomized(keras.Model(x, parts, name="everything"))


ACTIVATION_NAMES = tuple(ACTIVATIONS)
