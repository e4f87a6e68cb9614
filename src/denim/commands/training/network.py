"""The network that ``--layers`` describes, or ``--networks``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from denim.commands.errors import CommandError
from denim.suggest import did_you_mean

GRAMMAR = "UNITS:ACTIVATION, UNITS (with relu), dropout:RATE and batchnorm, separated by commas"
_EXAMPLE = "100:relu,dropout:0.3"


@dataclass(frozen=True)
class Network:
    """Hidden layers in order, and the outputs that the text ends in, if it does; ``option`` is where the text stood."""

    text: str
    hidden: tuple[Callable[[], Any], ...]
    outputs: int | None
    option: str = "--layers"

    @classmethod
    def read(cls, text: str, option: str = "--layers") -> Network:
        """The network of a text such as "100:relu,dropout:0.3,10".

        Raises:
            CommandError: for anything else, with what was probably meant.
        """
        items = [item.strip() for item in text.split(",")] if text.strip() else []
        last = items[-1] if items else ""
        outputs = int(last) if last.isascii() and last.isdigit() else None
        hidden = items if outputs is None else items[:-1]
        return cls(",".join(items), tuple(_layer(item, text, option) for item in hidden), outputs, option)

    def check_outputs(self, classes: int, numbers: int) -> None:
        """Nothing if the outputs that were written are those of the target: so many classes, or else numbers a row.

        Raises:
            CommandError: if they are not.
        """
        needed = classes or numbers
        if self.outputs in (None, needed) or (classes == 2 and self.outputs == 1):
            return
        reason = f"has {classes} classes" if classes else f"is {numbers} number{'s' if numbers > 1 else ''} a row"
        raise CommandError(
            f"A last number of {self.option} without an activation is the number of outputs, and the target {reason}. "
            f"Received: {self.option} {self.text}. For one more hidden "
            f"layer write {self.outputs}:relu; the layer of outputs can be left out."
        )


def _layer(item: str, text: str, option: str) -> Callable[[], Any]:
    """What makes the layer of an item; its errors come now."""
    from denim import activations, layers

    name, colon, value = (part.strip() for part in item.partition(":"))
    if name == "batchnorm" and not colon:
        return layers.BatchNormalization
    if name == "dropout":
        rate = _number(value)
        if rate is None or not 0 <= rate < 1:
            raise CommandError(
                f"dropout in {option} takes the part that is dropped, at least 0 and below 1, such as dropout:0.3. "
                f"Received: {item!r} in {option} {text}"
            )
        return lambda: layers.Dropout(rate)
    if name.isascii() and name.isdigit() and int(name) > 0:
        activation = value if colon else "relu"
        try:
            activations.get(activation)
        except ValueError as error:
            unknown = f"The activation of {item!r} in {option} {text} is not known: {error}"
            raise CommandError(unknown if value else _unread(item, text, option)) from None
        return lambda: layers.Dense(int(name), activation)
    raise CommandError(_unread(item, text, option))


def _unread(item: str, text: str, option: str) -> str:
    hint = did_you_mean(item.partition(":")[0], ("dropout", "batchnorm"))
    return (
        f"{option} takes {GRAMMAR}, such as {_EXAMPLE}; a last number alone is the number of outputs. "
        f"Received: {item!r} in {option} {text!r}.{hint}"
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
