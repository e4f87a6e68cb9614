from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

X = np.linspace(-1, 1, 60, dtype="float32").reshape(15, 4)
Y = np.arange(15) % 3


@pytest.fixture(autouse=True)
def _fresh(fresh_session: None) -> None:
    """Every test here runs in a fresh session, with the same seeds."""
    keras.utils.set_random_seed(1)


@pytest.fixture
def model() -> Any:
    """A chain, trained a little."""
    chain = [keras.Input((4,)), layers.Dense(5, "tanh", name="hidden"), layers.Dense(3, "softmax")]
    made = keras.Sequential(chain, name="chain")
    made.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    made.fit(X, Y, verbose=0, shuffle=False)
    return made


@pytest.fixture
def saved(model: Any, tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    model.save(path)
    return path


Rewrite = Callable[[Callable[[dict[str, Any]], Any]], Path]


@pytest.fixture
def with_config(saved: Path) -> Rewrite:
    """The saved file with another configuration: what a function made of the old one."""

    def rewrite(change: Callable[[dict[str, Any]], Any]) -> Path:
        parts = members(saved)
        config = json.loads(parts["config.json"])
        changed = change(config)
        text = changed if isinstance(changed, str) else json.dumps(config if changed is None else changed)
        return archive(saved, {**parts, "config.json": text.encode()})

    return rewrite


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def archive(path: Path, parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as opened:
        for name, data in parts.items():
            opened.writestr(name, data)
    return path
