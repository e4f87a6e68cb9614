"""A model goes into a file and comes back whole: architecture, weights, optimizer; or only one of them."""

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(24)
random = np.random.default_rng(24)
x = random.normal(size=(400, 5)).astype("float32")
y = np.tanh(x @ random.normal(size=(5, 2))).astype("float32")


def build():
    """A compiled model."""
    model = keras.Sequential(
        [layers.Input(shape=(5,)), layers.Dense(16, "relu"), layers.BatchNormalization(), layers.Dense(2)]
    )
    model.compile(optimizer="adam", loss="mse")
    return model


model = build()
model.fit(x, y, epochs=5, shuffle=False, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    whole, weights = Path(folder) / "model.keras", Path(folder) / "model.weights.h5"
    model.save(whole)
    model.save_weights(weights)
    loaded, twin = keras.models.load_model(whole), build()
    twin.load_weights(weights)
rebuilt = keras.models.model_from_json(model.to_json())
rebuilt.set_weights(model.get_weights())

expected = model.predict(x, verbose=0)
for copy in (loaded, twin, rebuilt):
    assert np.array_equal(copy.predict(x, verbose=0), expected)
going_on = [m.fit(x, y, epochs=3, shuffle=False, verbose=0).history["loss"] for m in (model, loaded)]
print("losses after loading:", np.round(going_on[1], 4))
assert np.allclose(*going_on, rtol=1e-6)
assert going_on[0][-1] < going_on[0][0]
