"""Texts as padded word numbers: `Tokenizer`, `pad_sequences`, an embedding and its mean."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

tf.random.set_seed(14)
random = np.random.default_rng(14)
good, bad = ["good", "great", "excellent", "nice"], ["bad", "poor", "dull", "awful"]
filler = ["the", "film", "was", "and", "this", "story", "very", "a", "plot", "actors"]
texts, labels = [], []
for label, words in ((1, good), (0, bad)) * 200:
    chosen = [*random.choice(filler, 5), *random.choice(words, random.integers(1, 4))]
    texts.append(" ".join(random.permutation(chosen)).capitalize() + "!")
    labels.append(label)

tokenizer = Tokenizer(oov_token="<new>")
tokenizer.fit_on_texts(texts)
x = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=10, padding="post")
print(texts[0], x[0])
model = tf.keras.Sequential(
    [
        layers.Embedding(len(tokenizer.word_index) + 1, 8),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=tf.keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, np.array(labels), epochs=10, validation_split=0.25, verbose=0).history
unseen = pad_sequences(
    tokenizer.texts_to_sequences(["An excellent film", "What a dull story"]), maxlen=10, padding="post"
)
chances = model.predict(unseen, verbose=0).ravel()
print(f"accuracy {history['val_accuracy'][-1]:.3f}; chances {chances.round(2)}")
assert history["val_accuracy"][-1] > 0.95
assert chances[0] > 0.5 > chances[1]
