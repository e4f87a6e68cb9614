"""Stop when a metric no longer gets better."""

from __future__ import annotations

import warnings
from typing import Any

from denim.callbacks.callback import Logs
from denim.callbacks.monitor_callback import MonitorCallback
from denim.messages import print_message


class EarlyStopping(MonitorCallback):
    """End ``fit`` after ``patience`` epochs in which a metric did not get better than its best.

    Args:
        monitor: the metric's name in the logs.
        min_delta: by how much at least it must get better.
        patience: how many epochs without that are waited for.
        verbose: 1 to say when it stops and restores.
        mode: "min", "max", or "auto": what is best for the metric of this name.
        baseline: the metric must be better than this, too, for the waiting to begin anew.
        restore_best_weights: at the end of ``fit``, go back to the weights of the best epoch.
        start_from_epoch: epochs before this one, the first being 0, are not looked at.

    Attributes:
        stopped_epoch: the epoch in which it stopped, the first being 0; 0 if it did not.
        best, best_epoch, best_weights, wait: the best value, its epoch and weights, and epochs waited since.

    Source: https://keras.io/api/callbacks/early_stopping/
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights: list[Any] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew: what an earlier ``fit`` saw does not count."""
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare with the best so far."""
        logs = logs or {}
        self.find_direction(logs)
        current = logs.get(self.monitor)
        if current is None:
            warnings.warn(
                f"Early stopping conditioned on metric `{self.monitor}` which is not available. "
                f"Available metrics are: {','.join(logs)}.{self.hint(logs)}",
                stacklevel=3,
            )
            return
        if epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.improves(current, self.best):
            self.best = current
            self.best_epoch = epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.improves(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Restore the best weights if asked to, whether it stopped or not."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print_message(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose > 0:
                print_message(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)
