from __future__ import annotations

from pathlib import Path
from typing import Any

import exported_models as models
import numpy as np
import pytest

import denim as keras
from denim import layers

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def session(path: Path) -> Any:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


# What ONNX Runtime 1.23 does not yet compute in float64; it takes x * sigmoid(x) for a function of its own.
NOT_YET = {("cos", "float64"), ("prod", "float64"), ("silu", "float64")}


def skip_if_too_old(function: str, dtype: str) -> None:
    version = tuple(int(number) for number in onnxruntime.__version__.split(".")[:2])
    if version < (1, 24) and (function, dtype) in NOT_YET:
        pytest.skip(f"ONNX Runtime {onnxruntime.__version__} does not have it")


def check_agreement(model: keras.Model, path: Path, tolerance: float = 1e-5) -> None:
    model.export(path)
    runtime = session(path)
    for count in (1, models.ROWS):
        inputs = models.rows(model, count=count)
        fed = {each.name: array for each, array in zip(runtime.get_inputs(), inputs, strict=True)}
        found = runtime.run(None, fed)
        expected = models.predicted(model, inputs)
        assert len(found) == len(expected)
        for ours, theirs in zip(expected, found, strict=True):
            assert theirs.dtype == ours.dtype
            np.testing.assert_allclose(theirs, ours, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", models.MODELS)
def test_models_agree(name: str, tmp_path: Path) -> None:
    check_agreement(models.randomized(models.MODELS[name]()), tmp_path / "model.onnx")


@pytest.mark.parametrize("name", models.MODELS)
def test_models_of_float64_agree(name: str, tmp_path: Path) -> None:
    keras.config.set_floatx("float64")
    check_agreement(models.randomized(models.MODELS[name]()), tmp_path / "model.onnx")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", models.ACTIVATION_NAMES)
def test_activations_agree(function: str, dtype: str, tmp_path: Path) -> None:
    skip_if_too_old(function, dtype)
    check_agreement(models.activated(function, dtype), tmp_path / "model.onnx")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", models.FUNCTIONS)
def test_functions_agree(function: str, dtype: str, tmp_path: Path) -> None:
    skip_if_too_old(function, dtype)
    check_agreement(models.computed(function, dtype), tmp_path / "model.onnx")


def test_names_are_the_models_and_the_batch_is_free(tmp_path: Path) -> None:
    model = models.MODELS["joined"]()
    model.export(tmp_path / "model.onnx")
    runtime = session(tmp_path / "model.onnx")
    assert [each.name for each in runtime.get_inputs()] == model.input_names
    assert [each.name for each in runtime.get_outputs()] == model.output_names
    assert runtime.get_inputs()[0].shape == ["batch", 3]
    assert runtime.get_outputs()[0].shape == ["batch", 1]


def test_the_file_says_who_made_it_and_for_which_opset(tmp_path: Path) -> None:
    models.MODELS["mlp"]().export(tmp_path / "model.onnx")
    proto = onnx.load(tmp_path / "model.onnx")
    assert (proto.producer_name, proto.graph.name) == ("denim", "mlp")
    assert [(each.domain, each.version) for each in proto.opset_import] == [("", 17)]


def test_whole_numbers_are_fed_as_int32(tmp_path: Path) -> None:
    models.MODELS["looked-up"]().export(tmp_path / "model.onnx")
    assert [each.type for each in session(tmp_path / "model.onnx").get_inputs()] == ["tensor(int32)", "tensor(float)"]


def test_a_large_mean_keeps_its_digits(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((3,)), layers.BatchNormalization()])
    model.layers[-1].moving_mean.assign(np.full(3, 1000.0, "float32"))
    x = (1000.0 + np.random.default_rng(0).normal(size=(5, 3))).astype("float32")
    model.export(tmp_path / "model.onnx")
    (found,) = session(tmp_path / "model.onnx").run(None, {model.input_names[0]: x})
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-5, atol=1e-5)


def test_a_trained_model_with_losses_of_its_own_is_exported_without_them(tmp_path: Path) -> None:
    model = keras.Sequential(
        [layers.Input((4,)), layers.Dense(3, kernel_regularizer="l2", activity_regularizer="l1"), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 4)), np.ones((8, 1)), epochs=1, verbose=0)
    check_agreement(model, tmp_path / "model.onnx")
    kinds = {node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node}
    assert kinds == {"Gemm", "Identity"}
