from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import optimizers
from denim.variables import Variable

from .conftest import Data

EVERY = [
    optimizers.SGD(momentum=0.5, nesterov=True),
    optimizers.RMSprop(rho=0.8, momentum=0.5, centered=True),
    optimizers.Adagrad(initial_accumulator_value=0.3),
    optimizers.Adam(beta_1=0.8, amsgrad=True),
    optimizers.AdamW(weight_decay=0.1, clipnorm=0.5),
    optimizers.Nadam(beta_2=0.99, clipvalue=0.5),
    optimizers.SGD(global_clipnorm=2, weight_decay=0.01),
    optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 10)),
    optimizers.Adamax(beta_1=0.8, use_ema=True, ema_overwrite_frequency=5),
    optimizers.Adadelta(1.0, rho=0.9, gradient_accumulation_steps=4),
    optimizers.Lion(beta_1=0.8, beta_2=0.9, use_ema=True, ema_momentum=0.5, loss_scale_factor=8.0),
    optimizers.Ftrl(0.1, -0.6, 0.2, 0.01, 0.02, 0.03, 0.04),
]


@pytest.mark.parametrize("optimizer", EVERY, ids=lambda o: o.name)
def test_configuration_makes_an_equal_optimizer(optimizer: Any) -> None:
    twin = type(optimizer).from_config(optimizer.get_config())
    assert twin.get_config() == optimizer.get_config()
    assert twin.spec() == optimizer.spec()
    named = optimizers.get({"class_name": type(optimizer).__name__, "config": optimizer.get_config()})
    assert named is not None and named.spec() == optimizer.spec()
    assert optimizers.serialize(optimizer)["class_name"] == type(optimizer).__name__
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again is not None and again.get_config() == optimizer.get_config()


def test_get() -> None:
    assert isinstance(optimizers.get("ADAM"), optimizers.Adam)
    assert isinstance(optimizers.get(optimizers.SGD), optimizers.SGD)
    assert optimizers.get(EVERY[0]) is EVERY[0]
    assert optimizers.get(None) is None


class Halved(optimizers.SGD):
    """A rule of denim's with other defaults."""

    def __init__(self, learning_rate: Any = 0.005, **options: Any) -> None:
        super().__init__(learning_rate, **options)


def test_a_class_of_ones_own_that_changes_the_settings(make: Any, data: Data) -> None:
    config = optimizers.serialize(Halved(momentum=0.5))
    assert config["class_name"] == "Halved" and config["module"] == __name__
    with pytest.raises(ValueError, match="Could not interpret optimizer identifier"):
        optimizers.deserialize(config)
    made = optimizers.deserialize(config, {"Halved": Halved})
    assert isinstance(made, Halved) and made.momentum == 0.5
    with keras.saving.custom_object_scope({"Halved": Halved}):
        assert isinstance(optimizers.get("Halved"), Halved)
    model = make(optimizer=made)
    before = model.get_weights()
    model.fit(*data, verbose=0)
    assert np.any(model.get_weights()[0] != before[0])


