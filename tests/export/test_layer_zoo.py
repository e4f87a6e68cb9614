"""Every layer there is, exported: a new one is a line of ``layer_zoo``, and until then these tests fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import exported_models as models
import numpy as np
import pytest

import denim as keras
import layer_zoo
from denim import layers
from denim.program import nodes
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.elementwise import ELEMENTWISE
from denim.program.formulas.reductions import REDUCTIONS


def test_every_layer_is_in_the_zoo() -> None:
    assert layer_zoo.missing(layers) == set()


def test_every_node_and_function_is_exported_by_some_test() -> None:
    made = [make() for make in models.MODELS.values()]
    made += [layer_zoo.model_of(keras, name) for name in layer_zoo.NAMES]
    made += [models.computed(name) for name in models.FUNCTIONS]
    made += [models.activated(name) for name in models.ACTIVATION_NAMES]
    found = {each for model in made for each in model.lower().predicting.nodes}
    refused = {nodes.BatchReduce}  # a row alone has no batch
    assert {type(node) for node in found} == set(get_args(nodes.Node)) - {nodes.Target} - refused
    assert {node.function for node in found if isinstance(node, nodes.Elementwise)} >= set(ELEMENTWISE)
    assert {node.function for node in found if isinstance(node, nodes.Reduce)} == set(REDUCTIONS)
    assert {node.function for node in found if isinstance(node, nodes.Activation)} == set(ACTIVATIONS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", layer_zoo.NAMES)
def test_layers_agree_in_onnx(name: str, dtype: str, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    model = layer_zoo.model_of(keras, name, dtype)
    model.export(tmp_path / "model.onnx")
    session = runtime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    for count in (1, 7):
        inputs = layer_zoo.rows_for(name, count, dtype)
        (found,) = session.run(None, dict(zip(model.input_names, inputs, strict=True)))
        assert_alike(found, models.predicted(model, inputs)[0])


def assert_alike(found: Any, expected: np.ndarray) -> None:
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
