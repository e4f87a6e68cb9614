"""Older `.h5` files that somebody made to do harm: as `.keras` files, whatever safe_mode is."""

from __future__ import annotations

import base64
import json
import marshal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import denim as keras
from denim.saving import older_names
from denim.saving.text import MAX_BYTES, MAX_DEPTH

from .test_hostile_files import LAMBDA, layer_of, refusal, secret
from .test_hostile_files import no_harm as no_harm

__all__ = ["no_harm", "secret"]

Change = Callable[[Callable[[h5py.File], Any]], Path]
KERNEL = "model_weights/hidden/chain/hidden/kernel"


@pytest.fixture
def h5(model: Any, tmp_path: Path) -> Path:
    with pytest.warns(UserWarning, match="HDF5"):
        model.save(tmp_path / "m.h5")
    return tmp_path / "m.h5"


@pytest.fixture
def with_change(h5: Path) -> Change:
    """The saved file with something changed."""

    def rewrite(change: Callable[[h5py.File], Any]) -> Path:
        with h5py.File(h5, "a") as file:
            change(file)
        return h5

    return rewrite


@pytest.fixture
def with_config(with_change: Change) -> Callable[..., Path]:
    """The saved file with another configuration."""

    def rewrite(change: Callable[[dict[str, Any]], Any], attribute: str = "model_config") -> Path:
        def within(file: h5py.File) -> None:
            config = json.loads(file.attrs[attribute])
            changed = change(config)
            file.attrs[attribute] = changed if isinstance(changed, str) else json.dumps(config)

        return with_change(within)

    return rewrite


def older_lambda() -> dict[str, Any]:
    """A Lambda as Keras 2 wrote it: a list of code, defaults and closure."""
    code = base64.b64encode(marshal.dumps(compile("1", "x", "eval"))).decode()
    config = {"name": "lambda", "function": [code, None, None], "function_type": "lambda", "module": "__main__"}
    return {"class_name": "Lambda", "config": {**config, "output_shape": None}}


@pytest.mark.parametrize("safe_mode", [True, False])
@pytest.mark.parametrize("entry", [older_lambda(), LAMBDA], ids=["Keras 2", "Keras 3"])
def test_a_lambda(with_config: Callable[..., Path], entry: dict[str, Any], safe_mode: bool) -> None:
    path = with_config(lambda config: config["config"]["layers"].append(entry))
    message = refusal(path, lambda p: keras.models.load_model(p, safe_mode=safe_mode))
    assert "Python code, which is never read" in message


@pytest.mark.parametrize(
    "entry",
    [
        layer_of("os", "system", command="touch escaped"),
        layer_of("keras.src.utils.python_utils", "func_load", code="x"),
        {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
        {"class_name": "TFSMLayer", "config": {"filepath": "/tmp/x"}},
        {"class_name": "TFOpLambda", "config": {"function": "io.read_file"}},
        {"class_name": "TensorFlowOpLayer", "config": {"node_def": "x"}},
        {"class_name": "eval", "config": {}},
        layer_of("os", "Dense", units=3),
    ],
    ids=lambda entry: entry["class_name"],
)
@pytest.mark.parametrize("place", ["layer", "model", "optimizer", "metric", "loss"])
def test_only_known_names_are_made(with_config: Callable[..., Path], entry: dict[str, Any], place: str) -> None:
    if place in ("layer", "model"):
        path = with_config(
            lambda config: config["config"]["layers"].append(entry) if place == "layer" else json.dumps(entry)
        )
    else:
        key = {"optimizer": "optimizer_config", "metric": "metrics"}.get(place, place)
        path = with_config(
            lambda config: config.update({key: [entry] if place == "metric" else entry}), "training_config"
        )
    message = refusal(path)
    assert any(said in message for said in ("Unknown", "Could not interpret", "takes", "never opened")), message


@pytest.mark.parametrize("units", [10**6, 10**30])
def test_huge_units(with_config: Callable[..., Path], units: int) -> None:
    path = with_config(lambda config: config["config"]["layers"][1]["config"].update(units=units))
    assert "no more of them than the file holds" in refusal(path)


def test_huge_inputs_of_keras_2(with_config: Callable[..., Path]) -> None:
    def change(config: dict[str, Any]) -> None:
        entrance, first, *_ = config["config"]["layers"]
        config["config"]["layers"].remove(entrance)
        first["config"]["batch_input_shape"] = [None, 10**10]

    assert "no more of them than the file holds" in refusal(with_config(change))


@pytest.mark.parametrize("attribute", ["model_config", "training_config"])
@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[" * 200_000, f"at most {MAX_DEPTH} levels deep"),
        ('{"a":' * 5000 + "1" + "}" * 5000, f"at most {MAX_DEPTH} levels deep"),
        (" " * (MAX_BYTES + 1), f"at most {MAX_BYTES} bytes"),
        ("{", "must be JSON"),
        ("[]", "must be a JSON object"),
    ],
)
def test_text_that_is_no_configuration(with_config: Callable[..., Path], attribute: str, text: str, match: str) -> None:
    assert match in refusal(with_config(lambda _: text, attribute), factor=12)


