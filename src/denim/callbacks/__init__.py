"""Callbacks, by Keras's names, imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.callbacks.backup_and_restore import BackupAndRestore
    from denim.callbacks.callback import Callback
    from denim.callbacks.callback_list import CallbackList
    from denim.callbacks.csv_logger import CSVLogger
    from denim.callbacks.early_stopping import EarlyStopping
    from denim.callbacks.history import History
    from denim.callbacks.lambda_callback import LambdaCallback
    from denim.callbacks.learning_rate_scheduler import LearningRateScheduler
    from denim.callbacks.model_checkpoint import ModelCheckpoint
    from denim.callbacks.progbar_logger import ProgbarLogger
    from denim.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
    from denim.callbacks.remote_monitor import RemoteMonitor
    from denim.callbacks.swap_ema_weights import SwapEMAWeights
    from denim.callbacks.tensorboard import TensorBoard
    from denim.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]

__getattr__, __dir__ = bind(
    __name__,
    {
        "BackupAndRestore": "denim.callbacks.backup_and_restore",
        "CSVLogger": "denim.callbacks.csv_logger",
        "Callback": "denim.callbacks.callback",
        "CallbackList": "denim.callbacks.callback_list",
        "EarlyStopping": "denim.callbacks.early_stopping",
        "History": "denim.callbacks.history",
        "LambdaCallback": "denim.callbacks.lambda_callback",
        "LearningRateScheduler": "denim.callbacks.learning_rate_scheduler",
        "ModelCheckpoint": "denim.callbacks.model_checkpoint",
        "ProgbarLogger": "denim.callbacks.progbar_logger",
        "ReduceLROnPlateau": "denim.callbacks.reduce_lr_on_plateau",
        "RemoteMonitor": "denim.callbacks.remote_monitor",
        "SwapEMAWeights": "denim.callbacks.swap_ema_weights",
        "TensorBoard": "denim.callbacks.tensorboard",
        "TerminateOnNaN": "denim.callbacks.terminate_on_nan",
    },
)