def test_a_rule_of_ones_own_is_refused(make: Any, data: Data) -> None:
    class Mine(optimizers.Optimizer):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            variable.assign_sub(gradient * learning_rate)

    model = make(optimizer=Mine(0.1))
    with pytest.raises(NotImplementedError, match="an `update_step` of your own is not supported"):
        model.fit(*data, verbose=0)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: optimizers.Adam(lr=0.1), ValueError, "Argument(s) not recognized: {'lr': 0.1}. Did you mean"),
        (lambda: optimizers.SGD(momentum=1), ValueError, "`momentum` must be a float between [0, 1]."),
        (lambda: optimizers.Adam(lambda: 0.1), NotImplementedError, "Subclass optimizers.schedules.LearningRateS"),
        (
            lambda: optimizers.Adam(gradient_accumulation_steps=1),
            ValueError,
            "`gradient_accumulation_steps` must be an integer >= 2 or None. Received: gradient_accumulation_steps=1",
        ),
        (
            lambda: optimizers.Adam(use_ema=True, ema_momentum=1.5),
            ValueError,
            "`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=1.5",
        ),
        (
            lambda: optimizers.Adam(use_ema=True, ema_overwrite_frequency=0.5),
            ValueError,
            "`ema_overwrite_frequency` must be an integer >= 1 or None. Received: ema_overwrite_frequency=0.5",
        ),
        (lambda: optimizers.Adam(loss_scale_factor=0), ValueError, "`loss_scale_factor` must be above 0, or None."),
        (lambda: optimizers.Lion(beta_1=0.0), ValueError, "Argument `beta_1` must be in the [0, 1] range."),
        (
            lambda: optimizers.Ftrl(learning_rate_power=0.5),
            ValueError,
            "`learning_rate_power` needs to be negative or zero. Received: learning_rate_power=0.5.",
        ),
        (lambda: optimizers.Ftrl(beta=-1.0), ValueError, "`beta` needs to be positive or zero. Received: beta=-1.0."),
        (lambda: optimizers.AdamW(weight_decay=None), ValueError, "Argument `weight_decay` must be a float."),
        (lambda: optimizers.SGD(weight_decay=-0.1), ValueError, "`weight_decay` must be a number of at least 0"),
        (lambda: optimizers.SGD(clipnorm="1"), ValueError, "`clipnorm` must be a number of at least 0"),
        (lambda: optimizers.SGD(clipvalue=float("nan")), ValueError, "`clipvalue` must be a number of at least 0"),
        (lambda: optimizers.Adam(name="a/b"), ValueError, "without '/'"),
        (lambda: optimizers.get(3), ValueError, "Could not interpret optimizer identifier: 3."),
    ],
)
def test_bad_arguments(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)


def test_decay_only_warns() -> None:
    with pytest.warns(UserWarning, match="Argument `decay` is no longer supported and will be ignored."):
        optimizers.SGD(decay=0.1)


