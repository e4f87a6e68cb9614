"""Data in pieces: a PyDataset gives batch by number, here from files of which one is open at a time."""

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers


class Pieces(keras.utils.PyDataset):
    """One batch a file."""

    def __init__(self, files, **kwargs):
        super().__init__(**kwargs)
        self.files = files

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        with np.load(self.files[index]) as piece:
            return piece["x"], piece["y"]


keras.utils.set_random_seed(17)
random = np.random.default_rng(17)
with tempfile.TemporaryDirectory() as folder:
    files = [Path(folder) / f"{number}.npz" for number in range(20)]
    for file in files:
        x = random.normal(size=(50, 4)).astype("float32")
        np.savez(file, x=x, y=(x @ [1.0, -1.0, 2.0, 0.0] > 0).astype("float32"))

    model = keras.Sequential([layers.Input(shape=(4,)), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(Pieces(files[:16]), epochs=20, verbose=0)
    _, accuracy = model.evaluate(Pieces(files[16:]), verbose=0)
    predicted = model.predict(Pieces(files[16:]), verbose=0)

print(f"accuracy {accuracy:.3f}")
assert accuracy > 0.95, accuracy
assert predicted.shape == (200, 1)
