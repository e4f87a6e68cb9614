"""Learning rates that fall: by the step, in the optimizer; by the epoch, in a callback; when nothing improves."""

import keras
import numpy as np
from keras import layers
from keras.optimizers import schedules

random = np.random.default_rng(9)
x = random.normal(size=(960, 8)).astype("float32")
y = np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3]


def trained(learning_rate, callbacks=()):
    """A model after 10 epochs of 30 steps, and its history."""
    keras.utils.set_random_seed(9)
    model = keras.Sequential([layers.Input(shape=(8,)), layers.Dense(32, activation="tanh"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate, momentum=0.9), loss="mse")
    return model, model.fit(x, y, batch_size=32, epochs=10, callbacks=list(callbacks), verbose=0).history


for schedule, last in (
    (schedules.ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5), 0.1 * 0.5**3),
    (schedules.PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01]), 0.01),
    (schedules.CosineDecay(0.1, decay_steps=300), 0.0),
):
    model, history = trained(schedule)
    print(f"{type(schedule).__name__:24s} loss {history['loss'][-1]:.3f}")
    assert abs(float(np.asarray(schedule(300))) - last) < 1e-6
    assert history["loss"][-1] < history["loss"][0]

by_epoch = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 5 else rate * 0.5)
_, history = trained(0.1, [by_epoch])
assert np.allclose(history["learning_rate"], [0.1] * 5 + [0.1 * 0.5**k for k in range(1, 6)])

plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.1, patience=1, min_delta=10.0)
_, history = trained(0.1, [plateau])
assert history["learning_rate"][-1] < 0.001
