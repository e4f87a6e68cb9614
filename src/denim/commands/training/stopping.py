"""Ctrl-C as a wish that the training hears at the end of a step, and not as an exception in the midst of something."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from denim.callbacks import ProgbarLogger
from denim.callbacks.callback import Logs, costs_nothing


class StoppedInStepError(KeyboardInterrupt):
    """Ctrl-C, heard between two steps: the model's position is that of its weights."""


class CtrlC:
    """Within its ``with``, the first Ctrl-C is noted; the next is Python's own again.

    Attributes:
        pressed: whether it was.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._before: Any = None

    def __enter__(self) -> CtrlC:
        # Not where it is ignored, as in the background of a shell, nor beside the main thread.
        if callable(signal.getsignal(signal.SIGINT)) and threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.pressed = True
        signal.signal(signal.SIGINT, self._before)


class Listening(ProgbarLogger):
    """Shows nothing, but hears of progress about twenty times a second, and stops the training after Ctrl-C."""

    def __init__(self, ctrl_c: CtrlC) -> None:
        super().__init__()
        self.ctrl_c = ctrl_c

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
        if self.ctrl_c.pressed:
            raise StoppedInStepError
