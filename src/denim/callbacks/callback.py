"""The base of all callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Hook = TypeVar("Hook", bound=Callable[..., None])
Logs = dict[str, Any]


def called_if(condition: Callable[[Any], bool]) -> Callable[[Hook], Hook]:
    """Mark a batch hook that must be called around every batch only for callbacks of which ``condition`` holds.

    Where no hook must be, a whole epoch is one call of the engine.
    """

    def mark(hook: Hook) -> Hook:
        hook.called_if = condition  # type: ignore[attr-defined]
        return hook

    return mark


costs_nothing = called_if(lambda callback: False)


class Callback:
    """Hooks that ``fit``, ``evaluate`` and ``predict`` call; override those of interest.

    A callback that overrides a batch hook makes training go batch by batch, which is slower for small models.

    Attributes:
        params: "verbose", "epochs" and "steps" of the call.
        model: the model at work.

    Source: https://keras.io/api/callbacks/base_callback/
    """

    params: dict[str, Any] | None = None
    _model: Any = None

    def __init__(self) -> None:
        self.params = None
        self._model = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Called before anything else."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Called before anything else."""
        self._model = model

    @property
    def model(self) -> Any:
        """The model at work."""
        return self._model

    @costs_nothing
    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """An older name of ``on_train_batch_begin``."""

    @costs_nothing
    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """An older name of ``on_train_batch_end``."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch of training; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch of training and its validation, whose logs begin with ``val_``."""

    @costs_nothing
    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a step of training; the first of an epoch is 0."""
        self.on_batch_begin(batch, logs=logs)

    @costs_nothing
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a step of training; logs are means over the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    @costs_nothing
    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of evaluation or validation."""

    @costs_nothing
    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of evaluation or validation."""

    @costs_nothing
    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of prediction."""

    @costs_nothing
    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of prediction; logs hold its "outputs"."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, with its logs; not called when training ends with an exception."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before evaluation or validation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After evaluation or validation, with its logs."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After prediction."""
