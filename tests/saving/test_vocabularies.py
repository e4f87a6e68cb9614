"""Vocabularies in `.keras` files: written and read as Keras does, and looked at before they are believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.saving import archive as archives
from denim.saving import vocabularies

from .conftest import archive, members
from .test_hostile_files import refusal

X = np.array([["red"], ["green"], ["blue"], ["mauve"]])
FILE = "assets/layers/string_lookup/vocabulary.txt"


def network(**options: Any) -> Any:
    lookup = layers.StringLookup(**options)
    lookup.adapt(["red", "red", "green", "blue"])
    return keras.Sequential([keras.Input((1,), dtype="string"), lookup, layers.Embedding(9, 2), layers.Flatten()])


@pytest.fixture
def learnt(tmp_path: Path) -> Path:
    path = tmp_path / "learnt.keras"
    network().save(path)
    return path


def test_a_learnt_vocabulary_is_in_a_file_of_its_own(learnt: Path) -> None:
    assert members(learnt)[FILE] == b"[UNK]\nred\ngreen\nblue"
    assert json.loads(members(learnt)["config.json"])["config"]["layers"][1]["config"]["vocabulary"] is None
    again = keras.models.load_model(learnt)
    assert again.layers[0].get_vocabulary() == ["[UNK]", "red", "green", "blue"]
    again.layers[0].adapt(["red", "pink"])


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count", "tf_idf"])
@pytest.mark.parametrize("padded", [{}, {"max_tokens": 7, "pad_to_max_tokens": True}], ids=["as it is", "padded"])
def test_rows(tmp_path: Path, mode: str, padded: dict[str, Any]) -> None:
    words = np.array([["a", "b"], ["a", "c"]])
    lookup, whole = layers.StringLookup(output_mode=mode, **padded), layers.IntegerLookup(output_mode=mode)
    lookup.adapt(words)
    whole.adapt(np.array([[5, 7], [5, -1]]))
    text, number = keras.Input((2,), dtype="string"), keras.Input((2,), dtype="int64")
    model = keras.Model([text, number], [lookup(text), whole(number)])
    model.save(tmp_path / "rows.keras")
    again = keras.models.load_model(tmp_path / "rows.keras")
    x = [words, np.array([[5, 5], [9, 7]])]
    for mine, other in zip(model.predict(x, verbose=0), again.predict(x, verbose=0), strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("token", ["two\nlines", "carriage\r", "sep\u2028arated", ""], ids=["n", "r", "u2028", "empty"])
def test_tokens_that_are_no_lines_are_in_the_configuration(tmp_path: Path, token: str) -> None:
    lookup = layers.StringLookup()
    lookup.adapt(np.array(["z", "z", token]))
    model = keras.Sequential([keras.Input((1,), dtype="string"), lookup])
    model.save(tmp_path / "odd.keras")
    assert FILE not in members(tmp_path / "odd.keras")
    assert keras.models.load_model(tmp_path / "odd.keras").predict(np.array([token]), verbose=0).tolist() == [[2]]


def test_texts_hashes_and_given_vocabularies(tmp_path: Path) -> None:
    text, number = keras.Input((1,), dtype="string"), keras.Input((1,), dtype="int64")
    words = layers.TextVectorization(output_sequence_length=3, ngrams=(1, 2))
    counts = layers.TextVectorization(output_mode="tf_idf")
    for layer in (words, counts):
        layer.adapt(["the red cat", "a cat"])
    model = keras.Model(
        [text, number],
        [
            words(text),
            counts(text),
            layers.Hashing(7, salt=3)(text),
            layers.HashedCrossing(9, output_mode="one_hot")([text, number]),
            layers.IntegerLookup(vocabulary=[3, 4], mask_token=0)(number),
        ],
    )
    model.save(tmp_path / "all.keras")
    parts = members(tmp_path / "all.keras")
    for folder in ("text_vectorization", "text_vectorization/_lookup_layer", "text_vectorization_1"):
        assert f"assets/layers/{folder}/vocabulary.txt" in parts
    again = keras.models.load_model(tmp_path / "all.keras")
    x = [np.array(["a red cat", "the", "dog"]), np.array([3, 0, 9])]
    for mine, other in zip(model.predict(x, verbose=0), again.predict(x, verbose=0), strict=True):
        np.testing.assert_array_equal(mine, other)
        assert mine.dtype == other.dtype


def test_the_older_form_has_no_place_for_one(tmp_path: Path) -> None:
    with (
        pytest.warns(UserWarning, match="legacy"),
        pytest.raises(ValueError, match="no place for a vocabulary that was learnt"),
    ):
        network().save(tmp_path / "model.h5")
    assert not list(tmp_path.iterdir())


def test_one_that_was_not_learnt_yet(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((1,), dtype="string"), layers.StringLookup()])
    model.save(tmp_path / "empty.keras")
    again = keras.models.load_model(tmp_path / "empty.keras")
    with pytest.raises(RuntimeError, match="has no vocabulary yet"):
        again.predict(X, verbose=0)


def test_a_file_of_keras() -> None:
    """What files/make_lookups.py wrote and printed."""
    model = keras.models.load_model(Path(__file__).parent / "files" / "keras3_lookups.keras")
    x = {
        "a": np.array([["r"], ["g"], ["zz"], ["b"]]),
        "w": np.array([["r", "g"], ["g", "g"], ["b", "q"], ["r", "b"]]),
        "i": np.array([[5], [7], [9], [5]]),
    }
    right = [[0.74467862, 0.83713734], [0.04725043, 1.38878191], [0.26602596, -0.75316495], [0.4423933, -0.01963262]]
    np.testing.assert_allclose(model.predict(x, verbose=0), right, rtol=1e-4, atol=1e-6)
    assert model.get_layer("three").get_vocabulary() == ["[UNK]", "g", "r", "b", "q"]


# Files that somebody made to do harm


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "is not in the file"),
        (b"[UNK]\nred\nred\nblue", "repeated term"),
        (b"\xff\xfe", "does not fit it"),
    ],
    ids=["none", "repeated", "no UTF-8"],
)
def test_a_vocabulary_that_makes_no_sense(learnt: Path, text: bytes | None, message: str) -> None:
    parts = {name: data for name, data in members(learnt).items() if name != FILE}
    archive(learnt, parts if text is None else {**parts, FILE: text})
    assert message in refusal(learnt)


def test_one_of_another_size(tmp_path: Path) -> None:
    lookup = layers.IntegerLookup(output_mode="one_hot")
    lookup.adapt([5, 7])
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((1,), dtype="int64"), lookup, layers.Dense(1)]).save(path)
    parts, file = members(path), "assets/layers/integer_lookup/vocabulary.txt"
    archive(path, {**parts, file: b"-1\n5\n7\n9"})
    assert "Old vocab size is 3, new vocab size is 4" in refusal(path)
    archive(path, {**parts, file: b"-1\n5\nseven"})
    assert "holds whole numbers. Received: 'seven'" in refusal(path)
    archive(path, {**parts, file: b"-1\n5\n" + b"9" * 30})
    assert "at most 64 bits" in refusal(path)


def test_a_huge_one(learnt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = members(learnt)
    monkeypatch.setattr(vocabularies, "MAX_TOKENS", 100)
    archive(learnt, {**parts, FILE: b"[UNK]" + b"\nx" * 101})
    assert "at most 100 tokens" in refusal(learnt)
    monkeypatch.setattr(archives, "MAX_VOCABULARY_BYTES", 50)
    assert "at most 50 bytes" in refusal(learnt)


@pytest.mark.parametrize("place", ["/etc/passwd", "https://example.org/words.txt", {"class_name": "x"}, 3])
@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_a_path_in_a_configuration_is_never_opened(learnt: Path, name: str, place: Any) -> None:
    parts = members(learnt)
    config = json.loads(parts["config.json"])
    entry = config["config"]["layers"][1]
    entry["class_name"], entry["config"] = name, {"name": "x", "vocabulary": place}
    archive(learnt, {**parts, "config.json": json.dumps(config).encode()})
    assert "`vocabulary` in a configuration is a list" in refusal(learnt) or isinstance(place, dict)


@pytest.mark.parametrize(
    "vocabulary", [["a", "a"], ["a", 1], [["a"]], []], ids=["repeated", "a number", "a list", "none"]
)
def test_a_list_in_a_configuration_that_makes_no_sense(learnt: Path, vocabulary: list[Any]) -> None:
    parts = members(learnt)
    config = json.loads(parts["config.json"])
    config["config"]["layers"][1]["config"]["vocabulary"] = vocabulary
    archive(learnt, {**parts, "config.json": json.dumps(config).encode()})
    assert "describes no model that denim can make" in refusal(learnt)


def test_weights_that_do_not_fit(tmp_path: Path) -> None:
    lookup = layers.StringLookup(output_mode="tf_idf")
    lookup.adapt(["a", "b"])
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((1,), dtype="string"), lookup]).save(path)
    other = tmp_path / "other.keras"
    network().save(other)
    archive(path, {**members(path), "model.weights.h5": members(other)["model.weights.h5"]})
    assert "`idf_weights` must be 3 finite numbers" in refusal(path) or "expected 0 variables" in refusal(path)
