"""What is saved comes back: every kind of layer, optimizer, loss and metric, and the numbers of further training."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import initializers, layers, losses, optimizers

from .conftest import X, Y

ONE_HOT = np.eye(3, dtype="float32")[Y]


def same(one: Any, other: Any) -> None:
    assert [v.path.split("/")[-1] for v in one.weights] == [v.path.split("/")[-1] for v in other.weights]
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a.value, b.value)
        assert (a.trainable, a.dtype) == (b.trainable, b.dtype)
    assert json.loads(one.to_json()) == json.loads(other.to_json())
    if one.optimizer is not None:
        for a, b in zip(one.optimizer.variables, other.optimizer.variables, strict=True):
            np.testing.assert_array_equal(a.value, b.value)


def reloaded(model: Any, folder: Path, ending: str = ".keras", **options: Any) -> Any:
    path = folder / f"m{ending}"
    model.save(path)
    return keras.models.load_model(path, **options)


def normalization() -> Any:
    layer = layers.Normalization()
    layer.adapt(X)
    return layer


LAYERS: dict[str, Callable[[], Any]] = {
    "Activation": lambda: layers.Activation("gelu"),
    "ActivityRegularization": lambda: layers.ActivityRegularization(0.1, 0.2),
    "AlphaDropout": lambda: layers.AlphaDropout(0.2, seed=1),
    "BatchNormalization": lambda: layers.BatchNormalization(
        momentum=0.5, gamma_regularizer="l2", gamma_constraint="unit_norm"
    ),
    "CategoryEncoding": lambda: layers.CategoryEncoding(4, "count"),
    "Dense": lambda: layers.Dense(
        3,
        "elu",
        False,
        initializers.VarianceScaling(2.0, seed=3),
        kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2),
        kernel_constraint=keras.constraints.MinMaxNorm(0.1, 0.2, axis=[0, 1]),
    ),
    "Discretization": lambda: layers.Discretization([-1.0, 1.0], output_mode="multi_hot"),
    "Dropout": lambda: layers.Dropout(0.25, seed=9),
    "ELU": lambda: layers.ELU(0.5),
    "EinsumDense": lambda: layers.EinsumDense("ab,bc->ac", 3, "tanh", "c", activity_regularizer="l1"),
    "Embedding": lambda: keras.Sequential(
        [layers.ReLU(), layers.Embedding(9, 2, embeddings_regularizer="l2"), layers.Flatten()]
    ),
    "Flatten": lambda: layers.Flatten(),
    "GaussianDropout": lambda: layers.GaussianDropout(0.2, seed=1),
    "GaussianNoise": lambda: layers.GaussianNoise(0.2, seed=1),
    "GlobalAveragePooling1D": lambda: keras.Sequential([layers.Reshape((2, 2)), layers.GlobalAveragePooling1D()]),
    "Masking": lambda: keras.Sequential([layers.Reshape((2, 2)), layers.Masking(0.5), layers.GlobalAveragePooling1D()]),
    "GlobalMaxPooling1D": lambda: keras.Sequential([layers.Reshape((2, 2)), layers.GlobalMaxPooling1D()]),
    "GroupNormalization": lambda: layers.GroupNormalization(2),
    "Identity": lambda: layers.Identity(),
    "LayerNormalization": lambda: layers.LayerNormalization(epsilon=0.01, center=False),
    "LeakyReLU": lambda: layers.LeakyReLU(0.1),
    "Normalization": normalization,
    "PReLU": lambda: layers.PReLU("ones", shared_axes=1),
    "Permute": lambda: layers.Permute([1]),
    "RMSNormalization": lambda: layers.RMSNormalization(epsilon=0.01),
    "ReLU": lambda: layers.ReLU(2.0, 0.2, 0.1),
    "RepeatVector": lambda: keras.Sequential([layers.RepeatVector(2), layers.Flatten()]),
    "Rescaling": lambda: layers.Rescaling(2.0, offset=[0.0, 1.0, 2.0, 3.0]),
    "Reshape": lambda: keras.Sequential([layers.Reshape((2, -1)), layers.Flatten()]),
    "Softmax": lambda: layers.Softmax(),
    "UnitNormalization": lambda: layers.UnitNormalization(),
}
MERGING = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
"""Those that take several inputs are among golden/test_layers.py's."""


NUMBERING = {"HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization"}
"""Those that read texts are in test_vocabularies.py."""


