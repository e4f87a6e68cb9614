from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from matplotlib import image

from denim.study import pictures
from denim.study.data import digits
from denim.study.results import TrainedModel


def opened(png: bytes) -> np.ndarray:
    return image.imread(io.BytesIO(png), format="png")


def model(name: str, *, level: float, epochs: int = 3) -> TrainedModel:
    series = {
        key: [level + 0.01 * epoch for epoch in range(epochs)]
        for key in ("loss", "accuracy", "val_loss", "val_accuracy")
    }
    return TrainedModel(name, 10, 1.0, 0.5, 0.5, series)


def test_samples_are_drawn_in_grey() -> None:
    drawn = opened(pictures.samples(digits()))

    assert drawn.shape[1] > drawn.shape[0] > 300
    np.testing.assert_array_equal(drawn[..., 0], drawn[..., 1])
    assert (drawn[..., 0] < 0.1).mean() > 0.01


@pytest.mark.parametrize("epochs", [1, 3])
def test_curves_show_each_model_in_a_colour_of_its_own(epochs: int) -> None:
    models = [model(name, level=level, epochs=epochs) for name, level in (("a", 0.1), ("b", 0.5), ("c", 0.9))]
    drawn = opened(pictures.curves(models, "title"))[..., :3]

    for colour in ("#0072b2", "#d55e00", "#009e73"):
        wanted = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        assert (np.abs(drawn - wanted).max(axis=-1) < 0.01).sum() > 50


def test_nothing_is_drawn_without_a_glyph(monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    monkeypatch.setitem(matplotlib.rcParams, "font.family", ["no such font"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictures.curves([model(name, level=0.1) for name in "abc"], "5 epochs, 48,000 rows")
