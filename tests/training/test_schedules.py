"""Learning rate schedules. The pinned numbers are Keras 3.15.1's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import optimizers
from denim.optimizers import schedules

from .conftest import Data

EVERY: list[tuple[Any, dict[int, float]]] = [
    (schedules.ExponentialDecay(0.1, 7, 0.9), {0: 0.1, 3: 0.09558498, 7: 0.09, 16: 0.07859799, 40: 0.05476821}),
    (
        schedules.ExponentialDecay(0.1, 7, 0.9, staircase=True),
        {0: 0.1, 3: 0.1, 7: 0.09, 16: 0.08099999, 40: 0.05904899},
    ),
    (schedules.InverseTimeDecay(0.1, 7, 0.5), {0: 0.1, 3: 0.08235294, 7: 0.06666667, 16: 0.04666667, 40: 0.02592593}),
    (
        schedules.InverseTimeDecay(0.1, 7, 0.5, staircase=True),
        {0: 0.1, 3: 0.1, 7: 0.06666667, 16: 0.05, 40: 0.02857143},
    ),
    (schedules.PolynomialDecay(0.1, 20, 0.001, 2.0), {0: 0.1, 3: 0.07252751, 7: 0.04282749, 16: 0.00496, 40: 0.001}),
    (
        schedules.PolynomialDecay(0.1, 20, 0.001, 0.5, cycle=True),
        {0: 0.1, 1: 0.09749326, 20: 0.001, 21: 0.06923104, 50: 0.04141658},
    ),
    (schedules.PiecewiseConstantDecay([3, 10], [0.1, 0.01, 0.001]), {0: 0.1, 3: 0.1, 4: 0.01, 10: 0.01, 11: 0.001}),
    (schedules.CosineDecay(0.1, 20, 0.1), {0: 0.1, 3: 0.09509529, 7: 0.07542957, 16: 0.01859423, 40: 0.01}),
    (
        schedules.CosineDecay(0.0, 20, 0.1, warmup_target=0.1, warmup_steps=5),
        {0: 0, 3: 0.06, 5: 0.1, 12: 0.07542957, 30: 0.01},
    ),
    (schedules.CosineDecayRestarts(0.1, 5), {0: 0.1, 4: 0.009549147, 5: 0.1, 15: 0.1, 20: 0.08535534}),
    (
        schedules.CosineDecayRestarts(0.1, 5, 1.0, 0.9, 0.1),
        {0: 0.1, 3: 0.04109422, 7: 0.06301519, 16: 0.0693448, 40: 0.04874204},
    ),
    (
        schedules.CosineDecayRestarts(0.1, 7, 1.5, 0.8),
        {0: 0.1, 3: 0.06112604, 7: 0.08000001, 16: 0.003961239, 40: 0.04156134},
    ),
]


@pytest.mark.parametrize(("schedule", "rates"), EVERY)
def test_rates_are_kerass(schedule: Any, rates: dict[int, float]) -> None:
    for step, rate in rates.items():
        assert schedule(step).dtype == np.float32
        np.testing.assert_allclose(schedule(step), rate, rtol=2e-6, atol=1e-9)
    np.testing.assert_array_equal(schedule(np.array(list(rates))), [schedule(step) for step in rates])


@pytest.mark.parametrize("schedule", [schedule for schedule, _ in EVERY])
def test_configuration(schedule: Any) -> None:
    config = schedules.serialize(schedule)
    assert config == {
        "module": "keras.optimizers.schedules",
        "class_name": type(schedule).__name__,
        "config": schedule.get_config(),
        "registered_name": None,
    }
    twin = schedules.deserialize(config)
    assert type(twin) is type(schedule) and twin.get_config() == schedule.get_config()
    optimizer = optimizers.SGD(schedule)
    assert optimizer.get_config()["learning_rate"] == config
    again = optimizers.SGD.from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()


class Harmonic(schedules.LearningRateSchedule):
    def __init__(self, first: float) -> None:
        self.first = first

    def __call__(self, step: Any) -> Any:
        return self.first / (step + 1)


class Serializable(Harmonic):
    def get_config(self) -> dict[str, Any]:
        return {"first": self.first}


def test_a_schedule_of_ones_own() -> None:
    with pytest.raises(NotImplementedError, match=r"'Harmonic' must override `get_config\(\)`"):
        optimizers.SGD(Harmonic(0.5)).get_config()
    config = schedules.serialize(Serializable(0.5))
    assert (config["class_name"], config["registered_name"]) == ("Serializable", "Serializable")
    with pytest.raises(ValueError, match="Unknown learning rate schedule: 'Serializable'"):
        schedules.deserialize(config)
    assert schedules.deserialize(config, {"Serializable": Serializable})(1) == 0.25
    with pytest.raises(NotImplementedError, match=r"must override `__call__\(self, step\)`"):
        schedules.LearningRateSchedule()(0)


@pytest.mark.parametrize("by_batch", [False, True])
@pytest.mark.parametrize("schedule", [Harmonic(0.5), schedules.PiecewiseConstantDecay([0, 2], [0.5, 0.25, 0.125])])
def test_fit_follows_the_schedule(schedule: Any, by_batch: bool, make: Any, data: Data) -> None:
    """As two fits of one step each with the learning rates that the schedule has before each step."""
    x, y = data
    scheduled, set_by_hand = make(optimizer=optimizers.SGD(schedule)), make(optimizer=optimizers.SGD(0.1))
    set_by_hand.set_weights(scheduled.get_weights())
    hook = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    scheduled.fit(x, y, 10, verbose=0, shuffle=False, callbacks=[hook] if by_batch else None)
    for step in range(5):
        set_by_hand.optimizer.learning_rate = float(schedule(step))
        rows = slice(10 * step, 10 * step + 10)
        set_by_hand.fit(x[rows], y[rows], 10, verbose=0, shuffle=False)
    for a, b in zip(scheduled.get_weights(), set_by_hand.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert float(scheduled.optimizer.learning_rate) == pytest.approx(float(schedule(5)))
    scheduled.train_on_batch(x, y)
    assert int(scheduled.optimizer.iterations) == 6


def test_the_optimizer_shows_the_schedule() -> None:
    optimizer = optimizers.SGD(schedules.ExponentialDecay(0.5, 1, 0.5), momentum=0.5, name="o")
    assert [v.path for v in optimizer.variables] == ["o/iteration"]
    assert repr(optimizer) == "<SGD name=o, learning_rate=0.5>"
    weight = keras.Variable([0.0], name="w")
    optimizer.apply([[1.0]], [weight])
    assert (weight.numpy(), optimizer.learning_rate) == (-0.5, 0.25)
    optimizer.apply([[0.0]])
    assert float(optimizer.learning_rate) == 0.125
    with pytest.raises(TypeError) as refusal:
        optimizer.learning_rate = 0.1
    assert str(refusal.value) == (
        "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor argument, "
        "hence its learning rate is not settable. If you need the learning rate to be settable, you should "
        "instantiate the optimizer with a float `learning_rate` argument."
    )


def test_a_schedule_can_take_the_place_of_a_number() -> None:
    optimizer = optimizers.SGD(0.5, name="o")
    optimizer.learning_rate = schedules.ExponentialDecay(0.25, 1, 0.5)
    assert float(optimizer.learning_rate) == 0.25
    assert [v.path for v in optimizer.variables] == ["o/iteration"]


def test_rates_are_computed_in_floatx() -> None:
    keras.config.set_floatx("float64")
    try:
        assert schedules.ExponentialDecay(0.1, 3, 0.7)(2) == 0.1 * 0.7 ** (2 / 3)
    finally:
        keras.config.set_floatx("float32")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: schedules.ExponentialDecay(0.1, 0, 0.9),
            "Argument `decay_steps` must be > 0. Received: decay_steps=0",
        ),
        (lambda: schedules.CosineDecay(0.1, -1), "Argument `decay_steps` must be > 0. Received: decay_steps=-1"),
        (lambda: schedules.CosineDecayRestarts(0.1, 0), "Argument `first_decay_steps` must be > 0."),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), "The length of boundaries should be 1 less than"),
        (lambda: schedules.PiecewiseConstantDecay([5, 5], [0.1] * 3), "The boundaries must rise"),
    ],
)
def test_bad_arguments(make: Any, text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        make()
    assert str(refusal.value).startswith(text)


def test_a_schedule_must_give_a_number(make: Any, data: Data) -> None:
    class Broken(schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return "fast"

    model = make(optimizer=optimizers.SGD(Broken()))
    before, drawn = model.get_weights(), np.random.get_state()[1].tobytes()  # noqa: NPY002
    with pytest.raises(ValueError, match="must give one number for a step"):
        model.fit(*data, verbose=0)
    assert np.random.get_state()[1].tobytes() == drawn  # noqa: NPY002
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
