"""Penalties on weights: L2 keeps them small, L1 makes most of them zero."""

import keras
import numpy as np
from keras import layers, regularizers

random = np.random.default_rng(22)
x = random.normal(size=(200, 30)).astype("float32")
y = x[:, :1] - 2 * x[:, 1:2] + 0.3 * random.normal(size=(200, 1)).astype("float32")


def kernel(regularizer):
    """The weights of a linear model after training."""
    keras.utils.set_random_seed(22)
    model = keras.Sequential([layers.Input(shape=(30,)), layers.Dense(1, kernel_regularizer=regularizer)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    logs = model.fit(x, y, epochs=150, verbose=0).history
    weights = model.get_weights()[0][:, 0]
    if regularizer is None:
        assert abs(logs["loss"][-1] - np.mean((model.predict(x, verbose=0) - y) ** 2)) < 0.02
    return weights


plain, small, sparse = kernel(None), kernel(regularizers.L2(0.5)), kernel("l1")
mixed = kernel(regularizers.L1L2(l1=0.1, l2=0.1))
print("sums of squares:", [round(float((weights**2).sum()), 2) for weights in (plain, small, sparse, mixed)])
assert (small**2).sum() < 0.6 * (plain**2).sum()
assert np.abs(mixed[2:]).sum() < 0.5 * np.abs(plain[2:]).sum()
assert np.abs(sparse[2:]).sum() < 0.9 * np.abs(plain[2:]).sum()
