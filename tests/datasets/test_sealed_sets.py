"""Data sets in one sealed file each: found, checked, and returned as Keras returns them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import generated_datasets as generated
from denim import config
from denim.datasets import (
    boston_housing,
    california_housing,
    catalog,
    cifar10,
    cifar100,
    imdb,
    mnist,
    reuters,
)
from denim.datasets.errors import DatasetNotFoundError, DatasetWarning

Put = Callable[..., Path]


@pytest.fixture
def put(home: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Put content into Keras's cache as a data set's file, whose checksum it then has."""

    def put(entry: str, content: bytes, name: str | None = None, algorithm: str = "sha256") -> Path:
        known = getattr(catalog, entry)
        file = dataclasses.replace(known.file, checksum=hashlib.new(algorithm, content).hexdigest())
        monkeypatch.setattr(catalog, entry, dataclasses.replace(known, file=file))
        path = home / ".keras" / "datasets" / (name or file.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    monkeypatch.setenv("DENIM_OFFLINE", "1")
    return put


def test_mnist(put: Put, home: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = {f"x_{part}": rng.integers(0, 256, (5, 28, 28), np.uint8) for part in ("train", "test")}
    arrays |= {f"y_{part}": rng.integers(0, 10, 5, np.uint8) for part in ("train", "test")}
    there = put("MNIST", generated.archive(**arrays))
    for _ in range(2):  # the second time out of denim's own cache
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
        for found, name in ((x_train, "x_train"), (y_train, "y_train"), (x_test, "x_test"), (y_test, "y_test")):
            np.testing.assert_array_equal(found, arrays[name])
            assert found.dtype == np.uint8
        there.unlink(missing_ok=True)
    assert (home / ".cache" / "denim" / "datasets" / "mnist.npz").exists()


def test_a_file_of_another_name(put: Put) -> None:
    put("MNIST", generated.archive(x_train=[1], y_train=[2], x_test=[3], y_test=[4]), "digits.npz")
    assert mnist.load_data("digits.npz")[0][0] == [1]


@pytest.mark.parametrize("path", ["/tmp/mnist.npz", "a/b", "", "..\\x", None])
def test_a_path_is_a_name(home: Path, path: Any) -> None:
    with pytest.raises(ValueError, match=r"`path` is a file's name, such as 'mnist\.npz'; set DENIM_DATA"):
        mnist.load_data(path)


def test_a_changed_file_is_not_read(put: Put) -> None:
    there = put("IMDB_WORDS", b'{"film": 1}', algorithm="md5")
    there.write_bytes(b'{"film": 2}')
    with (
        pytest.warns(DatasetWarning, match=r"imdb_word_index\.json: its content has MD5 .*, expected "),
        pytest.raises(DatasetNotFoundError) as caught,
    ):
        imdb.get_word_index()
    text = str(caught.value)
    assert re.search(r"IMDB's words is not on this machine .*tf-keras-datasets/: skipped, because", text, re.S)
    assert "set DENIM_DATA to a folder with the file imdb_word_index.json\n" in text


def test_a_file_longer_than_it_can_be_is_not_read(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put("REUTERS_WORDS", b"{}" + b" " * 100, algorithm="md5")
    file = dataclasses.replace(catalog.REUTERS_WORDS.file, max_packed=50)
    monkeypatch.setattr(catalog, "REUTERS_WORDS", dataclasses.replace(catalog.REUTERS_WORDS, file=file))
    with (
        pytest.warns(DatasetWarning, match="too long: 102 bytes, expected at most 50"),
        pytest.raises(DatasetNotFoundError),
    ):
        reuters.get_word_index()


@pytest.mark.parametrize("room", [imdb, reuters])
def test_word_indices(put: Put, room: Any) -> None:
    put(f"{room.__name__.rpartition('.')[2].upper()}_WORDS", json.dumps({"the": 1, "café": 2}).encode())
    assert room.get_word_index() == {"the": 1, "café": 2}


def test_topics() -> None:
    names = reuters.get_label_names()
    assert (len(names), len(set(names)), names[0], names[3], names[45]) == (46, 46, "cocoa", "earn", "lead")


# Tables


@pytest.mark.parametrize("share", [0.2, 0, 0.5])
def test_houses_are_split_in_keras_order(put: Put, share: float) -> None:
    put("BOSTON_HOUSING", generated.houses(11, 13))
    (x_train, y_train), (x_test, y_test) = boston_housing.load_data(test_split=share, seed=5)
    order = np.arange(11)
    np.random.RandomState(5).shuffle(order)
    with np.load(Path(boston_path())) as table:
        np.testing.assert_array_equal(np.concatenate([x_train, x_test]), table["x"][order])
        np.testing.assert_array_equal(np.concatenate([y_train, y_test]), table["y"][order])
    assert len(x_train) == len(y_train) == int(11 * (1 - share))


def boston_path() -> str:
    from denim.datasets import cache

    return str(cache.folder(catalog.BOSTON_HOUSING) / "boston_housing.npz")


def test_the_small_version_is_the_first_rows(put: Put) -> None:
    put("CALIFORNIA_HOUSING", generated.houses(700, 8))
    whole = np.concatenate([part[1] for part in california_housing.load_data()])
    small = np.concatenate([part[1] for part in california_housing.load_data("small")])
    assert (len(whole), len(small)) == (700, 600)
    assert set(small) < set(whole)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: boston_housing.load_data(test_split=1), "Invalid `test_split` argument: 1"),
        (lambda: boston_housing.load_data(test_split=-0.1), "between 0 and 1"),
        (lambda: california_housing.load_data("smal"), r"one of 'small', 'large'\..*Did you mean 'small'\?"),
        (lambda: cifar100.load_data("fin"), r"one of `?'fine', 'coarse'.*Did you mean 'fine'\?"),
    ],
)
def test_arguments_are_checked_before_any_file_is_looked_for(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call()


# Texts


def test_reviews(put: Put) -> None:
    put("IMDB", generated.reviews())
    (x_train, y_train), (x_test, y_test) = imdb.load_data()
    assert [len(part) for part in (x_train, y_train, x_test, y_test)] == [30, 30, 20, 20]
    assert x_train.dtype == object and all(type(text) is list and text[0] == 1 for text in x_train)
    order = np.arange(30)
    np.random.RandomState(113).shuffle(order)
    first = generated.texts(30, 1)[order[0]]
    assert x_train[0] == [1, *(word + 3 if word + 3 < 43 else 2 for word in first)]
    np.testing.assert_array_equal(y_train, order % 2)


def test_words_are_left_out(put: Put) -> None:
    put("REUTERS", generated.wires())
    (x, y), (x_test, _) = reuters.load_data(num_words=20, skip_top=5, maxlen=9, oov_char=None, start_char=None)
    assert len(x) == len(y) == int((len(x) + len(x_test)) * 0.8)
    words = {word for text in (*x, *x_test) for word in text}
    assert words <= set(range(5, 20)) and words
    assert max(map(len, (*x, *x_test))) < 9
    with pytest.raises(ValueError, match=r"shorter than maxlen=1, no sequence was kept\. Increase maxlen"):
        reuters.load_data(maxlen=1)


# Pictures


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-batches-py-target_archive"])
def test_cifar10(put: Put, name: str) -> None:
    put("CIFAR10", generated.cifar10(), name)
    (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    assert (x_train.shape, y_train.shape, x_test.shape, y_test.shape) == (
        (15, 32, 32, 3),
        (15, 1),
        (3, 32, 32, 3),
        (3, 1),
    )
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert y_train[::3, 0].tolist() == [1, 2, 3, 4, 5] and y_test[:, 0].tolist() == [7, 8, 9]
    planes = generated.batch(3, 2)[b"data"].reshape(3, 3, 32, 32)
    np.testing.assert_array_equal(x_train[3:6, 4, 5, :], planes[:, :, 4, 5])


def test_channels_first(put: Put) -> None:
    put("CIFAR100", generated.cifar100())
    config.set_image_data_format("channels_first")
    try:
        (x_train, y_train), (_, y_test) = cifar100.load_data("coarse")
    finally:
        config.set_image_data_format("channels_last")
    np.testing.assert_array_equal(x_train, generated.batch(4, 1)[b"data"].reshape(4, 3, 32, 32))
    assert y_train[:, 0].tolist() == [19, 0, 1, 2] and y_test[:, 0].tolist() == [7, 8]
    assert cifar100.load_data()[0][1][:, 0].tolist() == [99, 1, 2, 3]
