"""What all optimizers share: learning rate, step counter, slots, names, configuration."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from denim import config
from denim.naming import auto_name, check_name
from denim.optimizers import schedules
from denim.optimizers.schedules.schedule import LearningRateSchedule, rates_of
from denim.program import specs
from denim.program.formulas.optimizers import initial_slots, step
from denim.program.program import Program
from denim.variables import Variable


class Optimizer:
    """Base class: a learning rate, a counter of steps, and slots that mirror the trainable weights.

    Args:
        learning_rate: a float, or a schedule of ``denim.optimizers.schedules``.
        name: by default the class's name in snake case, numbered.
        weight_decay: before each step, w -= w * weight_decay * learning rate.
        clipnorm: the largest norm of each weight's gradient; larger ones are scaled down.
        clipvalue: the largest magnitude of each element of a gradient.
        global_clipnorm: the largest norm of all gradients together.
        use_ema: whether to keep a moving average of the weights, which takes their place at the end of ``fit``.
        ema_momentum: how much of the average each step keeps.
        ema_overwrite_frequency: let the average take the weights' place after every so many steps, too.
        loss_scale_factor: what gradients given to ``apply`` have been multiplied by. ``fit`` has no need of it.
        gradient_accumulation_steps: update the weights only every so many steps, by the mean of the gradients.

    Raises:
        ValueError: for a learning rate that is neither, a number out of range, more than one of the clips, or an
            argument that is unknown.
    """

    slot_order: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """The rule's own slots in the order of ``variables``; those of one group take turns, weight by weight."""

    def __init__(
        self,
        learning_rate: Any,
        name: str | None = None,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        **further: Any,
    ) -> None:
        _check_further(further)
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        for argument, value in {"weight_decay": weight_decay, **clips, "loss_scale_factor": loss_scale_factor}.items():
            _check_not_negative(argument, value)
        if sum(value is not None for value in clips.values()) > 1:
            raise ValueError(
                "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. "
                f"Received: {', '.join(f'{key}={value}' for key, value in clips.items())}"
            )
        if loss_scale_factor == 0:
            raise ValueError("`loss_scale_factor` must be above 0, or None. Received: loss_scale_factor=0")
        _check_steps("gradient_accumulation_steps", gradient_accumulation_steps, 2)
        if use_ema:
            if not isinstance(ema_momentum, Real) or not 0 <= float(ema_momentum) <= 1:
                raise ValueError(f"`ema_momentum` must be in the range [0, 1]. Received: ema_momentum={ema_momentum!r}")
            _check_steps("ema_overwrite_frequency", ema_overwrite_frequency, 1)
        if not isinstance(learning_rate, LearningRateSchedule):
            _check_rate(learning_rate)
        self.name = auto_name(type(self).__name__) if name is None else check_name(name, "optimizer")
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = bool(use_ema)
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps or None
        self._iterations = self._own("iteration", 0, "int32")
        self._rate: Variable | LearningRateSchedule = (
            learning_rate
            if isinstance(learning_rate, LearningRateSchedule)
            else self._own("learning_rate", learning_rate, config.floatx())
        )
        self._undecayed: set[int] = set()
        self._undecayed_names: str | None = None
        self._weights: list[Variable] | None = None
        self._slots: dict[str, list[Variable]] = {}
        self._layout: tuple[object, ...] | None = None
        self._buffers: tuple[np.ndarray, ...] = ()

    def _own(self, name: str, value: Any, dtype: str) -> Variable:
        return Variable(value, dtype=dtype, trainable=False, name=name, path=f"{self.name}/{name}")

    def spec(self) -> specs.Optimizer:
        """The update rule as a Program states it."""
        raise NotImplementedError(
            f"{type(self).__name__} states no update rule: an `update_step` of your own is not supported. Use one of "
            "denim.optimizers, such as SGD, RMSprop or Adam."
        )

    def rules(self) -> dict[str, Any]:
        """What stands around the update rule: ``specs.GradientRules``. A clip of 0 clips nothing, as in Keras."""
        given = {
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "clipvalue": self.clipvalue,
            "global_clipnorm": self.global_clipnorm,
        }
        rules: dict[str, Any] = {key: float(value) for key, value in given.items() if value}
        if self.use_ema:
            rules["ema_momentum"] = float(self.ema_momentum)
            rules["ema_overwrite_frequency"] = self.ema_overwrite_frequency
        return {**rules, "gradient_accumulation_steps": self.gradient_accumulation_steps}

    @property
    def built(self) -> bool:
        """Whether the slots exist: after the first training step, or ``build``."""
        return self._weights is not None

    @property
    def iterations(self) -> Any:
        """Updates done so far: ``steps``, or with gradient accumulation a number."""
        updates = self.gradient_accumulation_steps
        return self._iterations.value // updates if updates else self._iterations

    @property
    def steps(self) -> Variable:
        """Steps done so far, a scalar Variable: the first of ``variables``."""
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next step: a scalar Variable, or the number that a schedule gives.

        Setting it takes a number or a schedule.

        Raises:
            TypeError: if a number is set where there is a schedule.
        """
        return self._rate if isinstance(self._rate, Variable) else self._rate(self._iterations.value[()])

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule):
            self._rate = value
            return
        if not isinstance(self._rate, Variable):
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor "
                "argument, hence its learning rate is not settable. If you need the learning rate to be settable, you "
                "should instantiate the optimizer with a float `learning_rate` argument."
            )
        number = np.asarray(value)
        if number.shape != () or number.dtype.kind not in "uif":
            raise ValueError(f"`learning_rate` must be set to a number. Received: {value!r}")
        self._rate.assign(number)

    def scheduled_rates(self, count: int) -> np.ndarray | None:
        """The learning rates of the next steps if there is a schedule, else None.

        Raises:
            ValueError: if the schedule gives something else than numbers.
        """
        if isinstance(self._rate, Variable):
            return None
        return rates_of(self._rate, int(self._iterations.value), count)

    @property
    def variables(self) -> list[Variable]:
        """The counter, the learning rate unless there is a schedule, then the slots in Keras's order."""
        rate = [self._rate] if isinstance(self._rate, Variable) else []
        return [self._iterations, *rate, *self._ordered_slots()]

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Keep some weights from weight decay; each call replaces what the one before said.

        Args:
            var_list: these weights.
            var_names: those whose name ("kernel", "bias", "gamma", ...) holds one of these, as regular expressions.

        Raises:
            ValueError: once the optimizer is built, or for one name instead of a list of names.
        """
        if self.built:
            raise ValueError(
                "`exclude_from_weight_decay()` can only be configured before the optimizer is built, that is before "
                "the first training step."
            )
        if isinstance(var_names, str):
            raise ValueError(f"`var_names` must be a list of names, such as [{var_names!r}]. Received: {var_names!r}")
        self._undecayed = {id(variable) for variable in var_list or ()}
        self._undecayed_names = "|".join(var_names) if var_names else None

    def decays(self, variable: Any) -> bool:
        """Whether weight decay applies to a variable."""
        if id(variable) in self._undecayed:
            return False
        return self._undecayed_names is None or re.search(self._undecayed_names, variable.name) is None

    @property
    def averages(self) -> list[Variable]:
        """The moving averages of the weights, in their order; none without ``use_ema``, or before it is built."""
        return list(self._slots.get("average", ()))

    def _ordered_slots(self) -> list[Variable]:
        return [
            variable
            for group in (("average",), ("gradient_accumulator",), *self.slot_order)
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
        rule = self.spec()
        self._slots = {
            slot: [
                self._own(f"{v.path.replace('/', '_')}_{slot}", np.full(v.shape, rule.start_of(slot)), v.dtype)
                for v in variables
            ]
            for slot in rule.slots
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
            grads: arrays of the weights' shapes; None for a weight that stays as it is.
            trainable_variables: the weights, all or some of those that the optimizer was built for; may be left out
                once it is built.

        Raises:
            ValueError: if numbers or shapes do not match the weights, or for weights that it was not built for.
        """
        if not len(grads):
            return
        weights = self._weights_for(grads, trainable_variables)
        pairs = [(np.asarray(g), w) for g, w in zip(grads, weights, strict=True) if g is not None]
        if any(g.shape != w.shape for g, w in pairs):
            raise ValueError(
                "`apply` takes one gradient for each weight, of its shape. "
                f"Received shapes {[g.shape for g, _ in pairs]} for weights of shapes {[w.shape for _, w in pairs]}"
            )
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        if len(pairs) < len(weights):
            missing = [w.path for g, w in zip(grads, weights, strict=True) if g is None]
            warnings.warn(f"Gradients do not exist for variables {missing} when minimizing the loss.", stacklevel=2)
        self.build(self._weights or weights)
        index_of = {id(weight): i for i, weight in enumerate(self._weights or ())}
        scale = self.loss_scale_factor or 1.0
        rule = self.spec()
        step(
            rule,
            [weight.value for _, weight in pairs],
            [(gradient / scale).astype(weight.dtype) for gradient, weight in pairs],
            [[self._slots[slot][index_of[id(weight)]].value for _, weight in pairs] for slot in rule.slots],
            int(self._iterations.value),
            float(self.learning_rate),
            [self.decays(weight) for _, weight in pairs],
            [weight.constraint for _, weight in pairs],
        )
        self._iterations.assign(self._iterations.value + 1)

    def _weights_for(self, grads: Sequence[Any], given: Sequence[Variable] | None) -> list[Variable]:
        if given is None:
            if self._weights is None:
                raise ValueError(
                    "When passing `grads` without `variables`, the optimizer must already be built on a list of "
                    "variables. Call `optimizer.build(trainable_variables)` first."
                )
            given = self._weights
        if len(grads) != len(given):
            raise ValueError(
                f"`apply` takes one gradient for each weight. Received: {len(grads)} gradients for {len(given)} weights"
            )
        known = {id(weight) for weight in self._weights or given}
        for weight in given:
            if id(weight) not in known:
                raise ValueError(
                    f"Unknown variable: {weight}. This optimizer can only be called for the variables it was "
                    "originally built with. When working with a new set of variables, you should recreate a new "
                    "optimizer instance."
                )
        return list(given)

    def apply_gradients(self, grads_and_vars: Sequence[tuple[Any, Variable]]) -> Variable:
        """``apply`` for pairs of gradient and weight; returns ``steps``."""
        grads, weights = zip(*grads_and_vars, strict=True)
        self.apply(grads, weights)
        return self._iterations

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Give weights the values of their averages, where ``use_ema`` is set and a step has been done.

        Raises:
            ValueError: for other weights than the optimizer was built for.
        """
        if not self.use_ema or not int(self._iterations.value):
            return
        self.check_weights(var_list)
        for weight, average in zip(var_list, self.averages, strict=True):
            weight.assign(average.value)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times ``loss_scale_factor``, if there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace the values of ``variables``.

        Raises:
            ValueError: if the optimizer is not built, or numbers or shapes differ. Nothing is then changed.
        """
        if not self.built:
            raise ValueError(
                "You are calling `set_weights()` on an optimizer that has not yet been built. Please call "
                "`optimizer.build(trainable_variables)` to create the optimizer weights before calling `set_weights()`."
            )
        mine, values = self.variables, [np.asarray(weight) for weight in weights]
        if [variable.shape for variable in mine] != [value.shape for value in values]:
            raise ValueError(
                f"Optimizer {self.name!r} has variables of shapes {[variable.shape for variable in mine]}. "
                f"Received arrays of shapes {[value.shape for value in values]}"
            )
        for variable, value in zip(mine, values, strict=True):
            variable.assign(value)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer, without its state."""
        rate = self._rate
        return {
            "name": self.name,
            "learning_rate": float(rate) if isinstance(rate, Variable) else schedules.serialize(rate),
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Optimizer:
        """An optimizer from ``get_config``."""
        rate = config.get("learning_rate")
        return cls(**config | ({"learning_rate": schedules.deserialize(rate)} if isinstance(rate, dict) else {}))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, learning_rate={float(self.learning_rate):.6g}>"


def _check_rate(learning_rate: Any) -> None:
    if isinstance(learning_rate, (float, np.floating)):
        return
    if isinstance(learning_rate, type) and issubclass(learning_rate, LearningRateSchedule):
        raise ValueError(
            f"Argument `learning_rate` should be float, or an instance of LearningRateSchedule. Received the class "
            f"{learning_rate.__name__}: make a schedule of it, {learning_rate.__name__}(...)."
        )
    if callable(learning_rate):
        raise NotImplementedError(
            "A function as learning rate is not supported: it would be called without the step. Subclass "
            "optimizers.schedules.LearningRateSchedule and define `__call__(self, step)`. "
            f"Received: learning_rate={learning_rate!r}"
        )
    whole = isinstance(learning_rate, (int, np.integer)) and not isinstance(learning_rate, bool)
    raise ValueError(
        "Argument `learning_rate` should be float, or an instance of LearningRateSchedule. Received instead: "
        f"learning_rate={learning_rate!r}." + (f" Did you mean {float(learning_rate)}?" if whole else "")
    )


def _check_not_negative(argument: str, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 <= float(value) < float("inf"):
        raise ValueError(f"`{argument}` must be a number of at least 0, or None. Received: {argument}={value!r}")


def _check_steps(argument: str, value: Any, least: int) -> None:
    if value is None or (isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least):
        return
    raise ValueError(f"`{argument}` must be an integer >= {least} or None. Received: {argument}={value!r}")


def _check_further(further: dict[str, Any]) -> None:
    arguments = dict(further)
    if arguments.pop("decay", None) is not None:
        warnings.warn("Argument `decay` is no longer supported and will be ignored.", stacklevel=4)
    if arguments:
        hint = " Did you mean `learning_rate`?" if "lr" in arguments else ""
        raise ValueError(f"Argument(s) not recognized: {arguments}.{hint}")
