"""What the estimators do with tables, beyond scikit-learn's own checks."""

from __future__ import annotations

import importlib.util
import pickle
import re
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

import joblib
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris, make_classification, make_multilabel_classification, make_regression
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import denim as keras
from denim import estimators
from denim.engines.threads import num_threads
from denim.estimators import DenseClassifier, DenseRegressor

QUICK: dict[str, Any] = {"hidden_layer_sizes": (16,), "epochs": 30, "random_state": 0}


@pytest.fixture(scope="module")
def classes() -> tuple[np.ndarray, np.ndarray]:
    X, y = make_classification(300, 8, n_informative=5, n_classes=3, random_state=0)
    return X, np.array(["a", "b", "c"])[y]


@pytest.fixture(scope="module")
def numbers() -> tuple[np.ndarray, np.ndarray]:
    X, y = make_regression(300, 6, n_targets=2, random_state=0)
    return X, y * [1.0, 1e4] + [1e6, 0.0]


def test_classes_and_their_probabilities(classes: Any) -> None:
    X, y = classes
    made = DenseClassifier(random_state=0).fit(X, y)
    assert made.score(X, y) > 0.9
    assert made.classes_.tolist() == ["a", "b", "c"]
    assert made.n_features_in_ == 8
    probabilities = made.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    np.testing.assert_array_equal(made.predict_log_proba(X), np.log(probabilities))
    np.testing.assert_array_equal(made.classes_[probabilities.argmax(axis=1)], made.predict(X))
    np.testing.assert_array_equal(made.model_.predict(X, verbose=0), probabilities)


def test_the_curve_of_losses_falls_and_ends_early_at_a_plateau(classes: Any) -> None:
    X, y = classes
    made = DenseClassifier(**QUICK).fit(X, y)
    assert len(made.loss_curve_) == made.n_iter_ == 30
    assert made.loss_curve_[-1] == made.loss_ < made.loss_curve_[0]
    assert made.validation_scores_ is None
    stopped = clone(made).set_params(tol=1.0, patience=3).fit(X, y)
    assert stopped.n_iter_ <= 5


def test_early_stopping_keeps_the_best_weights(classes: Any) -> None:
    X, y = classes
    made = DenseClassifier(**QUICK, early_stopping=True, patience=3, validation_fraction=0.2).fit(X, y)
    assert len(made.validation_scores_) == made.n_iter_
    assert made.best_validation_score_ == max(made.validation_scores_)
    until_best = int(np.argmax(made.validation_scores_)) + 1
    again = clone(made).set_params(epochs=until_best, patience=100).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), made.predict_proba(X))


def test_several_outputs_of_any_size(numbers: Any) -> None:
    X, y = numbers
    made = DenseRegressor(random_state=0).fit(X, y)
    assert made.predict(X).shape == (300, 2) and made.score(X, y) > 0.98
    np.testing.assert_array_equal(made.model_.predict(X, verbose=0), made.predict(X))
    stopped = DenseRegressor(**QUICK, early_stopping=True).fit(X, y)
    assert max(stopped.validation_scores_) == stopped.best_validation_score_ <= 1.0


def test_units_of_targets_change_nothing_else(numbers: Any) -> None:
    X, y = numbers
    plain = DenseRegressor(**QUICK).fit(X, y[:, 0]).predict(X)
    moved = DenseRegressor(**QUICK).fit(X, y[:, 0] * 1024).predict(X)
    np.testing.assert_allclose(moved / 1024, plain, rtol=1e-9)


def test_not_standardized_is_as_given(numbers: Any) -> None:
    X, y = numbers
    made = DenseRegressor(**QUICK, standardize=False).fit(X, y[:, 0] / 1e6)
    assert [layer.name for layer in made.model_.layers] == ["hidden_1", "output"]
    np.testing.assert_array_equal(made.model_.predict(X, verbose=0)[:, 0], made.predict(X))