def test_every_layer_is_tried() -> None:
    named = {name for name in layers.__all__ if name[0].isupper()}
    others = {"GlobalAvgPool1D", "GlobalMaxPool1D", "Input", "InputLayer", "InputSpec", "Lambda", "Layer", "Wrapper"}
    assert set(LAYERS) | MERGING | NUMBERING == named - others


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name: str, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), LAYERS[name](), layers.Dense(2)])
    twin = reloaded(model, tmp_path)
    same(model, twin)
    np.testing.assert_array_equal(model(X), twin(X))


OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "SGD": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "RMSprop": lambda: optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "Adagrad": lambda: optimizers.Adagrad(0.1, initial_accumulator_value=0.2),
    "accumulation": lambda: optimizers.Adagrad(0.1, gradient_accumulation_steps=3),
    "Adam": lambda: optimizers.Adam(0.01, amsgrad=True, name="모멘트"),
    "AdamW": lambda: optimizers.AdamW(0.01, weight_decay=0.02),
    "Nadam": lambda: optimizers.Nadam(0.01, gradient_accumulation_steps=3),
    "Adadelta": lambda: optimizers.Adadelta(1.0, gradient_accumulation_steps=3),
    "Adamax": lambda: optimizers.Adamax(0.01, use_ema=True, ema_momentum=0.5),
    "Ftrl": lambda: optimizers.Ftrl(0.1, beta=0.5),
    "Lion": lambda: optimizers.Lion(0.01, use_ema=True, ema_overwrite_frequency=3, gradient_accumulation_steps=2),
}


