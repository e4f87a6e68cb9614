"""A model of each layer there is, to be made with denim or with Keras, and numbers to feed it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Make = Callable[[Any], Any]

# The layer's name, perhaps with a remark behind a colon -> the shape of a sample, and the layer, from `keras.layers`.
OF_ONE: dict[str, tuple[tuple[int, ...], Make]] = {
    "Dense": ((5,), lambda k: k.Dense(4, activation="relu")),
    "Dense: of rows, without bias": ((3, 5), lambda k: k.Dense(4, use_bias=False)),
    "EinsumDense": ((5,), lambda k: k.EinsumDense("ab,bc->ac", 4, bias_axes="c")),
    "EinsumDense: of heads": ((3, 5), lambda k: k.EinsumDense("abc,cde->abde", (3, 2, 4), bias_axes="de")),
    "EinsumDense: over two axes": ((3, 5), lambda k: k.EinsumDense("abc,bcd->ad", 4, activation="tanh")),
    "EinsumDense: any axes": ((3, 5), lambda k: k.EinsumDense("...c,cd->...d", 4)),
    "EinsumDense: turned": ((3, 5), lambda k: k.EinsumDense("abc,dc->abd", (3, 4))),
    "EinsumDense: batched": ((3, 5), lambda k: k.EinsumDense("abc,bcd->abd", (3, 4))),
    "EinsumDense: to one number": ((5,), lambda k: k.EinsumDense("ab,b->a", ())),
    "Activation": ((5,), lambda k: k.Activation("gelu")),
    "ReLU": ((5,), lambda k: k.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2)),
    "LeakyReLU": ((5,), lambda k: k.LeakyReLU(negative_slope=0.2)),
    "PReLU": ((5,), lambda k: k.PReLU()),
    "PReLU: shared": ((3, 5), lambda k: k.PReLU(shared_axes=[1])),
    "ELU": ((5,), lambda k: k.ELU(alpha=0.7)),
    "Softmax": ((5,), lambda k: k.Softmax()),
    "Softmax: of columns": ((3, 5), lambda k: k.Softmax(axis=1)),
    "BatchNormalization": ((5,), lambda k: k.BatchNormalization()),
    "BatchNormalization: of columns": ((3, 5), lambda k: k.BatchNormalization(axis=1, scale=False)),
    "LayerNormalization": ((5,), lambda k: k.LayerNormalization()),
    "LayerNormalization: of two axes": ((3, 5), lambda k: k.LayerNormalization(axis=[1, 2], center=False)),
    "GroupNormalization": ((3, 6), lambda k: k.GroupNormalization(groups=3)),
    "RMSNormalization": ((5,), lambda k: k.RMSNormalization()),
    "UnitNormalization": ((5,), lambda k: k.UnitNormalization()),
    "Normalization": (
        (5,),
        lambda k: k.Normalization(mean=[0.1, 0.2, 0.3, 0.4, 0.5], variance=[1, 2, 3, 4, 5]),
    ),
    "Normalization: undone": ((5,), lambda k: k.Normalization(mean=0.3, variance=2.0, invert=True)),
    "Rescaling": ((5,), lambda k: k.Rescaling(0.3, offset=-0.5)),
    "Discretization": ((5,), lambda k: k.Discretization(bin_boundaries=[-0.7, 0.1, 0.5])),
    "Discretization: counted": (
        (5,),
        lambda k: k.Discretization(bin_boundaries=[-0.7, 0.1], output_mode="count"),
    ),
    "Dropout": ((5,), lambda k: k.Dropout(0.5)),
    "AlphaDropout": ((5,), lambda k: k.AlphaDropout(0.5)),
    "GaussianDropout": ((5,), lambda k: k.GaussianDropout(0.5)),
    "GaussianNoise": ((5,), lambda k: k.GaussianNoise(0.5)),
    "ActivityRegularization": ((5,), lambda k: k.ActivityRegularization(l1=0.01)),
    "Identity": ((5,), lambda k: k.Identity()),
    "Masking": ((3, 5), lambda k: k.Masking(mask_value=0.5)),
    "Flatten": ((3, 5), lambda k: k.Flatten()),
    "Reshape": ((3, 4), lambda k: k.Reshape((2, -1))),
    "Permute": ((2, 3, 5), lambda k: k.Permute((3, 1, 2))),
    "RepeatVector": ((5,), lambda k: k.RepeatVector(3)),
    "GlobalAveragePooling1D": ((3, 5), lambda k: k.GlobalAveragePooling1D()),
    "GlobalMaxPooling1D": ((3, 5), lambda k: k.GlobalMaxPooling1D(keepdims=True)),
}

OF_WHOLE_NUMBERS: dict[str, tuple[tuple[int, ...], Make]] = {
    "Embedding": ((6,), lambda k: k.Embedding(5, 8)),
    "CategoryEncoding": ((), lambda k: k.CategoryEncoding(num_tokens=5, output_mode="one_hot")),
    "CategoryEncoding: counted": ((6,), lambda k: k.CategoryEncoding(num_tokens=5, output_mode="count")),
}
"""From 0 to 4."""

OF_SEVERAL: dict[str, tuple[tuple[int, ...], int, Make]] = {
    "Add": ((5,), 3, lambda k: k.Add()),
    "Subtract": ((5,), 2, lambda k: k.Subtract()),
    "Multiply": ((3, 5), 3, lambda k: k.Multiply()),
    "Average": ((5,), 3, lambda k: k.Average()),
    "Maximum": ((5,), 3, lambda k: k.Maximum()),
    "Minimum": ((5,), 3, lambda k: k.Minimum()),
    "Concatenate": ((3, 5), 3, lambda k: k.Concatenate(axis=1)),
    "Dot": ((3, 5), 2, lambda k: k.Dot(axes=2)),
    "Dot: of unit length": ((5,), 2, lambda k: k.Dot(axes=1, normalize=True)),
}

NAMES = (*OF_ONE, *OF_WHOLE_NUMBERS, *OF_SEVERAL)

ELSEWHERE = {"Layer", "Wrapper", "InputLayer", "Lambda"}
"""The bases of one's own, the beginning of every model here, and Python code, which Keras is not given."""
NUMBERING = {"HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization"}
"""Those that read texts and integers before an engine does, and are not exported."""


