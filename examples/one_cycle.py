"""Learning rates batch by batch: a search for the right one, then one cycle up and down again."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(12)
random = np.random.default_rng(12)
x = random.normal(size=(3000, 20)).astype("float32")
y = np.tanh(x @ random.normal(size=(20, 3))).argmax(axis=1)


class GrowingRate(keras.callbacks.Callback):
    """Multiplies the learning rate after every batch, and notes the losses."""

    def __init__(self, factor):
        super().__init__()
        self.factor, self.rates, self.losses = factor, [], []

    def on_train_batch_end(self, batch, logs=None):
        """The rate of this batch and the loss so far; then the next rate."""
        rate = float(np.array(self.model.optimizer.learning_rate))
        self.rates.append(rate)
        self.losses.append(logs["loss"])
        self.model.optimizer.learning_rate = rate * self.factor


class OneCycle(keras.callbacks.Callback):
    """Up to the highest learning rate in the first half of all steps, and down in the second."""

    def __init__(self, steps, highest):
        super().__init__()
        self.steps, self.highest, self.step = steps, highest, 0

    def on_train_batch_begin(self, batch, logs=None):
        """The rate of this step."""
        share = 1 - abs(2 * self.step / self.steps - 1)
        self.model.optimizer.learning_rate = self.highest * (0.1 + 0.9 * share)
        self.step += 1


model = keras.Sequential([layers.Input(shape=(20,)), layers.Dense(64, activation="relu"), layers.Dense(3, "softmax")])
model.compile(optimizer=keras.optimizers.SGD(0.001), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
start = model.get_weights()
search = GrowingRate(factor=(10 / 0.001) ** (1 / 94))
model.fit(x, y, callbacks=[search], verbose=0)
best = search.rates[int(np.argmin(search.losses))] / 4
model.set_weights(start)

epochs, steps = 15, 94
model.fit(x, y, epochs=epochs, callbacks=[OneCycle(epochs * steps, best)], verbose=0)
accuracy = model.evaluate(x, y, verbose=0)[1]
last = float(np.array(model.optimizer.learning_rate))
print(f"rates from {search.rates[0]:.3f} to {search.rates[-1]:.1f} tried; highest {best:.2f}, last {last:.3f}")
print(f"accuracy {accuracy:.3f}")
assert len(search.rates) == steps
assert accuracy > 0.9
assert last < 0.2 * best
