"""Metrics for TensorBoard."""

from __future__ import annotations

import os
import time
import warnings
from typing import Any

from denim.callbacks.callback import Callback, Logs, called_if
from denim.callbacks.event_writer import EventWriter, need_writer, open_writer
from denim.data.batches import whole


class TensorBoard(Callback):
    """Write losses and metrics into event files, which ``tensorboard --logdir logs`` shows.

    They are written by the package tensorboard, or tensorboardX where only that is installed: ``epoch_loss`` and its
    like into ``log_dir/train`` and ``log_dir/validation``, the learning rate as ``epoch_learning_rate``, and what
    evaluations find as ``evaluation_loss_vs_iterations``.

    Args:
        log_dir: the folder.
        histogram_freq, write_images, profile_batch, embeddings_freq, embeddings_metadata: as in Keras, but nothing of
            it is written; a value that asks for it warns.
        write_graph: accepted; no graph is written.
        write_steps_per_second: write how many steps a second training takes.
        update_freq: "epoch"; or a number of batches after which ``batch_loss`` and its like are written, "batch" for 1,
            which makes training go batch by batch.

    Raises:
        ImportError: where neither package is installed.
        ValueError: for another ``update_freq``.

    Source: https://keras.io/api/callbacks/tensorboard/
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        need_writer()
        self.log_dir = os.fspath(log_dir)
        self.write_graph = write_graph
        self.write_steps_per_second = write_steps_per_second
        self.update_freq: Any = 1 if update_freq == "batch" else update_freq
        if self.update_freq != "epoch":
            self.update_freq = whole("update_freq", self.update_freq, 1)
        asked = {
            "histogram_freq": histogram_freq,
            "write_images": write_images,
            "profile_batch": profile_batch,
            "embeddings_freq": embeddings_freq,
            "embeddings_metadata": embeddings_metadata,
        }
        unmet = [name for name, value in asked.items() if value]
        if unmet:
            warnings.warn(
                f"TensorBoard gets numbers only: {', '.join(unmet)} {'has' if len(unmet) == 1 else 'have'} no effect.",
                stacklevel=2,
            )
        self._writers: dict[str, EventWriter] = {}
        self._batches = 0
        self._in_fit = False
        self._batch_began = self._epoch_began = 0.0
        self._iterations_before = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Count batches from the start."""
        self._batches = 0
        self._in_fit = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the files."""
        self._in_fit = False
        self._close()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        self._iterations_before = int(self.model.optimizer.iterations)
        self._epoch_began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the epoch's metrics."""
        logs = logs or {}
        train = {name: value for name, value in logs.items() if not name.startswith("val_")}
        train["learning_rate"] = float(self.model.optimizer.learning_rate)
        if self.write_steps_per_second:
            steps = int(self.model.optimizer.iterations) - self._iterations_before
            train["steps_per_second"] = steps / max(time.perf_counter() - self._epoch_began, 1e-9)
        self._write("train", {f"epoch_{name}": value for name, value in train.items()}, epoch)
        validation = {f"epoch_{name[4:]}": value for name, value in logs.items() if name.startswith("val_")}
        self._write("validation", validation, epoch)
        for writer in self._writers.values():
            writer.flush()

    @called_if(lambda callback: callback.update_freq != "epoch" and callback.write_steps_per_second)
    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        self._batch_began = time.perf_counter()

    @called_if(lambda callback: callback.update_freq != "epoch")
    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write the metrics so far, where it is the batch for it."""
        self._batches += 1
        if self.update_freq == "epoch" or self._batches % self.update_freq:
            return
        values = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            values["batch_steps_per_second"] = 1.0 / max(time.perf_counter() - self._batch_began, 1e-9)
        self._write("train", values, self._batches)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write what an evaluation or validation found, by the optimizer's steps."""
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None:
            values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
            self._write("validation", values, int(optimizer.iterations))
        if not self._in_fit:
            self._close()

    def set_model(self, model: Any) -> None:
        """Begin new files."""
        super().set_model(model)
        self._in_fit = False
        self._close()

    def _write(self, part: str, values: Logs, step: int) -> None:
        for tag, value in values.items():
            if getattr(value, "ndim", 0):
                continue  # a metric of several numbers
            if part not in self._writers:
                self._writers[part] = open_writer(os.path.join(self.log_dir, part))  # noqa: PTH118
            self._writers[part].add_scalar(tag, float(value), step)

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}
