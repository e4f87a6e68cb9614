"""What the study learns from: Fashion-MNIST, or scikit-learn's bundled digits where it cannot be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table
from sklearn.model_selection import train_test_split

from denim.study.errors import StudyError
from denim.suggest import did_you_mean

if TYPE_CHECKING:
    from rich.console import Console

DATASETS = ("fashion_mnist", "digits")
"""The names that a study can be asked for."""

SPLIT_SEED = 42
"""The tutorial's ``random_state``. The rows held out stay the same whatever the networks' seed is."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Grey pictures of things in classes.

    Attributes:
        name: as in ``results.json`` and in the name of the output folder.
        train_input: integers from 0 to ``white``, shape (rows, height, width).
        train_target: class numbers, shape (rows,).
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    white: int
    train_input: np.ndarray
    train_target: np.ndarray
    test_input: np.ndarray
    test_target: np.ndarray

    @property
    def features(self) -> int:
        """Pixels of one picture."""
        return int(np.prod(self.train_input.shape[1:]))

    def scaled(self, pictures: np.ndarray, dtype: type[np.floating]) -> np.ndarray:
        """``pictures`` as rows of numbers from 0 to 1: ``dtype``, shape (rows, features)."""
        return (pictures / dtype(self.white)).reshape(len(pictures), -1)


@dataclass(frozen=True, eq=False)
class Split:
    """What the networks see: float32 rows from 0 to 1, and class numbers."""

    train_input: np.ndarray
    train_target: np.ndarray
    val_input: np.ndarray
    val_target: np.ndarray
    test_input: np.ndarray
    test_target: np.ndarray
    classes: int

    @classmethod
    def of(cls, pictures: Pictures) -> Split:
        """Hold out a fifth of the training rows, as the tutorial does; the test rows stay apart."""
        train_input, val_input, train_target, val_target = train_test_split(
            pictures.scaled(pictures.train_input, np.float32),
            pictures.train_target,
            test_size=0.2,
            random_state=SPLIT_SEED,
        )
        return cls(
            train_input=train_input,
            train_target=train_target,
            val_input=val_input,
            val_target=val_target,
            test_input=pictures.scaled(pictures.test_input, np.float32),
            test_target=pictures.test_target,
            classes=len(pictures.class_names),
        )


def find(name: str, console: Console) -> Pictures:
    """The pictures called ``name``: one of DATASETS. Says so plainly where others have to stand in for them."""
    if name not in DATASETS:
        raise StudyError(
            f"The study's data set must be one of {', '.join(DATASETS)}. Received: {name!r}."
            f"{did_you_mean(name, DATASETS)}"
        )
    if name == "digits":
        return digits()

    from denim.datasets.errors import DatasetNotFoundError

    try:
        return fashion_mnist()
    except DatasetNotFoundError as error:
        console.print(str(error), markup=False, highlight=False)
        console.print(
            "\n[bold yellow]Fashion-MNIST cannot be had here, so this study runs on scikit-learn's digits instead:"
            "[/]\n1,797 handwritten digits of 8 x 8 pixels. None of the numbers below is about Fashion-MNIST.\n",
            highlight=False,
        )
        return digits()


def fashion_mnist() -> Pictures:
    """Found on this machine or fetched once.

    Raises:
        DatasetNotFoundError: no place has it.
    """
    from denim.datasets import fashion_mnist as source

    (train_input, train_target), (test_input, test_target) = source.load_data()
    return Pictures(
        name="fashion_mnist",
        title="Fashion-MNIST",
        class_names=source.CLASS_NAMES,
        white=255,
        train_input=train_input,
        train_target=train_target,
        test_input=test_input,
        test_target=test_target,
    )


def digits() -> Pictures:
    """The digits that come with scikit-learn, a fifth of each class kept for the test."""
    from sklearn.datasets import load_digits

    bundled = load_digits()
    train_input, test_input, train_target, test_target = train_test_split(
        bundled.images.astype(np.uint8),
        bundled.target.astype(np.uint8),
        test_size=0.2,
        random_state=SPLIT_SEED,
        stratify=bundled.target,
    )
    return Pictures(
        name="digits",
        title="scikit-learn's digits",
        class_names=tuple(str(digit) for digit in range(10)),
        white=16,
        train_input=train_input,
        train_target=train_target,
        test_input=test_input,
        test_target=test_target,
    )


def describe(pictures: Pictures, console: Console) -> None:
    """Print shapes, sizes, and how many pictures each class has."""
    console.rule(f"The data: {pictures.title}")
    for label, shown, classes in (
        ("training", pictures.train_input, pictures.train_target),
        ("test", pictures.test_input, pictures.test_target),
    ):
        console.print(f"{label:>8}: pictures {shown.shape}, classes {classes.shape}, {shown.dtype}")
    console.print(f"    size: {sizes(pictures)}")

    numbers, counts = np.unique(pictures.train_target, return_counts=True)
    table = Table("class", "name", "training pictures")
    table.columns[2].justify = "right"
    for number, count in zip(numbers, counts, strict=True):
        table.add_row(str(number), pictures.class_names[number], f"{count:,}")
    console.print(table)


def sizes(pictures: Pictures) -> str:
    """How much memory the training pictures take, as they are and as the tutorial divides them."""
    # Bytes in millions and in 1024 x 1024 are often taken for one another, so both are named.
    small, large = pictures.train_input.nbytes, pictures.train_input.size * np.dtype(np.float64).itemsize
    return (
        f"{small / 1e6:.1f} MB = {small / 2**20:.1f} MiB as {pictures.train_input.dtype};"
        f" {_megabytes(large)} once divided into float64"
    )


def _megabytes(nbytes: int) -> str:
    return f"{nbytes / 1e6:.0f} MB" if nbytes >= 100e6 else f"{nbytes / 1e6:.1f} MB"
