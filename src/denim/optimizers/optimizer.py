"""What all optimizers share: learning rate, step counter, slots, names, configuration."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from denim.naming import auto_name, check_name
from denim.program import specs
from denim.program.formulas.optimizers import initial_slots, step
from denim.program.program import Program
from denim.variables import Variable

_LATER = {
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}
"""Keras's further arguments and the values that ask for nothing."""


class Optimizer:
    """Base class: a learning rate, a counter of steps, and slots that mirror the trainable weights.

    Args:
        learning_rate: a float.
        name: by default the class's name in snake case, numbered.
        further: Keras's other arguments (weight_decay, clipnorm, ...), which must keep their defaults as yet.

    Raises:
        ValueError: for a learning rate that is not a float, or an argument that is unknown.
        NotImplementedError: for an argument of Keras's that is not supported yet.
    """

    slot_order: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Slots in the order of ``variables``; those of one group take turns, weight by weight."""

    slot_start = 0.0
    """The value of every slot before the first step."""

    def __init__(self, learning_rate: Any, name: str | None = None, **further: Any) -> None:
        _check_further(type(self).__name__, further)
        if not isinstance(learning_rate, (float, np.floating)):
            if callable(learning_rate):
                raise NotImplementedError(
                    "Learning rate schedules are not supported yet; pass a float and change "
                    f"`optimizer.learning_rate` from a callback. Received: learning_rate={learning_rate!r}"
                )
            raise ValueError(
                f"Argument `learning_rate` should be float. Received instead: learning_rate={learning_rate!r}"
            )
        self.name = auto_name(type(self).__name__) if name is None else check_name(name, "optimizer")
        self._iterations = self._own("iteration", 0, "int32")
        self._learning_rate = self._own("learning_rate", learning_rate, "float32")
        self._weights: list[Variable] | None = None
        self._slots: dict[str, list[Variable]] = {}
        self._layout: tuple[object, ...] | None = None
        self._buffers: tuple[np.ndarray, ...] = ()

    def _own(self, name: str, value: Any, dtype: str) -> Variable:
        return Variable(value, name, f"{self.name}/{name}", trainable=False, dtype=dtype)

    def spec(self) -> specs.Optimizer:
        """The update rule as a Program states it."""
        raise NotImplementedError(
            f"{type(self).__name__} states no update rule; use one of denim.optimizers: SGD, RMSprop, Adagrad, Adam."
        )

    @property
    def built(self) -> bool:
        """Whether the slots exist: after the first training step, or ``build``."""
        return self._weights is not None

    @property
    def iterations(self) -> Variable:
        """Steps done so far, a scalar Variable."""
        return self._iterations

    @property
    def learning_rate(self) -> Variable:
        """The learning rate of the next steps, a scalar Variable; setting it takes a number."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        number = np.asarray(value)
        if number.shape != () or number.dtype.kind not in "uif":
            raise ValueError(f"`learning_rate` must be set to a number. Received: {value!r}")
        self._learning_rate.assign(number)

    @property
    def variables(self) -> list[Variable]:
        """The counter, the learning rate, then the slots in Keras's order."""
        return [self._iterations, self._learning_rate, *self._ordered_slots()]

    def _ordered_slots(self) -> list[Variable]:
        return [
            variable
            for group in self.slot_order
            for turn in zip(*(self._slots[slot] for slot in group if slot in self._slots), strict=True)
            for variable in turn
        ]

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the slots for these weights; once for every optimizer.

        Raises:
            ValueError: if they were made for other weights before.
        """
        self.check_weights(variables)
        if self.built:
            return
        self._slots = {
            slot: [
                self._own(f"{v.path.replace('/', '_')}_{slot}", np.full(v.shape, self.slot_start), v.dtype)
                for v in variables
            ]
            for slot in self.spec().slots
        }
        self._weights = list(variables)

    def check_weights(self, variables: Sequence[Variable]) -> None:
        """Nothing if the optimizer is new or was built for these weights.

        Raises:
            ValueError: if it was built for others.
        """
        if self._weights is None:
            return
        if len(variables) != len(self._weights) or any(
            a is not b for a, b in zip(variables, self._weights, strict=True)
        ):
            raise ValueError(
                f"Optimizer {self.name!r} was built for other weights "
                f"({', '.join(v.path for v in self._weights)}) than those to be trained now "
                f"({', '.join(v.path for v in variables)}). Compile the model with a new optimizer instance."
            )

    def buffers(self, program: Program) -> tuple[np.ndarray, ...]:
        """The slots as flat buffers of a program's layout, in the order of ``spec().slots``.

        The slot variables live in these buffers from now on, so that what an engine writes shows in ``variables``.
        """
        layout = (program.parameters, program.dtype)
        if self._layout != layout:
            trainable = [i for i, parameter in enumerate(program.parameters) if parameter.trainable]
            buffers = initial_slots(self.spec(), program)
            for slot, flat in zip(self.spec().slots, buffers, strict=True):
                views = program.views(flat)
                for variable, i in zip(self._slots[slot], trainable, strict=True):
                    variable.home(views[i])
            self._layout, self._buffers = layout, buffers
        return self._buffers

    def __getstate__(self) -> dict[str, Any]:
        """A copy's slots live on their own, not in the buffers of the original."""
        return {**vars(self), "_layout": None, "_buffers": ()}

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
        """One step with these gradients, one array for each weight.

        Args:
            grads: arrays of the weights' shapes.
            trainable_variables: the weights; may be left out once the optimizer is built.

        Raises:
            ValueError: if numbers or shapes do not match the weights.
        """
        weights = list(self._weights or ()) if trainable_variables is None else list(trainable_variables)
        arrays = [np.asarray(g, dtype=w.dtype) for g, w in zip(grads, weights, strict=False)]
        if len(grads) != len(weights) or any(g.shape != w.shape for g, w in zip(arrays, weights, strict=True)):
            raise ValueError(
                "`apply` takes one gradient for each weight, of its shape. "
                f"Received shapes {[np.shape(g) for g in grads]} for weights of shapes {[w.shape for w in weights]}"
            )
        self.build(weights)
        rule = self.spec()
        for i, (weight, gradient) in enumerate(zip(weights, arrays, strict=True)):
            slots = [self._slots[slot][i].value for slot in rule.slots]
            step(rule, weight.value, gradient, slots, int(self._iterations.value), float(self._learning_rate.value))
        self._iterations.assign(self._iterations.value + 1)

    def apply_gradients(self, grads_and_vars: Sequence[tuple[Any, Variable]]) -> Variable:
        """``apply`` for pairs of gradient and weight; returns ``iterations``."""
        grads, weights = zip(*grads_and_vars, strict=True)
        self.apply(grads, weights)
        return self._iterations

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer, without its state."""
        return {"name": self.name, "learning_rate": float(self._learning_rate.value), **_LATER}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """An optimizer from ``get_config``."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, learning_rate={float(self._learning_rate.value):.6g}>"


def _check_further(owner: str, further: dict[str, Any]) -> None:
    arguments = dict(further)
    if arguments.pop("decay", None) is not None:
        warnings.warn("Argument `decay` is no longer supported and will be ignored.", stacklevel=4)
    unknown = {key: value for key, value in arguments.items() if key not in _LATER}
    if unknown:
        hint = " Did you mean `learning_rate`?" if "lr" in unknown else ""
        raise ValueError(f"Argument(s) not recognized: {unknown}.{hint}")
    for key, value in arguments.items():
        if value != _LATER[key] and value is not None:
            raise NotImplementedError(f"{owner} does not support `{key}` yet. Received: {key}={value!r}")
