"""Folders of IDX files, as Fashion-MNIST and its kin come."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from denim.files import FileError, read

from .refusals import refusal

GENERATOR = np.random.default_rng(0)
TRAIN = (GENERATOR.integers(0, 256, (6, 4, 3)).astype(np.uint8), np.arange(6, dtype=np.uint8) % 3)
TEST = (GENERATOR.integers(0, 256, (3, 4, 3)).astype(np.uint8), np.arange(3, dtype=np.uint8))


def put(folder: Path, name: str, array: np.ndarray) -> None:
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    content = bytes((0, 0, 8, array.ndim)) + sizes + array.tobytes()
    (folder / name).write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)


def pair(folder: Path, part: str, arrays: tuple[np.ndarray, np.ndarray], ending: str = "") -> None:
    put(folder, f"{part}-images-idx3-ubyte{ending}", arrays[0])
    put(folder, f"{part}-labels-idx1-ubyte{ending}", arrays[1])


@pytest.mark.parametrize("ending", ["", ".gz"], ids=["plain", "packed"])
@pytest.mark.parametrize("judged", ["t10k", "test"])
def test_the_pair_for_testing_is_kept_apart(tmp_path, ending, judged):
    pair(tmp_path, "train", TRAIN, ending)
    pair(tmp_path, judged, TEST, ending)
    (tmp_path / "readme.txt").write_text("x")
    found = read(tmp_path)
    np.testing.assert_array_equal(found.images, TRAIN[0])
    np.testing.assert_array_equal(found.labels, TRAIN[1])
    assert found.test is not None
    np.testing.assert_array_equal(found.test.images, TEST[0])
    np.testing.assert_array_equal(found.test.labels, TEST[1])
    assert found.rows(slice(2)).test is found.test
    assert found.notes == (
        f"Pictures: those of train-images-idx3-ubyte{ending}.",
        f"Pictures and classes: with train-labels-idx1-ubyte{ending}.",
        f"Kept for testing: the 3 pictures of {judged}-images-idx3-ubyte{ending}.",
    )


def test_one_set_alone_and_one_that_is_there_both_packed_and_not(tmp_path):
    pair(tmp_path, "kmnist", TRAIN)
    pair(tmp_path, "kmnist", TRAIN, ".gz")
    found = read(tmp_path)
    assert (len(found), found.test) == (6, None)


def test_without_classes_there_is_nothing_to_test_with(tmp_path):
    pair(tmp_path, "train", TRAIN)
    put(tmp_path, "t10k-images-idx3-ubyte", TEST[0])
    found = read(tmp_path)
    assert found.test is None
    assert found.notes[-1] == "Left out, t10k-images-idx3-ubyte: there are no classes beside it."


@pytest.mark.parametrize(
    "parts", [("letters-train", "digits-train"), ("train", "t10k", "extra"), ("one", "other")], ids="-".join
)
def test_where_it_is_not_clear_which_is_meant_they_are_named(tmp_path, parts):
    for part in parts:
        pair(tmp_path, part, TRAIN)
    names = sorted(f"{part}-images-idx3-ubyte" for part in parts)
    assert refusal(tmp_path).endswith(
        f": It holds {len(parts)} sets of pictures: {', '.join(names)}. "
        f"Name the one meant, as {tmp_path.name}/{names[0]}."
    )


def test_classes_alone(tmp_path):
    put(tmp_path, "train-labels-idx1-ubyte", TRAIN[1])
    with pytest.raises(FileError, match=r"It holds classes, train-labels-idx1-ubyte, and not their pictures\."):
        read(tmp_path)


def test_the_size_and_the_colours_asked_for(tmp_path):
    pytest.importorskip("PIL")
    pair(tmp_path, "train", TRAIN)
    pair(tmp_path, "t10k", TEST)
    found = read(tmp_path, size=(8, 6), colour=True)
    assert found.images.shape == (6, 8, 6, 3) and found.images.dtype == np.uint8
    assert found.test is not None and found.test.images.shape == (3, 8, 6, 3)
    assert read(tmp_path, size=(4, 3)).images.shape == (6, 4, 3)
