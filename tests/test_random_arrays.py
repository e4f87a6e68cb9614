"""keras.random: repeatable, of the right distributions, and with Keras's checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import ops

random = keras.random
SHAPE = (200, 300)

DRAWS = {
    "normal": (lambda seed: random.normal(SHAPE, 1.0, 2.0, seed=seed), 1.0, 2.0),
    "truncated_normal": (lambda seed: random.truncated_normal(SHAPE, 1.0, 2.0, seed=seed), 1.0, 2 * 0.87962566),
    "uniform": (lambda seed: random.uniform(SHAPE, -1.0, 3.0, seed=seed), 1.0, 4 / np.sqrt(12)),
    "randint": (lambda seed: random.randint(SHAPE, 0, 10, seed=seed), 4.5, np.sqrt(99 / 12)),
    "gamma": (lambda seed: random.gamma(SHAPE, 4.0, seed=seed), 4.0, 2.0),
    "beta": (lambda seed: random.beta(SHAPE, 2.0, 3.0, seed=seed), 0.4, 0.2),
    "binomial": (lambda seed: random.binomial(SHAPE, 10, 0.5, seed=seed), 5.0, np.sqrt(2.5)),
    "dropout": (lambda seed: random.dropout(np.ones(SHAPE, "float32"), 0.2, seed=seed), 1.0, 0.5),
}


@pytest.mark.parametrize(("draw", "mean", "stddev"), DRAWS.values(), ids=DRAWS)
def test_distributions_and_seeds(draw: Any, mean: float, stddev: float) -> None:
    values = draw(3).numpy()
    assert values.shape == SHAPE and values.dtype in (np.int32, np.float32)
    assert values.mean() == pytest.approx(mean, abs=5 * stddev / np.sqrt(values.size))
    assert values.std() == pytest.approx(stddev, rel=0.02)
    np.testing.assert_array_equal(draw(3), values)
    assert not np.array_equal(draw(4), values)
    generator = random.SeedGenerator(3)
    assert not np.array_equal(draw(generator), draw(generator))
    keras.utils.set_random_seed(5)
    unseeded = [draw(None), draw(None)]
    assert not np.array_equal(*unseeded)
    keras.utils.set_random_seed(5)
    np.testing.assert_array_equal(draw(None), unseeded[0])


def test_limits() -> None:
    assert np.abs(random.truncated_normal(SHAPE, seed=1).numpy()).max() <= 2
    values = random.uniform(SHAPE, 1.0, np.nextafter(np.float32(1), np.float32(2)), seed=1)
    assert (values.numpy() == 1).all(), "the upper limit is left out, in the dtype of the result too"
    assert set(random.randint((1000,), -1, 2, "int8", seed=1).tolist()) == {-1, 0, 1}


def test_categorical() -> None:
    drawn = random.categorical(np.log([[0.1, 0.9], [0.7, 0.3]]), 5000, seed=1).numpy()
    assert drawn.shape == (2, 5000) and drawn.dtype == np.int32
    np.testing.assert_allclose(drawn.mean(axis=1), [0.9, 0.3], atol=0.03)


def test_dropout_of_whole_rows() -> None:
    found = random.dropout(np.ones((50, 3)), 0.5, noise_shape=(None, 1), seed=1).numpy()
    assert found.dtype == np.float32 and set(np.unique(found)) == {0, 2}
    assert (found == found[:, :1]).all()


def test_shuffle() -> None:
    x = np.arange(40).reshape(20, 2)
    shuffled = random.shuffle(x, seed=1).numpy()
    assert sorted(map(tuple, shuffled)) == list(map(tuple, x)) and not np.array_equal(shuffled, x)
    assert sorted(random.shuffle(x, axis=1, seed=2)[0].tolist()) == [0, 1]


def test_a_seed_generator() -> None:
    generator = random.SeedGenerator(3, name="mine")
    assert generator.next().tolist() == [3, 0] and generator.next(ordered=False).tolist() == [3, 1]
    assert generator.state.value.tolist() == [4 * 5387, 2 * 5387]
    assert random.SeedGenerator.from_config(generator.get_config()).next().tolist() == [3, 0]
    assert random.SeedGenerator().get_config()["seed"] is None
    assert generator.state.path == "mine/seed_generator_state" and not generator.state.trainable


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: random.uniform((2,), dtype="int32"), "`keras.random.uniform` requires a floating point `dtype`"),
        (lambda: random.randint((2,), 0, 2, dtype="float32"), "`keras.random.randint` requires an integer `dtype`"),
        (lambda: random.categorical([0.1], 2), "`logits` should be a 2-D tensor"),
        (lambda: random.dropout([1.0], 1.0), "`rate` must be at least 0 and below 1"),
        (lambda: random.normal((2,), seed="1"), "either a non-negative integer or an instance of `SeedGenerator`"),
        (lambda: random.SeedGenerator("1"), "Argument `seed` must be an integer"),
        (lambda: random.SeedGenerator(-1), "Argument `seed` must be an integer from 0"),
    ],
)
def test_errors(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call()


# In layers of one's own


class Dropping(keras.Layer):
    def __init__(self, seed: Any = None) -> None:
        super().__init__()
        self.seed = seed

    def call(self, x: Any, training: Any = False) -> Any:
        return random.dropout(x, 0.5, seed=self.seed) if training else x


class Always(keras.Layer):
    def call(self, x: Any) -> Any:
        return random.dropout(x, 0.5)


def test_dropout_in_a_layer() -> None:
    model = keras.Sequential([keras.Input((1000,)), Dropping()])
    x = np.ones((2, 1000), "float32")
    np.testing.assert_array_equal(model.predict(x, verbose=0), x)
    once, twice = (np.asarray(model(x, training=True)) for _ in range(2))
    assert set(np.unique(once)) == {0, 2} and not np.array_equal(once, twice)
    assert once.mean() == pytest.approx(1, abs=0.1) and not np.array_equal(once[0], once[1])


def test_dropout_whatever_the_mode() -> None:
    found = keras.Sequential([keras.Input((1000,)), Always()]).predict(np.ones((1, 1000)), verbose=0)
    assert set(np.unique(found)) == {0, 2}


def test_dropout_in_training_learns_through_the_mask() -> None:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((20,)), Dropping(random.SeedGenerator(3)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    x = np.random.default_rng(0).standard_normal((200, 20)).astype("float32")
    loss = model.fit(x, x.sum(axis=1), epochs=5, verbose=0).history["loss"]
    assert loss[-1] < 0.7 * loss[0]


class Noisy(keras.Layer):
    def __init__(self, seed: Any = None) -> None:
        super().__init__()
        self.seed = seed

    def build(self, input_shape: Any) -> None:
        self.shift = self.add_weight((3,), lambda shape, dtype=None: random.uniform(shape, 5, 6, dtype=dtype))

    def call(self, x: Any) -> Any:
        return x + self.shift + random.normal((3,), seed=self.seed)


def test_what_would_be_drawn_once_is_refused() -> None:
    for seed in (None, random.SeedGenerator(1)):
        with pytest.raises(NotImplementedError, match=r"random\.normal would be drawn once"):
            keras.Sequential([keras.Input((3,)), Noisy(seed)]).predict(np.ones((1, 3)), verbose=0)
    layer = Noisy(4)
    found = keras.Sequential([keras.Input((3,)), layer]).predict(np.zeros((1, 3)), verbose=0)
    constant = random.normal((3,), seed=4).numpy() + layer.shift.numpy()
    np.testing.assert_allclose(found[0], constant, rtol=1e-6)
    with pytest.raises(NotImplementedError, match="takes no noise_shape"):
        keras.Sequential([keras.Input((3,)), Dropping(3)])(np.ones((1, 3)), training=True)


class Drawing(keras.Layer):
    def __init__(self, name: str, seed: Any = None) -> None:
        super().__init__()
        self.draw, self.seed = getattr(random, name), seed

    def call(self, x: Any) -> Any:
        batch, width = ops.shape(x)
        return x + self.draw((batch, width, 2), 1.0, 3.0, seed=self.seed)[:, :, 0]


@pytest.mark.parametrize(("name", "mean", "deviation"), [("normal", 1.0, 3.0), ("uniform", 2.0, 2 / np.sqrt(12))])
def test_numbers_for_each_sample_in_a_layer(name: str, mean: float, deviation: float) -> None:
    model = keras.Sequential([keras.Input((3000,)), Drawing(name, random.SeedGenerator())])
    once, again = (model.predict(np.zeros((2, 3000)), verbose=0) for _ in range(2))
    assert not np.array_equal(once, again) and not np.array_equal(once[0], once[1])
    assert once.mean() == pytest.approx(mean, abs=0.2) and once.std() == pytest.approx(deviation, abs=0.2)
    if name == "uniform":
        assert once.min() >= 1 and once.max() <= 3


def test_numbers_for_each_sample_take_no_integer_as_seed() -> None:
    with pytest.raises(NotImplementedError, match="takes as seed a SeedGenerator or nothing"):
        keras.Sequential([keras.Input((3,)), Drawing("normal", 5)])


def test_a_variational_layer_learns() -> None:
    keras.utils.set_random_seed(2)
    x = np.random.default_rng(2).random((256, 6)).astype("float32")
    inputs = keras.Input((6,))
    mean = keras.layers.Dense(2)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(6)(Drawing("normal")(mean)))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    losses = model.fit(x, x, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
