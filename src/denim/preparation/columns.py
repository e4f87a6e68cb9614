"""The kinds of columns that a network learns from, and how each becomes numbers.

A column has one or more features. ``put`` writes those of a pandas Series into float32 of shape (rows, features).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from denim.preparation.dates import PARTS, moments, part_of
from denim.preparation.errors import PreparationError
from denim.preparation.texts import coded, looked_up

TRUTHS = {"true": 1, "false": 0, "yes": 1, "no": 0, "t": 1, "f": 0, "y": 1, "n": 0, "1": 1, "0": 0}
"""Words for yes and no, in small letters."""


class Column(Protocol):
    """One column of a table."""

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """As the table has it."""

    @property
    def features(self) -> tuple[str, ...]:
        """Names of what it becomes."""

    @property
    def measured(self) -> tuple[bool, ...]:
        """Which of them are numbers on a scale of their own; the others are 0 or 1."""

    def put(self, series: Any, out: np.ndarray) -> None:
        """Write the features of each row into ``out``, float32, shape (rows, features)."""

    def strange(self, series: Any) -> np.ndarray:
        """Where a row has a value that means nothing here, bool, shape (rows,)."""


@dataclass(frozen=True)
class _Filled:
    """One value. A missing one is taken for ``fill``; with ``indicator``, a second feature says where that is so."""

    value_is_measured: ClassVar[bool]
    name: str
    fill: float
    indicator: bool

    @property
    def features(self) -> tuple[str, ...]:
        """The value, and whether it is missing."""
        return (self.name, *_indicator(self))

    @property
    def measured(self) -> tuple[bool, ...]:
        """The value, if it is a number on a scale of its own."""
        return (self.value_is_measured, False)[: len(self.features)]


@dataclass(frozen=True)
class Number(_Filled):
    """A number."""

    kind: ClassVar[str] = "number"
    value_is_measured: ClassVar[bool] = True

    def put(self, series: Any, out: np.ndarray) -> None:
        """Raises PreparationError for a text that is no number."""
        _put_filled(numbers_in(series, self.name), self, out)

    def strange(self, series: Any) -> np.ndarray:
        """Nowhere: it would be an error."""
        return np.zeros(len(series), np.bool_)


@dataclass(frozen=True)
class Truth(_Filled):
    """Yes or no, as 1 or 0; ``fill`` also for what is neither."""

    kind: ClassVar[str] = "truth"
    value_is_measured: ClassVar[bool] = False

    def put(self, series: Any, out: np.ndarray) -> None:
        """Any of the usual words will do."""
        _put_filled(truths_in(series), self, out)

    def strange(self, series: Any) -> np.ndarray:
        """Where there is another word."""
        return np.isnan(truths_in(series)) & series.notna().to_numpy()


@dataclass(frozen=True)
class Category:
    """One feature for each category, 1 where it is that; an unknown one is 0 in all.

    Attributes:
        missing: whether there is a feature for a missing value, too.
    """

    kind: ClassVar[str] = "category"
    name: str
    categories: tuple[str, ...]
    missing: bool

    @property
    def features(self) -> tuple[str, ...]:
        """One for each category."""
        return (*(f"{self.name} = {each}" for each in self.categories), *_missing(self.name, self.missing))

    @property
    def measured(self) -> tuple[bool, ...]:
        """None is."""
        return (False,) * len(self.features)

    def put(self, series: Any, out: np.ndarray) -> None:
        """Raises PreparationError for values that are no texts, such as lists."""
        chosen, missing = self._chosen(series)
        if self.missing:
            chosen[missing] = len(self.categories)
        out[:] = 0
        rows = np.flatnonzero(chosen >= 0)
        out[rows, chosen[rows]] = 1

    def strange(self, series: Any) -> np.ndarray:
        """Where there is another category; nowhere if it only counts whether there is one."""
        chosen, missing = self._chosen(series)
        return (chosen < 0) & ~missing & bool(self.categories)

    def _chosen(self, series: Any) -> tuple[np.ndarray, np.ndarray]:
        """The number of each row's category, -1 without, and whether it is missing."""
        places = {category: at for at, category in enumerate(self.categories)}
        codes, texts = _coded(series, self.name)
        return looked_up(codes, texts, lambda text: places.get(text, -1)), codes == -1


