"""Older `.h5` files: what Keras 2 and Keras 3 wrote, what denim writes, and what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import denim as keras
from denim import layers

from .conftest import X, Y
from .files import make_files
from .test_round_trips import OPTIMIZERS

FILES = Path(__file__).with_name("files")
LEGACY = "You are saving your model as an HDF5 file"


@pytest.fixture
def h5(model: Any, tmp_path: Path) -> Path:
    with pytest.warns(UserWarning, match=LEGACY):
        model.save(tmp_path / "m.h5")
    return tmp_path / "m.h5"


def state(model: Any) -> list[np.ndarray]:
    return [v.numpy() for v in (*model.weights, *model.optimizer.variables)]


def assert_same(one: Any, other: Any) -> None:
    for a, b in zip(state(one), state(other), strict=True):
        np.testing.assert_array_equal(a, b)


# What Keras wrote


@pytest.mark.parametrize(
    "file",
    ["keras2_graph.h5", "keras2_graph.keras", "keras2_chain.h5", "keras2_several.h5", "keras3_several.h5"],
)
def test_training_goes_on(file: str) -> None:
    """The same predictions, and the same training from there on, the optimizer's state included."""
    kind, _, name = file.split(".")[0].partition("_")
    with np.load(FILES / f"{kind}.npz") as numbers:
        model = keras.models.load_model(FILES / file)
        near = {"rtol": 1e-5, "atol": 1e-6}
        np.testing.assert_allclose(make_files.predicted(model, name), numbers[f"{name}/before"], **near)
        if kind == "keras3":
            return  # Keras 3 does not take up the slots of its own `.h5` files; see docs/parity.md.
        np.testing.assert_allclose(make_files.fit(model, name, 2)["loss"], numbers[f"{name}/loss"], **near)
        np.testing.assert_allclose(make_files.predicted(model, name), numbers[f"{name}/after"], **near)


@pytest.mark.parametrize("name", ["graph", "chain", "several"])
def test_keras_3_goes_on_too(name: str) -> None:
    with np.load(FILES / "keras3.npz") as numbers:
        model = keras.models.load_model(FILES / f"keras3_{name}.h5")
        make_files.fit(model, name, 2)
        np.testing.assert_allclose(make_files.predicted(model, name), numbers[f"{name}/after"], rtol=1e-4, atol=1e-5)


def test_what_it_was_compiled_with() -> None:
    model = keras.models.load_model(FILES / "keras2_chain.h5")
    assert type(model.optimizer) is keras.optimizers.Adam and model.optimizer.amsgrad
    assert int(model.optimizer.iterations.numpy()) == 8
    assert list(make_files.fit(model, "chain", 1)) == ["loss", "mae"]
    assert [type(layer).__name__ for layer in model.layers] == ["Dense", "LeakyReLU", "LayerNormalization", "Dense"]
    assert model.get_layer("leaky").negative_slope == pytest.approx(0.3)
    assert keras.models.load_model(FILES / "keras2_chain.h5", compile=False).optimizer is None


@pytest.mark.parametrize("file", ["keras2_graph.h5", "keras3_graph.h5", "keras2_graph.keras"])
def test_weights_out_of_a_whole_model(file: str) -> None:
    model = make_files.graph(keras)
    model.load_weights(FILES / file)
    with np.load(FILES / f"{file[:6]}.npz") as numbers:
        np.testing.assert_allclose(make_files.predicted(model, "graph"), numbers["graph/before"], rtol=1e-5, atol=1e-6)
    assert not model.optimizer.built or int(model.optimizer.iterations.numpy()) in (0, 8)


# Configurations of other versions, by hand


def dense(units: int, name: str, **settings: Any) -> dict[str, Any]:
    config = {"name": name, "trainable": True, "dtype": "float32", "units": units, "activation": "linear"}
    return {"class_name": "Dense", "config": {**config, "use_bias": True, **settings}}


