"""Models of sequences, of unknown length and with masks, trained the same way in real Keras and in denim.

Every scene is given the module that plays Keras. Imports neither Keras nor denim.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Results = dict[str, Any]
SCENES: dict[str, Callable[[Any], Results]] = {}


def scene(function: Callable[[Any], Results]) -> Callable[[Any], Results]:
    SCENES[function.__name__] = function
    return function


def words(rows: int = 20, steps: int = 6, seed: int = 0) -> np.ndarray:
    """Word numbers from 1 to 11, then zeros; each row has at least one word."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 12, (rows, steps))
    lengths = rng.integers(1, steps + 1, rows)
    return np.where(np.arange(steps) < lengths[:, None], x, 0).astype("int64")


def vectors(rows: int = 20, steps: int = 6, seed: int = 1) -> np.ndarray:
    """Steps of three features, all zero where ``words`` has zeros."""
    x = np.random.default_rng(seed).normal(size=(rows, steps, 3))
    return (x * (words(rows, steps, seed)[..., None] != 0)).astype("float32")


def answers(rows: int = 20, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, 1)).astype("float32")


def known_weights(model: Any) -> None:
    rng = np.random.default_rng(11)
    model.set_weights([rng.normal(size=weight.shape).astype("float32") * 0.4 for weight in model.weights])


def first(x: Any, rows: int, steps: int | None = None) -> Any:
    if isinstance(x, (list, tuple)):
        return [first(each, rows, steps) for each in x]
    return x[:rows, :steps]


def trained(model: Any, x: Any, y: Any, *, steps: int = 4, compiled: Any = None, **fit: Any) -> Results:
    """What comes out, for sequences of the length of the training and for shorter ones."""
    known_weights(model)
    model.compile(**({"optimizer": "adam", "loss": "mse"} | (compiled or {})))
    options = {"epochs": 2, "batch_size": 8, "shuffle": False, "verbose": 0} | fit
    history = model.fit(x, y, **options).history
    return {
        # Keras on JAX leaves a mask out of the metrics of fit, and not of evaluate.
        "history": {name: [float(v) for v in history[name]] for name in history if name.endswith("loss")},
        "evaluation": model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True),
        "prediction": model.predict(first(x, 3), verbose=0).tolist(),
        "shorter": model.predict(first(x, 3, steps), verbose=0).tolist(),
        "called": np.asarray(model(first(x, 2, steps))).tolist(),
        "weights": [np.asarray(w).tolist() for w in model.get_weights()],
        "shapes": [list(model.input_shape), list(model.output_shape)] if not isinstance(x, list) else [],
    }


def pooled(keras: Any, x: Any) -> Any:
    return keras.layers.Dense(1)(keras.layers.GlobalAveragePooling1D()(x))


@scene
def unmasked(keras: Any) -> Results:
    inputs = keras.Input(shape=(None,), dtype="int64")
    x = keras.layers.Embedding(12, 4)(inputs)
    x = keras.layers.Dense(5, activation="relu")(keras.layers.GlobalAveragePooling1D()(x))
    return trained(keras.Model(inputs, keras.layers.Dense(1)(x)), words(), answers())


@scene
def largest(keras: Any) -> Results:
    inputs = keras.Input(shape=(None,))
    x = keras.layers.Embedding(12, 4)(inputs)
    return trained(keras.Model(inputs, keras.layers.Dense(1)(keras.layers.GlobalMaxPooling1D()(x))), words(), answers())


@scene
def masked(keras: Any) -> Results:
    layers = keras.layers
    inputs = keras.Input(shape=(None,), dtype="int64")
    x = layers.Embedding(12, 4, mask_zero=True)(inputs)
    x = layers.Activation("tanh")(layers.Dropout(0.0)(x))
    x = layers.LayerNormalization()(layers.Dense(3, activation="relu")(x))
    return trained(keras.Model(inputs, pooled(keras, x)), words(), answers())


@scene
def in_a_chain(keras: Any) -> Results:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None,)),
            layers.Embedding(12, 4, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1),
        ]
    )
    return trained(model, words(), answers(), validation_data=(words(9, 3, 5), answers(9, 5)))


