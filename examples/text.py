"""Reviews of differing length, padded with zeros: each word has numbers of its own, and their mean says who is kind."""

import keras
import numpy as np
from keras import layers

WORDS = 2000
keras.utils.set_random_seed(31)
random = np.random.default_rng(31)
mood = np.concatenate([random.normal(1, 0.3, 60), random.normal(-1, 0.3, 60), np.zeros(WORDS - 121)])
labels = random.integers(2, size=3000)


def review(label):
    """From 5 to 80 word numbers from 1 on; words of the label's mood come up more often."""
    chances = np.exp(1.2 * mood * (1 if label else -1))
    return 1 + random.choice(WORDS - 1, size=random.integers(5, 80), p=chances / chances.sum())


reviews = [review(label) for label in labels]
x = keras.utils.pad_sequences(reviews[:2400], maxlen=60, padding="post", truncating="post")

inputs = keras.Input(shape=(None,), dtype="int64")
h = layers.Embedding(WORDS, 16, mask_zero=True)(inputs)
h = layers.GlobalAveragePooling1D()(h)
h = layers.Dropout(0.2)(layers.Dense(16, activation="relu")(h))
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
model.summary()
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, labels[:2400].astype("float32"), epochs=6, batch_size=64, validation_split=0.1, verbose=0)

# Zeros at the end change nothing, and the model takes sequences of any length.
test = keras.utils.pad_sequences(reviews[2400:], padding="post")
_, accuracy = model.evaluate(test, labels[2400:].astype("float32"), verbose=0)
one = model.predict(np.array([reviews[2400]]), verbose=0)
assert np.allclose(one, model.predict(test[:1], verbose=0), atol=1e-5)
print(f"accuracy {accuracy:.3f} for reviews of up to {test.shape[1]} words")
assert accuracy > 0.8, accuracy
