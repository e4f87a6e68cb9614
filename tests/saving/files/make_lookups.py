"""Write keras3_lookups.keras with real Keras on TensorFlow, and print what its model predicts.

KERAS_BACKEND=tensorflow python tests/saving/files/make_lookups.py
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

X = {
    "a": np.array([["r"], ["g"], ["zz"], ["b"]]),
    "w": np.array([["r", "g"], ["g", "g"], ["b", "q"], ["r", "b"]]),
    "i": np.array([[5], [7], [9], [5]]),
}

if __name__ == "__main__":
    a, w = keras.Input((1,), dtype="string", name="a"), keras.Input((2,), dtype="string", name="w")
    i = keras.Input((1,), dtype="int64", name="i")
    numbers = layers.StringLookup(name="one")
    numbers.adapt(np.array(["r", "g", "r", "b"]))
    weighted = layers.StringLookup(output_mode="tf_idf", name="three")
    weighted.adapt(X["w"])
    counts = layers.StringLookup(output_mode="count", num_oov_indices=3, mask_token="r")
    counts.adapt(X["w"][:2])
    codes = layers.IntegerLookup(output_mode="multi_hot")
    codes.adapt(X["i"])
    features = layers.Concatenate()(
        [
            layers.Flatten()(layers.Embedding(6, 3)(numbers(a))),
            layers.StringLookup(vocabulary=["r", "g"], output_mode="one_hot")(a),
            weighted(w),
            counts(w),
            codes(i),
            layers.Flatten()(layers.Embedding(6, 3)(layers.IntegerLookup(vocabulary=[5, 7], mask_token=9)(i))),
        ]
    )
    model = keras.Model([a, w, i], layers.Dense(2)(features))
    model.compile("adam", "mse")
    x = [tf.constant(values) for values in X.values()]
    model.fit(x, np.zeros((4, 2)), verbose=0)
    model.save(Path(__file__).with_name("keras3_lookups.keras"))
    print(model.predict(x, verbose=0).tolist())