def test_several_labels() -> None:
    X, y = make_multilabel_classification(300, 10, n_classes=4, random_state=0)
    made = DenseClassifier(random_state=0).fit(X, y)
    assert made.predict_proba(X).shape == (300, 4) and made.score(X, y) > 0.5
    np.testing.assert_array_equal(made.predict(X), made.predict_proba(X) > 0.5)
    labels = clone(made).fit(X, sparse.csr_matrix(y))
    np.testing.assert_array_equal(labels.predict(X), made.predict(X))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_is_that_of_the_features(classes: Any, dtype: str) -> None:
    X, y = classes
    made = DenseClassifier(**QUICK).fit(X.astype(dtype), y)
    assert made.predict_proba(X).dtype == dtype
    assert {variable.dtype for variable in made.model_.variables} == {dtype}


def test_whole_numbers_are_read_in_float32() -> None:
    X, y = load_iris(return_X_y=True)
    assert DenseClassifier(**QUICK).fit((X * 10).astype(int), y).predict_proba(X).dtype == np.float32


def test_a_seed_fixes_everything_and_leaves_others_alone(classes: Any) -> None:
    X, y = classes
    settings = {**QUICK, "dropout": 0.3, "batch_norm": True, "early_stopping": True}
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one = DenseClassifier(**settings).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    np.testing.assert_array_equal(DenseClassifier(**settings).fit(X, y).predict_proba(X), one)
    other = DenseClassifier(**{**settings, "random_state": 1}).fit(X, y).predict_proba(X)
    assert not np.array_equal(other, one)


def test_weights_are_as_rows_repeated(numbers: Any) -> None:
    X, y = numbers
    X, y = X[:20], y[:20]
    weights = np.arange(20) % 3
    weighted = DenseRegressor(**QUICK).fit(X, y, weights)
    repeated = DenseRegressor(**QUICK).fit(X.repeat(weights, axis=0), y.repeat(weights, axis=0))
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-7)
    scaled = DenseRegressor(**QUICK).fit(X, y, weights * 8)
    np.testing.assert_array_equal(scaled.predict(X), weighted.predict(X))


def test_classes_have_weights(classes: Any) -> None:
    X, y = classes
    kept = (y != "c") | (np.arange(300) % 20 == 0)
    X, y = X[kept], y[kept]
    plain = DenseClassifier(**QUICK).fit(X, y).predict_proba(X)[:, 2].mean()
    balanced = DenseClassifier(**QUICK, class_weight="balanced").fit(X, y).predict_proba(X)[:, 2].mean()
    assert balanced > plain
    given = DenseClassifier(**QUICK, class_weight={"a": 1, "b": 1, "c": 1000}).fit(X, y)
    assert (given.predict(X) == "c").mean() > 0.5


def test_warm_start_goes_on(classes: Any) -> None:
    X, y = classes
    made = DenseClassifier(**{**QUICK, "epochs": 5}, warm_start=True).fit(X, y).fit(X, y)
    whole = DenseClassifier(**{**QUICK, "epochs": 10}).fit(X, y)
    assert made.n_iter_ == 5
    assert made.loss_curve_ == whole.loss_curve_
    with pytest.raises(ValueError, match="made for classes"):
        made.fit(X, np.where(y == "a", "z", y))
    with pytest.raises(ValueError, match="features"):
        made.fit(X[:, :3], y)


def test_partial_fit_is_an_epoch(classes: Any, numbers: Any) -> None:
    X, y = classes
    made = DenseClassifier(**QUICK)
    with pytest.raises(ValueError, match="first call to partial_fit"):
        made.partial_fit(X, y)
    made.partial_fit(X[:100], y[:100], classes=["a", "b", "c", "d"])
    for _ in range(29):
        made.partial_fit(X, y)
    assert made.n_iter_ == len(made.loss_curve_) == 30
    assert made.predict_proba(X).shape == (300, 4) and made.score(X, y) > 0.6
    with pytest.raises(ValueError, match="those of the first call"):
        made.partial_fit(X, y, classes=["a", "b"])
    X, y = numbers
    regressor = DenseRegressor(**QUICK)
    for _ in range(30):
        regressor.partial_fit(X, y)
    whole = DenseRegressor(**QUICK, tol=0.0).fit(X, y)
    np.testing.assert_allclose(regressor.predict(X), whole.predict(X), rtol=1e-6)
    with pytest.raises(ValueError, match="predicts 2 numbers"):
        regressor.partial_fit(X, y[:, 0])


