"""A variational autoencoder: a layer that draws samples, and a loss that a layer adds."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(11)
random = np.random.default_rng(11)
angles = random.uniform(0, 2 * np.pi, size=(2000, 1))
x = np.concatenate([np.sin(angles * k + p) for k in (1, 2) for p in (0, 1, 2)], axis=1).astype("float32")


class Sampling(layers.Layer):
    """Draws a point from the normal distribution that mean and log-variance describe."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs):
        """The point; its divergence from the standard normal distribution is part of the loss."""
        mean, log_variance = inputs
        divergence = -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=-1)
        self.add_loss(0.01 * ops.mean(divergence))
        noise = keras.random.normal(shape=ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


inputs = layers.Input(shape=(6,))
hidden = layers.Dense(64, activation="relu")(inputs)
mean, log_variance = layers.Dense(2)(hidden), layers.Dense(2)(hidden)
encoder = keras.Model(inputs, [mean, log_variance, Sampling()([mean, log_variance])], name="encoder")
decoder = keras.Sequential([layers.Input(shape=(2,)), layers.Dense(64, activation="relu"), layers.Dense(6)])
model = keras.Model(inputs, decoder(encoder(inputs)[2]))

model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
model.fit(x, x, epochs=40, batch_size=64, verbose=0)

means = encoder.predict(x, verbose=0)[0]
error = np.mean((decoder.predict(means, verbose=0) - x) ** 2)
drawn = decoder.predict(random.normal(size=(500, 2)), verbose=0)
print(f"mean squared error {error:.3f} of variance {x.var():.3f}; {len(drawn)} drawn, deviation {drawn.std():.2f}")
assert error < 0.3 * x.var()
assert not np.array_equal(encoder.predict(x[:1], verbose=0)[2], encoder.predict(x[:1], verbose=0)[2])
