"""A file with a preparation is a Keras file: Keras opens it, and what Keras writes has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim
from denim.files import Arrays
from denim.preparation import Preparation

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.mark.parametrize("labels", [np.arange(30) % 3, np.linspace(-900, 70, 30)], ids=["classes", "numbers"])
def test_a_prepared_model_goes_both_ways(real_keras: Any, labels: np.ndarray, tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(50, 20, (30, 4)).astype("float32")
    rows = Arrays(x, labels, Path("rows.npz"))
    preparation = Preparation.decide(rows, "kind")
    model = denim.Sequential(
        [
            denim.Input(preparation.input_shape),
            *preparation.first_layers(x),
            denim.layers.Dense(5, "relu"),
            *preparation.last_layers(preparation.targets(rows)),
        ]
    )
    model.compile("adam", preparation.loss, metrics=preparation.metrics)
    model.fit(x, preparation.targets(rows), verbose=0)
    model.preparation = preparation
    model.save(tmp_path / "mine.keras")

    theirs = real_keras.models.load_model(tmp_path / "mine.keras")
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(theirs.predict(x, verbose=0), expected, rtol=2e-4, atol=2e-4)

    theirs.save(tmp_path / "theirs.keras")
    back = denim.models.load_model(tmp_path / "theirs.keras")
    assert back.preparation is None
    np.testing.assert_allclose(back.predict(x, verbose=0), expected, rtol=2e-4, atol=2e-4)
