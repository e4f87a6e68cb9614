"""One trunk, two answers: a number and a class, each with its loss, its weight and its metric."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(18)
random = np.random.default_rng(18)
x = random.uniform(-1, 1, size=(2000, 4)).astype("float32")
size = (x[:, 0] * x[:, 1] + x[:, 2]).astype("float32")
kind = np.digitize(x[:, 3] + 0.5 * x[:, 0], [-0.4, 0.4])

inputs = keras.Input(shape=(4,))
trunk = layers.Dense(64, activation="relu")(inputs)
trunk = layers.Dense(64, activation="relu")(trunk)
size_output = layers.Dense(1, name="size")(trunk)
kind_output = layers.Dense(3, activation="softmax", name="kind")(trunk)
model = keras.Model(inputs, {"size": size_output, "kind": kind_output})
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss={"size": "mse", "kind": "sparse_categorical_crossentropy"},
    loss_weights={"size": 2.0, "kind": 0.5},
    metrics={"size": ["mae"], "kind": ["accuracy"]},
)
model.fit(x[:1600], {"size": size[:1600], "kind": kind[:1600]}, epochs=30, verbose=0)

logs = model.evaluate(x[1600:], {"size": size[1600:], "kind": kind[1600:]}, verbose=0, return_dict=True)
print({name: round(value, 3) for name, value in logs.items()})
assert logs["size_mae"] < 0.06
assert logs["kind_accuracy"] > 0.93
assert abs(logs["loss"] - 2 * logs["size_loss"] - 0.5 * logs["kind_loss"]) < 1e-4
assert set(model.predict(x[:5], verbose=0)) == {"size", "kind"}
