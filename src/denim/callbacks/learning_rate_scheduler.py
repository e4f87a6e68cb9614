"""A learning rate for each epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from denim.callbacks.callback import Callback, Logs
from denim.messages import print_message


class LearningRateScheduler(Callback):
    """Before each epoch, set the learning rate to what a function says. The logs get it as "learning_rate".

    Args:
        schedule: called with the epoch, the first being 0, and the present learning rate; or, if it takes only one
            argument, with the epoch. It returns a float.
        verbose: 1 to say what is set.

    Raises:
        ValueError: from ``fit``, if the function returns anything else.

    Source: https://keras.io/api/callbacks/learning_rate_scheduler/
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the epoch's learning rate."""
        try:
            rate = self.schedule(epoch, float(self.model.optimizer.learning_rate))
        except TypeError:
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.float32)):
            raise ValueError(
                f"The output of the `schedule` function should be a float. Got: {rate!r} (of type {type(rate)}). "
                "float(...) makes one of it."
            )
        self.model.optimizer.learning_rate = rate
        if self.verbose > 0:
            print_message(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Log the learning rate."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
