"""The stand-in's `tf.data.Dataset`: its elements, their order, how many there are."""

from __future__ import annotations

from typing import Any

import pytest

from denim.dropin.tensorflow.data import AUTOTUNE, Dataset


def shown(dataset: Dataset) -> list[Any]:
    """Its elements as lists and numbers."""

    def plain(element: Any) -> Any:
        if isinstance(element, tuple):
            return tuple(map(plain, element))
        return {key: plain(part) for key, part in element.items()} if isinstance(element, dict) else element.tolist()

    return [plain(element) for element in dataset.as_numpy_iterator()]


@pytest.mark.parametrize(
    ("dataset", "elements"),
    [
        (Dataset.range(3), [0, 1, 2]),
        (Dataset.range(5).batch(2), [[0, 1], [2, 3], [4]]),
        (Dataset.range(5).batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
        (Dataset.range(5).map(lambda n: n + 1).batch(2, drop_remainder=True), [[1, 2], [3, 4]]),
        (Dataset.range(4).map(lambda n: 2 * n, num_parallel_calls=AUTOTUNE).prefetch(AUTOTUNE), [0, 2, 4, 6]),
        (Dataset.range(9).skip(2).take(3), [2, 3, 4]),
        (Dataset.range(2).repeat(2).skip(1), [1, 0, 1]),
        (Dataset.range(3).repeat().take(5), [0, 1, 2, 0, 1]),
        (Dataset.range(2).concatenate(Dataset.range(1)), [0, 1, 0]),
        (Dataset.range(4).batch(2).unbatch().filter(lambda n: n % 2 == 1), [1, 3]),
        (Dataset.from_tensors(([1, 2], 3)), [([1, 2], 3)]),
        (Dataset.from_tensor_slices(([[1, 2], [3, 4]], [5, 6])), [([1, 2], 5), ([3, 4], 6)]),
        (Dataset.from_tensor_slices(({"a": [1, 2]}, [3, 4])).batch(2), [({"a": [1, 2]}, [3, 4])]),
        (Dataset.from_tensor_slices(([1, 2], [3, 4])).map(lambda a, b: (a, a + b)), [(1, 4), (2, 6)]),
        (Dataset.from_generator(lambda: iter([(1, 2), (3, 4)]), output_types=None), [(1, 2), (3, 4)]),
        (Dataset.zip((Dataset.range(2), Dataset.range(5, 9))), [(0, 5), (1, 6)]),
    ],
)
def test_elements(dataset: Dataset, elements: list[Any]) -> None:
    assert shown(dataset) == shown(dataset) == elements
    assert dataset.cardinality().numpy() in (len(elements), -2)


def test_numbers_of_elements() -> None:
    assert len(Dataset.range(10).batch(4).repeat(3)) == 9
    assert Dataset.range(3).repeat().cardinality() == -1
    with pytest.raises(TypeError, match="has no end"):
        len(Dataset.range(3).repeat())
    with pytest.raises(TypeError, match="has not been counted"):
        len(Dataset.range(3).filter(bool))


@pytest.mark.parametrize("source", [Dataset.range(50), Dataset.range(50).map(lambda n: n)], ids=["rows", "elements"])
@pytest.mark.parametrize("buffer", [5, 50, 1000])
def test_a_shuffled_set_has_the_same_elements_in_another_order(source: Dataset, buffer: int) -> None:
    dataset = source.shuffle(buffer, seed=1)
    first, second = shown(dataset), shown(dataset)

    assert first != second != sorted(second) == sorted(first) == list(range(50))
    assert first == shown(source.shuffle(buffer, seed=1))
    assert all(number <= place + buffer for place, number in enumerate(first))


def test_an_order_that_is_kept_splits_without_overlap() -> None:
    rows = Dataset.range(20).shuffle(20, reshuffle_each_iteration=False)
    cached = Dataset.range(20).shuffle(20).cache()

    assert sorted(shown(rows.take(15)) + shown(rows.skip(15))) == list(range(20))
    assert shown(cached) == shown(cached)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            lambda: Dataset.from_tensor_slices(([1, 2], [3])),
            r"same number of rows. Received: shapes \(2,\), \(1,\)",
        ),
        (lambda: Dataset.from_tensor_slices(3), "the same number of rows"),
        (lambda: Dataset.range(3).batch(0), "`batch_size` must be a positive integer. Received: batch_size=0"),
        (lambda: Dataset.range(3).shuffle(1.5), "`buffer_size` must be a positive integer"),
    ],
)
def test_wrong_arguments(wrong, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()


def test_what_is_missing_is_named() -> None:
    with pytest.raises(AttributeError, match=r"`tf\.data\.Dataset\.interleave` is not there"):
        Dataset.range(3).interleave  # noqa: B018
