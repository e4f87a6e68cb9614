"""What a model file says of how its inputs are made."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.preparation import Preparation
from denim.saving.text import MAX_BYTES

from .conftest import archive, members

PREPARATION = "assets/preparation.json"


@pytest.fixture
def preparation() -> Preparation:
    from denim.files import Arrays

    rows = Arrays(np.zeros((6, 4), np.float32), np.array(["a", "b", "c"] * 2), Path("rows.npz"))
    return Preparation.decide(rows, "kind")


@pytest.fixture
def prepared(model: Any, preparation: Preparation, tmp_path: Path) -> Path:
    model.preparation = preparation
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_a_model_has_none_unless_it_was_given_one(saved: Path) -> None:
    assert PREPARATION not in members(saved)
    assert keras.models.load_model(saved).preparation is None


def test_it_comes_back(prepared: Path, preparation: Preparation) -> None:
    assert keras.models.load_model(prepared).preparation == preparation
    assert keras.models.load_model(prepared, compile=False).preparation == preparation


def test_a_clone_has_it_too(model: Any, preparation: Preparation) -> None:
    model.preparation = preparation
    assert keras.models.clone_model(model).preparation == preparation
    assert keras.models.clone_model(model, input_tensors=keras.Input((4,))).preparation is None


def test_the_weights_of_such_a_file_can_be_loaded(prepared: Path, model: Any) -> None:
    weights = model.get_weights()
    model.set_weights([np.zeros_like(weight) for weight in weights])
    model.load_weights(prepared)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), weights, strict=True))


def test_an_attribute_of_that_name_is_a_models_own(tmp_path: Path) -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.preparation = keras.layers.Rescaling(0.5)
            self.dense = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.dense(self.preparation(x))

    model = Own()
    model(np.ones((2, 3), np.float32))
    model.save(tmp_path / "own.keras")
    assert PREPARATION not in members(tmp_path / "own.keras")


def refused(path: Path) -> str:
    with pytest.raises(keras.saving.ModelFileError) as caught:
        keras.models.load_model(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"[]", "assets/preparation.json must be a JSON object. Received: a list."),
        (b"{", "assets/preparation.json must be JSON in UTF-8"),
        (b"{}", "describes no preparation"),
        (b'{"version": 1, "kind": "table", "inputs": {}, "target": {}, "decisions": []}', "describes no preparation"),
        (b'{"version": 1, "kind": ["table"], "inputs": 3, "target": 4, "decisions": 5}', "describes no preparation"),
        (b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", "may nest at most"),
        (b" " * (MAX_BYTES + 1), f"may have at most {MAX_BYTES} bytes"),
    ],
    ids=["a list", "broken", "empty", "nothing within", "of other types", "deep", "large"],
)
def test_one_that_makes_no_sense(prepared: Path, text: bytes, told: str) -> None:
    assert told in refused(archive(prepared, {**members(prepared), PREPARATION: text}))


def test_one_for_other_inputs(prepared: Path) -> None:
    parts = members(prepared)
    config = json.loads(parts[PREPARATION])
    config["inputs"]["shape"] = [5]
    path = archive(prepared, {**parts, PREPARATION: json.dumps(config).encode()})
    assert "prepares inputs of shape (5,), but the model takes (4,)" in refused(path)


def test_one_that_is_compressed(prepared: Path) -> None:
    parts = members(prepared)
    with zipfile.ZipFile(prepared, "w") as opened:
        for name, data in parts.items():
            kind = zipfile.ZIP_DEFLATED if name == PREPARATION else zipfile.ZIP_STORED
            opened.writestr(name, data + b" " * 10_000 * (name == PREPARATION), kind)
    assert "not compressed. Received: assets/preparation.json" in refused(prepared)
