"""Texts as sets of words: each review is a row of 0 and 1, and a network says whether it is kind."""

import keras
import numpy as np
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.models import Sequential

WORDS = 500
keras.utils.set_random_seed(25)
random = np.random.default_rng(25)
mood = np.concatenate([random.normal(1, 0.3, 40), random.normal(-1, 0.3, 40), np.zeros(WORDS - 80)])
labels = random.integers(2, size=3000)


def review(label):
    """From 20 to 60 word numbers; words of the label's mood come up more often."""
    chances = np.exp(0.6 * mood * (1 if label else -1))
    return random.choice(WORDS, size=random.integers(20, 60), p=chances / chances.sum())


def multi_hot(reviews):
    """A row of WORDS zeros and ones for each."""
    rows = np.zeros((len(reviews), WORDS), dtype="float32")
    for row, words in zip(rows, reviews, strict=True):
        row[words] = 1
    return rows


x, y = multi_hot([review(label) for label in labels]), labels.astype("float32")
model = Sequential([Dense(16, activation="relu", input_shape=(WORDS,)), Dropout(0.3), Dense(1, activation="sigmoid")])
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:2400], y[:2400], epochs=8, batch_size=64, validation_split=0.1, verbose=0)

_, accuracy = model.evaluate(x[2400:], y[2400:], verbose=0)
print(f"accuracy {accuracy:.3f}")
assert accuracy > 0.8, accuracy
