"""Classes of one's own: registered or passed, never found by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.saving import known_classes

from .conftest import Rewrite, X

pytestmark = pytest.mark.usefixtures("nothing_registered")


class Doubled(layers.Dense):
    """A Dense whose units come in pairs."""

    def __init__(self, pairs: int, **kwargs: Any) -> None:
        super().__init__(**{"units": 2 * pairs, **kwargs})
        self.pairs = pairs

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["units"]
        return {**config, "pairs": self.pairs}


def saved(folder: Path) -> tuple[Any, Path]:
    model = keras.Sequential([keras.Input((4,)), Doubled(2, activation="relu"), layers.Dense(1)])
    model.save(folder / "m.keras")
    return model, folder / "m.keras"


def test_unknown_until_it_is_registered(tmp_path: Path) -> None:
    model, path = saved(tmp_path)
    with pytest.raises(ValueError, match=r"Unknown layer: 'Doubled'.*register_keras_serializable\(\).*custom_objects="):
        keras.models.load_model(path)
    for twin in (
        keras.models.load_model(path, custom_objects={"Doubled": Doubled}),
        _within({"Doubled": Doubled}, path),
    ):
        assert type(twin.layers[0]) is Doubled
        np.testing.assert_array_equal(twin(X), model(X))
    with pytest.raises(ValueError, match="Unknown layer"):
        keras.models.load_model(path)


def _within(objects: dict[str, Any], path: Path) -> Any:
    with keras.utils.custom_object_scope(objects):
        return keras.models.load_model(path)


def test_registered(tmp_path: Path) -> None:
    assert keras.saving.register_keras_serializable("mine", "Twice")(Doubled) is Doubled
    assert keras.saving.get_registered_name(Doubled) == "mine>Twice"
    assert keras.saving.get_registered_object("mine>Twice") is Doubled
    assert keras.saving.get_registered_object("x", {"x": 1}, {"x": 2, "y": 3}) == 1
    assert keras.saving.get_registered_object("y", {"x": 1}, {"x": 2, "y": 3}) == 3
    assert keras.utils.get_custom_objects()["mine>Twice"] is Doubled
    model, path = saved(tmp_path)
    np.testing.assert_array_equal(keras.models.load_model(path)(X), model(X))


def test_a_class_of_ones_own_plays_its_part(with_config: Rewrite) -> None:
    """A registered optimizer is no layer, whatever the file says."""

    def change(config: dict[str, Any]) -> None:
        config["config"]["layers"][1]["registered_name"] = "Custom>Mine"

    class Mine(keras.optimizers.SGD):
        pass

    path = with_config(change)
    keras.saving.register_keras_serializable(name="Mine")(Mine)
    with pytest.raises(ValueError, match="it must be a layer"):
        keras.models.load_model(path)
    with pytest.raises(ValueError, match="it must be a layer"):
        keras.models.load_model(path, custom_objects={"Custom>Mine": print})


def test_only_classes_with_a_configuration_are_registered() -> None:
    with pytest.raises(ValueError, match=r"must have a get_config\(\) method"):
        keras.saving.register_keras_serializable()(object)


def test_objects_there_and_back() -> None:
    for thing in (
        layers.Dense(3, "relu", kernel_regularizer="l1"),
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.25),
        keras.metrics.BinaryAccuracy(threshold=0.25),
        keras.initializers.HeNormal(seed=4),
        keras.regularizers.L2(0.5),
    ):
        config = keras.saving.serialize_keras_object(thing)
        twin = keras.saving.deserialize_keras_object(config)
        assert type(twin) is type(thing)
        assert keras.saving.serialize_keras_object(twin) == config
    several = [None, 1, "a", (2.5, True), {"x": np.float32(0.5)}, np.arange(3.0), keras.activations.relu]
    found = keras.utils.deserialize_keras_object(keras.utils.serialize_keras_object(several))
    assert found[:5] == [None, 1, "a", [2.5, True], {"x": 0.5}]
    np.testing.assert_array_equal(found[5], [0, 1, 2])
    assert found[6] is keras.activations.relu
    for bad, match in ((lambda x: x, "lambda"), (object(), "get_config"), (layers.Dense, "Pass an instance")):
        with pytest.raises(ValueError, match=match):
            keras.saving.serialize_keras_object(bad)


def test_functions_of_ones_own() -> None:
    def mine(x: Any) -> Any:
        return x

    config = {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "function"}
    assert keras.saving.deserialize_keras_object(config, custom_objects={"mine": mine}) is mine
    with pytest.raises(ValueError, match="Unknown function: 'mine'"):
        keras.saving.deserialize_keras_object(config)


def test_the_table_holds_every_layer_that_can_be_made() -> None:
    there = set(known_classes.names_of("layer"))
    assert {name for name in layers.__all__ if name[0].isupper()} - {
        "GlobalAvgPool1D",
        "GlobalMaxPool1D",
        "Input",
        "InputSpec",
        "Lambda",
        "Layer",
        "Wrapper",
    } <= there
    for module, (where, _, names) in known_classes._TABLE.items():
        for name in names:
            cls = known_classes.find_class(module, name, None)
            assert cls.__module__.startswith("denim."), (where, name)
            assert hasattr(cls, "from_config")
