"""Go on with a fit that was cut off."""

from __future__ import annotations

import contextlib
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from denim.callbacks.batch_counter import BatchCounter
from denim.callbacks.callback import Callback, Logs, called_if
from denim.data.batches import whole
from denim.engines.protocol import Totals

_LATEST = "training_state.npz"
_PREVIOUS = "training_state.previous.npz"
_UNFINISHED = "training_state.unfinished.npz"
_UNREADABLE = (OSError, EOFError, TypeError, ValueError, zipfile.BadZipFile)


class BackupAndRestore(Callback):
    """Keep a backup of the training while ``fit`` runs; a ``fit`` that finds one goes on from it.

    After a crash, run the same script again: it goes on after the last backup and ends with the same bits as if nothing
    had happened. The backup holds all weights, the optimizer's variables, and the place in the fit with the key of its
    random numbers. It does not hold what other callbacks remember, nor the history so far. It is replaced at once and
    whole, so a crash while it is written does no harm.

    Args:
        backup_dir: a folder for this alone; it is made if missing.
        save_freq: "epoch", or a number of batches, which makes training go batch by batch, or False for no backups.
        double_checkpoint: keep the backup before the last too, for when the last cannot be read.
        delete_checkpoint: remove the backup when ``fit`` has ended well.

    Raises:
        ValueError: without a folder, for another ``save_freq``, or, from ``fit``, for another model's backup.

    Source: https://keras.io/api/callbacks/backup_and_restore/
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: Any = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not os.fspath(backup_dir):
            raise ValueError("Empty `backup_dir` argument passed: name a folder for the backup.")
        self.backup_dir = Path(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._batches: BatchCounter | None = None
        if save_freq != "epoch" and save_freq is not False:
            try:
                self._batches = BatchCounter(whole("save_freq", save_freq, 1))
            except ValueError:
                raise ValueError(
                    f"Invalid value for argument `save_freq`. Received: save_freq={save_freq!r}. "
                    "Expected either 'epoch' or a number of batches."
                ) from None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Go on from the backup, if there is one."""
        found = [path for path in (self.backup_dir / _LATEST, self.backup_dir / _PREVIOUS) if path.exists()]
        for path in found:
            try:
                with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                    arrays = dict(archive)
            except _UNREADABLE as error:
                if path is found[-1]:
                    raise OSError(
                        f"The backup {path} cannot be read ({error}). Delete it to begin the training anew."
                    ) from error
            else:
                self._restore(arrays, path)
                return

    @called_if(lambda callback: callback.save_freq not in ("epoch", False))
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Back up after so many batches."""
        if self._batches is not None and self._batches.is_due(batch):
            self._save()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Back up after the epoch."""
        if self.save_freq == "epoch":
            self._save()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Remove the backup, and the folder if nothing else is in it."""
        if self.delete_checkpoint:
            for name in (_LATEST, _PREVIOUS, _UNFINISHED):
                (self.backup_dir / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self.backup_dir.rmdir()

    def _variables(self) -> dict[str, Any]:
        """Everything that training changes, under a name of its own in the backup."""
        weights = {f"weight_{i}": variable for i, variable in enumerate(self.model.weights)}
        return weights | {f"optimizer_{i}": variable for i, variable in enumerate(self.model.optimizer.variables)}

    def _arrays(self) -> dict[str, Any]:
        """What the backup holds."""
        arrays = {name: variable.value for name, variable in self._variables().items()}
        at = self.model._position
        arrays["key"] = np.array(at.key, np.uint64)
        arrays["place"] = np.array([at.epoch, at.step], np.int64)
        if at.totals is not None:
            arrays["totals"] = np.stack([at.totals.sums, at.totals.counts])
        return arrays

    def _save(self) -> None:
        self.backup_dir.mkdir(parents=True, exist_ok=True)
        latest, unfinished = self.backup_dir / _LATEST, self.backup_dir / _UNFINISHED
        with unfinished.open("wb") as file:
            np.savez(file, **self._arrays())
            file.flush()
            os.fsync(file.fileno())
        if self.double_checkpoint and latest.exists():
            shutil.copyfile(latest, self.backup_dir / _PREVIOUS)
        unfinished.replace(latest)

    def _restore(self, arrays: dict[str, np.ndarray], path: Path) -> None:
        variables, at = self._variables(), self.model._position
        wanted = {name: variable.shape for name, variable in variables.items()}
        wanted |= {"key": (), "place": (2,)} | (
            {"totals": (2, self.model._judgement.entries)} if "totals" in arrays else {}
        )
        found = {name: array.shape for name, array in arrays.items()}
        if found != wanted:
            raise ValueError(
                f"The backup {path} is of another model, optimizer or set of metrics. It holds {_listed(found)}; this "
                f"model needs {_listed(wanted)}. Delete it, or choose another `backup_dir`."
            )
        for name, variable in variables.items():
            variable.assign(arrays[name])
        at.key = int(arrays["key"])
        at.epoch, at.step = arrays["place"].tolist()
        at.totals = Totals(*arrays["totals"]) if "totals" in arrays else None


def _listed(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in sorted(shapes.items()))
