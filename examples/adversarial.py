"""Two networks against each other: `train_on_batch`, one model within another, and frozen by turns."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(13)
random = np.random.default_rng(13)


def real(n):
    """Samples of what is to be imitated."""
    return random.normal([2.0, -1.0], [0.5, 0.2], size=(n, 2)).astype("float32")


generator = keras.Sequential([layers.Input(shape=(4,)), layers.Dense(32, activation="relu"), layers.Dense(2)])
critic = keras.Sequential(
    [layers.Input(shape=(2,)), layers.Dense(32), layers.LeakyReLU(negative_slope=0.2), layers.Dense(1, "sigmoid")]
)
critic.compile(optimizer=keras.optimizers.Adam(0.002, beta_1=0.5), loss="binary_crossentropy")
noise = layers.Input(shape=(4,))
combined = keras.Model(noise, critic(generator(noise)))
combined.compile(optimizer=keras.optimizers.Adam(0.002, beta_1=0.5), loss="binary_crossentropy")

batch = 64
labels = np.concatenate([np.ones((batch, 1)), np.zeros((batch, 1))])
before = generator.predict(random.normal(size=(1000, 4)), verbose=0).mean(axis=0)
for _ in range(500):
    drawn = generator.predict_on_batch(random.normal(size=(batch, 4)))
    critic.trainable = True
    critic.train_on_batch(np.concatenate([real(batch), drawn]), labels)
    critic.trainable = False
    frozen = critic.get_weights()[0].copy()
    combined.train_on_batch(random.normal(size=(batch, 4)), np.ones((batch, 1)))
    assert np.array_equal(frozen, critic.get_weights()[0])
after = generator.predict(random.normal(size=(1000, 4)), verbose=0).mean(axis=0)
far, near = (np.linalg.norm(mean - [2.0, -1.0]) for mean in (before, after))
print(f"mean of what is generated: {before.round(2)} at first, {after.round(2)} at last")
assert near < 0.5 * far
