"""Weights as int8: what the files compute, how far that is from the model, and the report that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import exported_models as models
import numpy as np
import pytest

import denim as keras
import layer_zoo
from denim import layers
from denim.export import quantized
from denim.export.int8 import Int8, int8_weights

ZOO = [name for name in layer_zoo.NAMES if name.startswith(("Dense", "EinsumDense", "Embedding"))]
GRAPHS = ["mlp", "pixels", "normalized", "joined", "looked-up"]


def model_and_rows(name: str, dtype: str) -> tuple[keras.Model, models.Inputs]:
    if name in layer_zoo.NAMES:
        return layer_zoo.model_of(keras, name, dtype), layer_zoo.rows_for(name, 7, dtype)
    keras.config.set_floatx(dtype)
    model = models.randomized(models.MODELS[name]())
    return model, models.rows(model)


def pictures(units: int = 100) -> keras.Model:
    """The tutorial's network, trained a little on pictures that are drawn."""
    chain = [
        layers.Input((784,)),
        layers.Dense(units, "relu", name="hidden"),
        layers.Dense(10, "softmax", name="class"),
    ]
    model = keras.Sequential(chain, name="pictures")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*samples(), epochs=2, verbose=0)
    return model


def samples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, 200)
    means = rng.random((10, 784)).astype("float32")
    return means[y] + rng.normal(0.0, 0.5, (200, 784)).astype("float32"), y


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [*ZOO, *GRAPHS])
def test_onnx_computes_what_the_quantized_model_does(name: str, dtype: str, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    model, inputs = model_and_rows(name, dtype)
    model.export(tmp_path / "model.onnx", weights="int8", verbose=False)
    held = [each for each in onnx.load(tmp_path / "model.onnx").graph.initializer if each.data_type == 3]
    assert len(held) == len(int8_weights(model))
    session = runtime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    fed = {each.name: array for each, array in zip(session.get_inputs(), inputs, strict=True)}
    for found, expected in zip(session.run(None, fed), models.predicted(quantized(model), inputs), strict=True):
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [*ZOO, *GRAPHS])
def test_c_has_the_bits_of_the_quantized_model(name: str, dtype: str, tmp_path: Path, native_engine: None) -> None:
    compiled = pytest.importorskip("compiled")
    model, inputs = model_and_rows(name, dtype)
    found = compiled.Compiled(model, tmp_path, weights="int8", verbose=False)
    assert ("static const int8_t" in found.path.read_text("ascii")) == bool(int8_weights(model))
    compiled.assert_same_bits(found.predict(inputs), compiled.computed(quantized(model), inputs))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("channels", [(), (0,), (1,), (0, 2)])
def test_no_weight_is_off_by_more_than_half_a_scale(channels: tuple[int, ...], dtype: str) -> None:
    rng = np.random.default_rng(1)
    weight = (rng.normal(size=(5, 6, 7)) * 10.0 ** rng.uniform(-6, 6, (5, 1, 7))).astype(dtype)
    held = Int8.of("kernel", weight, channels)
    others = tuple(axis for axis in range(3) if axis not in channels)
    half = np.abs(weight).max(axis=others, keepdims=True) / 127 / 2
    assert (np.abs(held.numbers("float64") - weight) <= half * (1 + 1e-5)).all()
    assert np.abs(held.values.astype(int)).max(axis=others).min() == 127
    assert held.channels == channels


def test_a_sum_is_off_by_no_more_than_its_weights_make_it() -> None:
    model = keras.Sequential([layers.Input((300,)), layers.Dense(7)])
    x = np.random.default_rng(2).normal(size=(50, 300)).astype("float32")
    half = np.abs(model.layers[0].kernel.numpy()).max(axis=0) / 127 / 2
    apart = np.abs(quantized(model).predict(x, verbose=0) - model.predict(x, verbose=0))
    assert (apart <= np.abs(x).sum(axis=1, keepdims=True) * half * (1 + 1e-4) + 1e-5).all()
    assert apart.max() > 0.0


