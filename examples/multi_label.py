"""Several labels at once: a sigmoid for each, and the binary cross-entropy."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)
random = np.random.default_rng(5)
x = random.uniform(-1, 1, size=(3000, 2)).astype("float32")
labels = np.stack([x[:, 0] > 0, x[:, 0] * x[:, 1] > 0, (x**2).sum(axis=1) < 0.5], axis=1).astype("float32")

model = keras.Sequential(
    [
        layers.Input(shape=(2,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(3, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(x[:2400], labels[:2400], epochs=30, verbose=0)

chosen = model.predict(x[2400:], verbose=0) > 0.5
accuracies = (chosen == (labels[2400:] > 0.5)).mean(axis=0)
print("accuracy of each label:", accuracies.round(3))
assert accuracies.min() > 0.93
assert abs(model.evaluate(x[2400:], labels[2400:], verbose=0)[1] - accuracies.mean()) < 1e-5
