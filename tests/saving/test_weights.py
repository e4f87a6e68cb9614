"""Weights alone: by structure, all or nothing, and what is said where they do not fit."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import denim as keras
from denim import layers

from .conftest import X, Y, archive, members


def chain(*units: int, name: str | None = None) -> Any:
    return keras.Sequential([keras.Input((4,)), *(layers.Dense(n) for n in units)], name=name)


def values(model: Any) -> list[np.ndarray]:
    return [v.numpy() for v in model.weights]


def test_by_structure_whatever_the_names(tmp_path: Path) -> None:
    source, sink = chain(3, 2, name="source"), chain(3, 2, name="sink")
    source.save_weights(tmp_path / "w.weights.h5")
    sink.load_weights(tmp_path / "w.weights.h5")
    for a, b in zip(values(source), values(sink), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_layout_is_keras(model: Any, tmp_path: Path) -> None:
    model.save_weights(tmp_path / "w.weights.h5")
    with h5py.File(tmp_path / "w.weights.h5") as file:
        found: dict[str, Any] = {}
        file.visititems(lambda name, item: found.update({name: getattr(item, "shape", None)}))
        assert file["layers/dense/vars"].attrs["name"] == "hidden"
        assert file["optimizer/vars/0"][()] == 1 and file["optimizer/vars/0"].dtype == np.int32
    assert found == {
        "layers": None,
        "layers/dense": None,
        "layers/dense/vars": None,
        "layers/dense/vars/0": (4, 5),
        "layers/dense/vars/1": (5,),
        "layers/dense_1": None,
        "layers/dense_1/vars": None,
        "layers/dense_1/vars/0": (5, 3),
        "layers/dense_1/vars/1": (3,),
        "optimizer": None,
        "optimizer/vars": None,
        "optimizer/vars/0": (),
        "optimizer/vars/1": (),
        "optimizer/vars/2": (4, 5),
        "optimizer/vars/3": (4, 5),
        "optimizer/vars/4": (5,),
        "optimizer/vars/5": (5,),
        "optimizer/vars/6": (5, 3),
        "optimizer/vars/7": (5, 3),
        "optimizer/vars/8": (3,),
        "optimizer/vars/9": (3,),
        "vars": None,
    }


def test_a_mismatch_changes_nothing_and_names_layer_and_shapes(tmp_path: Path) -> None:
    chain(3, 2).save_weights(tmp_path / "w.weights.h5")
    sink = chain(3, 5)
    before = values(sink)
    with pytest.raises(keras.saving.ModelFileError) as caught:
        sink.load_weights(tmp_path / "w.weights.h5")
    assert "1 of the model's layers do not fit what the file has for them" in str(caught.value)
    assert (
        "Layer 'dense_3' (Dense, layers/dense_1/vars): 'kernel' has shape (3, 5), in the file it has shape (3, 2)"
        in str(caught.value)
    )
    for a, b in zip(values(sink), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_skip_mismatch_loads_what_fits(tmp_path: Path) -> None:
    source, sink = chain(3, 2), chain(3, 5)
    source.save_weights(tmp_path / "w.weights.h5")
    head = values(sink)[2:]
    with pytest.warns(UserWarning, match="They keep the weights they have"):
        sink.load_weights(tmp_path / "w.weights.h5", skip_mismatch=True)
    for a, b in zip(values(sink), [*values(source)[:2], *head], strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_layer_more_than_the_file_has(tmp_path: Path) -> None:
    chain(3).save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match=r"'dense_2' .* expected 2 variables, but the file has 0 for it"):
        chain(3, 2).load_weights(tmp_path / "w.weights.h5")


def test_a_layer_less_than_the_file_has(tmp_path: Path) -> None:
    source, sink = chain(3, 2), chain(3)
    source.save_weights(tmp_path / "w.weights.h5")
    sink.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_array_equal(values(sink)[0], values(source)[0])


def test_the_optimizers_state_comes_along(model: Any, tmp_path: Path) -> None:
    model.save_weights(tmp_path / "w.weights.h5")
    twin = keras.Sequential([keras.Input((4,)), layers.Dense(5, "tanh"), layers.Dense(3, "softmax")])
    twin.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    twin.load_weights(tmp_path / "w.weights.h5")
    histories = [m.fit(X, Y, shuffle=False, verbose=0).history for m in (model, twin)]
    assert histories[0] == histories[1]
    assert int(twin.optimizer.iterations) == 2


def test_another_optimizers_state_is_left_out_with_a_warning(model: Any, tmp_path: Path) -> None:
    model.save_weights(tmp_path / "w.weights.h5")
    model.compile("rmsprop", "sparse_categorical_crossentropy")
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'rm_sprop', because it has 6"):
        model.load_weights(tmp_path / "w.weights.h5")
    assert int(model.optimizer.iterations) == 0


def test_a_trained_models_numbers_are_replaced_where_they_live(model: Any, tmp_path: Path) -> None:
    model.save_weights(tmp_path / "w.weights.h5")
    before = model(X)
    model.fit(X, Y, epochs=3, verbose=0)
    assert not np.array_equal(model(X), before)
    model.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_array_equal(model(X), before)
    assert int(model.optimizer.iterations) == 1


def test_weights_out_of_a_whole_model(model: Any, saved: Path) -> None:
    twin = chain(5, 3)
    twin.load_weights(saved)
    for a, b in zip(values(twin), values(model), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_whole_models_weights_are_told_apart_by_name(tmp_path: Path) -> None:
    """A graph made anew may list its layers in another order than the file: here the file's groups are swapped."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="first"), layers.Dense(4, name="second")])
    model.save(tmp_path / "m.keras")
    parts = members(tmp_path / "m.keras")
    buffer = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(buffer, "a") as file:
        file.move("layers/dense", "layers/other")
        file.move("layers/dense_1", "layers/dense")
        file.move("layers/other", "layers/dense_1")
    archive(tmp_path / "m.keras", {**parts, "model.weights.h5": buffer.getvalue()})
    twin = keras.models.load_model(tmp_path / "m.keras")
    for a, b in zip(values(twin), values(model), strict=True):
        np.testing.assert_array_equal(a, b)
    twin.load_weights(tmp_path / "m.keras")
    np.testing.assert_array_equal(values(twin)[0], values(model)[2])


def test_numbers_of_other_widths_are_converted(tmp_path: Path) -> None:
    model = chain(2)
    with h5py.File(tmp_path / "w.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = np.full((4, 2), 0.5, "float64")
        file["layers/dense/vars/1"] = np.full(2, 1e300, ">f8")
    model.load_weights(tmp_path / "w.weights.h5")
    assert (values(model)[0] == 0.5).all() and np.isinf(values(model)[1]).all()


def test_integers_are_no_weights(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = np.ones((4, 2), "int32")
        file["layers/dense/vars/1"] = np.ones(2, "float32")
    with pytest.raises(ValueError, match="'kernel' is of dtype float32, in the file of dtype int32"):
        chain(2).load_weights(tmp_path / "w.weights.h5")


@pytest.mark.parametrize("doing", ["save_weights", "load_weights"])
def test_a_model_that_is_not_built(doing: str, tmp_path: Path) -> None:
    (tmp_path / "w.weights.h5").touch()
    with pytest.raises(ValueError, match="a model that has not yet been built"):
        getattr(keras.Sequential([layers.Dense(2)]), doing)(tmp_path / "w.weights.h5")
