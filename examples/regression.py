"""Regression on a table: columns of any scale, brought to one by a Normalization layer that is part of the model."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

keras.utils.set_random_seed(4)
x, y = load_diabetes(return_X_y=True, scaled=False)
order = np.random.default_rng(4).permutation(len(x))
x, y = x[order], y[order]
train, test = slice(0, 350), slice(350, None)

normalization = layers.Normalization()
normalization.adapt(x[train])
model = keras.Sequential(
    [layers.Input(shape=(10,)), normalization, layers.Dense(32, activation="relu"), layers.Dense(1)]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
model.fit(x[train], y[train], epochs=60, verbose=0)

_, mae = model.evaluate(x[test], y[test], verbose=0)
mean = np.abs(y[test] - y[train].mean()).mean()
linear = np.abs(y[test] - LinearRegression().fit(x[train], y[train]).predict(x[test])).mean()
print(f"mean absolute error: network {mae:.1f}, linear model {linear:.1f}, the mean {mean:.1f}")
assert mae < 0.8 * mean
assert mae < 1.15 * linear