def entrance(name: str) -> dict[str, Any]:
    config = {"batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "ragged": False, "name": name}
    return {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}


def from_json(config: Any, class_name: str = "Sequential") -> Any:
    text = {"class_name": class_name, "config": config, "keras_version": "2.2.4", "backend": "tensorflow"}
    return keras.models.model_from_json(json.dumps(text))


VARIANCE = {"scale": 2.0, "mode": "fan_in", "distribution": "normal", "seed": None, "dtype": "float32"}


def test_a_bare_list_of_layers() -> None:
    first = dense(
        5,
        "one",
        batch_input_shape=[None, 4],
        dtype={"class_name": "Policy", "config": {"name": "float32"}},
        kernel_initializer={"class_name": "VarianceScaling", "config": VARIANCE},
        kernel_regularizer={"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}},
        bias_initializer={"class_name": "Zeros", "config": {"dtype": "float32"}},
    )
    normal = {"class_name": "BatchNormalizationV1", "config": {"name": "normal", "axis": [1], "momentum": 0.9}}
    leaky = {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.25}}
    model = from_json([first, normal, leaky, dense(3, "two", activation="softmax_v2")])
    assert model.input_shape == (None, 4) and model.count_params() == 25 + 20 + 18
    assert [layer.name for layer in model.layers] == ["one", "normal", "leaky", "two"]
    assert model.get_layer("leaky").negative_slope == 0.25
    assert model.get_layer("two").get_config()["activation"] == "softmax"
    assert model.get_layer("one").get_config()["kernel_initializer"]["config"]["distribution"] == "truncated_normal"


@pytest.mark.parametrize("skipped", [0, 1])
@pytest.mark.parametrize("class_name", ["Model", "Functional"])
def test_graphs_whose_calls_are_lists(skipped: int, class_name: str) -> None:
    """A model within was counted from 0 at first, and from 1 later."""
    inner = {
        "name": "within",
        "layers": [
            entrance("begin"),
            {**dense(4, "deep"), "name": "deep", "inbound_nodes": [[["begin", 0, 0, {}]]]},
        ],
        "input_layers": [["begin", 0, 0]],
        "output_layers": [["deep", 0, 0]],
    }
    twice = [[["first", 0, 0, {}]], [["within", skipped, 0, {"training": None}]]]
    within = {"class_name": class_name, "config": inner, "name": "within", "inbound_nodes": twice}
    last = {**dense(2, "last"), "name": "last", "inbound_nodes": [[["within", 1 + skipped, 0, {}]]]}
    ends = {"input_layers": [["first", 0, 0]], "output_layers": [["last", 0, 0]]}
    model = from_json({"name": "outer", "layers": [entrance("first"), within, last], **ends}, class_name)
    x = X.astype("float32")
    deep, end = model.get_layer("within"), model.get_layer("last")
    np.testing.assert_allclose(model(x), end(deep(deep(x))), rtol=1e-6)
    ends["output_layers"] = [["within", 1 + skipped, 0]]
    model = from_json({"name": "outer", "layers": [entrance("first"), within], **ends}, class_name)
    np.testing.assert_allclose(model(x), model.get_layer("within")(model.get_layer("within")(x)), rtol=1e-6)


def by_hand(path: Path, training: dict[str, Any], slots: dict[str, np.ndarray]) -> Path:
    """A file in the form of Keras 2.2."""
    layer = dense(1, "one", batch_input_shape=[None, 4])
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = b"2.2.4", b"tensorflow"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": [layer]}).encode()
        file.attrs["training_config"] = json.dumps(training).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = np.array([b"one"])
        weights["one/one/kernel:0"], weights["one/one/bias:0"] = np.ones((4, 1), "f4"), np.full(1, 2, "f4")
        weights["one"].attrs["weight_names"] = np.array([b"one/kernel:0", b"one/bias:0"])
        optimizer = file.create_group("optimizer_weights")
        optimizer.attrs["weight_names"] = np.array([name.encode() for name in slots])
        for name, value in slots.items():
            optimizer[name] = value
    return path


def test_an_optimizer_of_keras_2_2(tmp_path: Path) -> None:
    training = {
        "optimizer_config": {
            "class_name": "Adam",
            "config": {"lr": 0.01, "beta_1": 0.8, "decay": 0.0, "epsilon": None},
        },
        "loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "mse"}},
        "metrics": ["mae"],
        "sample_weight_mode": None,
        "loss_weights": None,
    }
    names = ("training/Adam/one/kernel/m:0", "training/Adam/one/bias/m:0", "training/Adam/one/kernel/v:0")
    slots = {"training/Adam/iter:0": np.int64(7)}
    slots |= {name: np.full((1,) if "bias" in name else (4, 1), i, "f4") for i, name in enumerate(names, 3)}
    slots["training/Adam/one/bias/v:0"] = np.full(1, 6, "f4")
    model = keras.models.load_model(by_hand(tmp_path / "m.hdf5", training, slots))
    optimizer = model.optimizer
    assert (float(optimizer.learning_rate.numpy()), optimizer.beta_1) == (pytest.approx(0.01), 0.8)
    assert [float(v.numpy().flat[0]) for v in optimizer.variables] == pytest.approx([7, 0.01, 3, 5, 4, 6])
    np.testing.assert_allclose(model(X), X.sum(1, keepdims=True) + 2, rtol=1e-5)
    with pytest.warns(UserWarning, match="freshly initialized optimizer"):
        fresh = keras.models.load_model(by_hand(tmp_path / "m.hdf5", training, dict(list(slots.items())[:2])))
    assert float(fresh.optimizer.variables[2].numpy().sum()) == 0


def test_names_of_ones_own(tmp_path: Path) -> None:
    def mine(y: Any, p: Any) -> Any:
        return y

    training = {"optimizer_config": {"class_name": "SGD", "config": {"lr": 0.1}}, "loss": "mine", "metrics": None}
    path = by_hand(tmp_path / "m.h5", training, {"SGD/iter:0": np.int64(0)})
    with pytest.raises(ValueError, match="mine"):
        keras.models.load_model(path)
    try:
        keras.models.load_model(path, custom_objects={"mine": mine})
    except ValueError as error:
        assert "Python" in str(error) or "own" in str(error)  # found, if not trained with


# What denim writes


def test_there_and_back(model: Any, h5: Path) -> None:
    twin = keras.models.load_model(h5)
    assert twin.get_config() == model.get_config() and twin.get_compile_config() == model.get_compile_config()
    assert_same(twin, model)
    assert twin.fit(X, Y, verbose=0, shuffle=False).history == model.fit(X, Y, verbose=0, shuffle=False).history


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_on_where_it_was(name: str, tmp_path: Path) -> None:
    model = other(5, 3)
    model.compile(OPTIMIZERS[name](), "sparse_categorical_crossentropy")
    fit = {"batch_size": 4, "shuffle": False, "verbose": 0}
    model.fit(X, Y, **fit)
    with pytest.warns(UserWarning, match=LEGACY):
        model.save(tmp_path / "m.h5")
    twin = keras.models.load_model(tmp_path / "m.h5")
    assert_same(twin, model)
    assert twin.fit(X, Y, **fit).history == model.fit(X, Y, **fit).history
    assert_same(twin, model)


def test_the_layout_is_keras(h5: Path) -> None:
    with h5py.File(h5) as file:
        found: dict[str, Any] = {}
        file.visititems(lambda name, item: found.update({name: getattr(item, "shape", None)}))
        names = [name.decode() for name in file["model_weights"].attrs["layer_names"]]
        weights = [name.decode() for name in file["model_weights/hidden"].attrs["weight_names"]]
        assert json.loads(file.attrs["model_config"])["class_name"] == "Sequential"
        assert json.loads(file.attrs["training_config"])["optimizer_config"]["class_name"] == "Adam"
    assert names == ["hidden", "dense"] and weights == ["chain/hidden/kernel", "chain/hidden/bias"]
    assert found["model_weights/hidden/chain/hidden/kernel"] == (4, 5)
    assert "model_weights/top_level_model_weights" in found and "optimizer_weights/adam/iteration" in found


def test_short_names_are_written_in_full(tmp_path: Path) -> None:
    """Keras 3 does not open a file of its own that says "mse"; the names in the logs stay."""
    model = other(5, 3)
    model.compile("sgd", "mse", metrics=["mae", "accuracy"])
    with pytest.warns(UserWarning, match=LEGACY):
        model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        training = json.loads(file.attrs["training_config"])
    assert training["loss"] == "mean_squared_error" and training["weighted_metrics"] is None
    assert [training["metrics"][0]["class_name"], training["metrics"][1]] == ["MeanAbsoluteError", "accuracy"]
    y = np.eye(3)[Y]
    assert list(keras.models.load_model(tmp_path / "m.h5").fit(X, y, verbose=0).history) == ["accuracy", "loss", "mae"]


def test_without_the_optimizer(model: Any, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=LEGACY):
        model.save(tmp_path / "m.h5", include_optimizer=False)
    assert keras.models.load_model(tmp_path / "m.h5").optimizer is None


def test_save_format_is_older_still(model: Any, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="`save_format` argument is deprecated"):
        model.save(tmp_path / "m.keras", save_format="keras")


def test_long_lists_are_in_parts(tmp_path: Path) -> None:
    names = [f"{'long' * 200}{i}" for i in range(120)]
    model = keras.Sequential([keras.Input((1,)), *(layers.Dense(1, name=name) for name in names)])
    with pytest.warns(UserWarning, match=LEGACY):
        model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert "layer_names" not in file["model_weights"].attrs and "layer_names1" in file["model_weights"].attrs
    twin = keras.models.load_model(tmp_path / "m.h5")
    assert [layer.name for layer in twin.layers] == names
    for a, b in zip(twin.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# Weights


def other(*units: int, names: tuple[str, ...] = ("hidden", "dense")) -> Any:
    chain = [layers.Dense(n, name=name) for n, name in zip(units, names, strict=True)]
    return keras.Sequential([keras.Input((4,)), *chain])


def test_weights_in_their_order(model: Any, h5: Path) -> None:
    twin = other(5, 3, names=("x", "y"))
    twin.load_weights(h5)
    for a, b in zip(twin.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_weights_by_name(model: Any, h5: Path) -> None:
    twin = other(5, 3, 2, names=("hidden", "between", "last"))
    kept = [v.numpy() for v in twin.weights[2:]]
    twin.load_weights(h5, by_name=True)
    for a, b in zip(twin.get_weights(), [*model.get_weights()[:2], *kept], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["w.h5", "w.weights.h5"])
def test_weights_alone_in_the_older_form(model: Any, h5: Path, tmp_path: Path, name: str) -> None:
    """``save_weights`` of Keras 2 wrote what is in the group of a whole model's weights, whatever the name."""
    with h5py.File(h5) as file, h5py.File(tmp_path / name, "w") as sink:
        for key in file["model_weights"]:
            file.copy(f"model_weights/{key}", sink)
        sink.attrs.update(file["model_weights"].attrs)
    twin = other(5, 3)
    twin.load_weights(tmp_path / name)
    np.testing.assert_array_equal(twin.weights[0].value, model.weights[0].value)


@pytest.mark.parametrize("by_name", [False, True])
def test_weights_that_do_not_fit_change_nothing(h5: Path, by_name: bool) -> None:
    twin = other(5, 4)
    before = twin.get_weights()
    with pytest.raises(keras.saving.ModelFileError, match=r"'kernel' has shape \(5, 4\), in the file it has shape"):
        twin.load_weights(h5, by_name=by_name)
    for a, b in zip(twin.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match="They keep the weights they have"):
        twin.load_weights(h5, by_name=by_name, skip_mismatch=True)
    assert (twin.weights[0].value != before[0]).any() and (twin.weights[2].value == before[2]).all()


def test_another_number_of_layers(h5: Path) -> None:
    with pytest.raises(
        ValueError, match=r"Layer count mismatch.*Model expected 3 layers, found 2 saved layers.*by_name=True"
    ):
        other(5, 3, 2, names=("a", "b", "c")).load_weights(h5)


def test_by_name_is_for_older_files(model: Any, tmp_path: Path) -> None:
    model.save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match="`by_name` is for older"):
        model.load_weights(tmp_path / "w.weights.h5", by_name=True)


def test_weights_alone_are_no_model(h5: Path) -> None:
    with h5py.File(h5, "a") as file:
        del file.attrs["model_config"]
    with pytest.raises(ValueError, match=r"No model config found in the file.*load_weights"):
        keras.models.load_model(h5)
