"""The epochs of a training, from their beginning or from where they were stopped."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console

import denim as keras
from denim.callbacks.callback import Callback, Logs
from denim.commands.errors import CommandError
from denim.commands.training.backup import Backup
from denim.commands.training.data import Data
from denim.commands.training.folder import Folder
from denim.commands.training.progress import TrainingProgress
from denim.commands.training.results import Stopped
from denim.commands.training.settings import Settings
from denim.commands.training.stopping import Interruption, StoppedInStepError

_BACKUP_SECONDS = 10.0
_VALIDATED_AT_ONCE = 1024


class Course:
    """A model that is trained in a folder.

    Where the folder has a training that was stopped, it goes on from there.
    """

    def __init__(self, model: Any, data: Data, settings: Settings, batch_size: int, folder: Folder) -> None:
        self.model = model
        self.data = data
        self.settings = settings
        self.batch_size = batch_size
        self._history = keras.callbacks.History()
        self._stopping = (
            keras.callbacks.EarlyStopping("val_loss", patience=settings.patience, restore_best_weights=True)
            if settings.early_stopping and data.validation is not None
            else None
        )
        self._backup = Backup(folder.state, self._history, self._stopping, _BACKUP_SECONDS)

    @property
    def history(self) -> dict[str, list[float]]:
        """The logs, one an epoch."""
        return self._history.history

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights the model has, the first being 1; None if it simply has the last."""
        if self._stopping is None or self._stopping.best is None:
            return None
        return self._stopping.best_epoch + 1

    def run(self, progress: Console, interruption: Interruption) -> Stopped | None:
        """Train to the end; or until it is interrupted, and then keep all that going on takes, and say where it was."""
        data, shown = self.data, TrainingProgress(progress, interruption, len(self.data.train))
        stopping = [] if self._stopping is None else [self._stopping]
        try:
            self.model.fit(
                data.train.x,
                data.train.y,
                batch_size=self.batch_size,
                epochs=self.settings.epochs,
                validation_data=None if data.validation is None else (data.validation.x, data.validation.y),
                validation_batch_size=_VALIDATED_AT_ONCE,
                class_weight=self._class_weight(),
                callbacks=[_Finite(), self._history, *stopping, self._backup, shown],
                verbose=0,
            )
        except StoppedInStepError:
            self._backup.save()
            if self._stopping is not None and self._stopping.best_weights is not None:
                self.model.set_weights(self._stopping.best_weights)
            at, signal = self.model._position, interruption.signal
            assert signal is not None
            return Stopped(at.epoch + 1, at.step, -(-len(data.train) // self.batch_size), signal.name)
        finally:
            shown.close()
        return None

    def _class_weight(self) -> dict[int, float] | None:
        if self.settings.class_weight is None:
            return None
        counts = self.data.class_counts
        return {i: len(self.data.train) / (len(counts) * count) for i, count in enumerate(counts.tolist()) if count}


class _Finite(Callback):
    """Ends a training whose loss is lost."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            rate = float(self.model.optimizer.learning_rate)
            raise CommandError(
                f"The loss must stay finite, but that of epoch {epoch + 1} is {loss}. A smaller --learning-rate helps "
                f"most: {rate / 10:.3g} instead of {rate:.3g}."
            )
