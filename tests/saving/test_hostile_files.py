"""Files that somebody made to do harm: each is refused, with little memory, and nothing is run, read or written."""

from __future__ import annotations

import base64
import io
import json
import marshal
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.saving.text import MAX_BYTES, MAX_DEPTH

from .conftest import Rewrite, archive, members

NOISE = np.random.default_rng(1).bytes(4096)
SMALL = 3 << 20
"""More than any refusal may take, far less than what the files ask for."""


@pytest.fixture(autouse=True)
def no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is written, and nothing run, by any of the tests below."""

    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("a model file ran something")

    for name in ("system", "popen", "execv"):
        monkeypatch.setattr(os, name, refused)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    yield
    assert list((tmp_path / "work").iterdir()) == []
    assert not (tmp_path.parent / "escaped").exists()


def refusal(path: Path, load: Callable[[Path], Any] = keras.models.load_model, factor: int = 8) -> str:
    """What is said of the file; that takes little memory beside ``factor`` times the file's size."""
    before = sorted(p.name for p in path.parent.iterdir())
    tracemalloc.start()
    try:
        with pytest.raises(keras.saving.ModelFileError) as caught:
            load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < SMALL + factor * path.stat().st_size, f"{peak} bytes"
    assert sorted(p.name for p in path.parent.iterdir()) == before
    return str(caught.value)


# What a configuration may name


LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {
        "name": "lambda",
        "function": {
            "class_name": "__lambda__",
            "config": {"code": base64.b64encode(marshal.dumps(compile("1", "x", "eval"))).decode(), "defaults": None},
        },
    },
    "registered_name": None,
}


@pytest.mark.parametrize("safe_mode", [True, False])
def test_a_lambda(with_config: Rewrite, safe_mode: bool) -> None:
    path = with_config(lambda config: config["config"]["layers"].append(LAMBDA))
    message = refusal(path, lambda p: keras.models.load_model(p, safe_mode=safe_mode))
    assert "Unknown layer: 'Lambda'. It holds Python code, which is never read" in message


def layer_of(module: Any, name: Any, /, **config: Any) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


