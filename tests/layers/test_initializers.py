from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

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
        (lambda: initializers.HeNormal(seed="1"), "`seed` must be a non-negative integer or None"),
    ],
)
def test_errors(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call()
