"""NPZ, NPY and IDX: which array is what, and files that cannot be used."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from denim.files import Arrays, Pictures, read

from .refusals import refusal, written

X, Y = np.arange(12.0).reshape(4, 3), np.array([0, 1, 1, 0])
NAMES = [
    ("x", "y"),
    ("X", "y"),
    ("data", "target"),
    ("images", "labels"),
    ("x_train", "y_train"),
    ("train_images", "train_labels"),
]


@pytest.mark.parametrize(("x", "y"), NAMES)
def test_arrays_by_the_usual_names(tmp_path, x, y):
    np.savez(tmp_path / "a.npz", **{x: X, y: Y, "other": Y})
    content = read(tmp_path / "a.npz")
    assert isinstance(content, Arrays)
    np.testing.assert_array_equal(content.x, X)
    np.testing.assert_array_equal(content.y, Y)
    assert content.test is None
    assert content.notes == (f"Inputs are {x!r} and targets {y!r}, of {x}, {y}, other.",)
    np.testing.assert_array_equal(content.rows([2]).x, X[2:3])
    assert content.rows(slice(3)).y.tolist() == [0, 1, 1]


def test_rows_for_testing_are_kept_apart(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x_train=X, y_train=Y, x_test=X[:1], y_test=Y[:1])
    content = read(tmp_path / "a.npz")
    assert (len(content), len(content.test)) == (4, 1)
    assert content.rows([0]).test is content.test


def test_inputs_alone(tmp_path):
    np.savez(tmp_path / "a.npz", x=X)
    assert read(tmp_path / "a.npz").y is None
    assert read(tmp_path / "a.npz").rows([1]).y is None
    np.save(tmp_path / "a.npy", X)
    np.testing.assert_array_equal(read(tmp_path / "a.npy").x, X)


def test_a_target_by_name(tmp_path):
    np.savez(tmp_path / "a.npz", pixels=X, digit=Y)
    content = read(tmp_path / "a.npz", target="digit")
    np.testing.assert_array_equal(content.x, X)
    np.testing.assert_array_equal(content.y, Y)
    assert refusal(tmp_path / "a.npz", target="digits") == (
        "a.npz: There is no array 'digits'. Did you mean 'digit'? Its arrays: pixels, digit."
    )


def test_names_that_say_nothing_are_listed(tmp_path):
    np.savez(tmp_path / "a.npz", a=X, b=Y)
    assert refusal(tmp_path / "a.npz") == (
        "a.npz: None of its arrays has a name that says that it is the inputs: a, b. Say which: inputs='a'. Names "
        "that say so: x, X, data, images, features or inputs, with y, target, targets, labels or label; or x_train and "
        "y_train."
    )


class Trap:
    def __reduce__(self):
        return pytest.fail, ("a pickle was run",)


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([[Trap()]], object), allow_pickle=True)
    assert refusal(tmp_path / "a.npz") == (
        "a.npz: Array 'x' holds Python objects, which could run code when they are read. Save it as numbers: "
        "np.savez(..., x=x.astype('float32'))"
    )
    np.save(tmp_path / "a.npy", np.array([[Trap()]], object))
    assert refusal(tmp_path / "a.npy").startswith("a.npy: It is no array of numbers that can be read: ")


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        ({"x": X, "y": Y[:3]}, "Inputs and targets must have as many rows; they have shapes (4, 3) and (3,)."),
        ({"x": Y}, "Inputs need a row for each sample, shape (rows, ...), and have shape (4,)."),
        ({"x": X[:0]}, "Inputs need a row for each sample, shape (rows, ...), and have shape (0, 3)."),
        ({"x": X.astype(str)}, "Inputs must be numbers, and are <U32."),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, arrays, text):
    np.savez(tmp_path / "a.npz", **arrays)
    assert refusal(tmp_path / "a.npz") == f"a.npz: {text}"


def test_damaged_archives(tmp_path):
    np.savez(tmp_path / "a.npz", x=X)
    content = (tmp_path / "a.npz").read_bytes()
    assert refusal(written(tmp_path / "b.npz", content[:200])).startswith("b.npz: It is a damaged NPZ file: ")
    assert refusal(written(tmp_path / "c.npz", "x")) == (
        "c.npz: It ends in .npz, and does not begin as such a file does. Is it whole?"
    )


IMAGES = np.arange(24, dtype=np.uint8).reshape(4, 3, 2)


def idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes((0, 0, 8, array.ndim)) + sizes + array.tobytes()


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"),
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz"),
    ],
)
@pytest.mark.parametrize("named", [0, 1])
def test_idx_files_are_found_by_each_other(tmp_path, images, labels, named):
    for name, array in ((images, IMAGES), (labels, Y.astype(np.uint8))):
        content = idx(array)
        written(tmp_path / name, gzip.compress(content) if name.endswith(".gz") else content)
    pictures = read(tmp_path / (images, labels)[named])
    assert isinstance(pictures, Pictures)
    np.testing.assert_array_equal(pictures.images, IMAGES)
    np.testing.assert_array_equal(pictures.labels, Y)
    assert pictures.names == ("0", "1", "2", "3")
    assert pictures.notes == (f"Pictures and classes: with {(labels, images)[named]}.",)


def test_idx_files_that_do_not_fit(tmp_path):
    path = written(tmp_path / "train-images-idx3-ubyte", idx(IMAGES))
    assert read(path).labels is None
    assert read(path).notes == ("There are no classes beside the pictures.",)
    beside = written(tmp_path / "train-labels-idx1-ubyte", idx(np.zeros(3, np.uint8)))
    assert refusal(path) == (
        "train-images-idx3-ubyte: It holds 4 pictures, and train-labels-idx1-ubyte 3 classes. Do they belong together?"
    )
    assert refusal(beside) == refusal(path)
    path.unlink()
    assert refusal(beside) == (
        "train-labels-idx1-ubyte: It holds classes, and there is no file of their pictures. Put it beside this one."
    )
    assert refusal(written(path, idx(IMAGES)[:-1])) == (
        "train-images-idx3-ubyte: It cannot be read as IDX: truncated: 39 of 40 bytes."
    )
    assert refusal(written(path, b"\0\0\x0d\x03" + bytes(12))) == (
        "train-images-idx3-ubyte: It cannot be read as IDX: it holds float32 elements, expected uint8."
    )
    assert refusal(written(path, idx(IMAGES.reshape(4, 6)))) == (
        "train-images-idx3-ubyte: Pictures have 3 axes, number, height and width, and these have shape (4, 6)."
    )


def test_a_header_that_promises_more_than_there_is_memory(tmp_path):
    path = written(tmp_path / "images.idx", b"\0\0\x08\x03" + b"\xff" * 12)
    assert refusal(path).startswith("images.idx: It cannot be read as IDX: ")