@scene
def masking(keras: Any) -> Results:
    layers = keras.layers
    inputs = keras.Input(shape=(None, 3))
    x = layers.Dense(4, activation="sigmoid")(layers.Masking(mask_value=0.0)(inputs))
    return trained(keras.Model(inputs, pooled(keras, x)), vectors(), answers())


@scene
def masking_another_value(keras: Any) -> Results:
    inputs = keras.Input(shape=(None, 3))
    x = keras.layers.Masking(mask_value=-1.0)(inputs)
    data = np.where(vectors() == 0, np.float32(-1), vectors())
    return trained(keras.Model(inputs, pooled(keras, x)), data, answers())


@scene
def a_mask_as_an_argument(keras: Any) -> Results:
    numbers, counts = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
    x = keras.layers.GlobalAveragePooling1D(keepdims=True)(numbers, mask=counts)
    model = keras.Model([numbers, counts], keras.layers.Dense(1)(keras.layers.Flatten()(x)))
    return trained(model, [vectors(), words() != 0], answers())


@scene
def channels_first(keras: Any) -> Results:
    numbers, counts = keras.Input((3, None)), keras.Input((None,), dtype="bool")
    x = keras.layers.GlobalAveragePooling1D(data_format="channels_first")(numbers, mask=counts)
    model = keras.Model([numbers, counts], keras.layers.Dense(1)(x))
    return trained(model, [vectors().transpose(0, 2, 1).copy(), words() != 0], answers(), steps=6)


def merged(keras: Any, merge: Any, alike: bool = True) -> Results:
    a, b = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(12, 4, mask_zero=True)(a)
    y = keras.layers.Embedding(12, 4, mask_zero=alike)(b)
    model = keras.Model([a, b], pooled(keras, merge([x, y])))
    return trained(model, [words(seed=3), words(seed=4)], answers())


for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
    SCENES[f"merged_by_{name}"] = lambda keras, name=name: merged(keras, getattr(keras.layers, name)())
    SCENES[f"half_merged_by_{name}"] = lambda keras, name=name: merged(keras, getattr(keras.layers, name)(), False)


@scene
def one_after_the_other(keras: Any) -> Results:
    return merged(keras, keras.layers.Concatenate(axis=1))


@scene
def side_by_side(keras: Any) -> Results:
    return merged(keras, keras.layers.Concatenate(axis=-1))


@scene
def half_side_by_side(keras: Any) -> Results:
    return merged(keras, keras.layers.Concatenate(axis=1), False)


@scene
def a_model_within(keras: Any) -> Results:
    steps = keras.Input((None, 4))
    inner = keras.Model(steps, keras.layers.Dense(3, activation="tanh")(steps))
    inputs = keras.Input((None,), dtype="int64")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x = inner(keras.layers.Embedding(12, 4, mask_zero=True)(inputs))
    return trained(keras.Model(inputs, pooled(keras, x)), words(), answers())


