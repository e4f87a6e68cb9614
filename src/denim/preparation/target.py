"""What is to be learnt: which task it is, and what the classes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denim.files.spoken import option
from denim.preparation.errors import PreparationError
from denim.preparation.texts import text_of
from denim.suggest import did_you_mean

TASKS = ("binary", "multiclass", "regression")
_FEW = 20
"""So many different whole numbers, or fewer, are classes, if each occurs twice on average."""
_MOST_CLASSES = 1000
NAMELESS = "class"
"""What is learnt where the data come with it and give it no name."""

Class = str | int | float | bool


@dataclass(frozen=True)
class Target:
    """What the outputs of a network mean.

    Attributes:
        name: of what is learnt.
        task: one of TASKS.
        classes: in the order of the outputs; empty for regression.
        outputs: numbers that are predicted of each row; 1 but for regression of several.
    """

    name: str
    task: str
    classes: tuple[Class, ...] = ()
    outputs: int = 1

    @property
    def given_name(self) -> str | None:
        """The name, if it was given one."""
        return None if self.name == NAMELESS else self.name

    @classmethod
    def decide(cls, name: str, values: np.ndarray, task: str | None) -> tuple[Target, str]:
        """For the training rows' values: numbers, truth values or texts, none missing; and a sentence on it.

        Raises:
            PreparationError: it cannot be learnt so.
        """
        if task not in (None, "classification", *TASKS):
            known = (*TASKS, "classification")
            raise PreparationError(
                f"task must be one of {', '.join(known)}. Received: {task!r}.{did_you_mean(task, known)}"
            )
        if values.ndim > 1 and values.shape[1:] != (1,):
            return cls._of_several(name, values, task)
        values = _plain(values.reshape(-1))
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise PreparationError(f"{name!r} must be finite to be learnt, and holds NaN or infinity.")
        classes = tuple(np.unique(values).tolist())
        if len(classes) == 1:
            raise PreparationError(
                f"Every row has {name!r} {classes[0]!r}: there is nothing to tell apart. Are other rows missing?"
            )
        found, reason = _task(name, values, classes, task)
        if found == "regression":
            low, high = float(values.min()), float(values.max())
            return cls(name, found), f"Learnt is {name!r}, a number from {low:g} to {high:g}{reason}."
        listed = ", ".join(map(str, classes[:10])) + (", ..." if len(classes) > 10 else "")
        return cls(name, found, classes), f"Learnt is {name!r}, {len(classes)} classes: {listed}{reason}."

    @classmethod
    def _of_several(cls, name: str, values: np.ndarray, task: str | None) -> tuple[Target, str]:
        if values.ndim > 2 or values.dtype.kind not in "buif":
            raise PreparationError(f"Targets must have shape (rows,) or (rows, numbers). Received: {values.shape}.")
        width = values.shape[1]
        one_hot = ((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all()
        if one_hot and task != "regression":
            classes: tuple[Class, ...] = tuple(range(width))
            return cls(name, "multiclass", classes), f"Learnt is {name!r}, {width} classes, from columns of 0 and 1."
        if task not in (None, "regression"):
            raise PreparationError(
                f"Targets of shape {values.shape} are {width} numbers a row, which cannot be learnt as {task}. "
                f"Pass one class a row, or {option('task', 'regression')}."
            )
        return cls(name, "regression", (), width), f"Learnt are {width} numbers a row."

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """Targets as the network learns them: class numbers, int64, shape (rows,); for regression float32.

        Raises:
            PreparationError: for a class that was not there when this was decided, or another number of numbers.
        """
        if self.task == "regression":
            return self._measured(values)
        if values.ndim > 1 and values.shape[1:] != (1,):
            if values.shape[1:] != (len(self.classes),):
                raise PreparationError(f"Targets of {len(self.classes)} classes cannot have shape {values.shape}.")
            return values.argmax(axis=1)
        places = {_key(each): number for number, each in enumerate(self.classes)}
        distinct, codes = np.unique(values.reshape(-1), return_inverse=True)
        table = np.array([places.get(_key(each), -1) for each in distinct.tolist()], np.int64)
        if (table < 0).any():
            strange = distinct[table < 0].tolist()[0]
            known = [str(each) for each in self.classes]
            raise PreparationError(
                f"{strange!r} is no class of {self.name!r} that was learnt.{did_you_mean(str(strange), known)} "
                f"Classes: {', '.join(known[:10])}{', ...' if len(known) > 10 else ''}."
            )
        return np.asarray(table[codes.reshape(-1)])

    def _measured(self, values: np.ndarray) -> np.ndarray:
        if values.dtype.kind not in "buif":
            raise PreparationError(f"{self.name!r} was learnt as a number, and is {values.dtype} here.")
        numbers = values.astype(np.float32)
        width = 1 if numbers.ndim == 1 else numbers.shape[1]
        if width != self.outputs:
            raise PreparationError(
                f"{self.outputs} numbers a row were learnt. Received: targets of shape {values.shape}."
            )
        return numbers.reshape(-1) if width == 1 else numbers

    def answers(self, outputs: np.ndarray) -> dict[str, np.ndarray]:
        """What the network's outputs mean, as columns: the number; or the class, and the probability of each."""
        outputs = np.asarray(outputs)
        table = outputs.reshape(len(outputs), -1)
        if self.task == "regression":
            if self.outputs == 1:
                return {self.name: table[:, 0]}
            return {f"{self.name} {number}": table[:, number - 1] for number in range(1, self.outputs + 1)}
        if self.task == "binary":
            table = np.column_stack([1 - table[:, 0], table[:, 0]])
        names = np.array(self.classes)
        probabilities = {f"p({each})": table[:, at] for at, each in enumerate(self.classes)}
        return {self.name: names[table.argmax(axis=1)], **probabilities}


