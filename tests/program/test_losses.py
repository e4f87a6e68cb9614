from __future__ import annotations

import math

import numpy as np
import pytest

from denim.program.formulas.losses import LOSSES, reduce, reduction_factors
from denim.program.specs import Loss

SETTINGS = [
    Loss(name, from_logits=logits, label_smoothing=smoothing)
    for name, formula in LOSSES.items()
    for logits in ((False, True) if formula.takes_logits else (False,))
    for smoothing in ((0.0, 0.1, 1.0) if formula.takes_smoothing else (0.0,))
]


def shown(loss: Loss) -> str:
    return f"{loss.function}-logits={loss.from_logits}-smoothing={loss.label_smoothing}"


def example(loss: Loss, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    y_pred = rng.normal(size=shape) if loss.from_logits else rng.uniform(0.02, 0.98, shape)
    if LOSSES[loss.function].labels:
        return rng.integers(0, shape[-1], shape[:-1]), y_pred
    return rng.uniform(0, 1, shape), y_pred


def value(loss: Loss, y_true: object, y_pred: object) -> list[float]:
    return LOSSES[loss.function].values(np.array(y_true), np.array(y_pred, "float64"), loss).tolist()


@pytest.mark.parametrize("loss", SETTINGS, ids=shown)
@pytest.mark.parametrize("shape", [(4, 5), (3, 2, 4), (6, 1)])
def test_gradients_are_slopes(loss, shape):
    y_true, y_pred = example(loss, shape)
    formula, h = LOSSES[loss.function], 1e-6
    got = formula.gradient(y_true, y_pred, loss)
    assert got.shape == shape
    assert formula.values(y_true, y_pred, loss).shape == shape[:-1]
    for index in np.ndindex(shape):
        step = np.zeros(shape)
        step[index] = h
        ahead, behind = (formula.values(y_true, y_pred + sign * step, loss).sum() for sign in (1, -1))
        assert got[index] == pytest.approx((ahead - behind) / (2 * h), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("loss", SETTINGS, ids=shown)
def test_the_dtype_is_kept_and_extremes_make_no_warnings(loss):
    y_true, _ = example(loss, (2, 3))
    y_pred = np.array([[0.0, 1.0, 0.0], [1e3, -1e3, 0.0] if loss.from_logits else [1.0, 0.0, 0.0]], "float32")
    values = LOSSES[loss.function].values(y_true, y_pred, loss)
    gradient = LOSSES[loss.function].gradient(y_true, y_pred, loss)
    assert values.dtype == gradient.dtype == np.float32
    assert np.isfinite(values).all()
    assert np.isfinite(gradient).all()


def test_crossentropies_of_probabilities():
    probabilities = [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]
    want = pytest.approx([-math.log(0.95), -math.log(0.1)])
    assert value(Loss("categorical_crossentropy"), [[0, 1, 0], [0, 0, 1]], probabilities) == want
    assert value(Loss("sparse_categorical_crossentropy"), [1, 2], probabilities) == want
    assert value(Loss("sparse_categorical_crossentropy"), [[1], [2]], probabilities) == want


def test_categorical_crossentropy_renormalises_rows():
    assert value(Loss("sparse_categorical_crossentropy"), [1], [[1.0, 3.0]]) == pytest.approx([-math.log(0.75)])


def test_probabilities_are_clipped_and_their_gradient_is_zero_there():
    sparse = Loss("sparse_categorical_crossentropy")
    assert value(sparse, [0], [[0.0, 1.0]]) == pytest.approx([-math.log(1e-7)])
    assert value(sparse, [1], [[0.0, 1.0]]) == pytest.approx([-math.log(1 - 1e-7)])
    for label in (0, 1):
        gradient = LOSSES[sparse.function].gradient(np.array([label]), np.array([[0.0, 1.0]]), sparse)
        assert gradient.tolist() == [[0.0, 0.0]]
    binary = Loss("binary_crossentropy")
    assert value(binary, [[1.0]], [[0.0]]) == pytest.approx([16.118], abs=5e-4)
    assert LOSSES[binary.function].gradient(np.array([[1.0]]), np.array([[0.0]]), binary).tolist() == [[0.0]]


def test_binary_crossentropy_does_not_renormalise():
    want = [-(math.log(0.3) + math.log(0.6)) / 2]
    assert value(Loss("binary_crossentropy"), [[1.0, 0.0]], [[0.3, 0.4]]) == pytest.approx(want)


def test_label_smoothing():
    y = np.array([[0.0, 1.0, 0.0]])
    p = np.array([[0.2, 0.5, 0.3]])
    smooth = Loss("categorical_crossentropy", label_smoothing=0.3)
    want = -(0.1 * math.log(0.2) + 0.8 * math.log(0.5) + 0.1 * math.log(0.3))
    assert value(smooth, y, p) == pytest.approx([want])
    smooth = Loss("binary_crossentropy", label_smoothing=0.2)
    want = -(0.9 * math.log(0.7) + 0.1 * math.log(0.3))
    assert value(smooth, [[1.0]], [[0.7]]) == pytest.approx([want])


def test_logits_are_exact_in_the_tails():
    assert value(Loss("binary_crossentropy", from_logits=True), [[1.0], [0.0]], [[-800.0], [-800.0]]) == [800.0, 0.0]
    sparse = Loss("sparse_categorical_crossentropy", from_logits=True)
    assert value(sparse, [0, 1], [[0.0, 900.0], [0.0, 900.0]]) == [900.0, 0.0]


def test_squared_and_absolute_errors():
    assert value(Loss("mean_squared_error"), [[1.0, 2.0]], [[3.0, 5.0]]) == [6.5]
    assert value(Loss("mean_absolute_error"), [[1.0, 2.0]], [[3.0, 5.0]]) == [2.5]


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "binary_crossentropy"])
def test_a_flat_target_fits_a_column_of_predictions(name):
    y, p = np.array([1.0, 0.0, 1.0]), np.array([[0.2], [0.4], [0.7]])
    flat, column = (LOSSES[name].values(each, p, Loss(name)) for each in (y, y[:, np.newaxis]))
    assert flat.shape == (3,)
    assert np.array_equal(flat, column)


def test_a_perfect_prediction_has_no_absolute_gradient():
    y = np.array([[1.0, 2.0]])
    assert LOSSES["mean_absolute_error"].gradient(y, y, Loss("mean_absolute_error")).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted"),
    [("sum_over_batch_size", 2.0, 1.0), ("mean", 2.0, 1.0), ("sum", 6.0, 3.0), ("mean_with_sample_weight", 2.0, 2.0)],
)
def test_reductions(reduction, plain, weighted):
    values, weights = np.array([1.0, 2.0, 3.0]), np.array([1.0, -0.5, 1.0])
    assert reduce(values, None, reduction) == plain
    assert reduce(values, weights, reduction) == weighted
    for each in (None, weights):
        factors = reduction_factors(values, each, reduction)
        assert float(np.sum(factors * values)) == pytest.approx(reduce(values, each, reduction))


def test_sample_weights_spread_over_a_samples_values():
    values, weights = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.0, 2.0])
    assert reduce(values, weights, "sum_over_batch_size") == 3.5
    assert reduce(values, weights, "mean_with_sample_weight") == 3.5


def test_no_values_and_no_weights_reduce_to_zero():
    assert reduce(np.zeros(0), None, "sum_over_batch_size") == 0.0
    assert reduce(np.ones(2), np.zeros(2), "mean_with_sample_weight") == 0.0
    assert reduction_factors(np.ones(2), np.zeros(2), "mean_with_sample_weight").tolist() == [0.0, 0.0]
