"""A network with two hidden layers on handwritten digits, its targets as one-hot rows, its curves as a history."""

import keras
import numpy as np
from keras.layers import Dense, Dropout, Flatten, Input
from keras.models import Sequential
from keras.utils import to_categorical
from sklearn.datasets import load_digits

keras.utils.set_random_seed(2)
digits = load_digits()
order = np.random.default_rng(0).permutation(len(digits.images))
images, labels = digits.images[order].astype("float32") / 16, to_categorical(digits.target[order], 10)

model = Sequential()
model.add(Input(shape=(8, 8)))
model.add(Flatten())
model.add(Dense(64, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(64, activation="relu"))
model.add(Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(images[:1400], labels[:1400], epochs=30, batch_size=64, validation_split=0.2, verbose=0)

_, accuracy = model.evaluate(images[1400:], labels[1400:], verbose=0)
print(f"{len(history.history['val_loss'])} epochs, test accuracy {accuracy:.3f}")
assert history.history["loss"][-1] < history.history["loss"][0] / 5
assert accuracy > 0.94, accuracy
