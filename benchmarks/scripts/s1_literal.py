"""The tutorial's listings, their slips mended: ``python s1_literal.py keras|denim FOLDER [--rows N]``."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

keras = importlib.import_module(sys.argv[1])
folder = Path(sys.argv[2])
rows = int(sys.argv[4]) if len(sys.argv) > 4 else None

train_input = np.load(folder / "train_input.npy")[:rows]
train_target = np.load(folder / "train_target.npy")[:rows]
train_scaled = train_input / 255.0
train_scaled = train_scaled.reshape(-1, 28 * 28)
train_scaled, val_scaled, train_target, val_target = train_test_split(
    train_scaled, train_target, test_size=0.2, random_state=42
)

accuracies = []
for hidden in ([], [keras.layers.Dense(100, activation="sigmoid")], [keras.layers.Dense(100, activation="relu")]):
    inputs = keras.layers.Input(shape=(784,))
    dense = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([inputs, *hidden, dense])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train_scaled, train_target, epochs=5, verbose=0)
    accuracies.append(float(model.evaluate(val_scaled, val_target, verbose=0)[1]))

print(json.dumps({"accuracy": accuracies, "versions": {sys.argv[1]: keras.__version__}}))
