"""A script that says `tf` throughout: seeds, tensors and small sums beside `tf.keras`."""

import numpy as np
import tensorflow as tf

print("TensorFlow", tf.__version__, "with", tf.config.list_physical_devices("CPU"))
tf.keras.utils.set_random_seed(27)
tf.config.experimental.enable_op_determinism()

points = tf.random.uniform((1000, 2), -1.0, 1.0)
inside = tf.cast(tf.reduce_sum(tf.square(points), axis=1) < 0.6, tf.float32)
model = tf.keras.models.Sequential(
    [
        tf.keras.Input(shape=(2,)),
        tf.keras.layers.Dense(32, activation=tf.nn.relu),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=tf.keras.optimizers.Adam(0.02), loss=tf.keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
model.fit(points, inside, epochs=30, verbose=0)

guessed = tf.convert_to_tensor(model.predict(points, verbose=0)) > 0.5
agreement = tf.reduce_mean(tf.cast(guessed[:, 0] == (inside > 0.5), tf.float32)).numpy()
print(f"agreement {agreement:.3f}, area {4 * tf.reduce_mean(inside).numpy():.3f}")
assert agreement > 0.95, agreement
assert abs(4 * np.mean(inside) - np.pi * 0.6) < 0.2
assert tf.argmax(tf.constant([[1, 3, 2]]), axis=1).numpy()[0] == 1
