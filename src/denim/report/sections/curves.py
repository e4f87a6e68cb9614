"""Learning curves: how models learned, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from denim.report.charts import Frame, Span, legend, series
from denim.report.markup import Child, Html, element, joined, scrolling, table
from denim.report.parts import columns, folded, note

Histories = Mapping[str, Mapping[str, Sequence[float]]]

_VALIDATION = "val_"


def curves(histories: Histories) -> Html:
    """Every quantity over the epochs, drawn and as numbers.

    Args:
        histories: by the model's name, what each quantity was after each epoch; "val_" and a quantity is validation.
    """
    keys = list(dict.fromkeys(key for history in histories.values() for key in history))
    quantities = [key for key in keys if not key.startswith(_VALIDATION) and key != "learning_rate"]
    quantities.sort(key=lambda key: key != "loss")
    return joined(
        columns(*(_panel(histories, quantity) for quantity in quantities)),
        note(
            "Training values are means over the epoch while the weights still change; validation follows the epoch. So "
            "validation can be the better one in the first epochs."
        )
        if any(key.startswith(_VALIDATION) for key in keys)
        else None,
        folded("The numbers", scrolling(_numbers(histories, quantities), "Learning curves in numbers")),
    )


def _panel(histories: Histories, quantity: str) -> Html:
    shown = {
        (name, key): list(enumerate(history[key], 1))
        for name, history in histories.items()
        for key in (quantity, _VALIDATION + quantity)
        if key in history
    }
    values = [value for points in shown.values() for _, value in points]
    epochs = [float(epoch) for points in shown.values() for epoch, _ in points]
    frame = Frame(Span.around(epochs, "epoch", whole=True), Span.around(values, quantity))
    numbers = {name: series(number) for number, name in enumerate(histories)}
    lines = []
    for (name, key), points in shown.items():
        kind = "line validation" if key.startswith(_VALIDATION) else "line"
        lines.append(frame.line(points, numbers[name], kind))
        if len(points) <= 30:
            lines.append(frame.dots(points, numbers[name]))
    entries: list[tuple[str, int | None, str]] = []
    if len(histories) > 1:
        entries = [(name, number, "line") for name, number in numbers.items()]
    if any(key.startswith(_VALIDATION) for _, key in shown):
        alone = None if len(histories) > 1 else 1
        entries += [("training", alone, "line"), ("validation", alone, "line validation")]
    ends = ", ".join(f"{name} {key} {points[-1][1]:.4g}" for (name, key), points in shown.items())
    alt = f"{quantity} of each epoch. After the last epoch: {ends}."
    return element(
        "figure", frame.chart(alt, *lines), element("figcaption", legend(entries)) if entries else None, class_="curve"
    )


def _numbers(histories: Histories, quantities: list[str]) -> Html:
    keys = [
        key
        for quantity in quantities
        for key in (quantity, _VALIDATION + quantity)
        if any(key in history for history in histories.values())
    ]
    rows: list[tuple[Child, ...]] = [
        (name, str(epoch + 1), *(f"{history[key][epoch]:.4f}" if key in history else "" for key in keys))
        for name, history in histories.items()
        for epoch in range(max(map(len, history.values()), default=0))
    ]
    told = (key.replace(_VALIDATION, "validation ") for key in keys)
    return table(("model", "epoch", *told), rows, class_="numbers")