@pytest.mark.parametrize("weight", [0.0, 1e-44, -3.0])
def test_a_channel_of_one_number_stays_what_it_is(weight: float) -> None:
    held = Int8.of("kernel", np.full((4, 3), weight, "float32"), (1,))
    np.testing.assert_allclose(held.numbers("float32"), weight, rtol=1e-6, atol=1e-43)


@pytest.mark.parametrize("kind", ["onnx", "c"])
def test_the_file_is_a_quarter_as_large(kind: str, tmp_path: Path) -> None:
    if kind == "onnx":
        pytest.importorskip("onnx")
    model, sizes = pictures(), []
    for options in ({}, {"weights": "int8", "verbose": False}):
        path = tmp_path / f"model.{kind}"
        model.export(path, **options)
        sizes.append(path.stat().st_size)
    assert 0.2 < sizes[1] / sizes[0] < 0.27


def test_the_report_says_what_it_costs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, (x, y) = pictures(), samples()
    path = tmp_path / "pictures.c"
    report = model.export(path, weights="int8", data=(x, y))
    other = quantized(model)
    assert report.file == str(path)
    assert report.file_bytes == path.stat().st_size
    assert report.weight_bytes == (4 * 79510, 79400 + 4 * 220)
    assert [each.name for each in report.weights] == ["pictures/hidden/kernel", "pictures/class/kernel"]
    for each, before, after in zip(report.weights, model.get_weights()[::2], other.get_weights()[::2], strict=True):
        apart = np.abs(before.astype("float64") - after)
        assert (each.largest, each.mean) == (apart.max(), apart.mean())
        assert 0.0 < each.mean < each.largest <= each.most * (1 + 1e-5)
    (output,) = report.outputs
    apart = np.abs(model.predict(x, verbose=0).astype("float64") - other.predict(x, verbose=0))
    assert (output.name, output.largest, output.mean) == ("class", apart.max(), apart.mean())
    found = [one.evaluate(x, y, verbose=0, return_dict=True) for one in (model, other)]
    assert report.metrics == {name: (value, found[1][name]) for name, value in found[0].items()}
    assert set(report.metrics) == {"loss", "accuracy"}
    printed = capsys.readouterr().out
    assert printed == f"{report}\n"
    assert "318 kB before, 80.3 kB after (25%)" in printed
    assert f"  accuracy: {found[0]['accuracy']:.4f} before, {found[1]['accuracy']:.4f} after" in printed
    assert repr(report) == f"<Int8Report of {path}: 318040 bytes of weights became 80280; print it for more>"
    assert json.loads(report.as_json())["metrics"]["loss"] == list(report.metrics["loss"])


def test_without_targets_outputs_are_compared_and_without_data_weights_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = models.randomized(models.MODELS["joined"]())
    report = model.export(tmp_path / "model.c", weights="int8", data=models.rows(model), verbose=False)
    assert [each.name for each in report.outputs] == model.output_names
    assert report.metrics == {}
    assert model.export(tmp_path / "model.c", weights="int8", verbose=False).outputs == ()
    assert model.export(tmp_path / "model.c") is None
    assert capsys.readouterr().out == ""


def test_sample_weights_count(tmp_path: Path) -> None:
    model, (x, y) = pictures(8), samples()
    weights = np.linspace(0.0, 2.0, len(x))
    report = model.export(tmp_path / "model.c", weights="int8", data=(x, y, weights), verbose=False)
    assert report.metrics["loss"][0] == model.evaluate(x, y, sample_weight=weights, verbose=0)[0]


