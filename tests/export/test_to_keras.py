"""``model.to_keras()`` where it cannot be; what it makes where it can be is judged in ``tests/parity``."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

import denim
from denim import layers


def model() -> denim.Model:
    return denim.Sequential([layers.Input((3,)), layers.Dense(2)])


def test_without_keras_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ImportError, match=r"Keras itself, which is not installed here. Type: pip install keras jax"):
        model().to_keras()


def test_without_keras_backend_it_is_said_how_to_choose_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "keras.py").write_text("import tensorflow_that_is_missing\n")
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        ImportError, match=r"its backend is not: No module named 'tensorflow_that_is_missing'. Set KERAS"
    ):
        model().to_keras()


@pytest.mark.parametrize(("name", "version"), [("denim", "0.1.0"), ("keras", "2.15.0"), ("keras", None)])
def test_another_module_of_that_name_is_not_taken(
    name: str, version: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ModuleType(name)
    if version is not None:
        other.__version__ = version  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keras", other)
    with pytest.raises(ImportError, match=rf"makes a model of Keras 3. Received: a module `keras` that is '{name}'"):
        model().to_keras()