def test_every_optimizer_is_tried() -> None:
    assert set(OPTIMIZERS) - {"averages", "accumulation"} == {
        name for name in optimizers.__all__ if name[0].isupper()
    } - {"Optimizer"}


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_optimizers_go_on_where_they_were(name: str, ending: str, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(5, "tanh"), layers.Dense(3, "softmax")])
    model.compile(OPTIMIZERS[name](), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    twin = reloaded(model, tmp_path, ending)
    same(model, twin)
    assert int(twin.optimizer.steps) == 8
    histories = [m.fit(X, Y, epochs=2, batch_size=4, shuffle=False, verbose=0).history for m in (model, twin)]
    assert histories[0] == histories[1]
    same(model, twin)


@pytest.mark.parametrize(
    "schedule", sorted({*optimizers.schedules.__all__} - {"LearningRateSchedule", "deserialize", "serialize"})
)
def test_schedules(schedule: str, tmp_path: Path) -> None:
    arguments: dict[str, tuple[Any, ...]] = {
        "CosineDecay": (0.1, 10),
        "CosineDecayRestarts": (0.1, 10),
        "ExponentialDecay": (0.1, 5, 0.9),
        "InverseTimeDecay": (0.1, 5, 0.5),
        "PiecewiseConstantDecay": ([3, 6], [0.1, 0.05, 0.01]),
        "PolynomialDecay": (0.1, 10),
    }
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax")])
    made = getattr(optimizers.schedules, schedule)(*arguments[schedule])
    model.compile(optimizers.SGD(made, momentum=0.9), "sparse_categorical_crossentropy")
    model.fit(X, Y, batch_size=4, shuffle=False, verbose=0)
    twin = reloaded(model, tmp_path)
    same(model, twin)
    histories = [m.fit(X, Y, shuffle=False, verbose=0).history for m in (model, twin)]
    assert histories[0] == histories[1]


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        ("sparse_categorical_crossentropy", Y),
        ("crossentropy", Y),
        (losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, name="잃은 것"), ONE_HOT),
        (losses.BinaryCrossentropy, ONE_HOT),
        (losses.mean_squared_error, ONE_HOT),
        (["mae"], ONE_HOT),
        (losses.MeanSquaredError(reduction="sum"), ONE_HOT),
    ],
)
@pytest.mark.parametrize(
    "metrics",
    [None, ["accuracy"], ["mse", keras.metrics.MeanAbsoluteError(name="차이")], [keras.metrics.mean_squared_error]],
)
def test_losses_and_metrics(loss: Any, y: Any, metrics: Any, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax")])
    weighted = None if y is Y else [keras.metrics.BinaryAccuracy(threshold=0.3)]
    metrics = ["accuracy"] if y is Y and metrics else metrics
    model.compile("sgd", loss, loss_weights=[0.5], metrics=metrics, weighted_metrics=weighted, steps_per_execution=2)
    twin = reloaded(model, tmp_path)
    assert twin.evaluate(X, y, verbose=0, return_dict=True) == model.evaluate(X, y, verbose=0, return_dict=True)
    assert twin.steps_per_execution == 2


def graph() -> Any:
    one, two = keras.Input((4,), name="하나"), keras.Input((3,), name="둘")
    shared = layers.Dense(4, "relu", name="나눠 쓰는 층")
    inner_input = keras.Input((4,))
    head = layers.Dense(2, name="a")(inner_input)
    inner = keras.Model(inner_input, [head, layers.Dense(3, name="b")(inner_input)], name="속 그래프")
    chain = keras.Sequential([keras.Input((4,)), layers.Dense(4), shared], name="속 사슬")
    wide = layers.Dense(4, name="넓게")(two)
    first, second = inner(chain(shared(one)))
    model = keras.Model([one, two], [second, layers.Dense(1, name="끝")(shared(wide)), first], name="그래프 모델")
    model.compile("adam", ["mse", "mae", "mse"], loss_weights=[1.0, 0.5, 2.0], metrics=[["mae"], [], ["mse"]])
    return model


def test_graphs_with_shared_layers_and_models_within(tmp_path: Path) -> None:
    model = graph()
    inputs = [X, X[:, :3]]
    targets = [ONE_HOT, X[:, :1], X[:, :2]]
    model.fit(inputs, targets, shuffle=False, verbose=0)
    twin = reloaded(model, tmp_path)
    for a, b in zip(model.predict(inputs, verbose=0), twin.predict(inputs, verbose=0), strict=True):
        np.testing.assert_array_equal(a, b)
    assert twin.get_layer("속 사슬").layers[1] is twin.get_layer("나눠 쓰는 층")
    histories = [m.fit(inputs, targets, shuffle=False, verbose=0).history for m in (model, twin)]
    assert histories[0] == histories[1]
    for a, b in zip(model.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(a.value, b.value)


@pytest.mark.parametrize("make", [str, Path])
def test_paths_and_strings(model: Any, tmp_path: Path, make: Any) -> None:
    folder = tmp_path / "폴더 이름"
    folder.mkdir()
    model.save(make(folder / "모델.keras"))
    same(model, keras.models.load_model(make(folder / "모델.keras")))
    model.save_weights(make(folder / "가중치.weights.h5"))
    model.load_weights(make(folder / "가중치.weights.h5"))
    assert sorted(p.name for p in folder.iterdir()) == sorted(["모델.keras", "가중치.weights.h5"])


def test_without_compiling(model: Any, saved: Path) -> None:
    twin = keras.models.load_model(saved, compile=False)
    assert (twin.optimizer, twin.compiled) == (None, False)
    np.testing.assert_array_equal(model(X), twin(X))


def test_compiled_but_never_trained(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax")])
    model.compile(optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.optimizer.learning_rate = 0.25
    twin = reloaded(model, tmp_path)
    assert (float(twin.optimizer.learning_rate), twin.optimizer.built) == (0.25, False)
    histories = [m.fit(X, Y, shuffle=False, verbose=0).history for m in (model, twin)]
    assert histories[0] == histories[1]


def test_never_built(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Dense(3), layers.Dense(2)])
    with pytest.warns(UserWarning, match="not yet been built"):
        model.save(tmp_path / "m.keras")
    twin = keras.models.load_model(tmp_path / "m.keras")
    assert not twin.built
    assert twin(X).shape == (15, 2)


def test_frozen_layers_stay_frozen(model: Any, tmp_path: Path) -> None:
    model.get_layer("hidden").trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy")
    twin = reloaded(model, tmp_path)
    assert not twin.get_layer("hidden").trainable
    assert [v.name for v in twin.trainable_weights] == ["kernel", "bias"]


def test_double_precision(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,), dtype="float64"), layers.Dense(2, dtype="float64")])
    twin = reloaded(model, tmp_path)
    assert twin.weights[0].dtype == "float64"
    same(model, twin)


def test_loading_draws_no_random_numbers(saved: Path) -> None:
    states = []
    for load in (True, False):
        keras.utils.set_random_seed(3)
        if load:
            keras.models.load_model(saved)
        states.append(np.random.rand())  # noqa: NPY002
    assert states[0] == states[1]


def test_as_json(model: Any) -> None:
    text = model.to_json(indent=1)
    twin = keras.models.model_from_json(text)
    assert twin.to_json(indent=1) == text
    assert [v.shape for v in twin.weights] == [v.shape for v in model.weights]
    assert twin.optimizer is not None and twin.weights[0].value.any()
    for bad, match in (("[]", "must be a JSON object"), ("{", "must be JSON"), ('{"class_name": "Dense"}', "no model")):
        with pytest.raises(ValueError, match=match):
            keras.models.model_from_json(bad)


def test_h5py_is_imported_when_it_is_needed() -> None:
    import subprocess
    import sys

    code = "import sys, denim.saving, denim.models.sequential; assert 'h5py' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
