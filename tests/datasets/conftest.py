"""A data set of a few bytes, and a machine that has none of the places real ones come from."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from denim.datasets import idx
from denim.datasets.catalog import Dataset, IdxFile

VARIABLES = ("DENIM_DATA", "DENIM_HOME", "DENIM_OFFLINE", "KERAS_HOME", "XDG_CACHE_HOME")


def content(array: idx.Array) -> bytes:
    """The IDX file of ``array``, written without the code under test."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


@dataclass(frozen=True)
class Tiny:
    """A data set, and its files' content by name."""

    dataset: Dataset
    contents: dict[str, bytes]

    def put(self, folder: Path, *names: str, packed: bool = False) -> Path:
        """Write files (all four unless named) into ``folder``; return it."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in names or self.contents:
            path = folder / (f"{name}.gz" if packed else name)
            path.write_bytes(gzip.compress(self.contents[name]) if packed else self.contents[name])
        return folder

    def check(self, loaded: tuple[tuple[idx.Array, idx.Array], tuple[idx.Array, idx.Array]]) -> None:
        """The four arrays are the ones published."""
        (x_train, y_train), (x_test, y_test) = loaded
        for array, file in zip((x_train, y_train, x_test, y_test), self.dataset.files, strict=True):
            assert array.dtype == np.uint8
            assert array.shape == file.shape
            assert array.flags.writeable
            assert content(array) == self.contents[file.name]


@pytest.fixture
def tiny() -> Tiny:
    rng = np.random.default_rng(0)
    contents: dict[str, bytes] = {}

    def entry(name: str, *shape: int) -> IdxFile:
        contents[name] = content(rng.integers(0, 256, shape, dtype=np.uint8))
        return IdxFile(name, shape, hashlib.sha256(contents[name]).hexdigest())

    dataset = Dataset(
        name="tiny-set",
        title="Tiny",
        train_images=entry("train-images", 6, 3, 2),
        train_labels=entry("train-labels", 6),
        test_images=entry("test-images", 4, 3, 2),
        test_labels=entry("test-labels", 4),
        subfolders=("tiny-set", "Tiny/raw"),
    )
    return Tiny(dataset, contents)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, and an empty PATH: no dpkg, no apt."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return home


@pytest.fixture
def cached(home: Path) -> Path:
    """Where denim keeps the tiny data set."""
    return home / ".cache" / "denim" / "datasets" / "tiny-set"
