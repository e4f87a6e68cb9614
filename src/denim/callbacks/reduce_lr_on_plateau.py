"""Lower the learning rate when a metric no longer gets better."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from denim import config
from denim.callbacks.callback import Logs
from denim.callbacks.monitor_callback import MonitorCallback
from denim.messages import print_message
from denim.suggest import did_you_mean

_ARGUMENTS = ("monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr")


class ReduceLROnPlateau(MonitorCallback):
    """Multiply the learning rate by ``factor`` after ``patience`` epochs in which a metric did not get better.

    The logs get the epoch's "learning_rate".

    Args:
        monitor: the metric's name in the logs.
        factor: below 1.
        patience: how many epochs without improvement are waited for.
        verbose: 1 to say when the rate is lowered.
        mode: "min", "max", or "auto": what is best for the metric of this name.
        min_delta: by how much at least the metric must get better.
        cooldown: epochs after a lowering in which nothing is counted.
        min_lr: the rate never goes below this.
        ignored: other arguments; they warn.

    Raises:
        ValueError: if ``factor`` is 1 or more.

    Source: https://keras.io/api/callbacks/reduce_lr_on_plateau/
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **ignored: Any,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0. Received factor={factor}")
        for name in ignored:
            warnings.warn(
                f"ReduceLROnPlateau knows no argument `{name}` and ignores it.{did_you_mean(name, _ARGUMENTS)}",
                stacklevel=2,
            )
        self.factor = factor
        self.min_lr = min_lr
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew: what an earlier ``fit`` saw does not count."""
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def in_cooldown(self) -> bool:
        """Whether a lowering was so recent that nothing is counted yet."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare with the best so far."""
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        self.find_direction(logs)
        current = logs.get(self.monitor)
        if current is None:
            warnings.warn(
                f"Learning rate reduction is conditioned on metric `{self.monitor}` which is not available. "
                f"Available metrics are: {','.join(logs)}.{self.hint(logs)}",
                stacklevel=3,
            )
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improves(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        old = float(self.model.optimizer.learning_rate)
        precision = np.dtype(config.floatx()).type
        if precision(old) <= precision(self.min_lr):
            return
        new = max(old * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = new
        if self.verbose > 0:
            print_message(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {new}.")
        self.cooldown_counter = self.cooldown
        self.wait = 0
