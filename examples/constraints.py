"""Constraints: after each step, columns of weights are brought back to a norm, a sign, a range."""

import keras
import numpy as np
from keras import constraints, layers

random = np.random.default_rng(23)
x = random.normal(size=(600, 6)).astype("float32")
y = (10 * x[:, :1] - 10 * x[:, 1:2] > 0).astype("float32")


def kernel(constraint):
    """The first layer's weights after training."""
    keras.utils.set_random_seed(23)
    model = keras.Sequential(
        [
            layers.Input(shape=(6,)),
            layers.Dense(8, activation="relu", kernel_constraint=constraint),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=20, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.85
    return model.get_weights()[0]


assert np.linalg.norm(kernel(None), axis=0).max() > 1.05
assert np.linalg.norm(kernel(constraints.MaxNorm(1.0)), axis=0).max() < 1.0001
assert np.allclose(np.linalg.norm(kernel("unit_norm"), axis=0), 1, atol=1e-4)
assert kernel("non_neg").min() >= 0
print("every constraint holds")
