from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import initializers

SHAPE = (300, 200)
UNIFORM = {"glorot_uniform": 6 / 500, "he_uniform": 6 / 300, "lecun_uniform": 3 / 300}
NORMAL = {"glorot_normal": 2 / 500, "he_normal": 2 / 300, "lecun_normal": 1 / 300}


@pytest.mark.parametrize(("name", "limit_squared"), UNIFORM.items())
def test_uniform_limits(name: str, limit_squared: float) -> None:
    values, limit = initializers.get(name)(SHAPE), np.sqrt(limit_squared)
    assert values.dtype == np.float32
    assert limit * 0.999 < np.abs(values).max() <= limit * (1 + 1e-6)
    assert values.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)


@pytest.mark.parametrize(("name", "variance"), NORMAL.items())
def test_normals_are_cut_at_two_and_widened_for_it(name: str, variance: float) -> None:
    values, cut = initializers.get(name)(SHAPE), 2 * np.sqrt(variance) / 0.87962566103423978
    assert cut * 0.99 < np.abs(values).max() <= cut
    assert values.std() == pytest.approx(np.sqrt(variance), rel=0.02)


@pytest.mark.parametrize(
    ("initializer", "mean", "stddev", "largest"),
    [
        (initializers.RandomNormal(1.0, 2.0), 1.0, 2.0, np.inf),
        (initializers.TruncatedNormal(0.0, 0.5), 0.0, 0.5 * 0.87962566, 1.0),
        (initializers.RandomUniform(-1.0, 3.0), 1.0, 4 / np.sqrt(12), 3.0),
        (initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal"), 0.0, 0.1, np.inf),
    ],
)
def test_moments(initializer: Any, mean: float, stddev: float, largest: float) -> None:
    values = initializer(SHAPE, dtype="float64")
    assert values.dtype == np.float64
    assert values.mean() == pytest.approx(mean, abs=5 * stddev / np.sqrt(values.size))
    assert values.std() == pytest.approx(stddev, rel=0.02)
    assert np.abs(values).max() <= largest


def test_fixed_values() -> None:
    np.testing.assert_array_equal(initializers.zeros()((2,)), [0, 0])
    np.testing.assert_array_equal(initializers.get("ones")((2,)), [1, 1])
    np.testing.assert_array_equal(initializers.constant(3)((2,)), [3, 3])


@pytest.mark.parametrize(
    ("shape", "expected"), [((), (1, 1)), ((5,), (5, 5)), ((3, 4), (3, 4)), ((2, 5, 3, 4), (30, 40))]
)
def test_fans(shape: tuple[int, ...], expected: tuple[float, float]) -> None:
    assert initializers.fans(shape) == expected


def test_fans_of_chosen_axes() -> None:
    assert initializers.fans((2, 5, 3, 4), [0, 1], (-1,)) == (10, 4)
    made = initializers.HeUniform(input_axes=[0, 1], output_axes=[2])
    assert np.abs(made((20, 30, 40))).max() == pytest.approx(np.sqrt(6 / 600), rel=1e-3)
    assert made.get_config() == {"seed": None, "input_axes": [0, 1], "output_axes": [2]}
    assert initializers.get(initializers.serialize(made)).input_axes == [0, 1]


@pytest.mark.parametrize(("given", "fan_in"), [("he_uniform", 6), (initializers.HeUniform(None, [0, 1], [2]), 240)])
def test_an_equation_says_what_comes_in(given: Any, fan_in: int) -> None:
    layer = keras.layers.EinsumDense("abc,cde->abde", (None, 40, 50), kernel_initializer=given)
    layer.build((None, 5, 6))
    assert np.abs(layer.kernel.value).max() == pytest.approx(np.sqrt(6 / fan_in), rel=1e-3)


def test_an_instance_repeats_its_values() -> None:
    made = initializers.GlorotUniform()
    np.testing.assert_array_equal(made((3, 4)), made((3, 4)))


def test_seeds() -> None:
    np.testing.assert_array_equal(initializers.HeNormal(seed=7)((3, 4)), initializers.HeNormal(seed=7)((3, 4)))
    assert not np.array_equal(initializers.HeNormal(seed=7)((3, 4)), initializers.HeNormal(seed=8)((3, 4)))
    random.seed(3)
    expected = random.randint(1, 10**9)
    random.seed(3)
    assert initializers.GlorotUniform().seed == expected


@pytest.mark.parametrize("name", [cls for cls in initializers.__all__ if cls[0].isupper() and cls != "Initializer"])
def test_configurations_round_trip(name: str) -> None:
    made = getattr(initializers, name)()
    data = initializers.serialize(made)
    twin = initializers.get(data)
    assert type(twin) is type(made)
    assert initializers.serialize(twin) == data


def test_a_seed_that_was_drawn_is_not_written_down() -> None:
    assert initializers.GlorotUniform().get_config() == {"seed": None}
    assert initializers.GlorotUniform(seed=4).get_config() == {"seed": 4}


@pytest.mark.parametrize("shape", [(4, 4), (7, 3), (3, 7), (2, 3, 4), (2, 2, 9)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    matrix = initializers.Orthogonal(gain=2.0, seed=3)(shape, "float64").reshape(-1, shape[-1])
    gram = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=1e-12)


def test_orthogonal_is_uniform() -> None:
    """The signs come out even: QR by itself would leave a diagonal of one sign."""
    corners = [initializers.Orthogonal(seed=seed)((3, 3))[0, 0] for seed in range(200)]
    assert abs(np.mean(corners)) < 0.15 and np.mean(np.square(corners)) == pytest.approx(1 / 3, abs=0.06)


def test_identity() -> None:
    np.testing.assert_array_equal(initializers.get("identity")((2, 3)), [[1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(initializers.Identity(2.5)((2, 2)), [[2.5, 0], [0, 2.5]])
    assert initializers.OrthogonalInitializer is initializers.orthogonal is initializers.Orthogonal
    older = {"class_name": "IdentityInitializer", "config": {"gain": 3.0}}
    assert initializers.get(older).gain == 3.0


def test_a_seed_generator_gives_other_values_at_every_call() -> None:
    generator = keras.random.SeedGenerator(7)
    made = initializers.GlorotUniform(seed=generator)
    first, second = made((3, 4)), made((3, 4))
    assert not np.array_equal(first, second)
    again = initializers.get(initializers.serialize(made))
    np.testing.assert_array_equal(again((3, 4)), first)
    np.testing.assert_array_equal(again((3, 4)), second)


class Mine(keras.Initializer):
    def __init__(self, scale: float) -> None:
        self.scale = scale

    def __call__(self, shape: Any, dtype: Any = None) -> np.ndarray:
        return keras.random.normal(shape, stddev=self.scale, dtype=dtype, seed=1)

    def get_config(self) -> dict[str, Any]:
        return {"scale": self.scale}


LAYERS = [
    lambda mine: keras.layers.Dense(3, kernel_initializer=mine, bias_initializer=mine),
    lambda mine: keras.layers.BatchNormalization(
        beta_initializer=mine,
        gamma_initializer=mine,
        moving_mean_initializer=mine,
        moving_variance_initializer=mine,
    ),
    lambda mine: keras.layers.LayerNormalization(beta_initializer=mine, gamma_initializer=mine),
]


@pytest.mark.parametrize("make", LAYERS)
def test_an_initializer_of_ones_own(make: Any) -> None:
    layer = make(Mine(2.0))
    layer.build((None, 4))
    for weight in layer.weights:
        np.testing.assert_array_equal(weight.value, Mine(2.0)(weight.shape))
    data = layer.get_config()
    with keras.utils.custom_object_scope({"Mine": Mine}):
        twin = type(layer).from_config(data)
        assert all(value.scale == 2.0 for name, value in vars(twin).items() if name.endswith("_initializer"))


def test_ones_own_by_name() -> None:
    with pytest.raises(ValueError, match="Could not interpret initializer identifier: Mine"):
        initializers.deserialize({"class_name": "Mine", "config": {"scale": 1.0}, "registered_name": "Mine"})
    data = initializers.serialize(Mine(2.0))
    assert initializers.deserialize(data, custom_objects={"Mine": Mine}).scale == 2.0
    assert Mine(2.0).clone().scale == 2.0


def test_a_layer_is_no_initializer() -> None:
    config = {"module": "keras.layers", "class_name": "Identity", "config": {}, "registered_name": None}
    with pytest.raises(ValueError, match="Could not interpret initializer identifier: Identity"):
        initializers.deserialize(config)


def test_values_themselves() -> None:
    made = initializers.get(np.arange(4).reshape(2, 2))
    assert made((2, 2)).dtype == np.float32
    with pytest.raises(ValueError, match=r"Expected `shape` to be \(2, 2\) for direct tensor as initializer"):
        made((2, 3))
    layer = keras.layers.Dense(2, bias_initializer=np.ones(2))
    layer.build((None, 3))
    assert layer.bias.value.tolist() == [1, 1]
    assert initializers.get(None) is None


def test_an_initializer_must_keep_to_the_shape() -> None:
    layer = keras.layers.Dense(2, kernel_initializer=lambda shape, dtype=None: np.zeros(shape[::-1]))
    with pytest.raises(ValueError, match=r"weight 'dense.*/kernel' needs \(3, 2\)\. Received: shape \(2, 3\)"):
        layer.build((None, 3))
    with pytest.raises(NotImplementedError, match="must implement the `__call__"):
        keras.Initializer()((2,))


def test_functions_are_initializers_too() -> None:
    made = initializers.get(lambda shape, dtype: np.full(shape, 2, dtype))
    np.testing.assert_array_equal(made((2,), dtype="float32"), [2, 2])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: initializers.get("glorot_unifrom"), r"identifier: glorot_unifrom\. Did you mean 'glorot_uniform'\?"),
        (lambda: initializers.get(3), "Could not interpret initializer identifier: 3"),
        (lambda: initializers.deserialize({"class_name": "os.system"}), "Could not interpret initializer identifier"),
        (lambda: initializers.VarianceScaling(mode="fan-in"), r"`mode` must be one of .* Did you mean 'fan_in'\?"),
        (lambda: initializers.VarianceScaling(scale=0), "`scale` must be a positive number"),
        (lambda: initializers.HeNormal(seed="1"), "`seed` must be a non-negative integer, a denim.random.SeedGen"),
        (lambda: initializers.Identity()((2,)), r"only be used for 2D matrices. Received: shape=\(2,\) of rank 1"),
        (lambda: initializers.Orthogonal()((2,)), r"at least two-dimensional. Received: shape=\(2,\) of rank 1"),
    ],
)
def test_errors(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call()
