"""What the networks learned from."""

from __future__ import annotations

import numpy as np

from denim.report.markup import Child, Html, element, scrolling, table
from denim.report.parts import columns
from denim.report.pictures import ink
from denim.study.data import sizes
from denim.study.findings import Findings
from denim.viz.grids import first_of_each

_SAMPLES = 5


def data(findings: Findings) -> Html:
    """Shapes, sizes, and how many pictures each class has."""
    source, split = findings.pictures, findings.split
    arrays: list[tuple[Child, ...]] = [
        (name, str(array.shape), str(array.dtype))
        for name, array in (
            ("training pictures", source.train_input),
            ("training classes", source.train_target),
            ("test pictures", source.test_input),
            ("test classes", source.test_target),
        )
    ]
    train, test = (np.bincount(target, minlength=split.classes) for target in (source.train_target, source.test_target))
    classes: list[tuple[Child, ...]] = [
        (str(number), name, f"{train[number]:,}", f"{test[number]:,}") for number, name in enumerate(source.class_names)
    ]
    head = ("class", "name", "training pictures", "test pictures")
    told = element(
        "div",
        element("p", f"The training pictures take {sizes(source)}."),
        element(
            "p",
            f"A fifth of them is held out: {len(split.train_input):,} train, {len(split.val_input):,} validate, and "
            f"{len(split.test_input):,} others test. A network sees each picture as a row of {source.features} numbers "
            "from 0 to 1.",
        ),
        scrolling(table(("array", "shape", "dtype"), arrays, class_="plain"), "Arrays"),
    )
    return columns(told, scrolling(table(head, classes, class_="numbers named"), "Classes"))


def samples(findings: Findings) -> Html:
    """The first training pictures of each class."""
    source = findings.pictures
    found = first_of_each(source.train_target, len(source.class_names), _SAMPLES)
    cards = [
        element(
            "figure",
            element("figcaption", f"{name}"),
            element(
                "div",
                *(ink(source.train_input[row], source.white, f"{name}, training picture {row:,}") for row in rows),
                class_="strip",
            ),
            class_="card",
        )
        for name, rows in zip(source.class_names, found, strict=True)
    ]
    return element("div", *cards, class_="cards fives samples")
