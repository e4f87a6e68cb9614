from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.models.configuration import deserialize_layer

X = np.linspace(-1, 1, 12, dtype="float32").reshape(3, 4)


def chain() -> Any:
    inner = keras.Sequential([layers.Dense(3, "tanh")], name="속 모델")
    return keras.Sequential([keras.Input(shape=(4,)), inner, layers.Dropout(0.5, seed=3), layers.Dense(2)])


def deferred() -> Any:
    return keras.Sequential([layers.Flatten(), layers.Dense(2)])


def branched() -> Any:
    one, two = keras.Input(shape=(4,)), keras.Input(shape=(4,))
    shared = layers.Dense(4, name="shared")
    inner_input = keras.Input(shape=(4,))
    inner = keras.Model(inner_input, [layers.Dense(3)(inner_input), layers.Dense(2)(inner_input)])
    first, second = inner(shared(shared(one)))
    return keras.Model([one, two], [second, shared(two), first], name="branched")


@pytest.mark.parametrize("make", [chain, deferred, branched])
def test_a_model_comes_back_from_its_configuration_as_json(make: Any) -> None:
    model = make()
    data = json.loads(json.dumps(model.get_config()))
    twin = type(model).from_config(data)
    assert json.loads(json.dumps(twin.get_config())) == data
    assert [(v.name, v.shape) for v in twin.weights] == [(v.name, v.shape) for v in model.weights]
    if model.built:
        twin.set_weights(model.get_weights())
        inputs = [X] * len(model.inputs) if len(model.inputs) > 1 else X
        np.testing.assert_array_equal(np.hstack(model(inputs)), np.hstack(twin(inputs)))


def test_a_sequential_that_was_built_late_comes_back_built() -> None:
    model = deferred()
    model(np.zeros((1, 2, 3)))
    assert keras.Sequential.from_config(model.get_config()).input_shape == (None, 2, 3)


def test_frozen_models_come_back_frozen() -> None:
    model = chain()
    model.trainable = False
    assert keras.Sequential.from_config(model.get_config()).trainable_weights == []


def test_the_form_is_keras() -> None:
    inputs = keras.Input(shape=(4,), name="i")
    shared = layers.Dense(4, name="s")
    config = keras.Model(inputs, shared(shared(inputs))).get_config()
    entry = config["layers"][1]
    assert (entry["module"], entry["class_name"], entry["name"]) == ("keras.layers", "Dense", "s")
    assert entry["build_config"] == {"input_shape": [None, 4]}
    assert [call["args"][0]["config"]["keras_history"] for call in entry["inbound_nodes"]] == [["i", 0, 0], ["s", 0, 0]]
    assert (config["input_layers"], config["output_layers"]) == (["i", 0, 0], ["s", 1, 0])


@pytest.mark.parametrize("name", ["Lambda", "os.system", "Layer", None, "__class__"])
def test_only_denims_own_classes_are_made(name: Any) -> None:
    with pytest.raises(ValueError, match="Unknown layer"):
        deserialize_layer({"module": "os", "class_name": name, "config": {}})


def test_a_graph_with_a_gap() -> None:
    config = branched().get_config()
    config["layers"] = [entry for entry in config["layers"] if entry["name"] != "shared"]
    with pytest.raises(ValueError, match="a cycle or a gap"):
        keras.Model.from_config(config)


def test_a_model_from_the_midst_of_another_has_an_input_of_its_own() -> None:
    model = chain()
    head = keras.Model(model.layers[1].output, model.output)
    assert [type(layer).__name__ for layer in head.layers] == ["InputLayer", "Dense"]
    assert head.layers[0].name == f"{model.layers[1].output.name}CLONE"
    twin = keras.Model.from_config(json.loads(json.dumps(head.get_config())))
    twin.set_weights(head.get_weights())
    hidden = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(twin(hidden), head(hidden))


def test_dicts_and_nested_containers_come_back() -> None:
    a, b = keras.Input(shape=(4,), name="a"), keras.Input(shape=(4,), name="b")
    inner = keras.Model({"b": b, "a": a}, {"out": layers.Dense(2)(a), "aux": layers.Dense(1)(b)}, name="inner")
    p, q = keras.Input(shape=(4,), name="p"), keras.Input(shape=(4,), name="q")
    made = inner({"a": p, "b": q})
    model = keras.Model({"p": p, "q": [q]}, [made["aux"], {"deep": made["out"]}])
    twin = keras.Model.from_config(json.loads(json.dumps(model.get_config())))
    assert json.dumps(twin.get_config()) == json.dumps(model.get_config())
    twin.set_weights(model.get_weights())
    data = {"p": X, "q": [2 * X]}
    aux, out = model(data)
    np.testing.assert_array_equal(twin(data)[0], aux)
    np.testing.assert_array_equal(twin(data)[1]["deep"], out["deep"])


def test_custom_objects_for_a_configuration() -> None:
    class Own(layers.Dense):
        pass

    config = keras.Sequential([keras.Input(shape=(4,)), Own(2)]).get_config()
    with pytest.raises(ValueError, match="Unknown layer"):
        keras.Sequential.from_config(config)
    twin = keras.Sequential.from_config(config, custom_objects={"Own": Own})
    assert type(twin.layers[0]) is Own
