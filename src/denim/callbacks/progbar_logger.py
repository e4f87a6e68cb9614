"""The callback that draws progress bars."""

from __future__ import annotations

from typing import Any

from denim.callbacks.callback import Callback, Logs, costs_nothing
from denim.callbacks.progbar import Progbar
from denim.messages import print_message


class ProgbarLogger(Callback):
    """A bar for each epoch, or for an evaluation or a prediction on its own.

    Its batch hooks are called when the engine reports progress, about twenty times a second. Where the number of steps
    is unknown it is what the first epoch had.

    Attributes:
        seen: the steps done.
        target: the steps there are; None while that is unknown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.verbose = 1
        self.epochs = 1
        self.seen = 0
        self.target: int | None = None
        self._progbar: Progbar | None = None
        self._in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Take verbosity, epochs and steps."""
        super().set_params(params)
        self.verbose = 1 if params["verbose"] == "auto" else int(params["verbose"])
        self.epochs = params["epochs"]
        self.target = params["steps"]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """From now on, evaluations are validations and draw nothing."""
        self._in_fit = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """A new bar, below the epoch's number if there are several."""
        self._begin()
        if self.verbose and self.epochs > 1:
            print_message(f"Epoch {epoch + 1}/{self.epochs}")

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """A new bar."""
        if not self._in_fit:
            self._begin()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """A new bar."""
        self._begin()

    @costs_nothing
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw."""
        self._update(batch, logs)

    @costs_nothing
    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw."""
        if not self._in_fit:
            self._update(batch, logs)

    @costs_nothing
    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Redraw."""
        self._update(batch, None)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Draw the last state."""
        self._end(logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Draw the last state."""
        if not self._in_fit:
            self._end(logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Draw the last state."""
        self._end(None)

    def leave_line(self) -> None:
        """End the line of a bar that is not finished."""
        if self._progbar is not None:
            self._progbar.leave_line()

    def _begin(self) -> None:
        self.seen = 0
        self._progbar = Progbar(self.target, verbose=self.verbose, stateless_metrics=())

    def _update(self, batch: int, logs: Logs | None) -> None:
        self.seen = batch + 1
        if self.verbose == 1 and self._progbar is not None:
            self._progbar.update(self.seen, list((logs or {}).items()), finalize=False)

    def _end(self, logs: Logs | None) -> None:
        if self._progbar is not None:
            if self.target is None:
                self.target = self._progbar.target = self.seen
            self._progbar.update(self.target, list((logs or {}).items()), finalize=True)
