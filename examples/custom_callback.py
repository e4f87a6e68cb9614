"""Callbacks of one's own: one that watches batches, one that ends training, one made of a function."""

import keras
import numpy as np
from keras import layers


class BatchLosses(keras.callbacks.Callback):
    """Keeps the running loss of every batch."""

    def on_train_begin(self, logs=None):
        """Begin anew."""
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        """Keep it."""
        self.losses.append(logs["loss"])


class StopAt(keras.callbacks.Callback):
    """Ends training when the loss is low enough."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def on_epoch_end(self, epoch, logs=None):
        """Look at the loss."""
        if logs["loss"] < self.loss:
            self.model.stop_training = True


keras.utils.set_random_seed(15)
x = np.random.default_rng(15).normal(size=(500, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([layers.Input(shape=(3,)), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
batches, ends = BatchLosses(), []
said = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append((epoch, logs["loss"])))
history = model.fit(x, y, batch_size=50, epochs=100, callbacks=[batches, StopAt(0.001), said], verbose=0)

print(f"stopped after {len(ends)} epochs and {len(batches.losses)} batches")
assert 1 < len(ends) < 100
assert len(batches.losses) == 10 * len(ends)
assert [loss for _, loss in ends] == history.history["loss"]
assert history.history["loss"][-1] < 0.001 <= history.history["loss"][-2]
