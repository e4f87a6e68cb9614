"""Batch normalization: inputs of very different scales learn well, and inference is by the moving averages."""

import keras
import numpy as np
from keras import layers

random = np.random.default_rng(26)
x = (random.normal(size=(1200, 6)) * [1, 10, 100, 0.1, 50, 5] + [0, 50, -300, 1, 200, 7]).astype("float32")
y = (x[:, 0] + x[:, 1] / 10 - 5 > 0).astype("float32")


def accuracy(*normalization):
    """On the last 300 rows, after five epochs on the others."""
    keras.utils.set_random_seed(26)
    model = keras.Sequential(
        [layers.Input(shape=(6,)), *normalization, layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x[:900], y[:900], epochs=5, verbose=0)
    return model.evaluate(x[900:], y[900:], verbose=0)[1]


layer = layers.BatchNormalization(momentum=0.9)
plain, normalized = accuracy(), accuracy(layer)
print(f"accuracy {plain:.3f} without, {normalized:.3f} with")
assert normalized > 0.93 and normalized > plain + 0.05
assert np.allclose(layer.get_weights()[2], x[:900].mean(axis=0), rtol=0.2, atol=0.3)
