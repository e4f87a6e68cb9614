"""Ctrl-C and SIGTERM as a wish that the training hears at the end of a step, not as an exception in its midst."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from denim.callbacks import ProgbarLogger
from denim.callbacks.callback import Logs, costs_nothing

_HEARD = (signal.SIGINT, signal.SIGTERM)


class StoppedInStepError(KeyboardInterrupt):
    """The wish was heard between two steps: the model's position is that of its weights."""


class Interruption:
    """Within its ``with``, the first Ctrl-C or SIGTERM is noted; the next one does what it did before.

    Attributes:
        signal: which it was, None as long as there was none.
    """

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            for each in _HEARD:
                # Where one is ignored, as in the background of a shell, it stays so; None is a handler not of Python's.
                if signal.getsignal(each) not in (signal.SIG_IGN, None):
                    self._before[each] = signal.signal(each, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.signal = signal.Signals(number)
        self._give_back()

    def _give_back(self) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)


class Listening(ProgbarLogger):
    """Shows nothing, but hears of progress about twenty times a second, and stops the training when asked to."""

    def __init__(self, interruption: Interruption) -> None:
        super().__init__()
        self.interruption = interruption

    def set_params(self, params: dict[str, Any]) -> None:
        """Hear of progress, however silent ``fit`` is to be."""
        super().set_params(params | {"verbose": 1})

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Count anew."""
        self.seen = 0

    def _update(self, batch: int, logs: Logs | None) -> None:
        self.seen = batch + 1
        self._stop_if_asked()

    def _end(self, logs: Logs | None) -> None:
        """An epoch that is done stays done: the training stops in the next, if there is one."""

    @costs_nothing
    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Validation can be stopped, too."""
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        if self.interruption.signal is not None:
            raise StoppedInStepError