def test_the_model_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, (x, y) = pictures(8), samples()
    before = [each.copy() for each in (*model.get_weights(), *(v.numpy() for v in model.optimizer.variables))]
    expected = model.predict(x[:1], verbose=0)
    model.export(tmp_path / "model.c", weights="int8", data=(x, y), verbose=False)
    calls = []

    def failing(*_: Any, **__: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return predict(x, verbose=0)

    predict = model.predict
    monkeypatch.setattr(model, "predict", failing)
    with pytest.raises(KeyboardInterrupt):
        model.export(tmp_path / "other.c", weights="int8", data=(x, y), verbose=False)
    monkeypatch.undo()
    assert not (tmp_path / "other.c").exists()
    after = [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]
    assert all((old == new).all() for old, new in zip(before, after, strict=True))
    np.testing.assert_array_equal(model.predict(x[:1], verbose=0), expected)


def test_models_with_a_call_are_no_exception(tmp_path: Path, native_engine: None) -> None:
    compiled = pytest.importorskip("compiled")
    model = models.randomized(models.MODELS["two-faced"]())
    ((variable, held),) = int8_weights(model)
    inputs = models.rows(model)
    found = compiled.Compiled(model, tmp_path, weights="int8", verbose=False).predict(inputs)
    variable.assign(held.numbers("float32"))
    compiled.assert_same_bits(found, compiled.computed(model, inputs))


def test_a_kernel_that_is_used_twice_is_in_the_file_once(tmp_path: Path, native_engine: None) -> None:
    compiled = pytest.importorskip("compiled")
    x = layers.Input((4,))
    shared = layers.Dense(4)
    model = keras.Model(x, shared(layers.Activation("tanh")(shared(x))))
    inputs = models.rows(model)
    found = compiled.Compiled(model, tmp_path, weights="int8", verbose=False)
    assert found.path.read_text("ascii").count("int8_t w_") == 1
    compiled.assert_same_bits(found.predict(inputs), compiled.computed(quantized(model), inputs))


def test_what_would_not_become_smaller_stays(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((1,)), layers.Dense(9), layers.BatchNormalization(), layers.Dense(2)])
    assert [variable.path for variable, _ in int8_weights(model)] == [model.layers[-1].kernel.path]
    only = keras.Sequential([layers.Input((3,)), layers.PReLU()])
    report = only.export(tmp_path / "model.c", weights="int8", verbose=False)
    assert report.weights == ()
    assert report.weight_bytes == (12, 12)


def test_a_quantized_model_is_a_copy_that_trains() -> None:
    model, (x, y) = pictures(8), samples()
    copy = quantized(model)
    assert copy.name == model.name
    assert copy.optimizer is not model.optimizer
    before = [each.copy() for each in model.get_weights()]
    copy.fit(x, y, epochs=1, verbose=0)
    assert all((old == new).all() for old, new in zip(before, model.get_weights(), strict=True))


def test_what_int8_cannot_hold_is_said_and_the_old_file_stays(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((2,)), layers.Dense(3, name="broken")], name="m")
    path = tmp_path / "model.c"
    path.write_text("old")
    for value in (np.inf, np.nan):
        model.layers[0].kernel.assign(np.full((2, 3), value))
        with pytest.raises(ValueError, match=r"finite numbers.*Received: m/broken/kernel, whose largest is (inf|nan)"):
            model.export(path, weights="int8")
        with pytest.raises(ValueError, match="m/broken/kernel"):
            quantized(model)
    large = keras.Sequential([layers.Input((2,), dtype="float64"), layers.Dense(3, dtype="float64")])
    large.layers[0].kernel.assign(np.full((2, 3), 1e42))
    with pytest.raises(ValueError, match=r"within float32's"):
        large.export(path, weights="int8")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"weights": "int4"}, r"as they are, or `int8`. Received: weights='int4'"),
        ({"weights": np.int8}, r"Received: weights=<class 'numpy.int8'>"),
        ({"data": np.zeros((2, 33))}, r"`data` is for the report of weights='int8'. Received: data, and weights=None"),
        ({"weights": "int8", "data": (np.zeros((2, 33)), np.zeros(2))}, r"model 'mlp', which is not compiled"),
        ({"weights": "int8", "data": (1, 2, 3, 4)}, r"several inputs stand in a list. Received: a tuple of 4"),
        ({"weights": "int8", "data": np.zeros((2, 5))}, r"33"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_written(
    options: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=told):
        models.MODELS["mlp"]().export(tmp_path / "model.c", **options)
    assert not list(tmp_path.iterdir())


def test_a_model_without_shapes_has_no_weights_to_hold() -> None:
    with pytest.raises(ValueError, match=r"exported after it is built"):
        quantized(keras.Sequential([layers.Dense(2)]))
