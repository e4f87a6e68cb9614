"""A loss and a metric of one's own, as functions and as classes."""

import keras
import numpy as np
from keras import layers, ops


def pinball(y_true, y_pred):
    """Too low costs nine times as much as too high: the best guess is the 90 % quantile."""
    error = y_true - y_pred
    return ops.mean(ops.maximum(0.9 * error, -0.1 * error), axis=-1)


class Pinball(keras.losses.Loss):
    """The same for any quantile."""

    def __init__(self, quantile, name="pinball"):
        super().__init__(name=name)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        """The loss of each row."""
        error = y_true - y_pred
        return ops.mean(ops.maximum(self.quantile * error, (self.quantile - 1) * error), axis=-1)


class Below(keras.metrics.Metric):
    """The share of the targets that are below the guess."""

    def __init__(self, name="below"):
        super().__init__(name=name)
        self.total = self.add_weight(shape=(), initializer="zeros", name="total")
        self.count = self.add_weight(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Count a batch."""
        below = ops.cast(y_true < y_pred, "float32")
        self.total.assign_add(ops.sum(below))
        self.count.assign_add(ops.cast(ops.size(below), "float32"))

    def result(self):
        """The share so far."""
        return self.total / self.count


random = np.random.default_rng(14)
x = random.uniform(0, 1, size=(4000, 1)).astype("float32")
y = x + random.normal(scale=0.3, size=x.shape).astype("float32")
for loss, share in ((pinball, 0.9), (Pinball(0.9), 0.9), (Pinball(0.25), 0.25)):
    keras.utils.set_random_seed(14)
    model = keras.Sequential([layers.Input(shape=(1,)), layers.Dense(8, activation="tanh"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=loss, metrics=[Below()])
    model.fit(x, y, epochs=40, batch_size=64, verbose=0)
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    print(f"aimed at {share}: {logs['below']:.3f} of the targets are below")
    assert abs(logs["below"] - share) < 0.05
