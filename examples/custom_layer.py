"""A layer of one's own: its weights by `add_weight`, its formula by `keras.ops`."""

import keras
import numpy as np
from keras import layers, ops


class Quadratic(layers.Layer):
    """Each unit is a dense unit plus a weighted sum of the inputs' squares."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        """The three weights."""
        shape = (input_shape[-1], self.units)
        self.linear = self.add_weight(shape=shape, initializer="glorot_uniform", name="linear")
        self.square = self.add_weight(shape=shape, initializer="zeros", name="square")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        """The sums."""
        return ops.matmul(inputs, self.linear) + ops.matmul(ops.square(inputs), self.square) + self.bias

    def get_config(self):
        """What makes another like it."""
        return {**super().get_config(), "units": self.units}


keras.utils.set_random_seed(13)
random = np.random.default_rng(13)
x = random.uniform(-1, 1, size=(1000, 3)).astype("float32")
y = x[:, :1] ** 2 - 2 * x[:, 1:2] ** 2 + x[:, 2:] + 0.5

model = keras.Sequential([layers.Input(shape=(3,)), Quadratic(1)])
model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
model.fit(x, y, epochs=40, verbose=0)

square = np.asarray(model.layers[0].square)[:, 0]
print("weights of the squares:", square.round(3))
assert np.allclose(square, [1, -2, 0], atol=0.05)
assert Quadratic.from_config(model.layers[0].get_config()).units == 1