def missing(layers: Any) -> set[str]:
    """The layers of ``layers`` that no model here is made of."""
    there = {
        each.__name__ for each in vars(layers).values() if isinstance(each, type) and issubclass(each, layers.Layer)
    }
    return there - {name.partition(":")[0] for name in NAMES} - ELSEWHERE - NUMBERING


def model_of(keras: Any, name: str, dtype: str = "float32") -> Any:
    """The model of one layer, with weights that are drawn."""
    if name in OF_ONE:
        shape, make = OF_ONE[name]
        x = keras.Input(shape, dtype=dtype, name="x")
        model = keras.Model(x, make(_Typed(keras.layers, dtype))(x), name="zoo")
    elif name in OF_WHOLE_NUMBERS:
        shape, make = OF_WHOLE_NUMBERS[name]
        x = keras.Input(shape, dtype="int32", name="x")
        model = keras.Model(x, make(_Typed(keras.layers, dtype))(x), name="zoo")
    else:
        shape, count, make = OF_SEVERAL[name]
        several = [keras.Input(shape, dtype=dtype, name=f"x{i}") for i in range(count)]
        model = keras.Model(several, make(_Typed(keras.layers, dtype))(several), name="zoo")
    model.set_weights(list(_drawn(model.weights)))
    return model


def rows_for(name: str, count: int = 7, dtype: str = "float32") -> list[np.ndarray]:
    """What is fed."""
    rng = np.random.default_rng(3)
    if name in OF_WHOLE_NUMBERS:
        return [rng.integers(0, 5, (count, *OF_WHOLE_NUMBERS[name][0])).astype("int32")]
    shape, several = (OF_ONE[name][0], 1) if name in OF_ONE else OF_SEVERAL[name][:2]
    return [rng.normal(0.0, 1.5, (count, *shape)).astype(dtype) for _ in range(several)]


class _Typed:
    """``keras.layers``, whose layers have a dtype."""

    def __init__(self, layers: Any, dtype: str) -> None:
        self._layers, self._dtype = layers, dtype

    def __getattr__(self, name: str) -> Any:
        kind = getattr(self._layers, name)
        return lambda *args, **kwargs: kind(*args, dtype=self._dtype, **kwargs)


def _drawn(weights: Any) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(5)
    for weight in weights:
        low = 0.2 if "variance" in weight.path else -1.0
        yield rng.uniform(low, 1.0, tuple(weight.shape)).astype("float32")
