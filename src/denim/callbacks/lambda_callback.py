"""Functions as a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denim.callbacks.callback import Callback
from denim.suggest import did_you_mean

Function = Callable[..., Any] | None
_HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """A callback whose hooks are the functions given, by name: ``LambdaCallback(on_epoch_end=print)``.

    ``on_epoch_*`` and ``on_*_batch_*`` take (number, logs), ``on_*_begin`` and ``on_*_end`` take (logs).

    Raises:
        TypeError: for a name that is no hook, or a value that is no function.
    """

    def __init__(
        self,
        on_epoch_begin: Function = None,
        on_epoch_end: Function = None,
        on_train_begin: Function = None,
        on_train_end: Function = None,
        on_train_batch_begin: Function = None,
        on_train_batch_end: Function = None,
        **hooks: Function,
    ) -> None:
        super().__init__()
        hooks |= {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in hooks.items():
            if name not in _HOOKS:
                raise TypeError(f"LambdaCallback knows no hook {name!r}.{did_you_mean(name, _HOOKS)}")
            if function is None:
                continue
            if not callable(function):
                raise TypeError(f"LambdaCallback takes functions. Received: {name}={function!r}")
            setattr(self, name, function)