@pytest.mark.parametrize("way", ["pickle", "joblib"])
def test_kept_and_fetched_again_it_goes_on_alike(numbers: Any, way: str, tmp_path: Any) -> None:
    X, y = numbers
    made = DenseRegressor(**{**QUICK, "epochs": 4}, warm_start=True).fit(X, y)
    if way == "pickle":
        fetched = pickle.loads(pickle.dumps(made))
    else:
        joblib.dump(made, tmp_path / "made.joblib")
        fetched = joblib.load(tmp_path / "made.joblib")
    np.testing.assert_array_equal(fetched.predict(X), made.predict(X))
    np.testing.assert_array_equal(fetched.fit(X, y).predict(X), made.fit(X, y).predict(X))


def test_the_model_is_one_as_any_other(numbers: Any, tmp_path: Any) -> None:
    X, y = numbers
    made = DenseRegressor(**QUICK, batch_norm=True).fit(X, y)
    made.model_.save(tmp_path / "made.keras")
    loaded = keras.models.load_model(tmp_path / "made.keras")
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), made.predict(X))


def test_processes_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DENIM_NUM_THREADS", raising=False)
    threads = joblib.Parallel(n_jobs=2)(joblib.delayed(num_threads)() for _ in range(2))
    assert sum(threads) <= max(2, joblib.cpu_count())


def test_in_pipelines_searches_and_processes(classes: Any) -> None:
    X, y = classes
    line = make_pipeline(
        ColumnTransformer([("scaled", StandardScaler(), [0, 1, 2]), ("kept", "passthrough", [3, 4, 5, 6, 7])]),
        DenseClassifier(**QUICK),
    )
    alone = cross_validate(line, X, y, cv=3)["test_score"]
    np.testing.assert_array_equal(cross_validate(line, X, y, cv=3, n_jobs=-1)["test_score"], alone)
    grid = {"denseclassifier__hidden_layer_sizes": [(), (16,), [8, 8]], "denseclassifier__optimizer": ["adam", "sgd"]}
    assert GridSearchCV(line, grid, cv=2).fit(X, y).best_score_ > 0.5
    halving = HalvingRandomSearchCV(
        DenseClassifier(**QUICK),
        {"alpha": [0.0, 1e-3, 1e-2]},
        resource="epochs",
        max_resources=12,
        min_resources=4,
        cv=2,
    )
    assert halving.set_params(n_candidates=3, random_state=0).fit(X, y).best_params_["epochs"] == 12


def test_sparse_features_are_as_dense_ones(classes: Any) -> None:
    X, y = classes
    one_hot = OneHotEncoder().fit_transform(np.round(X))
    assert sparse.issparse(one_hot)
    made = DenseClassifier(**QUICK).fit(one_hot, y)
    np.testing.assert_array_equal(
        made.predict_proba(one_hot), clone(made).fit(one_hot.toarray(), y).predict_proba(one_hot)
    )


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_keep_their_names(classes: Any, library: str) -> None:
    frames = pytest.importorskip(library)
    X, y = classes
    frame = frames.DataFrame({f"f{i}": X[:, i] for i in range(8)})
    made = DenseClassifier(**QUICK).fit(frame, frames.Series(y.tolist()))
    assert made.feature_names_in_.tolist() == list(frame.columns)
    np.testing.assert_array_equal(made.predict(frame), DenseClassifier(**QUICK).fit(X, y).predict(X))


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "rmsprop", "schedule": "cosine"},
        {"optimizer": keras.optimizers.SGD(0.1, momentum=0.9)},
        {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.01, 50, 0.5)},
        {"hidden_layer_sizes": 12, "activation": "tanh"},
        {"batch_norm": True, "dropout": 0.2, "batch_size": 32},
        {"alpha": 0},
    ],
)
def test_settings_train(classes: Any, settings: dict[str, Any]) -> None:
    X, y = classes
    made = clone(DenseClassifier(**{**QUICK, **settings})).fit(X, y)
    assert made.score(X, y) > 0.6


def test_a_given_optimizer_stays_as_it_is(classes: Any) -> None:
    X, y = classes
    given = keras.optimizers.Adam(0.01)
    made = DenseClassifier(**QUICK, optimizer=given).fit(X, y)
    assert int(given.iterations.numpy()) == 0 and made.model_.optimizer is not given