@pytest.mark.parametrize(
    "entry",
    [
        layer_of("os", "system", command="touch escaped"),
        layer_of("keras.src.utils.python_utils", "func_load", code="x"),
        layer_of("subprocess", "Popen", args=["touch", "escaped"]),
        layer_of("builtins", "eval", expression="1"),
        layer_of("denim.datasets", "fashion_mnist"),
        layer_of("os", "Dense", units=3),
        layer_of("keras.layers", "TFSMLayer", filepath="/tmp/x"),
        layer_of("keras.layers", "StringLookup", vocabulary="/etc/passwd"),
        layer_of("keras.layers", "__class__"),
        layer_of("keras.utils", "get_file", origin="http://localhost/x", fname="x"),
        {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
        {**layer_of("keras.layers", "Dense", units=3), "registered_name": "Custom>Dense", "module": "pickle"},
    ],
    ids=lambda entry: f"{entry['module']}.{entry['class_name']}",
)
@pytest.mark.parametrize("place", ["layer", "initializer", "activation", "model", "optimizer", "metric"])
def test_only_known_names_are_made(with_config: Rewrite, entry: dict[str, Any], place: str) -> None:
    def change(config: dict[str, Any]) -> Any:
        dense = config["config"]["layers"][1]["config"]
        if place == "layer":
            config["config"]["layers"].append(entry)
        elif place == "initializer":
            dense["kernel_initializer"] = entry
        elif place == "activation":
            dense["activation"] = entry
        elif place == "model":
            return entry
        elif place == "optimizer":
            config["compile_config"]["optimizer"] = entry
        else:
            config["compile_config"]["metrics"] = [entry]
        return config

    message = refusal(with_config(change))
    assert any(word in message for word in ("Unknown", "Could not interpret", "takes", "no model")), message


@pytest.mark.parametrize("place", ["layer", "metric"])
def test_an_optimizer_is_nothing_else(with_config: Rewrite, place: str) -> None:
    def change(config: dict[str, Any]) -> None:
        entry = layer_of("keras.optimizers", "SGD")
        config["config"]["layers"].append(entry) if place == "layer" else config["compile_config"].update(
            metrics=[entry]
        )

    assert f"Unknown {place}: 'SGD' of module 'keras.optimizers'" in refusal(with_config(change))


@pytest.mark.parametrize("value", ["/etc/passwd", "os.system", "http://localhost/x", "eval"])
@pytest.mark.parametrize("key", ["activation", "kernel_initializer", "kernel_regularizer"])
def test_strings_are_names(with_config: Rewrite, key: str, value: str) -> None:
    assert "Could not interpret" in refusal(
        with_config(lambda config: config["config"]["layers"][1]["config"].update({key: value}))
    )


@pytest.mark.parametrize(
    ("setting", "match"),
    [
        ({"quantization_config": {"mode": "int8"}}, "Dense has no setting 'quantization_config'"),
        ({"lora_rank": 3}, "Dense has no setting 'lora_rank'"),
        ({"unit": 3}, "Did you mean 'units'?"),
        ({"dtype": layer_of("keras", "DTypePolicy", name="bfloat16")}, "dtype='bfloat16'. Save the model with"),
        ({"dtype": layer_of("keras", "QuantizedDTypePolicy", mode="int8")}, "denim has no 'QuantizedDTypePolicy'"),
        ({"dtype": "O"}, "dtype='O'"),
        ({"units": -1}, "`units` must be a positive integer"),
        ({"units": "3"}, "`units` must be a positive integer"),
        ({"units": 1e400}, "`units` must be a positive integer"),
        ({"name": "a/../b"}, "without '/'"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_settings_that_denim_does_not_have(with_config: Rewrite, setting: dict[str, Any], match: str) -> None:
    path = with_config(lambda config: config["config"]["layers"][1]["config"].update(setting))
    assert match in refusal(path)


def test_settings_of_keras_that_ask_for_nothing_are_understood(with_config: Rewrite) -> None:
    def change(config: dict[str, Any]) -> None:
        dense = config["config"]["layers"][1]
        dense["config"].update(
            quantization_config=None, lora_rank=None, dtype=layer_of("keras", "DTypePolicy", name="float32")
        )
        dense["config"]["kernel_initializer"]["config"].update(input_axes=None, output_axes=None)

    assert keras.models.load_model(with_config(change)).layers[0].units == 5


# Sizes that a configuration asks for


@pytest.mark.parametrize("units", [10**6, 10**12, 10**30])
def test_huge_units(with_config: Rewrite, units: int) -> None:
    path = with_config(lambda config: config["config"]["layers"][1]["config"].update(units=units))
    assert "no more of them than the file holds" in refusal(path)


def test_huge_inputs(with_config: Rewrite) -> None:
    def change(config: dict[str, Any]) -> None:
        config["config"]["layers"][0]["config"]["batch_shape"] = [None, 10**9]

    assert "no more of them than the file holds" in refusal(with_config(change))


def test_a_huge_build_config_says_nothing(with_config: Rewrite) -> None:
    def change(config: dict[str, Any]) -> None:
        for layer in config["config"]["layers"][1:]:
            layer["build_config"] = {"input_shape": [None, 10**12]}

    assert keras.models.load_model(with_config(change)).layers[0].kernel.shape == (4, 5)


def test_a_huge_build_input_shape(with_config: Rewrite) -> None:
    def change(config: dict[str, Any]) -> None:
        del config["config"]["layers"][0]
        config["config"]["build_input_shape"] = [None, 10**12]

    assert "no more of them than the file holds" in refusal(with_config(change))


def test_many_layers_that_are_each_small_enough(with_config: Rewrite) -> None:
    def change(config: dict[str, Any]) -> None:
        chain = config["config"]["layers"]
        for i in range(300):
            copy = json.loads(json.dumps(chain[1]))
            copy["config"].update(name=f"more{i}", units=5)
            chain.insert(2, copy)

    assert "no more of them than the file holds" in refusal(with_config(change))


def test_a_graph_of_many_calls_in_the_worst_order(tmp_path: Path, saved: Path) -> None:
    """Quadratic work would take minutes."""
    tensor = keras.Input((4,))
    layer = layers.Activation("tanh")
    config = json.loads(keras.Model(tensor, layer(tensor)).to_json())
    first, act = config["config"]["layers"]
    chain, before = [], first["name"]
    for i in range(4000):
        entry = json.loads(json.dumps(act))
        entry["name"] = entry["config"]["name"] = f"a{i}"
        entry["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = [before, 0, 0]
        before = f"a{i}"
        chain.append(entry)
    config["config"]["layers"] = [first, *reversed(chain)]
    config["config"]["output_layers"] = ["a3999", 0, 0]
    archive(saved, {**members(saved), "config.json": json.dumps(config).encode()})
    assert len(keras.models.load_model(saved).layers) == 4001


@pytest.mark.parametrize(
    "deep",
    ['{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 1_000_000, '{"a":"\\"[[[","b":' + "[" * 500 + "]" * 500 + "}"],
    ids=["objects", "lists that never end", "behind a string"],
)
def test_deep_nesting(with_config: Rewrite, deep: str) -> None:
    assert f"at most {MAX_DEPTH} levels deep" in refusal(with_config(lambda _: deep))


def test_brackets_within_strings_are_not_nesting(with_config: Rewrite) -> None:
    name = '[{"\\' * 200
    path = with_config(lambda config: config["config"].update(name=name))
    assert keras.models.load_model(path).name == name


def test_a_long_configuration(with_config: Rewrite) -> None:
    path = with_config(lambda _: " " * (MAX_BYTES + 1))
    assert f"config.json may have at most {MAX_BYTES} bytes" in refusal(path, factor=0)


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "1", "{", '{"class_name": "Sequential"}', '{"class_name": ["Sequential"], "config": {}}',
        '{"class_name": "Sequential", "config": []}', '{"class_name": "Sequential", "config": {"layers": 3}}',
        '{"class_name": "Functional", "config": {"layers": [{}]}}', '{"class_name": 3}', '{"a": ' + "9" * 5000 + "}",
        '{"class_name": "Sequential", "config": {"layers": [null]}}',
    ],
)  # fmt: skip
def test_configurations_that_are_none(with_config: Rewrite, text: str) -> None:
    assert refusal(with_config(lambda _: text))


def test_text_that_is_no_utf8(saved: Path) -> None:
    archive(saved, {**members(saved), "config.json": b'{"a": "\xff"}'})
    assert "JSON in UTF-8" in refusal(saved)


@pytest.mark.parametrize(
    "change",
    [
        lambda node: node.update(args=[3]),
        lambda node: node.update(args=[]),
        lambda node: node["kwargs"].update(code="import os"),
        lambda node: node["args"].append({"class_name": "Dense", "config": {}}),
        lambda node: node["args"].append({"class_name": "__slice__", "config": {"start": "x"}}),
        lambda node: node["args"][0]["config"].update(keras_history=["nobody", 0, 0]),
        lambda node: node["args"][0]["config"].update(keras_history="x"),
        lambda node: node["args"][0].update(class_name="__tensor__"),
    ],
)
def test_graphs_that_are_none(saved: Path, change: Callable[[Any], Any]) -> None:
    tensor = keras.Input((4,))
    config = json.loads(keras.Model(tensor, layers.Activation("tanh")(tensor)).to_json())
    change(config["config"]["layers"][1]["inbound_nodes"][0])
    archive(saved, {**members(saved), "config.json": json.dumps(config).encode()})
    assert "describes no model that denim can make" in refusal(saved)


# Archives


def test_members_outside_of_the_archive(saved: Path, tmp_path: Path) -> None:
    parts = members(saved)
    for name in (
        "../escaped",
        "/tmp/escaped",
        "assets/../../escaped",
        "..\\escaped",
        "assets/..\\escaped",
        "extra.py",
        "C:x",
    ):
        archive(saved, {**parts, name: b"x"})
        assert f"Received: {name!r} in it" in refusal(saved)


def test_assets_are_ignored(saved: Path) -> None:
    archive(saved, {**members(saved), "assets/layers/lookup/vocabulary.txt": b"x", "assets/": b""})
    assert keras.models.load_model(saved).name == "chain"


@pytest.mark.parametrize("name", ["metadata.json", "config.json", "model.weights.h5"])
def test_a_part_is_missing_or_there_twice(saved: Path, name: str) -> None:
    parts = members(saved)
    archive(saved, {key: data for key, data in parts.items() if key != name})
    assert f"Received: none of {name}" in refusal(saved)
    archive(saved, parts)
    with zipfile.ZipFile(saved, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr(name, parts[name])
    assert f"Received: {name} twice" in refusal(saved)


@pytest.mark.parametrize("name", ["metadata.json", "config.json", "model.weights.h5"])
def test_a_part_that_grows_when_it_is_read(saved: Path, name: str) -> None:
    """64 MB of zeros in 64 KB."""
    parts = members(saved)
    with zipfile.ZipFile(saved, "w") as opened:
        for key, data in parts.items():
            kind = zipfile.ZIP_DEFLATED if key == name else zipfile.ZIP_STORED
            opened.writestr(key, b"\0" * (64 << 20) if key == name else data, kind)
    assert "are not compressed. Received: " + name in refusal(saved)


def _central(path: Path, name: bytes, offset: int, value: bytes) -> None:
    """Change a field of a member's entry in the directory at the end of the archive."""
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    data[at + offset : at + offset + len(value)] = value
    path.write_bytes(bytes(data))


def test_a_part_that_says_it_is_larger_than_the_file(saved: Path) -> None:
    _central(saved, b"model.weights.h5", 20, struct.pack("<II", 3 << 30, 3 << 30))
    assert "no larger than the file" in refusal(saved)


def test_a_part_that_is_longer_than_it_says(saved: Path) -> None:
    _central(saved, b"config.json", 20, struct.pack("<II", 20, 20))
    assert "cannot be read" in refusal(saved)


def test_parts_that_share_their_bytes(saved: Path) -> None:
    """One piece of the file under two names."""
    data = saved.read_bytes()
    with zipfile.ZipFile(saved) as opened:
        offset = opened.getinfo("config.json").header_offset
    _central(saved, b"metadata.json", 42, struct.pack("<I", offset))
    assert "cannot be read" in refusal(saved) and saved.read_bytes() != data


def test_an_encrypted_part(saved: Path) -> None:
    _central(saved, b"config.json", 8, struct.pack("<H", 1))
    assert "not encrypted" in refusal(saved)


def test_a_part_whose_bytes_were_changed(saved: Path) -> None:
    data = saved.read_bytes()
    at = data.index(b'"class_name"')
    saved.write_bytes(data[:at] + b'"class_nama"' + data[at + 12 :])
    assert "cannot be read: Bad CRC-32" in refusal(saved)


@pytest.mark.parametrize("data", [b"", b"PK", b"\x89HDF\r\n\x1a\n" + bytes(600), NOISE])
def test_no_archive(saved: Path, data: bytes) -> None:
    saved.write_bytes(data)
    assert "is a zip archive" in refusal(saved)


def test_an_archive_that_was_cut_off(saved: Path) -> None:
    data = saved.read_bytes()
    for length in range(0, len(data), 997):
        saved.write_bytes(data[:length])
        assert refusal(saved)


# Weights


Hdf5 = Callable[[Callable[[h5py.File], Any]], Path]


@pytest.fixture
def with_weights(saved: Path) -> Hdf5:
    """The saved file with something changed in its weights."""

    def rewrite(change: Callable[[h5py.File], Any]) -> Path:
        parts = members(saved)
        buffer = io.BytesIO(parts["model.weights.h5"])
        with h5py.File(buffer, "a") as file:
            change(file)
        return archive(saved, {**parts, "model.weights.h5": buffer.getvalue()})

    return rewrite


KERNEL = "layers/dense/vars/0"


def instead(make: Callable[[h5py.File], Any]) -> Callable[[h5py.File], None]:
    """Put something else where the first kernel is."""

    def change(file: h5py.File) -> None:
        del file[KERNEL]
        make(file)

    return change


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of somebody's numbers, in the form of the kernel and as raw bytes."""
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["kernel"] = np.ones((4, 5), "float32")
    np.ones((4, 5), "float32").tofile(tmp_path / "secret.bin")
    return tmp_path / "secret.h5"


def test_links_into_other_files(with_weights: Hdf5, secret: Path) -> None:
    path = with_weights(instead(lambda f: f.__setitem__(KERNEL, h5py.ExternalLink(str(secret), "/kernel"))))
    assert f"without links. Received: the link {KERNEL!r}" in refusal(path)


def test_links_to_whole_groups_of_other_files(with_weights: Hdf5, secret: Path) -> None:
    path = with_weights(lambda f: f.__setitem__("layers/more", h5py.ExternalLink(str(secret), "/")))
    assert "Received: the link 'layers/more'" in refusal(path)


def test_soft_links(with_weights: Hdf5) -> None:
    path = with_weights(instead(lambda f: f.__setitem__(KERNEL, h5py.SoftLink("/optimizer/vars/2"))))
    assert f"the link {KERNEL!r}" in refusal(path)


def test_numbers_that_lie_in_other_files(with_weights: Hdf5, secret: Path) -> None:
    external = [(str(secret.with_suffix(".bin")), 0, h5py.h5f.UNLIMITED)]
    path = with_weights(instead(lambda f: f.create_dataset(KERNEL, (4, 5), "float32", external=external)))
    assert "in the file itself" in refusal(path)


def test_virtual_arrays(with_weights: Hdf5, secret: Path) -> None:
    layout = h5py.VirtualLayout((4, 5), "float32")
    layout[:] = h5py.VirtualSource(str(secret), "kernel", (4, 5))
    path = with_weights(instead(lambda f: f.create_virtual_dataset(KERNEL, layout)))
    assert "a layout of the numbers of other arrays" in refusal(path)


def test_arrays_that_grow_when_they_are_read(with_weights: Hdf5) -> None:
    zeros = np.zeros((1000, 1000), "float32")
    path = with_weights(instead(lambda f: f.create_dataset(KERNEL, data=zeros, compression="gzip")))
    assert path.stat().st_size < 100_000
    assert "a layout of chunks" in refusal(path)


def test_arrays_that_are_only_declared(with_weights: Hdf5) -> None:
    path = with_weights(instead(lambda f: f.create_dataset(KERNEL, (10**6, 10**5), "float32")))
    assert "An array of shape (1000000, 100000) has 400000000000 bytes in the file" in refusal(path)


def test_declared_arrays_do_not_make_room_for_huge_layers(with_weights: Hdf5, saved: Path) -> None:
    path = with_weights(lambda f: f.create_dataset("layers/more/vars/0", (10**9,), "float32"))
    parts = members(path)
    config = json.loads(parts["config.json"])
    config["config"]["layers"][1]["config"]["units"] = 10**7
    archive(path, {**parts, "config.json": json.dumps(config).encode()})
    assert "bytes in the file" in refusal(path)


def test_more_objects_than_a_model_has(with_weights: Hdf5, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("denim.saving.hdf5.MAX_OBJECTS", 20)
    path = with_weights(lambda f: [f.create_group(f"layers/more{i}") for i in range(30)])
    assert "at most 20 groups and arrays. Received: a file with more." in refusal(path)


def test_one_array_under_many_names(with_weights: Hdf5) -> None:
    path = with_weights(lambda f: [f.__setitem__(f"layers/more/vars/{i}", f[KERNEL]) for i in range(3)])
    assert "a second link to one" in refusal(path)


def test_groups_that_hold_themselves(with_weights: Hdf5) -> None:
    path = with_weights(lambda f: f.__setitem__("layers/dense/again", f["layers"]))
    assert "a second link to one" in refusal(path)


def test_arrays_that_lie_upon_each_other(with_weights: Hdf5) -> None:
    """Headers that all point at the same bytes: together the arrays would be larger than the file."""
    block, primes = np.arange(20_011, dtype="float32"), (211, 223, 227, 229, 233, 239, 241, 251)

    def change(file: h5py.File) -> None:
        file["layers/more/vars/0"] = block
        for i, length in enumerate(primes, 1):
            file[f"layers/more/vars/{i}"] = np.zeros(length, "float32")

    path = with_weights(change)
    parts = members(path)
    data = parts["model.weights.h5"]
    with h5py.File(io.BytesIO(data)) as file:
        offsets = [file[f"layers/more/vars/{i}"].id.get_offset() for i in range(len(primes) + 1)]
    for offset, length in zip(offsets[1:], primes, strict=True):
        data = data.replace(struct.pack("<QQ", offset, 4 * length), struct.pack("<QQ", offsets[0], block.nbytes))
        data = data.replace(struct.pack("<Q", length), struct.pack("<Q", block.size))
    with h5py.File(io.BytesIO(data)) as file:
        assert file["layers/more/vars/5"].shape == block.shape
        np.testing.assert_array_equal(file["layers/more/vars/5"][:], block)
    archive(path, {**parts, "model.weights.h5": data})
    assert "no more bytes than the file itself" in refusal(path)


@pytest.mark.parametrize(
    "dtype",
    [
        h5py.string_dtype(),
        h5py.vlen_dtype(np.dtype("f4")),
        h5py.ref_dtype,
        np.dtype([("a", "f4"), ("b", "i4")]),
        np.dtype(("f4", (2,))),
        *map(np.dtype, ("V8", "complex64", "bool", "S4", "longdouble")),
    ],
    ids=str,
)
def test_arrays_of_anything_but_numbers(with_weights: Hdf5, dtype: np.dtype) -> None:
    path = with_weights(instead(lambda f: f.create_dataset(KERNEL, (4, 5), dtype)))
    assert "hold integers or floats" in refusal(path)


def test_arrays_of_names_for_numbers(with_weights: Hdf5) -> None:
    dtype = h5py.enum_dtype({"A": 0, "B": 1}, basetype="i4")
    path = with_weights(instead(lambda f: f.create_dataset(KERNEL, data=np.zeros((4, 5), "i4"), dtype=dtype)))
    assert "hold integers or floats" in refusal(path)


def test_empty_arrays(with_weights: Hdf5) -> None:
    path = with_weights(instead(lambda f: f.create_dataset(KERNEL, data=h5py.Empty("f4"))))
    assert refusal(path)


def test_named_types(with_weights: Hdf5) -> None:
    path = with_weights(lambda f: f.__setitem__("layers/type", np.dtype("f4")))
    assert "groups and arrays only" in refusal(path)


def test_arrays_with_other_names(with_weights: Hdf5) -> None:
    for name in ("layers/dense/vars/01", "layers/dense/vars/7", "layers/dense/vars/kernel"):
        path = with_weights(lambda f, name=name: f.__setitem__(name, np.ones(2, "f4")))
        assert "must be numbered 0, 1, 2" in refusal(path)
        with_weights(lambda f, name=name: f.__delitem__(name))


def test_counters_beyond_their_bits(with_weights: Hdf5) -> None:
    def change(file: h5py.File) -> None:
        del file["optimizer/vars/0"]
        file["optimizer/vars/0"] = np.int64(2**40)

    assert "Counters have 32 bits" in refusal(with_weights(change))


def test_names_that_are_no_text(with_weights: Hdf5) -> None:
    def change(file: h5py.File) -> None:
        file["layers/dense/vars"].attrs["name"] = np.zeros(10)
        file["layers/dense_1/vars"].attrs["name"] = h5py.Empty("f4")

    assert keras.models.load_model(with_weights(change)).name == "chain"


def test_weights_of_another_shape(with_weights: Hdf5) -> None:
    path = with_weights(instead(lambda f: f.__setitem__(KERNEL, np.ones((5, 4), "float32"))))
    assert "'kernel' has shape (4, 5), in the file it has shape (5, 4)" in refusal(path)


@pytest.mark.parametrize("data", [b"", b"\x89HDF\r\n\x1a\n", NOISE])
def test_weights_that_are_none(saved: Path, model: Any, data: bytes) -> None:
    archive(saved, {**members(saved), "model.weights.h5": data})
    assert "must be an HDF5 file" in refusal(saved)
    path = saved.with_name("w.weights.h5")
    path.write_bytes(data)
    assert "must be an HDF5 file" in refusal(path, model.load_weights)


def test_weights_with_changed_bytes_never_change_a_model_by_half(saved: Path, model: Any) -> None:
    """Any byte may be wrong: then the file is refused, or its numbers differ; the process lives."""
    weights = members(saved)["model.weights.h5"]
    path = saved.with_name("w.weights.h5")
    random = np.random.default_rng(5)
    for _ in range(150):
        data = bytearray(weights)
        for at in random.integers(0, len(data), 3):
            data[at] ^= 1 << int(random.integers(8))
        path.write_bytes(bytes(data))
        before = [v.numpy() for v in (*model.weights, *model.optimizer.variables)]
        try:
            with np.errstate(all="ignore"):
                model.load_weights(path)
        except keras.saving.ModelFileError:
            for v, value in zip((*model.weights, *model.optimizer.variables), before, strict=True):
                np.testing.assert_array_equal(v.value, value)


def test_a_checksum_is_asked_for(saved: Path) -> None:
    """Weights are read once their archive's checksum is right."""
    data = bytearray(saved.read_bytes())
    with zipfile.ZipFile(saved) as opened:
        info = opened.getinfo("model.weights.h5")
        assert zlib.crc32(opened.read(info)) == info.CRC
    data[info.header_offset + info.file_size // 2] ^= 1
    saved.write_bytes(bytes(data))
    assert "Bad CRC-32" in refusal(saved)
