"""Wide and deep: two inputs, one straight to the output, one through hidden layers."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(3)
random = np.random.default_rng(3)
wide, deep = random.normal(size=(2000, 4)), random.normal(size=(2000, 6))
y = wide @ [1.0, -2.0, 0.5, 0.0] + np.abs(deep[:, 0]) - np.maximum(deep[:, 1], 0) * deep[:, 2]

wide_input = keras.Input(shape=(4,), name="wide")
deep_input = keras.Input(shape=(6,), name="deep")
hidden = layers.Dense(32, activation="relu")(deep_input)
hidden = layers.Dense(32, activation="relu")(hidden)
output = layers.Dense(1)(layers.Concatenate()([wide_input, hidden]))
model = keras.Model(inputs=[wide_input, deep_input], outputs=[output])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit([wide[:1600], deep[:1600]], y[:1600], epochs=30, batch_size=32, verbose=0)

mse, _ = model.evaluate({"wide": wide[1600:], "deep": deep[1600:]}, y[1600:], verbose=0)
print(f"mean squared error {mse:.3f} of a variance of {y.var():.3f}")
assert mse < 0.1 * y.var(), mse