@pytest.mark.parametrize(
    ("make_optimizer", "names"),
    [
        (lambda: optimizers.Adam(name="o"), ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"]),
        (
            lambda: optimizers.RMSprop(momentum=0.5, centered=True, name="o"),
            [f"{weight}_{s}" for s in ("velocity", "momentum", "average_gradient") for weight in ("kernel", "bias")],
        ),
        (lambda: optimizers.Adagrad(name="o"), ["kernel_accumulator", "bias_accumulator"]),
        (lambda: optimizers.SGD(name="o"), []),
        (
            lambda: optimizers.Adamax(name="o", use_ema=True, gradient_accumulation_steps=2),
            [
                *("kernel_average", "bias_average", "kernel_gradient_accumulator", "bias_gradient_accumulator"),
                *("kernel_momentum", "kernel_norm", "bias_momentum", "bias_norm"),
            ],
        ),
        (
            lambda: optimizers.Adadelta(name="o"),
            [f"{weight}_{s}" for weight in ("kernel", "bias") for s in ("accumulated_grad", "accumulated_delta_var")],
        ),
        (
            lambda: optimizers.Ftrl(name="o"),
            ["kernel_accumulator", "kernel_linear", "bias_accumulator", "bias_linear"],
        ),
        (lambda: optimizers.Lion(name="o"), ["kernel_momentum", "bias_momentum"]),
    ],
)
def test_variables_have_keras_names_and_order(make_optimizer: Any, names: list[str]) -> None:
    optimizer = make_optimizer()
    optimizer.build(
        [
            Variable(np.zeros((2, 3)), name="kernel", path="m/d/kernel"),
            Variable(np.zeros(3), name="bias", path="m/d/bias"),
        ]
    )
    assert [v.path for v in optimizer.variables] == ["o/iteration", "o/learning_rate", *(f"o/m_d_{n}" for n in names)]
    assert [v.dtype for v in optimizer.variables[:2]] == ["int32", "float32"]


def test_apply_is_the_written_rule() -> None:
    weight = Variable([1.0, 2.0], name="w")
    optimizer = optimizers.SGD(0.5, momentum=0.5)
    optimizer.apply([[1.0, -1.0]], [weight])
    assert int(optimizer.apply_gradients([([1.0, -1.0], weight)])) == 2
    np.testing.assert_allclose(weight.numpy(), [1.0 - 0.5 - 0.75, 2.0 + 0.5 + 0.75])
    with pytest.raises(ValueError, match="one gradient for each weight"):
        optimizer.apply([[1.0]])


def test_apply_for_some_of_the_weights() -> None:
    first, second = Variable(1.0, name="a"), Variable(2.0, name="b")
    optimizer = optimizers.SGD(0.5, momentum=0.5)
    with pytest.raises(ValueError, match="the optimizer must already be built"):
        optimizer.apply([1.0])
    optimizer.build([first, second])
    optimizer.apply([1.0], [second])
    assert (float(first), float(second)) == (1.0, 1.5)
    with pytest.warns(UserWarning, match=r"Gradients do not exist for variables \['b'\] when minimizing the loss"):
        optimizer.apply([1.0, None])
    assert (float(first), float(second)) == (0.5, 1.5)
    optimizer.apply([])
    assert int(optimizer.iterations) == 2
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.apply([None, None])
    with pytest.raises(ValueError, match=r"Unknown variable: <Variable path=c.* recreate a new optimizer instance"):
        optimizer.apply([1.0], [Variable(1.0, name="c")])
    with pytest.raises(ValueError, match="one gradient for each weight, of its shape"):
        optimizer.apply([1.0, [1.0, 2.0]])
    assert (float(first), float(second), int(optimizer.iterations)) == (0.5, 1.5, 2)


def test_apply_unscales_averages_and_constrains() -> None:
    weight = Variable([1.0, -1.0], name="w")
    weight.constraint = keras.constraints.NonNeg()
    optimizer = optimizers.SGD(0.5, use_ema=True, ema_momentum=0.75, loss_scale_factor=4.0)
    assert optimizer.scale_loss(3.0) == 12.0 and optimizers.SGD().scale_loss(3.0) == 3.0
    for _ in range(2):
        optimizer.apply([[4.0, 8.0]], [weight])
    np.testing.assert_allclose(weight.numpy(), [0.0, 0.0])
    np.testing.assert_allclose(optimizer.averages[0].numpy(), [0.75 * 0.5, 0.75 * -2.0 + 0.25 * -1.0])
    optimizer.finalize_variable_values([weight])
    np.testing.assert_allclose(weight.numpy(), [0.375, -1.75])
    with pytest.raises(ValueError, match="was built for other weights"):
        optimizer.finalize_variable_values([Variable([1.0, 2.0], name="other")])


def test_set_weights() -> None:
    optimizer = optimizers.SGD(0.5, momentum=0.5)
    with pytest.raises(ValueError, match=r"`set_weights\(\)` on an optimizer that has not yet been built"):
        optimizer.set_weights([])
    optimizer.build([Variable([1.0, 2.0], name="w")])
    optimizer.set_weights([np.array(7), np.array(0.25), np.array([3.0, 4.0])])
    assert [v.numpy().tolist() for v in optimizer.variables] == [7, 0.25, [3.0, 4.0]]
    with pytest.raises(ValueError, match=r"variables of shapes \[\(\), \(\), \(2,\)\]"):
        optimizer.set_weights([np.array(9), np.array(0.25), np.zeros(3)])
    assert int(optimizer.iterations) == 7


def test_iterations_count_updates_where_gradients_are_gathered(make: Any, data: Data) -> None:
    model = make(optimizer=optimizers.SGD(0.1, gradient_accumulation_steps=3))
    model.fit(*data, epochs=2, verbose=0)
    assert int(model.optimizer.steps) == 4
    assert int(model.optimizer.iterations) == 1
    assert int(model.optimizer.variables[0]) == 4
    assert optimizers.SGD().iterations.path.endswith("/iteration")


def test_the_averages_take_the_weights_place_when_fit_ends(make: Any, data: Data) -> None:
    model, plain = (
        make(optimizer=optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)),
        make(optimizer=optimizers.SGD(0.1)),
    )
    plain.set_weights(model.get_weights())
    seen = []
    remember = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))
    for each, callbacks in ((model, [remember]), (plain, [])):
        each.fit(*data, epochs=2, shuffle=False, verbose=0, callbacks=callbacks)
    for raw, same, weight, average in zip(
        seen[-1], plain.get_weights(), model.get_weights(), model.optimizer.averages, strict=True
    ):
        np.testing.assert_array_equal(raw, same)
        np.testing.assert_array_equal(weight, average.numpy())
    assert np.any(seen[-1][0] != model.get_weights()[0])


