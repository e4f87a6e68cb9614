"""Stop when the validation loss no longer falls, and keep the best model in a file."""

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(10)
random = np.random.default_rng(10)
x = random.normal(size=(300, 20)).astype("float32")
y = (x[:, 0] + x[:, 1] + random.normal(size=300) > 0).astype("float32")

model = keras.Sequential(
    [layers.Input(shape=(20,)), layers.Dense(128, activation="relu"), layers.Dense(1, activation="sigmoid")]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
with tempfile.TemporaryDirectory() as folder:
    best = Path(folder) / "best.keras"
    checkpoint = keras.callbacks.ModelCheckpoint(best, monitor="val_loss", save_best_only=True)
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
    history = model.fit(x, y, epochs=200, validation_split=0.3, callbacks=[checkpoint, stop], verbose=0).history
    saved = keras.models.load_model(best)

lowest = min(history["val_loss"])
print(f"{len(history['loss'])} epochs; validation loss {lowest:.3f} at best, {history['val_loss'][-1]:.3f} at last")
assert len(history["loss"]) < 200
assert stop.best_epoch == int(np.argmin(history["val_loss"])) == len(history["loss"]) - 6
for kept in (model, saved):
    assert abs(kept.evaluate(x[210:], y[210:], verbose=0)[0] - lowest) < 1e-5