@dataclass(frozen=True)
class Date:
    """A date or a time, as year, month, ...; each missing one is taken for ``fills``.

    Attributes:
        format: how it is written; None for what is a time already.
        parts: which of year, month, day, weekday and hour.
    """

    kind: ClassVar[str] = "date"
    name: str
    format: str | None
    parts: tuple[str, ...]
    fills: tuple[float, ...]
    indicator: bool

    def __post_init__(self) -> None:
        if not set(self.parts) <= set(PARTS) or len(self.fills) != len(self.parts):
            raise ValueError(f"a date's parts are some of {', '.join(PARTS)}, with a value for each. Received: {self}")

    @property
    def features(self) -> tuple[str, ...]:
        """Its parts, and whether it is missing."""
        return (*(f"{self.name}: {part}" for part in self.parts), *_indicator(self))

    @property
    def measured(self) -> tuple[bool, ...]:
        """The parts are."""
        return (*(True for _ in self.parts), False)[: len(self.features)]

    def put(self, series: Any, out: np.ndarray) -> None:
        """What cannot be read as a date counts as missing."""
        times = moments(series, self.format)
        missing = np.asarray(times.isna())
        for at, (part, fill) in enumerate(zip(self.parts, self.fills, strict=True)):
            out[:, at] = np.where(missing, fill, part_of(times, part))
        if self.indicator:
            out[:, len(self.parts)] = missing

    def strange(self, series: Any) -> np.ndarray:
        """Where there is something else than such a date."""
        return np.asarray(moments(series, self.format).isna()) & series.notna().to_numpy()


_KINDS: dict[str, type] = {each.kind: each for each in (Number, Truth, Category, Date)}


def as_config(column: Column) -> dict[str, Any]:
    """The column as plain JSON."""
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(column).items()}  # type: ignore[call-overload]
    return {"kind": column.kind, **plain}


def of_config(config: dict[str, Any]) -> Column:
    """The reverse of :func:`as_config`."""
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}
    column: Column = _KINDS[str(fields.pop("kind"))](**fields)
    return column


def numbers_in(series: Any, name: str) -> np.ndarray:
    """A column's numbers, float64; NaN where one is missing, or is too large for float32.

    Raises:
        PreparationError: one of them is no number.
    """
    import pandas

    if pandas.api.types.is_numeric_dtype(series) or pandas.api.types.is_bool_dtype(series):
        numbers = series.to_numpy(np.float64, na_value=np.nan)
    else:
        found = pandas.to_numeric(series, errors="coerce")
        wrong = np.flatnonzero((found.isna() & series.notna()).to_numpy())
        if len(wrong):
            value, row = str(series.iloc[wrong[0]]), series.index[wrong[0]] + 1
            more = f"; nor are {len(wrong) - 1:,} others" if len(wrong) > 1 else ""
            raise PreparationError(f"Column {name!r} is made of numbers, and {value!r} in row {row} is none{more}.")
        numbers = found.to_numpy(np.float64, na_value=np.nan)
    large = ~(np.abs(numbers) <= np.finfo(np.float32).max)
    return np.where(large, np.nan, numbers) if large.any() else numbers


def truths_in(series: Any) -> np.ndarray:
    """A column's truths, float64: 1 or 0, and NaN where there is none."""
    codes, texts = coded(series)
    chosen = looked_up(codes, texts, lambda text: TRUTHS.get(text.lower(), -1)).astype(np.float64)
    return np.where(chosen < 0, np.nan, chosen)


def _coded(series: Any, name: str) -> tuple[np.ndarray, list[str]]:
    try:
        return coded(series)
    except TypeError as error:
        raise PreparationError(f"Column {name!r} is made of categories, and holds {error}.") from error


def _put_filled(numbers: np.ndarray, column: _Filled, out: np.ndarray) -> None:
    missing = np.isnan(numbers)
    out[:, 0] = np.where(missing, column.fill, numbers)
    if column.indicator:
        out[:, 1] = missing


def _indicator(column: _Filled | Date) -> tuple[str, ...]:
    return _missing(column.name, column.indicator)


def _missing(name: str, there: bool) -> tuple[str, ...]:
    return (f"{name} is missing",) if there else ()