def _task(name: str, values: np.ndarray, classes: tuple[Class, ...], task: str | None) -> tuple[str, str]:
    """Which task, and how to ask for the other."""
    number = values.dtype.kind in "uif"
    counted = "binary" if len(classes) == 2 else "multiclass"
    if task == "regression":
        if not number and values.dtype.kind != "b":
            raise PreparationError(f"{name!r} holds texts such as {str(classes[0])!r}, which are no numbers to learn.")
        return task, ", as asked for"
    if task is None:
        whole = not number or np.array_equal(values, np.rint(values))
        few = len(classes) == 2 or (len(classes) <= _FEW and len(classes) * 2 <= len(values))
        if number and not (whole and few):
            return "regression", ""
    _check_classes(name, values, classes, task)
    if task == "binary" and len(classes) != 2:
        raise PreparationError(f"A binary task has two classes, and {name!r} has {len(classes):,}.")
    if task is None:
        return counted, f"; {option('task', 'regression')} would learn it as a number" if number else ""
    return counted if task == "classification" else task, ""


def _check_classes(name: str, values: np.ndarray, classes: tuple[Class, ...], task: str | None) -> None:
    if len(classes) == len(values):
        raise PreparationError(
            f"All {len(values):,} values of {name!r} differ, as those of an identifier do: there is no class to "
            "learn. Name another column."
        )
    rare = values.dtype.kind == "U" and task is None and len(classes) * 2 > len(values)
    if rare or len(classes) > _MOST_CLASSES:
        again = f"; or {option('task', 'classification')} learns them" if len(classes) <= _MOST_CLASSES else ""
        raise PreparationError(
            f"{name!r} has {len(classes):,} different values in {len(values):,} rows, such as "
            f"{str(classes[0])[:60]!r}: that is text of free form, not classes. Name another column{again}."
        )


def _plain(values: np.ndarray) -> np.ndarray:
    """Whole numbers as integers: where some were missing, they were read as others."""
    if values.dtype.kind == "f" and np.array_equal(values, np.rint(values)) and np.abs(values).max() < 2**53:
        return values.astype(np.int64)
    return values


def _key(value: Class) -> str:
    """The same for 1, 1.0 and "1"."""
    return value if isinstance(value, str) else text_of(value)
