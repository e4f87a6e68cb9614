"""Every layer gives what real Keras gives: numbers, shapes, weights, configurations, and a training through it.

layers.json comes from make_layers.py.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim

sys.path.insert(0, str(Path(__file__).parent))

from layer_cases import CASES, ROWS, LayerCase, fill
from lookup_cases import CASES as LOOKUPS

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "layers.json").read_text(encoding="utf-8"))
ENGINES = ("reference", "native")
TOLERANCE = {"rtol": 2e-4, "atol": 2e-5}
NOT_DENIMS = {
    "quantization_config",
    "lora_rank",
    "lora_alpha",
    "gptq_unpacked_column_size",
    "input_axes",
    "output_axes",
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request: pytest.FixtureRequest) -> LayerCase:
    found: LayerCase = request.param
    return found


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, fresh_session: None) -> str:
    if request.param == "native":
        pytest.importorskip("denim.engines.native", reason="the native engine is not built")
    denim.config.set_engine(request.param)
    return str(request.param)


def test_every_layer_has_a_case() -> None:
    named = {
        name for name in denim.layers.__all__ if name[0].isupper() and isinstance(getattr(denim.layers, name), type)
    }
    others = {"GlobalAvgPool1D", "GlobalMaxPool1D", "InputLayer", "InputSpec", "Lambda", "Layer", "Wrapper"}
    others |= {name for name, *_ in LOOKUPS.values()}
    others.add("Masking")  # golden in masks.json
    assert {case.layer for case in CASES.values()} | others == named | {"Lambda"}


def of(numbers: dict[str, Any]) -> np.ndarray:
    return np.array(numbers["values"]).reshape(numbers["shape"])


def unless_the_engine_cannot(call: Any) -> Any:
    try:
        return call()
    except NotImplementedError as error:
        if "native engine cannot" in str(error):
            pytest.skip(str(error))
        raise


def plain(config: Any) -> Any:
    """A configuration without what denim has not, policies as names, tuples as lists, and numbers as floats."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return config["config"]["name"]
        if config.get("class_name") == "__numpy__":
            return config["config"]["value"]
        return {key: plain(value) for key, value in config.items() if key not in NOT_DENIMS and value is not None}
    if isinstance(config, (list, tuple)):
        return [plain(value) for value in config]
    return round(float(config), 5) if isinstance(config, (int, float)) and not isinstance(config, bool) else config


def test_the_configuration_and_back(case: LayerCase, fresh_session: None) -> None:
    layer = case.make(denim)
    config = layer.get_config()
    assert plain(config) == plain(GOLDEN[case.key]["config"])
    again = denim.layers.deserialize(json.loads(json.dumps(denim.layers.serialize(layer))))
    assert type(again) is type(layer)
    assert plain(again.get_config()) == plain(config)
    of_keras = denim.layers.serialize(layer) | {"config": GOLDEN[case.key]["config"]}
    assert plain(denim.layers.deserialize(of_keras).get_config()) == plain(config)


def test_a_call_on_arrays(case: LayerCase, engine: str) -> None:
    right = GOLDEN[case.key]
    layer, xs = case.make(denim), case.inputs()
    first = unless_the_engine_cannot(lambda: case.call(layer, xs))
    assert [[w.name, w.path, list(w.shape), w.trainable] for w in layer.weights] == right["weights"]
    fill(layer.weights)
    output = case.call(layer, xs)
    expected = of(right["output"])
    np.testing.assert_allclose(np.asarray(output, "float64"), expected, **TOLERANCE)
    assert output.dtype == right["output"]["dtype"] and first.shape == output.shape
    shapes = [(None, *shape) for shape in case.shapes]
    shape = layer.compute_output_shape(shapes if len(shapes) > 1 else shapes[0])
    assert list(shape) == [None, *expected.shape[1:]]
    if case.layer != "Discretization" or case.options.get("output_mode", "int") in ("int", "one_hot"):
        assert list(shape) == right["output_shape"]


def test_a_model_of_it_alone_predicts_the_same(case: LayerCase, engine: str) -> None:
    xs = case.inputs()
    dtype = "float32" if case.below is None else "int32"
    layer = case.make(denim)
    inputs = [denim.Input(shape, dtype=dtype) for shape in case.shapes]
    model = denim.Model(inputs, case.call(layer, inputs))
    fill(layer.weights)
    predicted = unless_the_engine_cannot(lambda: model.predict(xs if len(xs) > 1 else xs[0], verbose=0))
    assert model.output_shape[1:] == predicted.shape[1:]
    assert predicted.dtype == GOLDEN[case.key]["output"]["dtype"] == model.output.dtype
    np.testing.assert_allclose(predicted, of(GOLDEN[case.key]["output"]), **TOLERANCE)


def test_training_through_it(case: LayerCase, engine: str) -> None:
    if not case.trains:
        pytest.skip("it has no gradient")
    right = GOLDEN[case.key]
    model = case.model(denim, case.make(denim))
    fill(model.weights)
    assert [list(w.shape) for w in model.weights] == [numbers["shape"] for numbers in right["trained"]]
    xs = case.inputs()
    x = xs if len(xs) > 1 else xs[0]
    y = np.random.default_rng(4).standard_normal((ROWS, model.output_shape[-1])).astype("float32")
    fit = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
    history = unless_the_engine_cannot(lambda: model.fit(x, y, **fit)).history
    np.testing.assert_allclose(history["loss"], right["loss"], **TOLERANCE)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), right["evaluated"], **TOLERANCE)
    for weight, expected in zip(model.weights, right["trained"], strict=True):
        np.testing.assert_allclose(weight.numpy(), of(expected), rtol=2e-4, atol=5e-5, err_msg=weight.path)


def test_the_summary(case: LayerCase, fresh_session: None) -> None:
    if not case.trains:
        pytest.skip("its model is not in the file")
    lines: list[str] = []
    case.model(denim, case.make(denim)).summary(print_fn=lines.append, line_length=100)
    assert without_totals("\n".join(lines)) == without_totals(GOLDEN[case.key]["summary"])


def without_totals(text: str) -> str:
    """Keras's model was trained, so that its optimizer counts."""
    return text.partition(" Total params")[0]


def test_files(case: LayerCase, engine: str, tmp_path: Path) -> None:
    model = case.model(denim, case.make(denim))
    xs = case.inputs()
    x = xs if len(xs) > 1 else xs[0]
    before = unless_the_engine_cannot(lambda: model.predict(x, verbose=0))
    model.save(tmp_path / "m.keras")
    again = denim.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), before)
