"""The same files give the same splits, in the same order, in denim and in Keras."""

from __future__ import annotations

import importlib
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import generated_datasets as generated
from denim.datasets import sources

pytestmark = pytest.mark.parity


@pytest.mark.parametrize(
    ("name", "content", "arguments"),
    [
        ("boston_housing", lambda: generated.houses(31, 13), {}),
        ("boston_housing", lambda: generated.houses(31, 13), {"test_split": 0.33, "seed": 1}),
        ("california_housing", lambda: generated.houses(700, 8), {"version": "small"}),
        ("california_housing", lambda: generated.houses(700, 8), {"test_split": 0}),
        ("imdb", generated.reviews, {}),
        ("imdb", generated.reviews, {"num_words": 20, "skip_top": 5}),
        ("imdb", generated.reviews, {"maxlen": 9, "oov_char": None, "num_words": 30}),
        ("imdb", generated.reviews, {"start_char": None, "index_from": 0, "seed": 2}),
        ("reuters", generated.wires, {}),
        ("reuters", generated.wires, {"num_words": 20, "skip_top": 5, "maxlen": 8, "test_split": 0.4}),
        ("reuters", generated.wires, {"start_char": None, "index_from": 2, "oov_char": 0, "test_split": 1.0}),
        ("cifar100", generated.cifar100, {}),
        ("cifar100", generated.cifar100, {"label_mode": "coarse"}),
    ],
)
def test_load_data(
    real_keras: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: Callable[[], bytes],
    arguments: dict[str, Any],
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content())
    if name.startswith("cifar"):
        with tarfile.open(file) as archive:
            archive.extractall(tmp_path / "out", filter="data")
    theirs = importlib.import_module(f"keras.src.datasets.{name}")
    folder = tmp_path / "out" if name.startswith("cifar") else file
    monkeypatch.setattr(theirs, "get_file", lambda *_, **__: str(folder))
    monkeypatch.setattr(sources, "content", lambda dataset: file.read_bytes())
    mine = importlib.import_module(f"denim.datasets.{name}")
    for ours, keras in zip(mine.load_data(**arguments), theirs.load_data(**arguments), strict=True):
        for a, b in zip(ours, keras, strict=True):
            assert (a.dtype, a.shape) == (b.dtype, b.shape)
            assert a.tolist() == b.tolist()


def test_topics(real_keras: Any) -> None:
    from denim.datasets import reuters

    assert reuters.get_label_names() == tuple(real_keras.datasets.reuters.get_label_names())
