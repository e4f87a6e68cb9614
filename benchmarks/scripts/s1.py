"""The tutorial's three networks on pictures as they lie: ``python s1.py keras|denim FOLDER [--rows N]``."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np

keras = importlib.import_module(sys.argv[1])
folder = Path(sys.argv[2])
rows = int(sys.argv[4]) if len(sys.argv) > 4 else None

train_input = np.load(folder / "train_input.npy")[:rows]
train_target = np.load(folder / "train_target.npy")[:rows]
test_input, test_target = np.load(folder / "test_input.npy"), np.load(folder / "test_target.npy")

accuracies = []
for hidden in ([], [keras.layers.Dense(100, activation="sigmoid")], [keras.layers.Dense(100, activation="relu")]):
    model = keras.Sequential(
        [
            keras.layers.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            keras.layers.Rescaling(1 / 255),
            *hidden,
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train_input, train_target, epochs=5, validation_split=0.2, verbose=0)
    accuracies.append(float(model.evaluate(test_input, test_target, verbose=0)[1]))

print(json.dumps({"accuracy": accuracies, "versions": {sys.argv[1]: keras.__version__}}))
