"""``tf.data.Dataset``: elements one after the other, made anew in every iteration."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from denim.dropin.tensorflow.data.structures import leaves, mapped
from denim.dropin.tensorflow.missing import missing
from denim.ops.tensor import tensor

Elements = Callable[[], Iterator[Any]]
Order = Callable[[], np.ndarray]

INFINITE, UNKNOWN = -1, -2
"""What ``cardinality`` says of a data set without an end, and of one that has not been counted."""


class Dataset:
    """Elements are arrays, or tuples or dicts of them.

    Made by ``from_tensor_slices``, ``from_tensors``, ``from_generator``, ``range`` and ``zip``.
    """

    def __init__(self, elements: Elements, count: int) -> None:
        self._elements, self._count = elements, count

    # Making one

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
        """One element for each row.

        Raises:
            ValueError: for arrays without rows, or with different numbers of them.
        """
        arrays = mapped(np.asarray, tensors)
        counts = {len(array) if array.ndim else -1 for array in leaves(arrays)}
        if len(counts) != 1 or -1 in counts:
            raise ValueError(
                "Dataset.from_tensor_slices takes arrays with the same number of rows. Received: shapes "
                f"{', '.join(str(array.shape) for array in leaves(arrays))}"
            )
        count = counts.pop()
        return _Rows(arrays, lambda: np.arange(count), count)

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
        """One element."""
        element = mapped(np.asarray, tensors)
        return Dataset(lambda: iter((element,)), 1)

    @staticmethod
    def from_generator(
        generator: Callable[..., Iterable[Any]], *signature: Any, args: Any = (), **named: Any
    ) -> Dataset:
        """The elements that the function's generator yields; their promised dtypes and shapes are not looked at."""
        return Dataset(lambda: (mapped(np.asarray, element) for element in generator(*args)), UNKNOWN)

    @staticmethod
    def range(*limits: int) -> Dataset:
        """Whole numbers, as Python's ``range``."""
        return Dataset.from_tensor_slices(np.arange(*limits))

    @staticmethod
    def zip(*datasets: Any) -> Dataset:
        """Tuples of the elements of several data sets, as long as the shortest."""
        each = datasets[0] if len(datasets) == 1 and isinstance(datasets[0], tuple) else datasets
        counts = [one._count for one in each]
        finite = [count for count in counts if count != INFINITE]
        count = UNKNOWN if UNKNOWN in counts else min(finite, default=INFINITE)
        return Dataset(lambda: zip(*each, strict=False), count)

    # Changing one

    def batch(self, batch_size: int, drop_remainder: bool = False, **options: Any) -> Dataset:
        """Stacks of elements."""
        size = _positive("batch_size", batch_size)

        def batches() -> Iterator[Any]:
            elements = iter(self)
            while chunk := list(itertools.islice(elements, size)):
                if len(chunk) == size or not drop_remainder:
                    yield mapped(lambda *rows: tensor(np.stack(rows)), *chunk)

        return Dataset(batches, _batches(self._count, size, drop_remainder))

    def unbatch(self) -> Dataset:
        """The rows of the elements."""

        def rows() -> Iterator[Any]:
            for element in self:
                yield from Dataset.from_tensor_slices(element)

        return Dataset(rows, UNKNOWN)

    def shuffle(self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True) -> Dataset:
        """Each next element is drawn from the ``buffer_size`` that are next in line."""
        size, generator = _positive("buffer_size", buffer_size), _generator(seed)
        return _kept_unless(reshuffle_each_iteration, Dataset(lambda: _drawn(iter(self), size, generator), self._count))

    def repeat(self, count: int | None = None) -> Dataset:
        """Several times over; without end if ``count`` is None or -1."""
        if count in (None, -1):
            return Dataset(lambda: itertools.chain.from_iterable(self for _ in itertools.repeat(None)), INFINITE)
        times = int(count or 0)
        total = self._count * times if self._count >= 0 else self._count
        return Dataset(lambda: itertools.chain.from_iterable(self for _ in range(times)), total)

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None, **options: Any) -> Dataset:
        """``map_func`` of each element; the parts of a tuple are its arguments."""
        return Dataset(
            lambda: (map_func(*one) if isinstance(one, tuple) else map_func(one) for one in self), self._count
        )

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements for which the predicate holds."""
        return Dataset(
            lambda: (one for one in self if (predicate(*one) if isinstance(one, tuple) else predicate(one))), UNKNOWN
        )

    def take(self, count: int) -> Dataset:
        """The first elements; all of them if ``count`` is -1."""
        if count == -1:
            return self
        known = self._count if self._count == UNKNOWN else count if self._count == INFINITE else min(count, self._count)
        return Dataset(lambda: itertools.islice(iter(self), count), known)

    def skip(self, count: int) -> Dataset:
        """All but the first."""
        known = max(self._count - count, 0) if self._count >= 0 else self._count
        return Dataset(lambda: itertools.islice(iter(self), count, None), known)

    def concatenate(self, dataset: Dataset) -> Dataset:
        """Another data set's elements after these."""
        counts = (self._count, dataset._count)
        total = INFINITE if INFINITE in counts else UNKNOWN if UNKNOWN in counts else sum(counts)
        return Dataset(lambda: itertools.chain(self, dataset), total)

    def enumerate(self, start: int = 0) -> Dataset:
        """Pairs of a number and an element."""
        return Dataset(lambda: enumerate(self, start), self._count)

    def cache(self, filename: str = "") -> Dataset:
        """The elements of the first whole iteration, kept in memory."""
        return _kept_unless(False, self)

    def prefetch(self, buffer_size: Any = None) -> Dataset:
        """The same: elements are made when they are asked for."""
        return self

    # Reading one

    def __iter__(self) -> Iterator[Any]:
        return self._elements()

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as plain arrays and numbers."""
        return (mapped(lambda array: tensor(np.asarray(array)).numpy(), element) for element in self)

    def cardinality(self) -> Any:
        """How many elements there are; -1 if there is no end, -2 if nobody has counted."""
        return tensor(self._count)

    def __len__(self) -> int:
        if self._count < 0:
            why = "has no end" if self._count == INFINITE else "has not been counted"
            raise TypeError(f"The length of a data set that {why} is not known.")
        return self._count

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(missing("denim.dropin.tensorflow.data.Dataset", name, dict.fromkeys(dir(type(self)))))


class _Rows(Dataset):
    """Rows of arrays in some order: batches are taken from the arrays at once, not row by row."""

    def __init__(self, arrays: Any, order: Order, count: int) -> None:
        super().__init__(lambda: (self._at(row) for row in order()), count)
        self._arrays, self._order = arrays, order

    def _at(self, rows: Any) -> Any:
        return mapped(lambda array: tensor(array[rows]), self._arrays)

    def batch(self, batch_size: int, drop_remainder: bool = False, **options: Any) -> Dataset:
        size = _positive("batch_size", batch_size)
        count = _batches(self._count, size, drop_remainder)

        def batches() -> Iterator[Any]:
            order = self._order()
            return (self._at(order[i * size : (i + 1) * size]) for i in range(count))

        return Dataset(batches, count)

    def shuffle(self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True) -> Dataset:
        size, generator = _positive("buffer_size", buffer_size), _generator(seed)

        def order() -> np.ndarray:
            before = self._order()
            if size >= len(before):
                return generator.permutation(before)
            return np.fromiter(_drawn(iter(before), size, generator), before.dtype, len(before))

        return _Rows(self._arrays, order if reshuffle_each_iteration else _once(order), self._count)

    def take(self, count: int) -> Dataset:
        return self if count == -1 else self._part(slice(count))

    def skip(self, count: int) -> Dataset:
        return self._part(slice(count, None))

    def _part(self, part: slice) -> Dataset:
        return _Rows(self._arrays, lambda: self._order()[part], len(range(self._count)[part]))


def _positive(name: str, value: Any) -> int:
    if not hasattr(value, "__index__") or value < 1:
        raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}")
    return int(value)


def _batches(count: int, size: int, drop_remainder: bool) -> int:
    return count if count < 0 else count // size if drop_remainder else -(-count // size)


def _generator(seed: int | None) -> np.random.Generator:
    return np.random.default_rng(np.random.randint(2**31) if seed is None else seed)  # noqa: NPY002


def _drawn(elements: Iterator[Any], size: int, generator: np.random.Generator) -> Iterator[Any]:
    waiting = list(itertools.islice(elements, size))
    for element in elements:
        place = int(generator.integers(len(waiting)))
        yield waiting[place]
        waiting[place] = element
    yield from (waiting[place] for place in generator.permutation(len(waiting)))


def _once(make: Callable[[], Any]) -> Callable[[], Any]:
    made: list[Any] = []

    def kept() -> Any:
        if not made:
            made.append(make())
        return made[0]

    return kept


def _kept_unless(anew: bool, dataset: Dataset) -> Dataset:
    if anew:
        return dataset
    kept = _once(lambda: list(dataset))
    return Dataset(lambda: iter(kept()), dataset._count)
