"""The folder of a training: which one it is, and what is in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from denim.commands.errors import CommandError
from denim.commands.written import REPORT, RESULTS, check_folder, numbered
from denim.report.files import replace_file

MODEL, HISTORY = "model.keras", "history.csv"
_STOPPED = "stopped"
_BEGUN = "settings.json"


@dataclass(frozen=True)
class Folder:
    """A folder that belongs to one training.

    While the training runs, and after it was stopped, ``stopped/`` within says how to go on.
    """

    path: Path

    @property
    def model(self) -> Path:
        """The model's file."""
        return self.path / MODEL

    @property
    def state(self) -> Path:
        """Where a training that was stopped is kept."""
        return self.path / _STOPPED

    @property
    def is_stopped(self) -> bool:
        """Whether there is a training to go on with."""
        return any(self.state.glob("*.npz"))

    def begun_with(self) -> dict[str, Any]:
        """What was noted when the training began.

        Raises:
            CommandError: if that cannot be read.
        """
        path = self.state / _BEGUN
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(found["settings"], dict):
                return found
        except (OSError, ValueError, LookupError, TypeError):
            pass
        raise CommandError(f"{path} does not say how the training began: it cannot go on. Train anew without --resume.")

    def note(self, begun: Mapping[str, Any]) -> None:
        """Note how the training begins."""
        self.state.mkdir(exist_ok=True)
        replace_file(self.state / _BEGUN, (json.dumps(begun, indent=2) + "\n").encode())

    def finish(self) -> None:
        """Forget how to go on."""
        for path in (*self.state.glob("*.npz"), self.state / _BEGUN):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            self.state.rmdir()

    def forget_results(self) -> None:
        """Take away what an earlier training in this folder came to, which is no longer that of its model."""
        for name in (REPORT, RESULTS):
            (self.path / name).unlink(missing_ok=True)

    def write_history(self, history: Mapping[str, list[float]]) -> None:
        """A line an epoch, the first being 1."""
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(["epoch", *history])
        for number, values in enumerate(zip(*history.values(), strict=True), 1):
            writer.writerow([number, *values])
        replace_file(self.path / HISTORY, lines.getvalue().encode())


@contextmanager
def new(out: Path | None, name: str, overwrite: bool) -> Iterator[Folder]:
    """A folder for a new training; one that is made for it and still empty when it fails is removed.

    Args:
        out: the folder that was asked for, which must be new or empty, or may be overwritten; None for the first of
            runs/NAME, runs/NAME-2, ... that is not there yet.
        name: what the training is called.
        overwrite: whether files of an earlier training are replaced.

    Raises:
        CommandError: if there is something in the way.
    """
    check_new(out, name, overwrite)
    wanted = Path("runs") / name if out is None else out
    missing = [each for each in (wanted, *wanted.parents) if not each.exists()]
    try:
        folder = Folder(_claimed(wanted) if out is None else wanted)
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.finish()
    except OSError as error:
        raise CommandError(f"Cannot write to {wanted}: {error.strerror or error}. Name another --out.") from error
    try:
        yield folder
    finally:
        if not folder.is_stopped:
            folder.finish()
        made = [] if out is not None and wanted not in missing else [folder.path]
        for each in (*made, *missing):
            with suppress(OSError):
                each.rmdir()


def stopped(out: Path | None, name: str) -> Folder:
    """The folder of a training that was stopped; without ``out`` the latest of this name.

    Raises:
        CommandError: if there is none.
    """
    taken = takewhile(Path.exists, numbered(Path("runs") / name))
    for path in [out] if out is not None else list(taken)[::-1]:
        if Folder(path).is_stopped:
            return Folder(path)
    place = f"in {out}" if out is not None else f"in runs/{name}"
    raise CommandError(f"There is no stopped training {place} that --resume could go on with. Leave --resume out.")


def _claimed(first: Path) -> Path:
    """The first of the numbered folders that was not there; now it is, and nobody else's."""
    first.parent.mkdir(exist_ok=True)
    for path in numbered(first):
        with suppress(FileExistsError):
            path.mkdir()
            break
    return path


def check_new(out: Path | None, name: str, overwrite: bool) -> None:
    """Nothing if a new training of this name may go to ``out``; asked before the work begins, too.

    Raises:
        CommandError: if there is something in the way.
    """
    check_folder(out or Path("runs") / name)
    if out is None:
        return
    there = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    if not there or overwrite:
        return
    if Folder(out).is_stopped:
        raise CommandError(
            f"{out} holds a training that was stopped. Pass --resume to go on with it, --overwrite to begin anew, or "
            "another --out."
        )
    more = f" and {len(there) - 3} more" if len(there) > 3 else ""
    raise CommandError(
        f"--out must be a new or an empty folder. Received: {out}, which holds {', '.join(there[:3])}{more}. Name "
        "another one, or pass --overwrite to replace the files of an earlier training."
    )
