"""A model as a class: its layers are attributes, its way of computing is `call`."""

import keras
import numpy as np
from keras import layers


class Mlp(keras.Model):
    """Hidden layers of these widths, dropout between them, and a softmax."""

    def __init__(self, widths, classes, rate=0.2, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [layers.Dense(width, activation="relu") for width in widths]
        self.dropout = layers.Dropout(rate)
        self.out = layers.Dense(classes, activation="softmax")

    def call(self, inputs, training=None):
        """Probabilities of the classes."""
        x = inputs
        for layer in self.hidden:
            x = self.dropout(layer(x), training=training)
        return self.out(x)


keras.utils.set_random_seed(12)
random = np.random.default_rng(12)
x = random.normal(size=(1500, 2)).astype("float32")
y = (x[:, 0] > 0).astype(int) + 2 * (x[:, 1] > 0).astype(int)

model = Mlp([32, 32], classes=4)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:1200], y[:1200], epochs=20, verbose=0)

_, accuracy = model.evaluate(x[1200:], y[1200:], verbose=0)
print(f"accuracy {accuracy:.3f}, {model.count_params()} parameters")
assert accuracy > 0.93, accuracy
assert model.count_params() == (2 * 32 + 32) + (32 * 32 + 32) + (32 * 4 + 4)
