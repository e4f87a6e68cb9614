"""Keras's methods of a step, which a model's class may define and no engine can run."""

from __future__ import annotations

from typing import Any

_METHODS = {
    "fit": ("train_step", "make_train_function", "compute_loss"),
    "evaluate": ("test_step", "make_test_function", "compute_loss"),
    "predict": ("predict_step", "make_predict_function"),
}


def refuse_overridden(model: Any, method: str) -> None:
    """Nothing if the model's class leaves the steps of ``method`` to the engine.

    Raises:
        NotImplementedError: naming what it defines, and what to use instead.
    """
    from denim.models.training import Trainer

    for name in _METHODS[method]:
        own = getattr(type(model), name, None)
        if own is not getattr(Trainer, name, None):
            raise NotImplementedError(
                f"{type(model).__name__} defines `{name}`, Python code for each step, which `{method}` would have to "
                "run: here an engine runs whole epochs. Say what the step does by compile(loss=..., metrics=...), with "
                "functions of your own where there is no name for it, and by callbacks; or write the loop yourself "
                "with `train_on_batch`, `test_on_batch` and `predict_on_batch`, in a model without this method."
            )
