"""Models that are built alike in denim and in Keras: each takes the package to build them with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ROWS, FEATURES = 48, 6
_random = np.random.default_rng(3)
X = _random.standard_normal((ROWS, FEATURES)).astype("float32")
X2 = _random.standard_normal((ROWS, 3)).astype("float32")
WORDS = np.arange(3 * ROWS).reshape(ROWS, 3) % 9
CLASSES = _random.integers(0, 3, ROWS)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
BINARY = (X[:, :1] > 0).astype("float32")
VALUES = (X @ _random.standard_normal((FEATURES, 1))).astype("float32")


@dataclass(frozen=True)
class Case:
    """A compiled model, and what it is trained on."""

    name: str
    make: Callable[[Any], Any]
    x: Any
    y: Any
    keras_opens_its_own: bool = True

    def fit(self, model: Any) -> dict[str, list[float]]:
        """Some epochs in the order of the samples."""
        history: dict[str, list[float]] = model.fit(
            self.x, self.y, epochs=2, batch_size=16, shuffle=False, verbose=0
        ).history
        return history


def _tutorial(keras: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((FEATURES,)), layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")]
    )
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _korean(keras: Any) -> Any:
    layers = keras.layers
    chain = [layers.Dense(8, "tanh", name="은닉 층"), layers.Dense(3, "softmax", name="출력")]
    model = keras.Sequential([keras.Input((FEATURES,), name="입력"), *chain], name="나의 모델")
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=[keras.metrics.CategoricalAccuracy(name="정확도"), "mse"],
    )
    return model


def _built_late(keras: Any) -> Any:
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(4, "selu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01, amsgrad=True), keras.losses.mean_squared_error, metrics=["mae"])
    model.build((None, FEATURES))
    return model


def _branched(keras: Any) -> Any:
    layers = keras.layers
    one, two = keras.Input((FEATURES,), name="one"), keras.Input((3,), name="two")
    shared = layers.Dense(5, "relu", name="shared")
    widened = layers.Dense(FEATURES, name="widened")(two)
    inner = keras.Sequential([keras.Input((5,)), layers.Dense(4, "tanh"), layers.Dense(4)], name="inner")
    inner_input = keras.Input((4,))
    graph = keras.Model(inner_input, layers.Dense(3)(layers.Dense(6, "gelu")(inner_input)), name="graph")
    first = layers.Dense(1, "sigmoid", name="first")(shared(one))
    second = layers.Dense(3, "softmax", name="second")(graph(inner(shared(widened))))
    model = keras.Model([one, two], [first, second], name="branched")
    model.compile(
        keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
        {"first": "binary_crossentropy", "second": keras.losses.SparseCategoricalCrossentropy()},
        loss_weights={"first": 0.5, "second": 1.0},
        metrics={"first": ["accuracy"], "second": ["sparse_categorical_accuracy"]},
    )
    return model


def _reused(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((FEATURES,))
    shared = layers.Dense(FEATURES, "tanh")
    both = keras.Sequential([keras.Input((FEATURES,)), shared, layers.Dense(2)], name="both")
    model = keras.Model([x], [layers.Dense(1)(both(shared(x)))])
    model.compile(keras.optimizers.Adagrad(0.05), "mse", weighted_metrics=[keras.metrics.mean_absolute_error])
    return model


def _normalized(keras: Any) -> Any:
    layers = keras.layers
    scaling = layers.Normalization()
    scaling.adapt(X)
    chain = [
        layers.Rescaling(0.5, offset=0.1),
        layers.Dense(6, use_bias=False, kernel_regularizer="l2", kernel_initializer="he_normal"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dense(6, bias_regularizer=keras.regularizers.L1L2(0.01, 0.02)),
        layers.LayerNormalization(),
        layers.LeakyReLU(0.1),
        layers.Dense(1),
    ]
    model = keras.Sequential([keras.Input((FEATURES,)), scaling, *chain])
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.01), "mse")
    return model


def _scheduled(keras: Any) -> Any:
    schedule = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.9)
    model = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(4, "elu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(schedule, clipnorm=1.0), "mse")
    return model


def _nadam(keras: Any) -> Any:
    model = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(4, "softplus"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Nadam(0.01), "mse")
    return model


def _constrained(keras: Any) -> Any:
    constraints, layers = keras.constraints, keras.layers
    chain = [
        layers.Dense(6, "tanh", kernel_constraint=constraints.MaxNorm(0.5, axis=[0]), bias_constraint="non_neg"),
        layers.LayerNormalization(gamma_constraint=constraints.UnitNorm()),
        layers.Dense(1, kernel_constraint=constraints.MinMaxNorm(0.1, 0.5, 0.5)),
    ]
    model = keras.Sequential([keras.Input((FEATURES,)), *chain])
    model.compile(keras.optimizers.Adamax(0.01, gradient_accumulation_steps=3), "mse")
    return model


def _gathered(keras: Any) -> Any:
    model = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(4, "elu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Ftrl(0.1, gradient_accumulation_steps=2), "mse")
    return model


def _joined(keras: Any) -> Any:
    layers = keras.layers
    words, numbers = keras.Input((3,), dtype="int32", name="words"), keras.Input((FEATURES,), name="numbers")
    rows = layers.Embedding(9, 4, embeddings_regularizer="l2", name="rows")(words)
    mixed = layers.EinsumDense("abc,cd->abd", (3, 2), bias_axes="d", activation="relu")(rows)
    hidden = layers.PReLU()(layers.Dense(6, activity_regularizer="l1")(numbers))
    hidden = layers.average([hidden, numbers, layers.UnitNormalization()(numbers)])
    grouped = layers.LayerNormalization(axis=[1, 2])(layers.Permute((2, 1))(layers.Reshape((2, 3))(hidden)))
    parts = [layers.Flatten()(mixed), layers.Flatten()(grouped), layers.GlobalAveragePooling1D()(rows)]
    joined = layers.ActivityRegularization(0.01)(layers.concatenate(parts))
    model = keras.Model([words, numbers], layers.Dense(1)(joined), name="joined")
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


CASES = [
    Case("tutorial", _tutorial, X, CLASSES),
    Case("korean", _korean, X, ONE_HOT),
    Case("built late", _built_late, X, VALUES),
    Case("branched", _branched, [X, X2], [BINARY, CLASSES]),
    Case("reused", _reused, X, VALUES, keras_opens_its_own=False),
    Case("normalized", _normalized, X, VALUES),
    Case("joined", _joined, [WORDS, X], VALUES),
    Case("scheduled", _scheduled, X, VALUES),
    Case("nadam", _nadam, X, VALUES),
    Case("constrained", _constrained, X, VALUES),
    Case("gathered", _gathered, X, VALUES),
]
