"""preprocessing.text: words as numbers. The expected numbers are those of ``tf.keras``'s own functions."""

from __future__ import annotations

import json

import numpy as np
import pytest

from denim.preprocessing.text import (
    Tokenizer,
    hashing_trick,
    one_hot,
    text_to_word_sequence,
    tokenizer_from_json,
)

TEXTS = ["Well done!", "Good work", "Great effort", "nice work", "Excellent work, work", ["A", "work"]]


def fitted(**settings: object) -> Tokenizer:
    tokenizer = Tokenizer(**settings)  # type: ignore[arg-type]
    tokenizer.fit_on_texts(TEXTS)
    return tokenizer


def test_words() -> None:
    assert text_to_word_sequence("Hello, World! it's a-b", lower=False) == ["Hello", "World", "it's", "a", "b"]
    assert text_to_word_sequence("A;b", split=";") == ["a", "b"]
    assert hashing_trick("Hello there hello", 10, "md5") == [8, 1, 8]
    assert one_hot("a a", 50)[0] == one_hot("a a", 50)[1] in range(1, 50)


def test_the_most_frequent_word_is_number_1() -> None:
    tokenizer = fitted()
    assert list(tokenizer.word_index)[:4] == ["work", "well", "done", "good"]
    assert (tokenizer.word_counts["work"], tokenizer.word_docs["work"], tokenizer.document_count) == (5, 4, 6)
    assert tokenizer.texts_to_sequences(["work well", "unknown done"]) == [[1, 2], [3]]
    assert tokenizer.sequences_to_texts([[1, 2, 99]]) == ["work well"]


def test_unknown_and_rare_words() -> None:
    assert fitted(num_words=3).texts_to_sequences(["good well work"]) == [[2, 1]]
    tokenizer = fitted(num_words=3, oov_token="?")
    assert tokenizer.texts_to_sequences(["good work unknown"]) == [[1, 2, 1]]
    assert tokenizer.sequences_to_texts([[2, 5]]) == ["work ?"]


def test_characters_and_own_parts() -> None:
    assert Tokenizer(char_level=True).texts_to_sequences([]) == []
    letters = Tokenizer(char_level=True)
    letters.fit_on_texts(["Aab"])
    assert letters.word_index == {"a": 1, "b": 2}
    halves = Tokenizer(analyzer=lambda text: text.split("o"))
    halves.fit_on_texts(["foo"])
    assert halves.word_index == {"": 1, "f": 2}


@pytest.mark.parametrize(
    ("mode", "row"),
    [
        ("binary", [0, 1, 1, 0]),
        ("count", [0, 2, 1, 0]),
        ("freq", [0, 2 / 3, 1 / 3, 0]),
        ("tfidf", [0, (1 + np.log(2)) * np.log(1 + 6 / 5), np.log(1 + 6 / 2), 0]),
    ],
)
def test_matrices(mode: str, row: list[float]) -> None:
    found = fitted(num_words=4).texts_to_matrix(["work well work"], mode)
    np.testing.assert_allclose(found, [row], rtol=1e-12)


def test_sequences_alone() -> None:
    tokenizer = Tokenizer(num_words=4)
    tokenizer.fit_on_sequences([[1, 2], [2, 3, 7]])
    assert tokenizer.sequences_to_matrix([[2, 7]]).tolist() == [[0, 0, 1, 0]]
    assert tokenizer.sequences_to_matrix([[2]], "tfidf")[0, 2] == pytest.approx(np.log(1 + 2 / 3))


def test_it_is_written_and_read() -> None:
    tokenizer = fitted(num_words=5, oov_token="?")
    text = tokenizer.to_json()
    assert json.loads(text)["class_name"] == "Tokenizer"
    again = tokenizer_from_json(text)
    assert again.get_config() == tokenizer.get_config()
    np.testing.assert_array_equal(again.texts_to_matrix(TEXTS, "tfidf"), tokenizer.texts_to_matrix(TEXTS, "tfidf"))


def test_refusals() -> None:
    with pytest.raises(ValueError, match="Specify a dimension"):
        Tokenizer().sequences_to_matrix([[1]])
    with pytest.raises(ValueError, match="before using tfidf"):
        Tokenizer(num_words=3).sequences_to_matrix([[1]], "tfidf")
    with pytest.raises(ValueError, match="`mode` must be one of"):
        fitted().texts_to_matrix(TEXTS, "sum")
    with pytest.raises(TypeError, match="Unrecognized keyword arguments"):
        Tokenizer(words=3)
