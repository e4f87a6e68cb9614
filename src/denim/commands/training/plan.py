"""What a training is to be and where it goes, and what it began with if it is to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from denim.commands import written
from denim.commands.errors import CommandError
from denim.commands.training import folder as folders
from denim.commands.training.data import Data
from denim.commands.training.settings import Settings, from_toml
from denim.engines.selection import engine_name


@dataclass(frozen=True)
class Place:
    """Where a training goes: the folder asked for, if one was, and whether it goes on there or may overwrite."""

    out: Path | None = None
    resume: bool = False
    overwrite: bool = False


NEW = Place()
"""A folder of its own below runs/."""


@dataclass(frozen=True)
class Plan:
    """A training before anything is done.

    Attributes:
        settings: what it is asked to be.
        place: where it goes.
        begun: what was noted when it began, of one that goes on; None of a new one.
    """

    settings: Settings
    place: Place
    begun: Mapping[str, Any] | None

    @classmethod
    def of(cls, given: Mapping[str, Any], config: Path | None, place: Place) -> Plan:
        """From settings by name, which go before those of a TOML file.

        Raises:
            CommandError: the settings or the folder cannot be used, or there is no such training to go on with.
        """
        wanted, out = ({}, None) if config is None else from_toml(config)
        wanted |= {name: value for name, value in given.items() if value is not None}
        place = Place(place.out or out, place.resume, place.overwrite)
        if place.resume:
            return cls._going_on(wanted, place)
        settings = Settings.of(wanted)
        folders.check_new(place.out, written.named_after(settings.data), place.overwrite)
        return cls(settings, place, None)

    @classmethod
    def _going_on(cls, wanted: Mapping[str, Any], place: Place) -> Plan:
        name = "" if place.out is not None else written.named_after(Settings.of(wanted).data)
        folder = folders.stopped(place.out, name)
        begun = folder.begun_with()
        settings = Settings.of(begun["settings"], wanted)
        differences = settings.differences(begun["settings"])
        if differences:
            raise CommandError(
                f"A training goes on with the settings that it began with. Those of {folder.path} are others: "
                f"{'; '.join(differences)}. Leave these options out, or train anew without --resume."
            )
        return cls(settings, Place(folder.path, resume=True), begun)

    def check_same(self, data: Data) -> None:
        """Nothing if a training that goes on has the rows and the engine that it began with.

        Raises:
            CommandError: it has others.
        """
        if self.begun is None:
            return
        facts = _facts(data)
        if facts["rows"] != self.begun.get("rows"):
            raise CommandError(
                "A training goes on with the data that it began with, and these files now hold other rows. Bring back "
                "the files as they were, or train anew without --resume."
            )
        if facts["engine"] != self.begun.get("engine"):
            raise CommandError(
                f"A training goes on with the engine that it began with: {self.begun.get('engine')!r}. Received: "
                f"{facts['engine']!r}. Set DENIM_ENGINE={self.begun.get('engine')}."
            )

    @contextmanager
    def folder(self, data: Data) -> Iterator[folders.Folder]:
        """The folder, in which a new training has noted how it begins."""
        if self.begun is not None and self.place.out is not None:
            yield folders.Folder(self.place.out)
            return
        with folders.new(self.place.out, written.named_after(self.settings.data), self.place.overwrite) as folder:
            folder.note({"settings": asdict(self.settings), **_facts(data)})
            yield folder


def _facts(data: Data) -> dict[str, str]:
    """What a training that goes on must find again."""
    return {"rows": data.fingerprint(), "engine": engine_name()}
