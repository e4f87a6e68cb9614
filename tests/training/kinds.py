"""The same numbers as objects of many kinds, and what training with them comes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import denim as keras

Kind = Callable[[np.ndarray], Any]

DTYPES = (
    *("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float16", "float32", "float64", "longdouble"),
    *(">i2", ">u4", ">i8", ">f2", ">f4", ">f8"),
)


def _unaligned(array: np.ndarray) -> np.ndarray:
    fields = np.zeros(len(array), [("flag", "u1"), ("values", array.dtype, array.shape[1:])])
    fields["values"] = array
    return fields["values"]


def _read_only(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _every_other(array: np.ndarray) -> np.ndarray:
    return np.repeat(np.repeat(array, 2, axis=0), 2, axis=-1)[::2, ..., ::2] if array.ndim > 1 else array.repeat(2)[::2]


LAYOUTS: dict[str, Kind] = {
    "Fortran": np.asfortranarray,
    "rows reversed": lambda a: a[::-1].copy()[::-1],
    "columns reversed": lambda a: a[..., ::-1].copy()[..., ::-1],
    "every other": _every_other,
    "one row again and again": lambda a: np.broadcast_to(a[:1], a.shape),
    "one number again and again": lambda a: np.broadcast_to(a.flat[0], a.shape),
    "read-only": _read_only,
    "unaligned": _unaligned,
    "a masked array without masked values": lambda a: np.ma.masked_array(a),
}


def canonical(array: Any) -> np.ndarray:
    """The numbers in the plainest form: float32, row by row."""
    return np.ascontiguousarray(np.asarray(array).astype("float32"))


def numbers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """48 samples of 6 features with labels and weights: small whole numbers, which every dtype has."""
    rng = np.random.default_rng(3)
    return rng.integers(0, 2, (48, 6)), rng.integers(0, 2, 48), rng.integers(1, 3, 48)


def network(units: int = 2, loss: str = "sparse_categorical_crossentropy") -> Any:
    """A compiled network whose weights and order of rows are always the same."""
    keras.utils.set_random_seed(7)
    layers = [keras.Input((6,)), keras.layers.Dense(5, "relu"), keras.layers.Dense(units, "softmax")]
    model = keras.Sequential(layers)
    model.compile("adam", loss, metrics=["accuracy"], weighted_metrics=["accuracy"])
    return model


def outcome(x: Any, y: Any, weights: Any) -> list[Any]:
    """All that comes of training, evaluating and predicting with them."""
    model = network()
    history = model.fit(x, y, 8, 2, 0, sample_weight=weights, validation_data=(x, y, weights)).history
    weighed = network().fit(x, y, 8, 2, 0, validation_split=0.25, class_weight={0: 0.5, 1: 2.0}).history
    scores = model.evaluate(x, y, sample_weight=weights, verbose=0)
    batch = model.train_on_batch(x, y, weights), model.test_on_batch(x, y, weights)
    outputs = [model.predict(x, verbose=0), model.predict_on_batch(x), np.asarray(model(x))]
    return [history, weighed, scores, batch, [each.tolist() for each in (*outputs, *model.get_weights())]]
