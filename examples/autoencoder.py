"""An autoencoder: digits through eight numbers and back, compared with as many principal components."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

keras.utils.set_random_seed(20)
x = (load_digits().data / 16).astype("float32")[np.random.default_rng(20).permutation(1797)]
train, test = x[:1400], x[1400:]

encoder = keras.Sequential(
    [layers.Input(shape=(64,)), layers.Dense(128, activation="relu"), layers.Dense(8)], name="encoder"
)
decoder = keras.Sequential(
    [layers.Input(shape=(8,)), layers.Dense(128, activation="relu"), layers.Dense(64, activation="sigmoid")],
    name="decoder",
)
autoencoder = keras.Sequential([encoder, decoder])
autoencoder.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
autoencoder.fit(train, train, epochs=60, batch_size=64, verbose=0)

error = autoencoder.evaluate(test, test, verbose=0)
components = PCA(8).fit(train)
linear = np.mean((components.inverse_transform(components.transform(test)) - test) ** 2)
codes = encoder.predict(test, verbose=0)
print(f"mean squared error {error:.4f}; principal components {linear:.4f}")
assert codes.shape == (397, 8)
assert error < 0.8 * linear
assert np.allclose(decoder.predict(codes, verbose=0), autoencoder.predict(test, verbose=0), atol=1e-5)
