"""Stop when the loss is no number any more."""

from __future__ import annotations

import math

from denim.callbacks.callback import Callback, Logs, costs_nothing
from denim.messages import print_message


class TerminateOnNaN(Callback):
    """End ``fit`` at the batch after which the epoch's loss is NaN or infinite.

    Its batch hook costs nothing: an epoch that ends with such a loss is run again, from where it began, up to that
    batch.

    Args:
        raise_error: raise an error there, instead of setting ``model.stop_training``.

    Raises:
        RuntimeError: from ``fit``, with ``raise_error``.

    Source: https://keras.io/api/callbacks/terminate_on_nan/
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    @costs_nothing
    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. Terminating training immediately."
            )
        print_message(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True