def test_the_averages_take_the_weights_place_when_fit_is_stopped_by_an_error(make: Any, data: Data) -> None:
    model = make(optimizer=optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))

    def stop(epoch: int, logs: Any) -> None:
        raise RuntimeError("enough")

    before = model.get_weights()
    with pytest.raises(RuntimeError, match="enough"):
        model.fit(*data, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=stop)])
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    with pytest.raises(RuntimeError, match="enough"):
        model.fit(*data, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=stop)])
    for weight, average in zip(model.get_weights(), model.optimizer.averages, strict=True):
        np.testing.assert_array_equal(weight, average.numpy())


def test_training_shows_in_the_variables(make: Any, data: Data) -> None:
    model = make(optimizer="adam")
    model.fit(*data, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 4
    assert all(np.any(v.numpy()) for v in model.optimizer.variables)
    momentum = model.optimizer.variables[2]
    momentum.assign(np.zeros(momentum.shape))
    other = make(optimizer="adam")
    other.set_weights(model.get_weights())
    assert not np.any(momentum.numpy())


def test_a_compiled_optimizer_goes_on_and_a_named_one_starts_anew(make: Any, data: Data) -> None:
    optimizer = optimizers.Adam()
    model = make(optimizer=optimizer)
    model.fit(*data, verbose=0)
    model.compile(optimizer, loss="sparse_categorical_crossentropy")
    model.fit(*data, verbose=0)
    assert int(optimizer.iterations) == 4
    model.compile("adam", loss="sparse_categorical_crossentropy")
    assert int(model.optimizer.iterations) == 0


def test_an_optimizer_serves_one_set_of_weights(make: Any, data: Data) -> None:
    optimizer = optimizers.Adam()
    first, second = make(optimizer=optimizer), make(optimizer=optimizer)
    first.fit(*data, verbose=0)
    before = second.get_weights()
    with pytest.raises(ValueError, match="Compile the model with a new optimizer instance"):
        second.fit(*data, verbose=0)
    np.testing.assert_array_equal(second.get_weights()[0], before[0])
    assert int(optimizer.iterations) == 2


def test_slots_survive_a_change_of_layout(data: Data) -> None:
    x, y = data
    dense = keras.layers.Dense(3, "softmax")
    small = keras.Sequential([keras.Input(shape=(6,)), dense])
    frozen = keras.layers.Dense(6, trainable=False)
    large = keras.Sequential([keras.Input(shape=(6,)), frozen, dense])
    optimizer = optimizers.SGD(0.1, momentum=0.9)
    for model in (small, large):
        model.compile(optimizer, loss="sparse_categorical_crossentropy")
    small.fit(x, y, verbose=0)
    momentum = optimizer.variables[2].numpy()
    large.train_on_batch(np.zeros((1, 6), "float32"), y[:1])
    # No gradient reaches the kernel from inputs of zero, so the momentum only decays.
    np.testing.assert_allclose(optimizer.variables[2].numpy(), 0.9 * momentum, rtol=1e-6)


def test_the_learning_rate_is_a_variable(make: Any, data: Data) -> None:
    model = make(optimizer=optimizers.SGD(0.1))
    start = model.get_weights()
    model.optimizer.learning_rate = 0.0
    assert float(model.optimizer.learning_rate) == 0.0
    model.fit(*data, verbose=0)
    for a, b in zip(start, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="`learning_rate` must be set to a number"):
        model.optimizer.learning_rate = "fast"


def test_a_deep_copy_trains_on_its_own(make: Any, data: Data) -> None:
    model = make(optimizer="adam")
    model.fit(*data, verbose=0)
    twin = copy.deepcopy(model)
    weights = model.get_weights()
    twin.fit(*data, shuffle=False, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], weights[0])
    model.fit(*data, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(model.optimizer.variables, twin.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def stepped(optimizer: Any, *gradients: list[float], start: tuple[float, float] = (3.0, -4.0)) -> np.ndarray:
    """Two weights of one element each after steps with these gradients."""
    weights = [Variable([start[0]], name="kernel"), Variable([start[1]], name="bias")]
    for pair in gradients:
        optimizer.apply([[g] for g in pair], weights)
    return np.concatenate([weight.numpy() for weight in weights])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [3 - 6, -4 - 8]),
        ({"clipvalue": 2.5}, [3 - 2.5, -4 - 2.5]),
        ({"clipnorm": 2.0}, [3 - 2, -4 - 2]),
        ({"global_clipnorm": 5.0}, [3 - 3, -4 - 4]),
        ({"global_clipnorm": 50.0}, [3 - 6, -4 - 8]),
        ({"clipnorm": 0.0}, [3 - 6, -4 - 8]),
        ({"weight_decay": 0.1}, [3 - 0.3 - 6, -4 + 0.4 - 8]),
    ],
)
def test_clipping_and_decay(options: dict[str, float], expected: list[float]) -> None:
    np.testing.assert_allclose(stepped(optimizers.SGD(1.0, **options), [6.0, 8.0]), expected, rtol=1e-6)


