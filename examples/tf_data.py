"""A pipeline of `tf.data`: slices, shuffled, mapped, batched, one for training and one for validation."""

import tensorflow as tf
from sklearn.datasets import load_iris
from tensorflow import keras

keras.utils.set_random_seed(28)
x, y = load_iris(return_X_y=True)
rows = tf.data.Dataset.from_tensor_slices((x.astype("float32"), y))
rows = rows.shuffle(150, seed=28, reshuffle_each_iteration=False)
train = rows.take(120).shuffle(120).batch(16).map(lambda a, b: (a / 8.0, b)).prefetch(tf.data.AUTOTUNE)
test = rows.skip(120).batch(16).map(lambda a, b: (a / 8.0, b))
assert len(train) == 8 and len(test) == 2

model = keras.Sequential([keras.Input(shape=(4,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(3, "softmax")])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train, epochs=60, validation_data=test, verbose=0).history

print(f"validation accuracy {history['val_accuracy'][-1]:.3f}")
assert history["val_accuracy"][-1] > 0.9
