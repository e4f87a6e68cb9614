"""Monte Carlo dropout: predictions with dropout left on spread where the network has seen nothing."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(8)
random = np.random.default_rng(8)
x = random.uniform(-2, 2, size=(1000, 1)).astype("float32")
y = np.sin(2 * x) + 0.1 * random.normal(size=x.shape)

model = keras.Sequential(
    [
        layers.Input(shape=(1,)),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.1),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.1),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
model.fit(x, y, epochs=60, verbose=0)

seen, unseen = np.linspace(-1.5, 1.5, 50)[:, None], np.linspace(5, 8, 50)[:, None]
draws = {
    name: np.stack([model(rows, training=True) for _ in range(100)]) for name, rows in (("s", seen), ("u", unseen))
}
error = np.abs(draws["s"].mean(axis=0) - np.sin(2 * seen)).mean()
inside, outside = draws["s"].std(axis=0).mean(), draws["u"].std(axis=0).mean()
print(f"mean error {error:.3f}; spread {inside:.3f} where there were data, {outside:.3f} where there were none")
assert error < 0.2
assert outside > 2 * inside > 0
