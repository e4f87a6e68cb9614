"""What a training needs to go on as if it had not been stopped."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from denim.callbacks import BackupAndRestore, EarlyStopping, History
from denim.callbacks.callback import Logs
from denim.report.files import writing

_HISTORY, _BEST, _WAITING = "history_", "best_weight_", "waiting"


class Backup(BackupAndRestore):
    """A backup that knows the history so far and what early stopping remembers, too.

    It is written after an epoch if the last one is some seconds old, and by ``save``. In a list of callbacks it comes
    after the other two.

    Args:
        backup_dir: a folder for it.
        history, stopping: the callbacks whose memory is kept.
        seconds: between two backups at least.
    """

    def __init__(self, backup_dir: Path, history: History, stopping: EarlyStopping | None, seconds: float) -> None:
        super().__init__(backup_dir, save_freq=False, delete_checkpoint=False)
        self.history = history
        self.stopping = stopping
        self.seconds = seconds
        self._saved = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the backup if it is due; never one that would go on where the training ended.

        A disk that is full now ends no training: the next backup is due as long after.
        """
        if time.monotonic() - self._saved >= self.seconds and not self.model.stop_training:
            with suppress(OSError):
                self._save()
            self._saved = time.monotonic()

    def save(self) -> None:
        """Write the backup.

        Raises:
            CannotWriteError: it cannot be written.
        """
        with writing(self.backup_dir):
            self._save()

    def _arrays(self) -> dict[str, Any]:
        arrays = super()._arrays()
        arrays |= {f"{_HISTORY}{name}": np.array(values) for name, values in self.history.history.items()}
        stopping = self.stopping
        if stopping is not None and stopping.best is not None:
            arrays[_WAITING] = np.array([stopping.wait, stopping.best_epoch, stopping.best], np.float64)
            arrays |= {f"{_BEST}{i}": weight for i, weight in enumerate(stopping.best_weights or ())}
        return arrays

    def _restore(self, arrays: dict[str, np.ndarray], path: Path) -> None:
        own = (_HISTORY, _BEST, _WAITING)
        super()._restore({name: array for name, array in arrays.items() if not name.startswith(own)}, path)
        self.history.history = {
            name.removeprefix(_HISTORY): array.tolist() for name, array in arrays.items() if name.startswith(_HISTORY)
        }
        stopping: Any = self.stopping
        if stopping is not None and _WAITING in arrays:
            wait, best_epoch, stopping.best = arrays[_WAITING].tolist()
            stopping.wait, stopping.best_epoch = int(wait), int(best_epoch)
            stopping.best_weights = [arrays[f"{_BEST}{i}"] for i in range(len(self.model.weights))]
