"""A self-normalising network: selu, lecun_normal and AlphaDropout keep twelve layers at mean 0 and variance 1."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)
x, y = load_breast_cancer(return_X_y=True)
x = StandardScaler().fit_transform(x)
order = np.random.default_rng(7).permutation(len(x))
x, y = x[order], y[order]

model = keras.Sequential([layers.Input(shape=(30,))])
for _ in range(12):
    model.add(layers.Dense(64, activation="selu", kernel_initializer="lecun_normal"))
untrained = keras.Model(model.inputs, model.layers[-1].output).predict(x, verbose=0)
assert abs(untrained.mean()) < 0.3 and 0.4 < untrained.std() < 1.6, (untrained.mean(), untrained.std())

model.add(layers.AlphaDropout(0.1))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.Adam(0.0005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:450], y[:450], epochs=20, verbose=0)

_, accuracy = model.evaluate(x[450:], y[450:], verbose=0)
print(f"accuracy {accuracy:.3f}")
assert accuracy > 0.92, accuracy
