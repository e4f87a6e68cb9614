"""The page of ``denim show`` for a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from denim.commands.showing.models import ModelFacts, WeightImages, weight_images
from denim.models.summary import memory_size
from denim.preparation.target import NAMELESS
from denim.report.markup import Child, Html, element, joined, scrolling, table
from denim.report.page import Section, page
from denim.report.parts import cards, facts, folded, lede, note
from denim.report.sections.making import making
from denim.report.sections.preparation import preparation
from denim.report.sections.weights import BLUE, ORANGE, strongest, weights

_UNITS, _FEATURES = 100, 15


def model_page(found: ModelFacts, model: Any, command: str) -> bytes:
    """The page as UTF-8. ``command``: that makes it again."""
    sections = [Section("layers", "Layers", _layers(found))]
    images = weight_images(model)
    if images is not None:
        sections.append(Section("weights", "Weights", _images(images)))
    if found.strongest:
        sections.append(Section("inputs", "The strongest inputs", _strongest(found)))
    if found.decisions:
        told = preparation(found.decisions, found.features)
        sections.append(Section("preparation", "What is made of the data", told))
    compiled = found.compiled or {"compiled": "no"}
    sections.append(Section("compiled", "Compiled with", facts(compiled.items(), "Compiled with")))
    sections.append(Section("making", "How it was made", making(command, [("model", found.path)], ("results.json",))))
    return page(Path(found.path).name, "A model in denim", _summary(found), sections)


def _summary(found: ModelFacts) -> Html:
    if found.task == "regression":
        does = f"It predicts the number {found.target!r}."
    elif found.task:
        of_what = "" if found.target == NAMELESS else f" of {found.target!r}"
        does = f"It tells {len(found.classes):,} classes{of_what} apart."
    else:
        does = "Its file does not say what it predicts, nor how its data were prepared."
    figures = [
        ("parameters", f"{found.parameters:,}", f"{found.trainable:,} trainable"),
        ("layers", str(len(found.layers)), found.kind),
        ("inputs", "×".join(map(str, found.inputs[0][1:])) if found.inputs else "?", "of a row"),
        ("file", memory_size(found.size), ", ".join(found.dtypes)),
    ]
    return joined(lede(does), cards(figures))


def _layers(found: ModelFacts) -> Html:
    rows: list[tuple[Child, ...]] = [
        (
            each.name,
            each.kind,
            each.settings,
            "" if each.shape is None else " × ".join("rows" if size is None else str(size) for size in each.shape),
            f"{each.parameters:,}",
        )
        for each in found.layers
    ]
    head = ("layer", "kind", "setting", "output", "parameters")
    return scrolling(table(head, rows, class_="numbers named"), "Layers")


def _images(found: WeightImages) -> Html:
    shown = found.images[:_UNITS]
    names = found.names[:_UNITS]
    alts = [f"Weights of unit {name} of {found.layer}" for name in names]
    height, width = found.images.shape[1:]
    guess = f" Its {height * width} inputs are taken for pictures of {width}×{height} pixels." if found.guessed else ""
    more = f" The first {_UNITS} of {len(found.images):,} units are drawn." if len(found.images) > _UNITS else ""
    return joined(
        note(
            f"What each unit of {found.layer}, the first layer with weights, looks for: ",
            ORANGE,
            " pixels speak for it, ",
            BLUE,
            f" ones against it. The strongest colour is a weight of ±{strongest(shown):.3g}.{guess}{more}",
        ),
        weights(shown, names, alts, "tens"),
    )


def _strongest(found: ModelFacts) -> Html:
    most = found.strongest[0].strength or 1.0
    rows: list[tuple[Child, ...]] = [
        (each.name, f"{each.strength:.3f}", _bar(each.strength / most)) for each in found.strongest
    ]
    head = ("input", "length of its weights", element("span", "drawn", class_="unseen"))
    shown = scrolling(table(head, rows[:_FEATURES], class_="numbers"), "The strongest inputs")
    rest = rows[_FEATURES:]
    return joined(
        shown,
        folded(f"The other {len(rest):,}", scrolling(table(head, rest, class_="numbers"), "Other inputs"))
        if rest
        else None,
        note(
            "The length of the vector of weights from an input to the first dense layer. Numbers come to it with mean "
            "0 and variance 1, so that theirs can be compared; categories and truth values come as 0 and 1. What the "
            "later layers make of it is not in this number."
        ),
    )


def _bar(share: float) -> Html:
    filled = element("rect", x="0", y="5", width=f"{100 * share:.1f}", height="10", class_="filled")
    return element("svg", filled, class_="whisker", viewBox="0 0 100 20", aria_hidden="true")
