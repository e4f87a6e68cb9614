"""Write the older files that the tests read, with what their models compute: once with Keras 2, once with Keras 3.

python tests/saving/files/make_files.py keras2    where TF-Keras is installed (``pip install tf-keras``)
KERAS_BACKEND=jax python tests/saving/files/make_files.py keras3
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
X = np.linspace(-1, 1, 60, dtype="float32").reshape(15, 4)
CLASSES = np.arange(15) % 3
VALUES = (CLASSES[:, None] / 2).astype("float32")


def graph(keras: Any) -> Any:
    """A shared layer, a chain and a graph within, one of them called twice."""
    layers = keras.layers
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="deep")], name="inner")
    begin = keras.Input((3,), name="begin")
    twice = keras.Model(begin, layers.Dense(3, name="end")(layers.ReLU()(begin)), name="twice")
    shared = layers.Dense(4, "relu", kernel_regularizer="l2", name="shared")
    first = keras.Input((4,), name="first")
    found = inner(layers.BatchNormalization(name="normal")(shared(shared(first))))
    model = keras.Model(first, layers.Dense(3, "softmax", name="last")(twice(twice(found))), name="graph")
    metrics = ["accuracy", keras.metrics.SparseCategoricalCrossentropy()]
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=metrics)
    return model


def chain(keras: Any) -> Any:
    """The first layer tells the input's shape; in Keras 2 the optimizer is one of the older kind."""
    layers = keras.layers
    stack = [
        layers.Dense(5, "tanh", input_shape=(4,), kernel_initializer="he_normal", name="one"),
        layers.LeakyReLU(name="leaky"),
        layers.LayerNormalization(name="normal"),
        layers.Dense(1, name="two"),
    ]
    model = keras.Sequential(stack, name="chain")
    home = keras.optimizers.legacy if keras.__version__.startswith("2.") else keras.optimizers
    model.compile(home.Adam(0.01, amsgrad=True), keras.losses.MeanSquaredError(), metrics=["mae"])
    return model


def several(keras: Any) -> Any:
    """Two inputs, two outputs, and layers that Keras 2 lists in another order than denim."""
    layers = keras.layers
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    one, two = layers.Dense(3, "gelu", name="one")(a), layers.Dense(3, "selu", name="two")(b)
    three = layers.Dense(3, name="three")(two)
    outputs = [layers.Dense(1, "sigmoid", name="p")(one), layers.Dense(3, "softmax", name="q")(three)]
    model = keras.Model([a, b], outputs, name="several")
    losses = {"p": "binary_crossentropy", "q": "sparse_categorical_crossentropy"}
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)
    model.compile(optimizer, losses, loss_weights={"p": 0.5, "q": 1.0}, metrics={"p": ["accuracy"], "q": ["accuracy"]})
    return model


def data(name: str) -> tuple[Any, Any]:
    if name == "several":
        return [X, X], [(CLASSES[:, None] > 1).astype("float32"), CLASSES]
    return X, VALUES if name == "chain" else CLASSES


def fit(model: Any, name: str, epochs: int) -> dict[str, list[float]]:
    x, y = data(name)
    found: dict[str, list[float]] = model.fit(x, y, epochs=epochs, batch_size=4, shuffle=False, verbose=0).history
    return found


def predicted(model: Any, name: str) -> np.ndarray:
    found = model.predict(data(name)[0], verbose=0)
    return np.hstack(found) if isinstance(found, list) else np.asarray(found)


def main(kind: str) -> None:
    if kind == "keras2":
        import tf_keras as keras
    else:
        import keras
    numbers = {}
    for make in (graph, chain, several):
        name = make.__name__
        keras.utils.set_random_seed(3)
        model = make(keras)
        fit(model, name, 2)
        model.save(HERE / f"{kind}_{name}.h5")
        if (kind, name) == ("keras2", "graph"):
            model.save(HERE / f"{kind}_{name}.keras")
        numbers[f"{name}/before"] = predicted(model, name)
        numbers[f"{name}/loss"] = np.array(fit(model, name, 2)["loss"])
        numbers[f"{name}/after"] = predicted(model, name)
    np.savez(HERE / f"{kind}.npz", **numbers)


if __name__ == "__main__":
    main(sys.argv[1])
