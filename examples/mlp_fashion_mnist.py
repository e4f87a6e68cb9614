"""Clothes of Fashion-MNIST: scaled pixels, one hidden layer, five epochs on the first 20,000 pictures."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.datasets import fashion_mnist

tf.random.set_seed(42)
(train_input, train_target), (test_input, test_target) = fashion_mnist.load_data()
train_input, train_target = train_input[:20000] / 255.0, train_target[:20000]

model = keras.models.Sequential(
    [
        keras.layers.Flatten(input_shape=(28, 28)),
        keras.layers.Dense(100, activation=tf.nn.relu),
        keras.layers.Dense(10, activation=tf.nn.softmax),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_input, train_target, epochs=5, validation_split=0.1, verbose=2)

loss, accuracy = model.evaluate(test_input / 255.0, test_target, verbose=0)
print(f"accuracy {accuracy:.3f}")
assert accuracy > 0.83, accuracy
