"""The names, and the real data where this machine has it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import denim.datasets
from denim.datasets import catalog, fashion_mnist
from denim.datasets.errors import DatasetNotFoundError


def test_near_misses_get_a_suggestion():
    text = r"^module 'denim\.datasets' has no attribute 'fasion_mnist'; did you mean 'fashion_mnist'\?$"
    with pytest.raises(AttributeError, match=text):
        denim.datasets.fasion_mnist  # noqa: B018


def test_names():
    assert denim.datasets.fashion_mnist is fashion_mnist
    assert denim.datasets.DatasetNotFoundError is DatasetNotFoundError
    assert issubclass(DatasetNotFoundError, FileNotFoundError)
    assert set(denim.datasets.__all__) <= set(dir(denim.datasets))
    assert len(fashion_mnist.CLASS_NAMES) == len(set(fashion_mnist.CLASS_NAMES)) == 10
    assert fashion_mnist.CLASS_NAMES[0] == "T-shirt/top"
    assert fashion_mnist.CLASS_NAMES[9] == "Ankle boot"


def test_importing_the_room_imports_no_data_set_and_no_network():
    code = "import sys, denim.datasets; print([m for m in ('denim.datasets.sources', 'urllib.request', 'rich') "
    code += "if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_load_data_loads_the_catalogs_entry(monkeypatch):
    asked = []
    monkeypatch.setattr("denim.datasets.sources.load", asked.append)
    fashion_mnist.load_data()
    assert asked == [catalog.FASHION_MNIST]


def test_the_real_data(monkeypatch):
    monkeypatch.setenv("DENIM_OFFLINE", "1")
    try:
        train, test = fashion_mnist.load_data()
    except DatasetNotFoundError:
        pytest.skip("Fashion-MNIST is not on this machine; load_data() with a network puts it there")
    shapes = [array.shape for array in (*train, *test)]
    assert shapes == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    assert {array.dtype for array in (*train, *test)} == {np.dtype(np.uint8)}
    assert np.bincount(train[1]).tolist() == [6000] * 10
    assert np.bincount(test[1]).tolist() == [1000] * 10
    assert train[1][:5].tolist() == [9, 0, 0, 3, 0]
    assert (train[0].min(), train[0].max()) == (0, 255)
    assert round(float(train[0].mean()), 4) == 72.9404