def test_alpha_shrinks(classes: Any) -> None:
    X, y = classes
    norms = [
        np.abs(DenseClassifier(**QUICK, alpha=alpha).fit(X, y).model_.layers[-1].get_weights()[0]).sum()
        for alpha in (0.0, 0.1)
    ]
    assert norms[1] < norms[0] * 0.8


def test_constant_features_and_large_offsets() -> None:
    X, y = make_classification(200, 5, n_informative=4, n_redundant=0, random_state=0)
    shifted = np.column_stack([X + 1e6, np.full(200, 3.3)])
    plain = (
        DenseClassifier(**QUICK)
        .fit(np.column_stack([X, np.zeros(200)]), y)
        .predict_proba(np.column_stack([X, np.zeros(200)]))
    )
    np.testing.assert_allclose(DenseClassifier(**QUICK).fit(shifted, y).predict_proba(shifted), plain, atol=1e-4)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"dropout": 1.0}, "`dropout` must be at least 0 and below 1. Received: dropout=1.0"),
        ({"hidden_layer_sizes": (10, 0)}, r"such as \(100, 50\), or \(\) for none. Received: hidden_layer_sizes="),
        ({"schedule": "cosin"}, "Did you mean 'cosine'"),
        ({"epochs": 0}, "`epochs` must be a positive integer. Received: epochs=0"),
        ({"learning_rate": -1}, "`learning_rate` must be a positive number or an object of denim.optimizers.schedules"),
        ({"batch_size": "big"}, "`batch_size` must be 'auto' or a positive integer"),
        ({"optimizer": "adm"}, "Did you mean 'adam'"),
        ({"activation": "rleu"}, "Did you mean 'relu'"),
    ],
)
def test_parameters_that_cannot_be_used(classes: Any, settings: dict[str, Any], text: str) -> None:
    made = DenseClassifier(**{**QUICK, **settings})
    with pytest.raises(ValueError, match=text):
        made.fit(*classes)
    assert not hasattr(made, "model_")


def test_without_scikit_learn_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'denim-nn\[sklearn\]'"):
        importlib.reload(estimators)


def test_a_loss_that_is_lost(numbers: Any) -> None:
    X, y = numbers
    with pytest.raises(ValueError, match=r"is (nan|inf)\. A smaller `learning_rate` helps most"):
        DenseRegressor(**QUICK, optimizer="sgd", learning_rate=1e6).fit(X, y)


def test_targets_and_weights_that_cannot_be_used(classes: Any) -> None:
    X, y = classes
    made = DenseClassifier(**QUICK)
    with pytest.raises(ValueError, match="MultiOutputClassifier"):
        made.fit(X, np.column_stack([np.arange(300) % 3, np.arange(300) % 4]))
    with pytest.raises(ValueError, match=r"at least 0\. Received: -1"):
        made.fit(X, y, sample_weight=np.r_[-1.0, np.ones(299)])
    with pytest.raises(ValueError, match=r"weight of zero|non-zero"):
        made.fit(X, y, sample_weight=np.zeros(300))
    with pytest.raises(ValueError, match="keeps rows for validation"):
        made.set_params(early_stopping=True).fit(X[:4], ["a", "a", "a", "b"])


def test_verbose_prints_a_line_an_epoch(classes: Any, capsys: pytest.CaptureFixture[str]) -> None:
    X, y = classes
    settings = {**QUICK, "epochs": 2}
    quiet = DenseClassifier(**settings).fit(X, y)
    assert capsys.readouterr().out == ""
    told = DenseClassifier(**settings, early_stopping=True, verbose=True).fit(X, y)
    lines = [re.sub(r"\d+\.\d+s", "Ts", line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        f"Epoch {n}/2 - Ts - loss: {loss:.4f} - validation score: {score:.4f}"
        for n, (loss, score) in enumerate(zip(told.loss_curve_, told.validation_scores_, strict=True), 1)
    ]
    assert DenseClassifier(**settings, verbose=1).fit(X, y).loss_curve_ == quiet.loss_curve_
