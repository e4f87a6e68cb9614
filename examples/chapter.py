"""A chapter on dense neural networks, from the first hidden layer to early stopping, on Fashion-MNIST.

    python examples/chapter.py            about a minute; pictures and models go to runs/chapter/
    python examples/chapter.py --quick    few samples and epochs, to see it run

It is plain Keras code. With `import keras` in place of `import denim as keras` it does the same.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

import denim as keras

CLASSES = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def title(number: int, text: str) -> None:
    """Begin a section."""
    print(f"\n{number}. {text}\n{'-' * (len(text) + 3)}")


def network(*hidden: keras.layers.Layer) -> keras.Model:
    """Pictures of 28 x 28 in, ten probabilities out, and any layers in between."""
    return keras.Sequential(
        [
            keras.layers.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            *hidden,
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def compiled(model: keras.Model, optimizer: str | keras.optimizers.Optimizer) -> keras.Model:
    """The model, ready to learn classes by their numbers."""
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def draw_curves(history: dict[str, list[float]], file: Path) -> None:
    """Loss and accuracy of every epoch, of training and validation."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4))
    epochs = range(1, len(history["loss"]) + 1)
    for axis, quantity in zip(axes, ("loss", "accuracy"), strict=True):
        axis.plot(epochs, history[quantity], label="train")
        axis.plot(epochs, history[f"val_{quantity}"], label="val")
        axis.set(xlabel="epoch", ylabel=quantity)
        axis.legend()
    figure.savefig(file, bbox_inches="tight")
    plt.close(figure)
    print(f"Curves: {file}")


def main(argv: list[str] | None = None) -> float:
    """Go through the chapter; returns the last model's accuracy on the validation data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="3000 samples and at most 3 epochs")
    parser.add_argument("--out", type=Path, default=Path("runs/chapter"), help="folder of pictures and models")
    options = parser.parse_args(argv)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    short, long = (2, 3) if options.quick else (5, 20)
    keras.utils.set_random_seed(42)

    title(1, "The data")
    (train_input, train_target), (test_input, test_target) = keras.datasets.fashion_mnist.load_data()
    if options.quick:
        train_input, train_target = train_input[:3000], train_target[:3000]
    train_scaled, val_scaled, train_target, val_target = train_test_split(
        train_input / 255.0, train_target, test_size=0.2, random_state=42
    )
    train, val = (train_scaled, train_target), (val_scaled, val_target)
    print(f"{len(train_scaled)} pictures to learn from, {len(val_scaled)} to check with, of {len(CLASSES)} classes.")

    title(2, "A hidden layer")
    print("100 neurons between pixels and classes; each squeezes its sum into 0 to 1 with a sigmoid.")
    model = network(keras.layers.Dense(100, activation="sigmoid", name="hidden"))
    model.summary()
    compiled(model, "rmsprop").fit(*train, epochs=short)

    title(3, "ReLU instead of the sigmoid")
    print("Negative sums become 0 and all others stay as they are, so a large sum does not stop learning.")
    model = compiled(network(keras.layers.Dense(100, activation="relu")), "rmsprop")
    model.fit(*train, epochs=short)
    model.evaluate(*val)

    title(4, "Four optimizers")
    optimizers = {
        "SGD with Nesterov momentum": keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
        "Adagrad": keras.optimizers.Adagrad(0.01),
        "RMSprop": keras.optimizers.RMSprop(),
        "Adam": keras.optimizers.Adam(),
    }
    for name, optimizer in optimizers.items():
        model = compiled(network(keras.layers.Dense(100, activation="relu")), optimizer)
        model.fit(*train, epochs=short, verbose=0)
        loss, accuracy = model.evaluate(*val, verbose=0)
        print(f"{name:27s} validation loss {loss:.4f}, accuracy {accuracy:.4f}")

    title(5, f"Over-fitting: {long} epochs")
    model = compiled(network(keras.layers.Dense(100, activation="relu")), "adam")
    history = model.fit(*train, epochs=long, validation_data=val, verbose=0).history
    best = int(np.argmin(history["val_loss"]))
    print(f"Training loss {history['loss'][0]:.4f} at first, {history['loss'][-1]:.4f} at last.")
    print(f"Validation loss is {history['val_loss'][best]:.4f} after epoch {best + 1}, its lowest.")
    if best + 1 < long:
        print(f"At last it is {history['val_loss'][-1]:.4f}: what was learnt since holds for these pictures only.")
    draw_curves(history, out / "over-fitting.png")

    title(6, "Dropout")
    print("In every step 3 of 10 hidden neurons, chosen by lot, stay silent: none can rely on one other.")
    model = network(keras.layers.Dense(100, activation="relu"), keras.layers.Dropout(0.3))
    history = compiled(model, "adam").fit(*train, epochs=long, validation_data=val, verbose=0).history
    print(f"Now training loss ends at {history['loss'][-1]:.4f}, validation loss at {history['val_loss'][-1]:.4f}.")
    draw_curves(history, out / "dropout.png")

    title(7, "Save and load")
    model.save(out / "whole.keras")
    model.save_weights(out / "model.weights.h5")
    twin = network(keras.layers.Dense(100, activation="relu"), keras.layers.Dropout(0.3))
    twin.load_weights(out / "model.weights.h5")
    whole = keras.models.load_model(out / "whole.keras")
    expected = model.predict(val_scaled, verbose=0)
    for name, copy in (("From the weights alone", twin), ("From the whole model", whole)):
        same = np.array_equal(copy.predict(val_scaled, verbose=0), expected)
        print(f"{name}: {'the same predictions, to the bit' if same else 'other predictions'}.")

    title(8, "A checkpoint of the best, and early stopping")
    hidden = (keras.layers.Dense(300, activation="relu"), keras.layers.Dropout(0.3))
    model = compiled(network(*hidden), "adam")
    checkpoint = keras.callbacks.ModelCheckpoint(out / "best.keras", save_best_only=True)
    stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
    fitted = model.fit(*train, batch_size=128, epochs=long, validation_data=val, callbacks=[checkpoint, stop])
    print(f"It ran {len(fitted.epoch)} epochs of at most {long}; the best was number {stop.best_epoch + 1}.")
    draw_curves(fitted.history, out / "early-stopping.png")

    title(9, "What it has learnt")
    model = keras.models.load_model(out / "best.keras")
    _, accuracy = model.evaluate(*val)
    print(f"Validation accuracy: {accuracy:.4f}")
    classes = np.argmax(model.predict(test_input[:10] / 255.0, verbose=0), axis=-1)
    for guess, truth in zip(classes, test_target[:10], strict=True):
        print(f"  taken for: {CLASSES[guess]:12s} is: {CLASSES[truth]}")
    return float(accuracy)


if __name__ == "__main__":
    main()
