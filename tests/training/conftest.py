from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.engines import selection


@pytest.fixture(autouse=True, params=selection.NAMES)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every test runs with each engine, with automatic names from the start and a seed."""
    if request.param == "native" and importlib.util.find_spec("denim.engines._native") is None:
        pytest.skip("the native engine's module denim.engines._native is not built here")
    keras.utils.clear_session()
    keras.config.set_engine(request.param)
    keras.utils.set_random_seed(11)
    yield request.param
    keras.config.set_engine(None)


Data = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def data() -> Data:
    """50 samples of 6 features in 3 classes."""
    rng = np.random.default_rng(5)
    return rng.standard_normal((50, 6)).astype("float32"), rng.integers(0, 3, 50)


@pytest.fixture
def make() -> Callable[..., Any]:
    """A compiled classifier of 6 features in 3 classes; the arguments are those of compile."""

    def make(
        loss: Any = "sparse_categorical_crossentropy", units: int = 3, activation: str = "softmax", **options: Any
    ) -> Any:
        model = keras.Sequential(
            [keras.Input(shape=(6,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(units, activation)]
        )
        model.compile(loss=loss, **options)
        return model

    return make


def snapshot(model: Any) -> list[Any]:
    """Everything that a refused call must leave as it was."""
    optimizer = [] if model.optimizer is None else model.optimizer.variables
    return [
        *(w.tobytes() for w in model.get_weights()),
        *(v.numpy().tobytes() for v in optimizer),
        id(model.history),
        np.random.get_state()[1].tobytes(),  # noqa: NPY002
        model.stop_training,
        list(model.metrics_names),
    ]
