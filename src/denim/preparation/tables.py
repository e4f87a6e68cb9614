"""A table's columns as features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from denim.files.content import Table
from denim.files.spoken import option
from denim.preparation.columns import Category, Column, as_config, of_config
from denim.preparation.deciding import decide, sentences
from denim.preparation.errors import PreparationError
from denim.preparation.leaks import warnings
from denim.preparation.texts import coded
from denim.suggest import did_you_mean

if TYPE_CHECKING:
    from denim.layers.base import Layer

_SHOWN = 20
_LONGEST = 60
_KEPT_HINTS = frozenset(("separator", "decimal", "header", "missing"))


@dataclass(frozen=True)
class TableInputs:
    """The columns that are learnt from, in the table's order.

    Attributes:
        columns: what becomes of them.
        reading: the hints that the table was read with.
    """

    kind: ClassVar[str] = "table"
    title: ClassVar[str] = "a table"
    content: ClassVar[type] = Table
    columns: tuple[Column, ...]
    reading: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def decide(cls, table: Table, target: str | None) -> tuple[TableInputs, list[str]]:
        """From the training rows; and sentences on it."""
        names = [str(name) for name in table.frame.columns]
        if target is None:
            raise PreparationError(
                f"Which column of {table.path} is to be learnt? Say it, as in {option('target', names[-1])}. Its "
                f"columns: {_listed(names)}."
            )
        if target not in names:
            raise PreparationError(
                f"There is no column {target!r} to learn.{did_you_mean(target, names)} Columns: {_listed(names)}."
            )
        series = {name: table.frame.iloc[:, at] for at, name in enumerate(names) if name != target}
        found = [decide(name, each) for name, each in series.items()]
        columns = tuple(each.column for each in found if each.column is not None)
        if not columns:
            raise PreparationError(f"No column is left to learn {target!r} from. " + " ".join(sentences(found)).strip())
        reading = {name: value for name, value in table.hints.items() if name in _KEPT_HINTS}
        made = cls(columns, tuple(sorted(reading.items())))
        values = made.target_values(table, target)
        known = [] if values is None else warnings(target, values, {each.name: series[each.name] for each in columns})
        return made, [*sentences(found), *known]

    @property
    def hints(self) -> dict[str, Any]:
        """The same again; and categories are texts, so that 1 and "1" are the same one in every file."""
        texts = tuple(column.name for column in self.columns if column.kind == Category.kind)
        return {**dict(self.reading), **({"texts": texts} if texts else {})}

    @property
    def features(self) -> tuple[str, ...]:
        """Those of all columns, one after the other."""
        return tuple(feature for column in self.columns for feature in column.features)

    @property
    def shape(self) -> tuple[int, ...]:
        """One axis of features."""
        return (len(self.features),)

    def inputs(self, table: Table) -> np.ndarray:
        """Float32, shape (rows, features)."""
        frame = table.frame
        names = {str(name): at for at, name in enumerate(frame.columns)}
        missing = [column.name for column in self.columns if column.name not in names]
        if missing:
            known = {column.name for column in self.columns}
            more = f" (and {len(missing) - 1} more: {_listed(missing[1:])})" if len(missing) > 1 else ""
            raise PreparationError(
                f"{table.path} has no column {missing[0]!r}{more}, which the network learnt from."
                f"{did_you_mean(missing[0], [name for name in names if name not in known])}"
            )
        out = np.empty((len(frame), *self.shape), np.float32)
        at = 0
        for column in self.columns:
            width = len(column.features)
            column.put(frame.iloc[:, names[column.name]], out[:, at : at + width])
            at += width
        return out

    def surprises(self, table: Table) -> list[str]:
        """Sentences on values that mean nothing to the columns."""
        said = []
        for column in self.columns:
            series = self._column(table, column.name)
            strange = np.zeros(0, np.bool_) if series is None else column.strange(series)
            if strange.any():
                value = str(series.iloc[int(strange.argmax())])[:_LONGEST]
                count = f"{int(strange.sum()):,} of {len(table):,} rows"
                said.append(f"{count} have a {column.name!r} that was not learnt, such as {value!r}.")
        return said

    def target_values(self, table: Table, target: str | None) -> np.ndarray | None:
        """The target's column as numbers, truth values or texts; None where it is not there, or not in every row."""
        import pandas

        series = self._column(table, target)
        if series is None or series.isna().any():
            return None
        if pandas.api.types.is_bool_dtype(series):
            return series.to_numpy(np.bool_)
        if pandas.api.types.is_numeric_dtype(series):
            return series.to_numpy()
        try:
            codes, texts = coded(series)
        except TypeError as error:
            raise PreparationError(f"Column {target!r} cannot be learnt: it holds {error}.") from error
        return np.array(texts)[codes]

    def _column(self, table: Table, name: str | None) -> Any:
        places = [at for at, each in enumerate(table.frame.columns) if str(each) == name]
        return table.frame.iloc[:, places[0]] if places else None

    def without_target(self, table: Table, target: str | None) -> str:
        """Why there are no targets."""
        series = self._column(table, target)
        if series is None:
            return (
                f"{table.path} has no column {target!r}, which was learnt.{did_you_mean(target, map(str, table.frame))}"
            )
        count = int(series.isna().sum())
        return (
            f"{count:,} of {len(table):,} rows of {table.path} have no {target!r}. "
            f"denim.files.read(..., target={target!r}) leaves such rows out."
        )

    def first_layers(self, inputs: np.ndarray) -> list[Layer]:
        """Numbers are brought to mean 0 and variance 1; what is 0 or 1 stays as it is."""
        from denim.preparation.ends import normalization

        measured = np.array([flag for column in self.columns for flag in column.measured])
        return [normalization(inputs, measured)] if measured.any() else []

    def to_config(self) -> dict[str, Any]:
        """The columns."""
        reading = {name: list(value) if isinstance(value, tuple) else value for name, value in self.reading}
        return {"columns": [as_config(column) for column in self.columns], "reading": reading}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TableInputs:
        """The reverse."""
        reading = {
            name: tuple(value) if isinstance(value, list) else value for name, value in config["reading"].items()
        }
        return cls(tuple(of_config(each) for each in config["columns"]), tuple(sorted(reading.items())))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f", ... ({len(names)})" if len(names) > _SHOWN else "")
