"""Several callbacks as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from denim.callbacks.callback import Callback, Logs
from denim.callbacks.history import History
from denim.callbacks.progbar_logger import ProgbarLogger
from denim.callbacks.terminate_on_nan import TerminateOnNaN

Phase = Literal["train", "test", "predict"]
_BATCH_HOOKS: dict[str, tuple[str, ...]] = {
    "train": ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


class CallbackList(Callback):
    """Calls each hook of its callbacks in order: the user's, then History, then ProgbarLogger.

    Args:
        callbacks: a callback, or a list of them (lists within are flattened), or None.
        add_history: add a History if there is none.
        add_progbar: add a ProgbarLogger if there is none.
        model: the model at work.
        params: "verbose", "epochs" and "steps".

    Raises:
        TypeError: for what is no callback, such as a class instead of an instance.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Any] = _flat(callbacks)
        self._history = next((c for c in self.callbacks if isinstance(c, History)), None)
        if add_history and self._history is None:
            self._history = History()
            self.callbacks.append(self._history)
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        self.set_model(model)
        self.set_params(params)

    def append(self, callback: Any) -> None:
        """Add one more, at the end."""
        self.callbacks.extend(_flat(callback))

    def set_params(self, params: dict[str, Any]) -> None:
        """Hand them to every callback."""
        super().set_params(params)
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Hand it to every callback."""
        if model is None:
            return
        super().set_model(model)
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def wants_batches(self, phase: Phase) -> bool:
        """Whether some callback must be called before or after every batch."""
        return any(
            _must_be_called(callback, hook)
            for callback in self.callbacks
            for hook in _BATCH_HOOKS[phase]
            if hasattr(callback, hook)
        )

    def stops_at_nan(self) -> bool:
        """Whether some callback must be called at the batch that makes the loss NaN or infinite, if one does."""
        return any(isinstance(c, TerminateOnNaN) for c in self.callbacks)

    def draws_progress(self) -> bool:
        """Whether some callback wants to hear of progress within a phase."""
        return any(isinstance(c, ProgbarLogger) and c.verbose == 1 for c in self.callbacks)

    def on_progress(self, phase: Phase, steps: int, logs: Logs) -> None:
        """Tell the progress bars that ``steps`` of a phase are done."""
        for callback in self.callbacks:
            if isinstance(callback, ProgbarLogger):
                getattr(callback, f"on_{phase}_batch_end")(steps - 1, logs)

    @contextmanager
    def line_left(self) -> Iterator[None]:
        """Within, an exception first ends the line that a progress bar is drawn in."""
        try:
            yield
        except BaseException:
            for callback in self.callbacks:
                if isinstance(callback, ProgbarLogger):
                    callback.leave_line()
            raise

    def steps_counted(self, steps: int) -> None:
        """Tell the progress bars how many steps there were, which they may not have known."""
        for callback in self.callbacks:
            if isinstance(callback, ProgbarLogger):
                callback.seen = steps

    def before_batch(self, phase: Phase, batch: int) -> None:
        """The phase's hook before a batch."""
        getattr(self, f"on_{phase}_batch_begin")(batch)

    def after_batch(self, phase: Phase, batch: int, logs: Logs) -> None:
        """The phase's hook after a batch."""
        getattr(self, f"on_{phase}_batch_end")(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_batch_begin(batch, logs=shared)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_batch_end(batch, logs=shared)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, shared)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, shared)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, logs=shared)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs=shared)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_test_batch_begin(batch, logs=shared)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs=shared)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_predict_batch_begin(batch, logs=shared)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_predict_batch_end(batch, logs=shared)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_train_begin(shared)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_train_end(shared)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_test_begin(shared)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_test_end(shared)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_predict_begin(shared)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """All callbacks' hook."""
        shared = _shared(logs)
        for callback in self.callbacks:
            callback.on_predict_end(shared)


def _shared(logs: Logs | None) -> Logs:
    """The dict that all callbacks are given, never None, so that what one adds to it the next ones see."""
    return dict(sorted((logs or {}).items()))


def _must_be_called(callback: Any, hook: str) -> bool:
    condition = getattr(getattr(callback, hook), "called_if", None)
    return condition is None or condition(callback)


def _flat(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if isinstance(callbacks, (list, tuple)):
        return [one for part in callbacks for one in _flat(part)]
    if isinstance(callbacks, type):
        raise TypeError(f"A callback must be an instance. Received the class {callbacks.__name__}: add ().")
    if not isinstance(callbacks, Callback):
        raise TypeError(
            f"A callback must be a denim.callbacks.Callback. Received: {callbacks!r} (of type {type(callbacks)}). "
            "Functions can be wrapped: LambdaCallback(on_epoch_end=...)."
        )
    return [callbacks]
