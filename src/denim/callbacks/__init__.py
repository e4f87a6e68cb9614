"""Callbacks, by Keras's names."""

from denim.callbacks.callback import Callback
from denim.callbacks.callback_list import CallbackList
from denim.callbacks.history import History
from denim.callbacks.lambda_callback import LambdaCallback
from denim.callbacks.progbar_logger import ProgbarLogger
from denim.lazy import bind

__all__ = ["Callback", "CallbackList", "History", "LambdaCallback", "ProgbarLogger"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
