"""Data that are made while training: a Python generator gives batches without end."""

import keras
import numpy as np
from keras import layers


def spirals(batch_size, seed):
    """Points on two spirals, and which of the two."""
    random = np.random.default_rng(seed)
    while True:
        label = random.integers(2, size=batch_size)
        t = random.uniform(0.5, 2.5, size=batch_size)
        angle = 2 * t + np.pi * label
        points = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1) + random.normal(
            scale=0.05, size=(batch_size, 2)
        )
        yield points.astype("float32"), label


keras.utils.set_random_seed(16)
model = keras.Sequential(
    [
        layers.Input(shape=(2,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(2, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(spirals(64, seed=1), steps_per_epoch=50, epochs=12, verbose=0)

_, accuracy = model.evaluate(spirals(100, seed=2), steps=10, verbose=0)
print(f"accuracy {accuracy:.3f}")
assert len(history.history["loss"]) == 12
assert accuracy > 0.95, accuracy
