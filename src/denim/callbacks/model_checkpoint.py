"""Save the model while it is trained."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from denim.callbacks.batch_counter import BatchCounter
from denim.callbacks.callback import Logs, called_if
from denim.callbacks.monitor_callback import MonitorCallback
from denim.data.batches import whole
from denim.messages import print_message
from denim.suggest import did_you_mean


class ModelCheckpoint(MonitorCallback):
    """Save the model, or its weights, after every epoch, or after so many batches, or whenever it is the best yet.

    What was best lasts: a further ``fit`` with the same callback goes on from it.

    Args:
        filepath: may hold placeholders, as in "{epoch:02d}-{val_loss:.2f}.keras", for the logs and the epoch, the first
            being 1. Ends in ".keras", in ".h5" for the older form, or, for weights only, in ".weights.h5". Missing
            folders are made.
        monitor: the metric's name in the logs, for ``save_best_only``.
        verbose: 1 to say what is done.
        save_best_only: save only when the metric is better than ever.
        save_weights_only: ``model.save_weights`` instead of ``model.save``.
        mode: "min", "max", or "auto": what is best for the metric of this name.
        save_freq: "epoch", or a number of batches; then training goes batch by batch.
        initial_value_threshold: the first best value.

    Raises:
        ValueError: for another ending or ``save_freq``.

    Source: https://keras.io/api/callbacks/model_checkpoint/
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, best=initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._batches: BatchCounter | None = None
        if save_freq != "epoch":
            try:
                self._batches = BatchCounter(whole("save_freq", save_freq, 1))
            except ValueError:
                raise ValueError(
                    f"Unrecognized save_freq: {save_freq!r}. Expected save_freq are 'epoch' or a number of batches."
                ) from None
        weights_alone = self.filepath.endswith(".weights.h5")
        if save_weights_only and not weights_alone:
            raise ValueError(
                "When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must end in "
                f"`.weights.h5`. Received: filepath={self.filepath}"
            )
        if not save_weights_only and (weights_alone or not self.filepath.endswith((".keras", ".h5"))):
            weights = " Or pass save_weights_only=True." if weights_alone else ""
            raise ValueError(
                f"The filepath provided must end in `.keras`. Received: filepath={self.filepath}.{weights}"
            )
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note which epoch the next batches are of."""
        self._epoch = epoch

    @called_if(lambda callback: callback.save_freq != "epoch")
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save after so many batches."""
        if self._batches is not None and self._batches.is_due(batch):
            self._consider(self._epoch, {"batch": batch + 1, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save after the epoch."""
        self.find_direction(logs)
        if self._batches is None:
            self._consider(epoch, logs or {})

    def _consider(self, epoch: int, logs: Logs) -> None:
        path = self._path(epoch, logs)
        if not self._is_worth_it(epoch, logs, path):
            return
        if Path(path).is_dir():
            raise IsADirectoryError(f"ModelCheckpoint needs a path that is not a folder. Received: filepath={path}")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        self._say(epoch, f"finished saving model to {path}")

    def _path(self, epoch: int, logs: Logs) -> str:
        values = {"epoch": epoch + 1, **logs}
        try:
            return self.filepath.format(**values)
        except KeyError as error:
            raise KeyError(
                f"Failed to format this callback filepath: {self.filepath}. There is no {error} in the logs."
                f"{did_you_mean(error.args[0], values)} Available: {', '.join(values)}."
            ) from error

    def _is_worth_it(self, epoch: int, logs: Logs, path: str) -> bool:
        if not self.save_best_only:
            self._say(epoch, f"saving model to {path}")
            return True
        current = logs.get(self.monitor)
        if current is None:
            warnings.warn(
                f"Can save best model only with {self.monitor} available. Available: {', '.join(logs)}."
                f"{self.hint(logs)}",
                stacklevel=4,
            )
            return True
        if np.ndim(current) > 0:
            warnings.warn(
                f"Can save best model only when `monitor` is a scalar value. Received: {current}. "
                "Falling back to `save_best_only=False`.",
                stacklevel=4,
            )
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self.improves(current, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {best}")
            return False
        self._say(epoch, f"{self.monitor} improved from {best} to {current:.5f}, saving model to {path}")
        self.best = current
        return True

    def _say(self, epoch: int, message: str) -> None:
        if self.verbose > 0:
            print_message(f"\nEpoch {epoch + 1}: {message}")