@pytest.mark.parametrize(
    "config",
    [
        {}, {"class_name": "Sequential"}, {"class_name": "Sequential", "config": 3},
        {"class_name": "Sequential", "config": [3]}, {"class_name": "Sequential", "config": {"layers": [None]}},
        {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": []}]},
        {"class_name": "Model", "config": {"layers": 3}}, {"class_name": "Model", "config": {"layers": [{}]}},
        {"class_name": "Model", "config": {"layers": [{"name": "a", "inbound_nodes": 3}]}},
        {"class_name": "Model", "config": {"layers": [{"name": "a", "inbound_nodes": [[["b", 0, 0]]]}]}},
        {"class_name": "Model", "config": {"layers": [{"name": "a", "inbound_nodes": [[["a", -1, 0, 3]]]}],
                                           "input_layers": {"a": 3}, "output_layers": [[]]}},
        {"class_name": "__tuple__", "items": [1]}, {"class_name": "Policy", "config": {"name": "float32"}},
    ],
)  # fmt: skip
def test_configurations_that_are_none(with_config: Callable[..., Path], config: Any) -> None:
    assert refusal(with_config(lambda _: json.dumps(config)))


# Arrays and lists


def test_links(with_change: Change, secret: Path) -> None:
    def change(file: h5py.File) -> None:
        del file[KERNEL]
        file[KERNEL] = h5py.ExternalLink(str(secret), "/kernel")

    assert "without links" in refusal(with_change(change))


@pytest.mark.parametrize("where", ["model_weights", "optimizer_weights"])
def test_links_to_whole_groups(with_change: Change, secret: Path, where: str) -> None:
    def change(file: h5py.File) -> None:
        del file[where]
        file[where] = h5py.ExternalLink(str(secret), "/")

    assert "without links" in refusal(with_change(change))


def test_arrays_that_lie_elsewhere(with_change: Change, secret: Path) -> None:
    def change(file: h5py.File) -> None:
        del file[KERNEL]
        layout = h5py.VirtualLayout((4, 5), "float32")
        layout[:] = h5py.VirtualSource(str(secret), "kernel", (4, 5))
        file.create_virtual_dataset(KERNEL, layout)

    assert "a layout of the numbers of other arrays" in refusal(with_change(change))


def test_arrays_that_grow(with_change: Change) -> None:
    def change(file: h5py.File) -> None:
        del file[KERNEL]
        file.create_dataset(KERNEL, data=np.zeros((1000, 1000), "float32"), compression="gzip")

    assert "a layout of chunks" in refusal(with_change(change))


@pytest.mark.parametrize(
    ("group", "attribute", "names"),
    [
        ("model_weights", "layer_names", ["hidden", "../../etc"]),
        ("model_weights", "layer_names", ["hidden", "nobody"]),
        ("model_weights/hidden", "weight_names", ["chain/hidden/kernel", "../dense/chain/dense/bias"]),
        ("model_weights/hidden", "weight_names", ["chain/hidden"]),
        ("model_weights/hidden", "weight_names", ["chain/hidden/kernel", "/model_weights/dense/chain/dense/bias"]),
    ],
)
def test_lists_of_what_is_not_there(with_change: Change, group: str, attribute: str, names: list[str]) -> None:
    path = with_change(lambda file: file[group].attrs.__setitem__(attribute, np.array([n.encode() for n in names])))
    assert "The file lists" in refusal(path)


@pytest.mark.parametrize("value", [3, np.zeros(4), "hidden", np.array([[b"hidden"]]), h5py.Empty("f4")], ids=str)
def test_lists_that_are_none(with_change: Change, value: Any) -> None:
    assert refusal(with_change(lambda file: file["model_weights"].attrs.__setitem__("layer_names", value)))


def test_lists_without_end(with_change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many names that may all be the same long text: 16 bytes of the file each, as much memory as one likes."""
    monkeypatch.setattr(older_names, "_MOST", 1 << 20)

    def change(file: h5py.File) -> None:
        file["model_weights"].attrs.create("layer_names", ["x"] * 2000, dtype=h5py.string_dtype())
        file.attrs["long"] = "x" * 60_000

    assert "The names of a list take at most 1048576 bytes. Received: 'layer_names' with 2000 names" in refusal(
        with_change(change)
    )


def test_names_of_any_length_are_read(with_change: Change, model: Any) -> None:
    def change(file: h5py.File) -> None:
        names = [name.decode() for name in file["model_weights"].attrs["layer_names"]]
        file["model_weights"].attrs.create("layer_names", names, dtype=h5py.string_dtype())

    np.testing.assert_array_equal(keras.models.load_model(with_change(change)).get_weights()[0], model.get_weights()[0])


def test_one_array_for_two_weights(with_change: Change) -> None:
    """The same bytes twice make no more room than they take."""

    def change(file: h5py.File) -> None:
        names = np.array([b"chain/hidden/kernel"] * 2)
        file["model_weights/hidden"].attrs["weight_names"] = names

    assert refusal(with_change(change))


def changed(data: bytes, path: Path) -> Iterator[None]:
    """The file with some bits turned over, again and again."""
    random = np.random.default_rng(6)
    for _ in range(120):
        broken = bytearray(data)
        for at in random.integers(0, len(data), 3):
            broken[at] ^= 1 << int(random.integers(8))
        path.write_bytes(bytes(broken))
        yield


def test_changed_bytes_never_change_a_model_by_half(h5: Path, model: Any) -> None:
    for _ in changed(h5.read_bytes(), h5):
        before = model.get_weights()
        try:
            with np.errstate(all="ignore"):
                model.load_weights(h5)
        except keras.saving.ModelFileError:
            for a, b in zip(model.get_weights(), before, strict=True):
                np.testing.assert_array_equal(a, b)


@pytest.mark.filterwarnings("ignore:Error in loading the saved optimizer state")
def test_changed_bytes_are_another_model_or_none(h5: Path) -> None:
    for _ in changed(h5.read_bytes(), h5):
        with suppress(keras.saving.ModelFileError), np.errstate(all="ignore"):
            keras.models.load_model(h5)