@scene
def a_mask_ends(keras: Any) -> Results:
    inputs = keras.Input((6,), dtype="int64")
    x = keras.layers.Embedding(12, 2, mask_zero=True)(inputs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x = keras.layers.Flatten()(x)
    return trained(keras.Model(inputs, keras.layers.Dense(1)(x)), words(), answers(), steps=6)


@scene
def operations(keras: Any) -> Results:
    inputs = keras.Input((None,), dtype="int64")
    x = keras.layers.Embedding(12, 4)(inputs)
    x = keras.ops.concatenate([x, x * x], axis=-1)
    x = keras.ops.max(x, axis=1) + keras.ops.mean(x[:, 1:], axis=1)
    return trained(keras.Model(inputs, keras.layers.Dense(1)(x)), words(), answers())


def own_layer(keras: Any) -> Any:
    class Doubled(keras.layers.Layer):
        """Drops every mask but that of odd words, and counts what its input's mask says."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, x: Any, mask: Any = None) -> Any:
            return x if mask is None else x * (1.0 + keras.ops.cast(mask, x.dtype)[:, :, None])

        def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
            return keras.ops.logical_and(previous_mask, inputs[:, :, 0] > 0)

    return Doubled()


@scene
def a_layer_of_ones_own(keras: Any) -> Results:
    inputs = keras.Input((None, 3))
    x = own_layer(keras)(keras.layers.Masking()(inputs))
    data = vectors()
    data[:, 0, 0] = 1.0
    return trained(keras.Model(inputs, pooled(keras, x)), data, answers())


@scene
def a_model_of_ones_own(keras: Any) -> Results:
    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = keras.layers.Embedding(12, 4, mask_zero=True)
            self.dense = keras.layers.Dense(3, activation="tanh")
            self.pool = keras.layers.GlobalAveragePooling1D()
            self.out = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.out(self.pool(self.dense(self.embedding(x))))

    model = Net()
    model(words()[:2])
    known_weights(model)
    model.compile("adam", "mse")
    history = model.fit(words(), answers(), epochs=2, batch_size=8, shuffle=False, verbose=0).history
    return {"history": {"loss": history["loss"]}, "prediction": model.predict(words()[:3], verbose=0).tolist()}


@scene
def batches_of_differing_length(keras: Any) -> Results:
    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for steps in (3, 5, 6, 3):
            yield words(8, steps, steps), answers(8, steps)

    class Padded(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            return list(batches())[index]

    inputs = keras.Input((None,), dtype="int64")
    model = keras.Model(inputs, pooled(keras, keras.layers.Embedding(12, 4, mask_zero=True)(inputs)))
    known_weights(model)
    model.compile("adam", "mse")
    history = model.fit(Padded(), epochs=3, shuffle=False, verbose=0).history
    return {
        "history": {"loss": history["loss"], "evaluation": [model.evaluate(batches(), verbose=0)]},
        "prediction": model.predict(((x,) for x, _ in batches()), verbose=0).tolist(),
        "weights": [np.asarray(w).tolist() for w in model.get_weights()],
    }


def tagger(keras: Any, units: int, activation: str | None) -> Any:
    inputs = keras.Input((None,), dtype="int64")
    x = keras.layers.Embedding(12, 4, mask_zero=True)(inputs)
    return keras.Model(inputs, keras.layers.Dense(units, activation=activation)(x))


def tags(units: int) -> np.ndarray:
    return np.random.default_rng(6).integers(0, units, (20, 6))


@scene
def a_masked_loss(keras: Any) -> Results:
    compiled = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    return trained(tagger(keras, 3, "softmax"), words(), tags(3), compiled=compiled)


@scene
def a_masked_loss_of_one_number(keras: Any) -> Results:
    y = tags(2)[..., None].astype("float32")
    compiled = {"loss": "binary_crossentropy", "metrics": ["mae"], "optimizer": "sgd"}
    return trained(tagger(keras, 1, "sigmoid"), words(), y, compiled=compiled)


for reduction in ("sum", "mean_with_sample_weight", "mean"):

    def reduced(keras: Any, reduction: str = reduction) -> Results:
        y = tags(2)[..., None].astype("float32")
        compiled = {"loss": keras.losses.MeanSquaredError(reduction=reduction), "optimizer": "sgd"}
        return trained(tagger(keras, 1, None), words(), y, compiled=compiled)

    SCENES[f"a_masked_loss_by_{reduction}"] = reduced


@scene
def a_masked_loss_that_ignores_a_class(keras: Any) -> Results:
    compiled = {"loss": keras.losses.SparseCategoricalCrossentropy(ignore_class=1)}
    return trained(tagger(keras, 3, "softmax"), words(), tags(3), compiled=compiled)


@scene
def layers_on_arrays(keras: Any) -> Results:
    layers = keras.layers
    x = layers.Embedding(12, 3, mask_zero=True, embeddings_initializer="ones")(words()[:3])
    z = layers.Masking()(vectors()[:3])
    last = layers.Dropout(0.3)(layers.Activation("relu")(z))
    doubled = own_layer(keras)(z)
    found = {
        "embedding": x._keras_mask,
        "masking": z._keras_mask,
        "values": z,
        "passed on": last._keras_mask,
        "own": doubled._keras_mask,
        "of own": doubled,
        "added": layers.Add()([x, z])._keras_mask,
        "joined": layers.Concatenate(axis=1)([x, last])._keras_mask,
        "largest": layers.Maximum()([x, z]),
        "pooled": layers.GlobalAveragePooling1D()(last),
    }
    return {"prediction": {name: np.asarray(value).tolist() for name, value in found.items()}}
