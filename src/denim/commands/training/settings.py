"""What a training is asked to be: defaults, a TOML file, and the command line, in this order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from denim.commands.errors import CommandError
from denim.commands.reading import checked
from denim.commands.typed import command
from denim.files.spoken import words_of
from denim.suggest import did_you_mean

LARGEST_SEED = 2**32 - 1
TASKS = ("binary", "multiclass", "classification", "regression")
FOLDER = "out"
"""A key of the TOML file that says where the training goes, and not what it is."""


@dataclass(frozen=True)
class Settings:
    """A training. With the same settings and data, every number comes out the same.

    Attributes:
        data, validation_data, test_data: paths; None for parts that are split off ``data``.
        target: the column to predict; None where the data say themselves, as folders of pictures do.
        task: one of TASKS; None to go by the target.
        layers: the hidden ones, as ``network.Network`` reads them.
        epochs: at most so many.
        batch_size: rows a step; None to go by the number of rows.
        optimizer, learning_rate: its name, and None for its own rate.
        validation, test: the parts that are split off.
        early_stopping, patience: whether to stop after so many epochs in which the validation loss did not improve.
        class_weight: "balanced", or None.
        seed: of the split, the first weights, the order of the rows and dropout.
        read: hints for ``denim.files.read``.
    """

    data: str
    target: str | None = None
    task: str | None = None
    layers: str = "100:relu,100:relu"
    epochs: int = 100
    batch_size: int | None = None
    optimizer: str = "adam"
    learning_rate: float | None = None
    validation: float = 0.2
    validation_data: str | None = None
    test: float = 0.2
    test_data: str | None = None
    early_stopping: bool = True
    patience: int = 10
    class_weight: str | None = None
    seed: int = 42
    read: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, *given: Mapping[str, Any]) -> Settings:
        """Settings from some by name, later ones before earlier ones.

        Raises:
            CommandError: for values that cannot be used, or without data.
        """
        values: dict[str, Any] = {}
        for each in given:
            values |= each
        for name, value in values.items():
            if name not in _RULES:
                raise CommandError(f"There is no setting {name!r}.{did_you_mean(name, _RULES)}")
            holds, rule = _RULES[name]
            if value is not None and not holds(value):
                raise CommandError(f"{_option(name)} must be {rule}. Received: {name}={value!r}.{_hint(name, value)}")
        if values.get("data") is None:
            raise CommandError("Training needs data: denim train DATA --target COLUMN, or `data` in the --config file.")
        if "read" in values:
            values["read"] = checked(values["read"] or {})
        made = cls(**{name: value for name, value in values.items() if value is not None})
        if made.early_stopping and not made.validation and made.validation_data is None:
            return cls(**asdict(made) | {"early_stopping": False})
        return made

    @property
    def command(self) -> str:
        """The command that asks for the same."""
        changed = {each.name: getattr(self, each.name) for each in fields(self)}
        changed = {each.name: changed[each.name] for each in fields(self) if changed[each.name] != each.default}
        if not changed.pop("early_stopping", True):
            changed["no_early_stopping"] = True
        return command("train", changed.pop("data"), **{**changed, "read": words_of(self.read)})

    def differences(self, others: Mapping[str, Any]) -> list[str]:
        """What differs from the settings of another training, in words."""
        mine = asdict(self)
        return [
            f"{_option(name)} was {others.get(name)!r} and is {mine[name]!r}"
            for name in mine
            if mine[name] != others.get(name)
        ]


def from_toml(path: Path) -> tuple[dict[str, Any], Path | None]:
    """The settings of a file, and the folder that it names.

    Raises:
        CommandError: for a file that cannot be read, or keys that there are not.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except OSError as error:
        raise CommandError(f"--config {path} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"--config {path} cannot be read as TOML: {error}") from error
    known = [*(each.name for each in fields(Settings)), FOLDER]
    settings: dict[str, Any] = {}
    for key, value in found.items():
        name = key.replace("-", "_")
        if name not in known:
            names = [_key(each) for each in known]
            raise CommandError(
                f"{path} may hold the options of `denim train` by name. Received: {key!r}."
                f"{did_you_mean(_key(name), names) or ' Known: ' + ', '.join(names) + '.'}"
            )
        settings[name] = value
    if isinstance(settings.get("layers"), list):
        settings["layers"] = ",".join(map(str, settings["layers"]))
    folder = settings.pop(FOLDER, None)
    if folder is not None and not isinstance(folder, str):
        raise CommandError(f"`{FOLDER}` in {path} must be a folder's path. Received: {folder!r}")
    return settings, None if folder is None else Path(folder)


def _key(name: str) -> str:
    return name.replace("_", "-")


def _option(name: str) -> str:
    return "DATA" if name == "data" else f"--{_key(name)}"


def _hint(name: str, value: Any) -> str:
    return did_you_mean(value, _CHOICES.get(name, ()))


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _whole(least: int, most: int | None = None) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        return type(value) is int and value >= least and (most is None or value <= most)

    return holds


def _between(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < 1


def _positive(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value < float("inf")


_CHOICES = {"task": TASKS, "class_weight": ("balanced",)}

_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "data": (_text, "a path"),
    "target": (_text, "a column's name"),
    "task": (lambda value: value in TASKS, f"one of {', '.join(TASKS)}"),
    "layers": (lambda value: isinstance(value, str), 'a text such as "100:relu,dropout:0.3"'),
    "epochs": (_whole(1), "a whole number of at least 1"),
    "batch_size": (_whole(1), "a whole number of at least 1"),
    "optimizer": (_text, "an optimizer's name, such as adam"),
    "learning_rate": (_positive, "a number above 0"),
    "validation": (_between, "a part of the rows: at least 0 and below 1"),
    "validation_data": (_text, "a path"),
    "test": (_between, "a part of the rows: at least 0 and below 1"),
    "test_data": (_text, "a path"),
    "early_stopping": (lambda value: type(value) is bool, "true or false"),
    "patience": (_whole(1), "a whole number of at least 1"),
    "class_weight": (lambda value: value == "balanced", '"balanced"'),
    "read": (lambda value: isinstance(value, Mapping), "hints by name, such as [read] separator = ';'"),
    "seed": (_whole(0, LARGEST_SEED), f"a whole number from 0 to {LARGEST_SEED}"),
}
