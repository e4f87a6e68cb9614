"""normalize, pad_sequences, split_dataset and their kin, with numbers from Keras 3.15."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras

TABLE = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [[0, 0.4472136, 0.89442719], [0.42426407, 0.56568542, 0.70710678]]),
        ({"axis": None}, [[0, 0.13608276, 0.27216553], [0.40824829, 0.54433105, 0.68041382]]),
        ({"order": 1}, [[0, 1 / 3, 2 / 3], [0.25, 1 / 3, 5 / 12]]),
        ({"axis": 0}, [[0, 0.24253563, 0.37139068], [1, 0.9701425, 0.92847669]]),
    ],
)
def test_normalize(given: dict[str, Any], expected: Any) -> None:
    found = keras.utils.normalize(TABLE, **given)
    np.testing.assert_allclose(found, expected, atol=1e-8)
    assert found.dtype == np.float64


def test_normalize_leaves_zeros_and_dtypes() -> None:
    found = keras.utils.normalize([[3.0, 4.0], [0, 0]])
    np.testing.assert_allclose(found, [[0.6, 0.8], [0, 0]], rtol=1e-7)
    assert found.dtype == keras.utils.normalize(TABLE.astype("float32")).dtype == np.float32


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [[0, 0, 1], [0, 2, 3], [4, 5, 6]]),
        ({"value": -1}, [[-1, -1, 1], [-1, 2, 3], [4, 5, 6]]),
        ({"padding": "post"}, [[1, 0, 0], [2, 3, 0], [4, 5, 6]]),
        ({"maxlen": 2}, [[0, 1], [2, 3], [5, 6]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [2, 3], [4, 5]]),
        ({"maxlen": 4}, [[0, 0, 0, 1], [0, 0, 2, 3], [0, 4, 5, 6]]),
    ],
)
def test_pad_sequences(given: dict[str, Any], expected: Any) -> None:
    found = keras.utils.pad_sequences([[1], [2, 3], [4, 5, 6]], **given)
    assert found.dtype == np.int32
    assert found.tolist() == expected


def test_pad_sequences_of_other_things() -> None:
    assert keras.utils.pad_sequences([["a"], ["b", "c"]], dtype=object, value="p").tolist() == [["p", "a"], ["b", "c"]]
    found = keras.utils.pad_sequences([[1.7], [2, 3], []], dtype="float32", value=-1, padding="post")
    np.testing.assert_array_equal(found, np.float32([[1.7, -1], [2, 3], [-1, -1]]))
    assert keras.utils.pad_sequences([np.ones((2, 3)), np.ones((1, 3))]).shape == (2, 2, 3)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda pad: pad(3), "`sequences` must be iterable"),
        (lambda pad: pad([1, 2]), "list of iterables. Found non-iterable: 1"),
        (lambda pad: pad([]), "at least one sequence"),
        (lambda pad: pad([[1]], maxlen=0), "`maxlen` must be positive"),
        (lambda pad: pad([[1]], padding="pst"), r'Padding type "pst" not understood\. Did you mean \'post\'\?'),
        (lambda pad: pad([[1]], truncating="x"), 'Truncating type "x" not understood'),
        (lambda pad: pad([["a"]], value="p"), "not compatible with `value`'s type.*`dtype=object`"),
        (lambda pad: pad([np.ones((1, 2)), np.ones((1, 3))]), r"Shape of sample \(3,\) of sequence at position 1 is"),
    ],
)
def test_pad_sequences_checks_what_it_is_given(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call(keras.utils.pad_sequences)


@pytest.mark.parametrize(
    ("sizes", "counts"),
    [
        ({"left_size": 0.8}, (8, 2)),
        ({"right_size": 3}, (7, 3)),
        ({"left_size": 2, "right_size": 0.3}, (2, 3)),
        ({"left_size": 0.25}, (2, 8)),
    ],
)
def test_split_dataset(sizes: dict[str, Any], counts: tuple[int, int]) -> None:
    x, y = np.arange(20).reshape(10, 2), np.arange(10)
    left, right = keras.utils.split_dataset((x, y), **sizes)
    assert isinstance(left, tuple)
    np.testing.assert_array_equal(left[1], y[: counts[0]])
    np.testing.assert_array_equal(right[0], x[-counts[1] :])
    np.testing.assert_array_equal(keras.utils.split_dataset(x, **sizes)[0], left[0])


def test_split_dataset_shuffles_by_a_seed() -> None:
    y = np.arange(50)
    (left, right), again = (keras.utils.split_dataset(y, 0.5, shuffle=True, seed=3) for _ in range(2))
    np.testing.assert_array_equal(left, again[0])
    assert sorted([*left, *right]) == list(range(50)) and left.tolist() != list(range(25))


class Samples:
    def __len__(self) -> int:
        return 4

    def __getitem__(self, i: int) -> Any:
        return {"a": np.array([i, i])}, i


@pytest.mark.parametrize("dataset", [Samples(), (({"a": np.array([i, i])}, i) for i in range(4))])
def test_split_dataset_stacks_samples(dataset: Any) -> None:
    left, right = keras.utils.split_dataset(dataset, 3)
    assert left[0]["a"].tolist() == [[0, 0], [1, 1], [2, 2]] and right[1].tolist() == [3]


@pytest.mark.parametrize(
    ("data", "sizes", "error", "text"),
    [
        ([1, 2], (None, None), ValueError, "At least one of"),
        (np.ones(4), (5, None), ValueError, "`left_size` should be either a positive integer smaller than 4"),
        (np.ones(4), (None, 1.5), ValueError, "`right_size` should be"),
        (np.ones(4), (0.7, 0.7), ValueError, "greater than 1"),
        (np.ones(4), (3, 3), ValueError, "more than there are"),
        (np.ones(4), (0.01, None), ValueError, "neither may be empty"),
        (np.ones(4), ("1", None), TypeError, "Invalid `left_size` Type"),
        (3, (1, None), TypeError, "`dataset` argument must be"),
        ([], (1, None), ValueError, "empty list dataset"),
        ((np.ones(3), np.ones(4)), (1, None), ValueError, r"different lengths: \[3, 4\]"),
    ],
)
def test_split_dataset_checks(data: Any, sizes: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        keras.utils.split_dataset(data, *sizes)


def test_parts_of_a_batch() -> None:
    pack, unpack = keras.utils.pack_x_y_sample_weight, keras.utils.unpack_x_y_sample_weight
    assert pack(1) == 1 and pack([1]) == ([1],) and pack(1, 2) == (1, 2)
    assert pack(1, 2, 3) == (1, 2, 3) and pack(1, None, 3) == 1
    assert unpack(5) == (5, None, None) == unpack((5,)) and unpack([1, 2]) == (1, 2, None)
    assert unpack((1, 2, 3)) == (1, 2, 3)
    with pytest.raises(ValueError, match=r"Data is expected to be in format `x`, .* found: 4 parts"):
        unpack((1, 2, 3, 4))


def test_config() -> None:
    config = keras.utils.Config(rate=0.1)
    config.momentum = 0.9
    config["seed"] = 3
    assert (config.rate, config["momentum"], config.seed, "rate" in config) == (0.1, 0.9, 3, True)
    assert config.as_dict() == dict(config) == {"rate": 0.1, "momentum": 0.9, "seed": 3}
    assert config.to_json() == '{"rate": 0.1, "momentum": 0.9, "seed": 3}'
    assert list(config) == ["momentum", "rate", "seed"] and repr(keras.utils.Config(a=1)) == "<Config {'a': 1}>"
    with pytest.raises(AttributeError, match=r"Unknown attribute: 'momentun'\. Did you mean 'momentum'\?"):
        config.momentun  # noqa: B018
    config.freeze()
    for change in (lambda: setattr(config, "a", 1), lambda: config.pop("rate"), lambda: config.update(a=1)):
        with pytest.raises(ValueError, match="the config is frozen"):
            change()
    assert config.frozen and len(config) == 3
    config.unfreeze()
    assert config.pop("rate") == 0.1
