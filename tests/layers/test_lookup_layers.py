"""Look-ups on arrays: what they read, how they learn, what they refuse. Their numbers are in tests/golden."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denim import layers
from denim.layers.fingerprints import farm, sip


@pytest.mark.parametrize(
    "texts",
    [
        ["b", "a", "q"],
        np.array(["b", "a", "q"]),
        np.array(["b", "a", "q"], object),
        np.array([b"b", b"a", b"q"]),
        np.array([b"b", "a", "q"], object),
    ],
    ids=["list", "U", "object", "S", "mixed"],
)
def test_texts_in_any_array(texts: Any) -> None:
    lookup = layers.StringLookup(vocabulary=["a", "b"])
    assert lookup(texts).tolist() == [2, 1, 0]
    assert lookup(texts).numpy().dtype == np.int64


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_columns_of_frames(library: str) -> None:
    module = pytest.importorskip(library)
    column = module.array(["b", "a"]) if library == "pyarrow" else module.Series(["b", "a"])
    lookup = layers.StringLookup()
    lookup.adapt(column)
    assert lookup.get_vocabulary() == ["[UNK]", "b", "a"]
    assert lookup(column).tolist() == [[1], [2]]


def test_categories_of_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    assert layers.StringLookup(vocabulary=["x"])(pandas.Series(["x", "y"], dtype="category")).tolist() == [[1], [0]]
    assert layers.StringLookup(vocabulary=["x"])(pandas.Series(["x", "y"], dtype="string")).tolist() == [[1], [0]]


def test_missing_texts() -> None:
    pandas = pytest.importorskip("pandas")
    lookup = layers.StringLookup(vocabulary=["x"])
    missing = pandas.Series(["x", None])
    for column in (missing, missing.astype("string"), missing.astype("category"), np.array(["x", np.nan], object)):
        with pytest.raises(
            ValueError, match=r"none of them missing\. Received: .* at row 1, one of 1 that are no texts"
        ):
            lookup(column)


def test_there_and_back() -> None:
    there = layers.StringLookup(vocabulary=["red", "green"], mask_token="")
    back = layers.StringLookup(vocabulary=there.get_vocabulary(), mask_token="", invert=True)
    found = back(there([["green", "", "blue"]]))
    assert found.tolist() == [["green", "", "[UNK]"]]
    assert found.numpy().tolist() == found.tolist()
    assert repr(found[0, 0]) == repr(np.str_("green"))


def test_adapting_in_batches_and_again() -> None:
    lookup = layers.StringLookup()
    lookup.adapt(iter([np.array(["a", "b"]), np.array(["b"]), np.array(["z"])]), steps=2)
    assert lookup.get_vocabulary() == ["[UNK]", "b", "a"]
    lookup.adapt(["c"])
    assert lookup.get_vocabulary() == ["[UNK]", "c"]
    lookup.set_vocabulary(["d", "e"])
    assert lookup.get_vocabulary(include_special_tokens=False) == ["d", "e"]
    assert lookup.vocabulary_size() == 3


def test_a_refused_vocabulary_changes_nothing() -> None:
    lookup = layers.StringLookup()
    lookup.adapt(["a"])
    for wrong in (["x", "x"], [], [1], "no such file"):
        with pytest.raises((TypeError, ValueError)):
            lookup.set_vocabulary(wrong)
    with pytest.raises(ValueError, match="none of them missing"):
        lookup.adapt(np.array(["a", None], object))
    assert lookup.get_vocabulary() == ["[UNK]", "a"]


def test_a_file_of_the_users_own(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes(b"red\r\ngreen\n")
    lookup = layers.StringLookup(vocabulary=str(file))
    assert lookup(["green", "red"]).tolist() == [2, 1]
    assert lookup.get_config()["vocabulary"] is None
    file.write_text("12\n36\n")
    assert layers.IntegerLookup(vocabulary=str(file))([36, 5]).tolist() == [2, 0]
    file.write_text("12\n\n36\n")
    with pytest.raises(ValueError, match="whose line 2 is empty"):
        layers.IntegerLookup(vocabulary=str(file))
    with pytest.raises(ValueError, match=r"does not exist\. A file from the network is fetched first"):
        layers.StringLookup(vocabulary="https://example.org/words.txt")


def test_configurations() -> None:
    lookup = layers.StringLookup(vocabulary=np.array(["a", "b"]), mask_token="m", num_oov_indices=2)
    again = layers.StringLookup.from_config(json.loads(json.dumps(lookup.get_config())))
    assert again.get_vocabulary() == lookup.get_vocabulary() == ["m", "[UNK]", "[UNK]", "a", "b"]
    for cls in (layers.StringLookup, layers.TextVectorization):
        with pytest.raises(ValueError, match="never opened"):
            cls.from_config({**cls().get_config(), "vocabulary": "/etc/passwd"})


def test_integers() -> None:
    lookup = layers.IntegerLookup(vocabulary=[5, 10**15])
    assert lookup(np.array([10**15, 5, 6], np.uint64)).tolist() == [2, 1, 0]
    assert lookup(np.array([5.7])).tolist() == [1]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.StringLookup()(["a"]), RuntimeError, "has no vocabulary yet"),
        (lambda: layers.StringLookup(output_mode="one_hot")(["a"]), RuntimeError, "has no vocabulary yet"),
        (lambda: layers.StringLookup(vocabulary=["a"])([1]), ValueError, r"x\.astype\(str\)"),
        (lambda: layers.StringLookup(vocabulary=["a"])(np.array([1, "a"], object)), ValueError, "of type int"),
        (lambda: layers.StringLookup(vocabulary=["a"])(np.array([b"\xff"])), ValueError, "must be UTF-8"),
        (lambda: layers.StringLookup(vocabulary=["a", "b", "a"]), ValueError, r"repeated terms are: \['a'\]"),
        (lambda: layers.StringLookup(vocabulary=[]), ValueError, "empty vocabulary"),
        (lambda: layers.StringLookup(vocabulary={"a": 1}), TypeError, "list of tokens"),
        (lambda: layers.StringLookup(vocabulary=["b", ""], mask_token=""), ValueError, "reserved mask token"),
        (lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2), ValueError, "`max_tokens` is 2"),
        (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"]), ValueError, "Cannot adapt layer"),
        (lambda: layers.StringLookup(max_tokens=1), ValueError, "at least 2"),
        (lambda: layers.StringLookup(num_oov_indices=-1), ValueError, "at least 0"),
        (lambda: layers.StringLookup(output_mode="onehot"), ValueError, "'one_hot'"),
        (lambda: layers.StringLookup(invert=True, output_mode="count"), ValueError, "must be `'int'`"),
        (lambda: layers.StringLookup(pad_to_max_tokens=True), ValueError, "must set `max_tokens`"),
        (lambda: layers.StringLookup(sparse=True), NotImplementedError, "sparse=True"),
        (lambda: layers.StringLookup(encoding="latin-1"), NotImplementedError, "np.char.decode"),
        (lambda: layers.StringLookup(output_mode="tf_idf", vocabulary=["a"]), ValueError, "idf_weights"),
        (lambda: layers.StringLookup(idf_weights=[1.0]), ValueError, "should only be set"),
        (
            lambda: layers.StringLookup(output_mode="tf_idf", vocabulary=["a"], idf_weights=[1.0, 2.0]),
            ValueError,
            r"len\(idf_weights\) is 2",
        ),
        (
            lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["a", "q"]),
            ValueError,
            r"found OOV values \['q'\]",
        ),
        (lambda: layers.IntegerLookup(vocabulary=[1])(["a"]), ValueError, "there is StringLookup"),
        (lambda: layers.IntegerLookup(vocabulary=[1])([np.nan]), ValueError, "fillna"),
        (lambda: layers.IntegerLookup(vocabulary=[1.5]), TypeError, "whole numbers"),
        (lambda: layers.IntegerLookup(salt=1), ValueError, "farmhash"),
        (lambda: layers.Hashing(0), ValueError, "at least 1"),
        (lambda: layers.Hashing(3, salt="x"), ValueError, "single integer"),
        (lambda: layers.Hashing(3, dtype="float32"), ValueError, "'int32' or 'int64'"),
        (lambda: layers.HashedCrossing(3)([["a"]]), ValueError, "at least two inputs"),
        (lambda: layers.HashedCrossing(3)([["a"], ["a", "b"]]), ValueError, "equal shape"),
        (lambda: layers.TextVectorization(split=str.split), NotImplementedError, "split=None"),
        (lambda: layers.TextVectorization(standardize="upper"), ValueError, "`standardize` must be one of"),
        (lambda: layers.TextVectorization(ngrams=0), ValueError, "`ngrams` must be"),
        (lambda: layers.TextVectorization(ragged=True), NotImplementedError, "ragged=True"),
        (
            lambda: layers.TextVectorization(output_mode="count", output_sequence_length=3),
            ValueError,
            "output_sequence_length",
        ),
        (lambda: layers.TextVectorization(vocabulary=["a"])([["a", "b"]]), ValueError, "last shape dimension"),
        (lambda: layers.TextVectorization(vocabulary=["a"]).adapt(["b"]), ValueError, "'text_vectorization"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_texts_standardized_by_a_function() -> None:
    layer = layers.TextVectorization(standardize=np.char.upper, vocabulary=["CAT"])
    assert layer(["the cat"]).tolist() == [[1, 2]]


def test_published_fingerprints() -> None:
    key = [int.from_bytes(bytes(range(start, start + 8)), "little") for start in (0, 8)]
    assert sip(bytes(range(15)), key) == 0xA129CA6149BE45E5
    assert farm(b"") == 0x9AE16A3B2F90404F
