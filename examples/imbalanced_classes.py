"""One row in twenty is of the class that matters: class weights make it count."""

import keras
import numpy as np
from keras import layers

random = np.random.default_rng(6)
y = (random.random(6000) < 0.05).astype("float32")
x = random.normal(size=(6000, 5)).astype("float32") + 0.8 * y[:, None]
counts = np.bincount(y[:4000].astype(int))
weights = {0: 4000 / (2 * counts[0]), 1: 4000 / (2 * counts[1])}


def found(class_weight):
    """The share of the rare class in the test rows that is found, and the share of alarms among the rest."""
    keras.utils.set_random_seed(6)
    model = keras.Sequential([layers.Input(shape=(5,)), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(x[:4000], y[:4000], epochs=15, batch_size=64, class_weight=class_weight, verbose=0)
    alarm = model.predict(x[4000:], verbose=0)[:, 0] > 0.5
    return alarm[y[4000:] == 1].mean(), alarm[y[4000:] == 0].mean()


plain, weighted = found(None), found(weights)
print(
    f"found {plain[0]:.2f} without weights, {weighted[0]:.2f} with; false alarms {plain[1]:.3f} and {weighted[1]:.3f}"
)
assert weighted[0] > 0.7 > plain[0] + 0.2
assert weighted[1] < 0.3
