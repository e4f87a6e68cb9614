"""What ``fit`` returns."""

from __future__ import annotations

from denim.callbacks.callback import Callback, Logs


class History(Callback):
    """The logs of every epoch.

    Attributes:
        history: each log's values, one an epoch; names in alphabetical order.
        epoch: the epochs' numbers, from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin a new list of epochs; the history goes on."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the epoch's logs."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
