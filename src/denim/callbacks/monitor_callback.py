"""What the callbacks that watch a metric share: which way is better, and what counts as better."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from denim import config
from denim.callbacks.callback import Callback, Logs
from denim.suggest import did_you_mean

_MODES = ("auto", "min", "max")


class MonitorCallback(Callback):
    """Watches one value of the logs.

    Args:
        monitor: its name, such as "val_loss".
        mode: whether "min" or "max" is sought; "auto" asks the metric of this name. An unknown mode is "auto".
        best: the best value so far, or None.
        min_delta: by how much at least a value must be better to count.
    """

    def __init__(self, monitor: str, mode: str, best: float | None = None, min_delta: float = 0.0) -> None:
        super().__init__()
        if mode not in _MODES:
            warnings.warn(
                f"{type(self).__name__} mode '{mode}' is unknown, fallback to auto mode. Known: auto, min, max."
                f"{did_you_mean(mode, _MODES)}",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = best
        self.min_delta = abs(min_delta)
        self._less_is_better: bool | None = None

    def find_direction(self, logs: Logs | None = None) -> None:
        """Settle which way is better; the model's metrics must exist by now.

        Args:
            logs: of the epoch, to be named in the error.

        Raises:
            ValueError: if mode "auto" finds no metric of this name that knows.
        """
        if self._less_is_better is None:
            self._less_is_better = self._is_minimized(logs or {})

    def hint(self, logs: Logs) -> str:
        """``" Did you mean 'val_accuracy'?"`` where the monitored name is not in the logs but one near to it is."""
        return "" if self.monitor in logs else did_you_mean(self.monitor, logs)

    def improves(self, value: Any, reference: Any) -> bool:
        """Whether ``value`` is better than ``reference``, by ``min_delta`` at least; anything is better than None.

        Numbers are compared in ``config.floatx()``, as Keras does.
        """
        if reference is None:
            return True
        self.find_direction()
        precision = np.dtype(config.floatx()).type
        with np.errstate(over="ignore"):
            if self._less_is_better:
                return bool(precision(value + self.min_delta) < precision(reference))
            return bool(precision(value - self.min_delta) > precision(reference))

    def _is_minimized(self, logs: Logs) -> bool:
        if self.mode != "auto":
            return self.mode == "min"
        name = self.monitor.removeprefix("val_")
        directions = [m.direction for m in self.model.metrics if m.name == name and m.direction is not None]
        if directions:
            return directions[-1] == "down"
        if name == "loss":
            return True
        if logs and self.monitor not in logs:
            raise ValueError(
                f"{type(self).__name__} received monitor={self.monitor}, which is not in the logs. "
                f"Available: {', '.join(logs)}.{self.hint(logs)}"
            )
        raise ValueError(
            f"{type(self).__name__} received monitor={self.monitor}, and the model's metrics do not tell whether less "
            "or more of it is better. Pass mode='max' if the highest value is the best, mode='min' if the lowest is."
        )