def test_weights_can_be_kept_from_decay(make: Any, data: Data) -> None:
    by_name = optimizers.SGD(1.0, weight_decay=0.1)
    by_name.exclude_from_weight_decay(var_names=["bias", "gamma"])
    np.testing.assert_allclose(stepped(by_name, [0.0, 0.0]), [2.7, -4.0], rtol=1e-6)
    with pytest.raises(ValueError, match="can only be configured before the optimizer is built"):
        by_name.exclude_from_weight_decay()
    weight = Variable([3.0], name="kernel")
    by_object = optimizers.SGD(1.0, weight_decay=0.1)
    by_object.exclude_from_weight_decay([weight])
    by_object.apply([[0.0]], [weight])
    assert float(weight.numpy()[0]) == 3.0
    with pytest.raises(ValueError, match=r"`var_names` must be a list of names, such as \['bias'\]"):
        optimizers.SGD(weight_decay=0.1).exclude_from_weight_decay(var_names="bias")  # type: ignore[arg-type]


def test_a_fit_decays_what_it_should(make: Any, data: Data) -> None:
    optimizer = optimizers.SGD(0.5, weight_decay=0.1, clipvalue=1e-30)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = make(optimizer=optimizer)
    before = [w + 1 for w in model.get_weights()]
    model.set_weights(before)
    model.fit(*data, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_allclose(new, old * (0.95**2 if old.ndim == 2 else 1.0), rtol=1e-5)


def test_nadams_product_follows_from_the_counter() -> None:
    optimizer = optimizers.Nadam(0.1, name="o")
    assert [v.path for v in optimizer.variables] == ["o/iteration", "o/learning_rate"]
    stepped(optimizer, [1.0, 2.0], [0.5, -1.0])
    assert [v.path for v in optimizer.variables[2:]] == [
        *(f"o/{w}_{slot}" for w in ("kernel", "bias") for slot in ("momentum", "velocity")),
        "variable",
    ]
    product = 0.9 * (1 - 0.5 * 0.96) * 0.9 * (1 - 0.5 * 0.96**2)
    assert float(optimizer.variables[-1]) == pytest.approx(product, rel=1e-6)
