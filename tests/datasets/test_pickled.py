"""Pickles are read as data: what would run code, or is no data of a data set, is refused."""

from __future__ import annotations

import collections
import io
import os
import pickle
from typing import Any

import numpy as np
import pytest

import generated_datasets as generated
from denim.datasets import npz, pickled
from denim.datasets.errors import Damaged


class Runs:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> Any:
        return self._call


def load(value: Any) -> Any:
    return pickled.load(io.BytesIO(value if isinstance(value, bytes) else pickle.dumps(value, 3)))


@pytest.mark.parametrize("write", [generated.python2_pickle, lambda batch: pickle.dumps(batch, 3)])
def test_a_batch(write: Any) -> None:
    batch = generated.batch(2, 0, labels=[3, 4])
    found = load(write(batch))
    assert list(found) == list(batch)
    np.testing.assert_array_equal(found[b"data"], batch[b"data"])
    assert (found[b"labels"], found[b"batch_label"]) == ([3, 4], b"batch")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Runs(os.system, "false"), "it names posix.system, and data needs no code"),
        (Runs(eval, "1"), "it names builtins.eval"),
        (Runs(np.load, "x"), r"it names numpy\.load"),
        (collections.OrderedDict(), "it names collections.OrderedDict"),
        (np.float64(1.0), "it names numpy"),
        (np.zeros(2, "float32"), "an array of dtype 'f4'"),
        (np.zeros(2, ">i8"), "an array of byte order '>'"),
        (np.zeros((2, 2), object), "an array of objects that is no list"),
        (np.asfortranarray(np.zeros((2, 3), "u1")), "it holds an array of shape"),
        (pickle.dumps(np.zeros(9, "u1"), 3).replace(b"K\x09", b"K\x0a", 1), "other than its bytes"),
        (b"", "not a pickle of arrays"),
        (b"\x80\x03(((", "not a pickle of arrays"),
        (b"\x80\x02cnumpy\nndarray\n.", "it holds a type"),
        (b"\x80\x03X\xff\xff\xff\x7fabc.", "not a pickle of arrays"),
        (b"(lp0\nI1\na", "not a pickle of arrays"),
    ],
)
def test_anything_else_is_refused(value: Any, text: str) -> None:
    with pytest.raises(Damaged, match=text):
        load(value)


def test_lists_of_whole_numbers() -> None:
    rows = generated.texts(5, 0)
    assert npz.lists(generated.archive(x=rows), "x") == list(rows)


@pytest.mark.parametrize(
    "array",
    [np.arange(3), np.array([[1.5], [2]], object), np.array([["a"], [1, 2]], object), np.array([1, None], object)],
)
def test_other_arrays_are_no_lists(array: np.ndarray) -> None:
    with pytest.raises(Damaged):
        npz.lists(generated.archive(x=array), "x")


def test_an_array_that_is_missing() -> None:
    with pytest.raises(Damaged, match="not the archive expected"):
        npz.numbers(generated.archive(x=[1]), "y")
    with pytest.raises(Damaged, match="not the archive expected"):
        npz.lists(generated.archive(x=[1]), "y")
    with pytest.raises(Damaged, match="not the archive expected"):
        npz.numbers(generated.archive(y=generated.texts(2, 0)), "y")
