"""A table with columns of categories: each category gets a few numbers of its own, which are learnt."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(19)
random = np.random.default_rng(19)
rows = 4000
shop, day, price = random.integers(30, size=rows), random.integers(7, size=rows), random.uniform(1, 3, size=rows)
worth, busy = random.normal(size=30), np.array([0.0, 0.0, 0.2, 0.2, 0.8, 1.5, 1.2])
sales = worth[shop] + busy[day] - 0.7 * price + 0.05 * random.normal(size=rows)

shop_input = keras.Input(shape=(1,), dtype="int32", name="shop")
day_input = keras.Input(shape=(1,), dtype="int32", name="day")
price_input = keras.Input(shape=(1,), name="price")
columns = [
    layers.Flatten()(layers.Embedding(30, 4)(shop_input)),
    layers.Flatten()(layers.Embedding(7, 2)(day_input)),
    price_input,
]
hidden = layers.Dense(32, activation="relu")(layers.concatenate(columns))
model = keras.Model([shop_input, day_input, price_input], layers.Dense(1)(hidden))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
columns = {"shop": shop, "day": day, "price": price.astype("float32")}
model.fit({name: values[:3200] for name, values in columns.items()}, sales[:3200], epochs=25, verbose=0)

mse = model.evaluate({name: values[3200:] for name, values in columns.items()}, sales[3200:], verbose=0)
print(f"mean squared error {mse:.4f} of a variance of {sales.var():.2f}")
assert mse < 0.03, mse
