"""Evaluate with the averages of weights."""

from __future__ import annotations

from typing import Any

from denim.callbacks.callback import Callback, Logs


class SwapEMAWeights(Callback):
    """Put the optimizer's moving averages into the model while it is evaluated or predicts, and the weights back after.

    The optimizer must have ``use_ema=True``.

    Args:
        swap_on_epoch: let the averages stand from an epoch's end to the next one's begin too, for callbacks after this
            one, such as ModelCheckpoint.

    Raises:
        ValueError: at the first swap, if the optimizer keeps no averages.

    Source: https://keras.io/api/callbacks/swap_ema_weights/
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """The weights are back for training."""
        self._put_back()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """The averages come in, with ``swap_on_epoch``; after the last epoch for good."""
        if not self.swap_on_epoch:
            return
        self._put_in()
        if epoch == (self.params or {}).get("epochs", 0) - 1:
            for weight, average in self._pairs():
                average.assign(weight.value)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """What is in the model now stays: ``fit`` ends with the averages."""
        self._swapped = False

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """The averages come in."""
        self._put_in()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """The weights are back."""
        self._put_back()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """The averages come in."""
        self._put_in()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """The weights are back."""
        self._put_back()

    def _put_in(self) -> None:
        if not self._swapped:
            self._swap()
            self._swapped = True

    def _put_back(self) -> None:
        if self._swapped:
            self._swap()
            self._swapped = False

    def _swap(self) -> None:
        for weight, average in self._pairs():
            value = weight.numpy()
            weight.assign(average.value)
            average.assign(value)

    def _pairs(self) -> list[tuple[Any, Any]]:
        """Weights and their averages; none before the first step."""
        optimizer = self.model.optimizer
        if not getattr(optimizer, "use_ema", False):
            raise ValueError(
                "SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. "
                f"Received: {type(optimizer).__name__} with use_ema={getattr(optimizer, 'use_ema', None)}"
            )
        averages = optimizer.averages
        return list(zip(self.model.trainable_weights, averages, strict=True)) if averages else []
