"""The estimators among scikit-learn's tools: pipelines on frames, searches, processes, ensembles."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

import joblib
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import make_classification, make_multilabel_classification, make_regression
from sklearn.ensemble import BaggingClassifier, StackingRegressor, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV, cross_validate, learning_curve
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from denim.data import columns
from denim.estimators import DenseClassifier, DenseRegressor, base
from denim.estimators.scaling import Scaling

QUICK: dict[str, Any] = {"hidden_layer_sizes": (8,), "epochs": 10, "random_state": 0}


@pytest.fixture(scope="module")
def classes() -> tuple[np.ndarray, np.ndarray]:
    X, y = make_classification(200, 6, n_informative=4, n_classes=3, random_state=1)
    return X, np.array(["low", "mid", "top"])[y]


@pytest.fixture(scope="module")
def numbers() -> tuple[np.ndarray, np.ndarray]:
    return make_regression(200, 6, noise=1.0, random_state=1)


def people(library: str) -> tuple[Any, Any]:
    """A frame with numbers, truth values and texts, and the classes of its rows as a series."""
    frames = pytest.importorskip(library)
    rng = np.random.default_rng(2)
    age, member, city = rng.integers(18, 90, 150), rng.random(150) < 0.5, rng.choice(["Bonn", "Kiel", "Ulm"], 150)
    frame = frames.DataFrame({"age": age, "member": member, "city": city.tolist()})
    return frame, frames.Series(np.where((age > 50) ^ (city == "Kiel"), "yes", "no").tolist())


def prepared(**options: Any) -> ColumnTransformer:
    texts = OneHotEncoder(sparse_output=options.pop("sparse", False), handle_unknown="ignore")
    return ColumnTransformer(
        [("scaled", StandardScaler(), ["age"]), ("one_hot", texts, ["city"]), ("kept", "passthrough", ["member"])],
        verbose_feature_names_out=False,
        **options,
    )


NAMES = ["age", "city_Bonn", "city_Kiel", "city_Ulm", "member"]


@pytest.mark.parametrize("output", ["pandas", "polars"])
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_names_of_features_go_through_a_pipeline(library: str, output: str) -> None:
    pytest.importorskip(output)
    frame, y = people(library)
    line = Pipeline([("prepared", prepared()), ("network", DenseClassifier(**QUICK))])
    plain = clone(line).fit(frame, y)
    assert not hasattr(plain["network"], "feature_names_in_")
    line.set_output(transform=output).fit(frame, y)
    assert line["network"].feature_names_in_.tolist() == NAMES
    assert line.feature_names_in_.tolist() == ["age", "member", "city"]
    np.testing.assert_array_equal(line.predict_proba(frame), plain.predict_proba(frame))
    assert set(line.predict(frame)) <= {"yes", "no"} and line.score(frame, y) > 0.7
    fetched = pickle.loads(pickle.dumps(line))
    assert fetched["network"].feature_names_in_.tolist() == NAMES
    np.testing.assert_array_equal(fetched.predict_proba(frame), plain.predict_proba(frame))


def test_one_hot_columns_may_be_sparse() -> None:
    frame, y = people("pandas")
    dense = make_pipeline(prepared(), DenseClassifier(**QUICK)).fit(frame, y)
    kept = make_pipeline(prepared(sparse=True, sparse_threshold=1.0), DenseClassifier(**QUICK)).fit(frame, y)
    np.testing.assert_allclose(kept.predict_proba(frame), dense.predict_proba(frame), rtol=1e-12)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_features_of_other_names_are_refused(library: str) -> None:
    frame, y = people(library)
    made = DenseClassifier(**QUICK).fit(frame[["age", "member"]], y)
    with pytest.raises(ValueError, match="feature names should match"):
        made.predict(frame[["member", "age"]])
    with pytest.raises(ValueError, match=r"`X` must hold real numbers.* a DataFrame whose column 'city' holds texts"):
        made.fit(frame, y)
    assert made.feature_names_in_.tolist() == ["age", "member"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_processes_cross_validate_pipelines_on_frames(library: str) -> None:
    frame, y = people(library)
    line = make_pipeline(prepared(), DenseClassifier(**QUICK))
    scores = [cross_validate(line, frame, y, cv=3, n_jobs=jobs)["test_score"] for jobs in (1, -1)]
    np.testing.assert_array_equal(*scores)


def test_weights_go_through_pipelines_and_cross_validation(numbers: Any) -> None:
    X, y = numbers
    weights = np.arange(200) % 4 / 2.0
    line = make_pipeline(StandardScaler(), DenseRegressor(**QUICK)).fit(X, y, denseregressor__sample_weight=weights)
    scaled = StandardScaler().fit_transform(X)
    alone = DenseRegressor(**QUICK).fit(scaled, y, weights)
    np.testing.assert_array_equal(line.predict(X), alone.predict(scaled))
    weighed = cross_validate(DenseRegressor(**QUICK), X, y, cv=3, params={"sample_weight": weights})["test_score"]
    assert not np.array_equal(weighed, cross_validate(DenseRegressor(**QUICK), X, y, cv=3)["test_score"])


def test_searches(classes: Any) -> None:
    X, y = classes
    network = DenseClassifier(**QUICK)
    found = GridSearchCV(network, {"alpha": [0.0, 1e-2], "batch_norm": [False, True]}, cv=2, n_jobs=-1).fit(X, y)
    again = clone(network).set_params(**found.best_params_).fit(X, y)
    np.testing.assert_array_equal(found.predict_proba(X), again.predict_proba(X))
    drawn = {"hidden_layer_sizes": [(4,), (8,), (8, 4)], "dropout": [0.0, 0.2]}
    halving = HalvingRandomSearchCV(network, drawn, cv=2, factor=2, random_state=0, n_candidates=4).fit(X, y)
    assert halving.best_params_["hidden_layer_sizes"] in drawn["hidden_layer_sizes"]
    assert pickle.loads(pickle.dumps(halving)).score(X, y) == halving.score(X, y)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda network: CalibratedClassifierCV(network, cv=2),
        lambda network: BaggingClassifier(network, n_estimators=3, random_state=0),
        lambda network: VotingClassifier([("network", network), ("linear", LogisticRegression())], voting="soft"),
    ],
    ids=["calibrated", "bagging", "voting"],
)
def test_ensembles_of_classifiers(classes: Any, wrapped: Any) -> None:
    X, y = classes
    made = wrapped(DenseClassifier(**{**QUICK, "epochs": 80})).fit(X, y)
    assert made.classes_.tolist() == ["low", "mid", "top"] and made.score(X, y) > 0.5
    np.testing.assert_allclose(made.predict_proba(X).sum(axis=1), 1.0)


@pytest.mark.parametrize("weighted", [False, True])
def test_large_sparse_features_stay_sparse(weighted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows are so large here that only the sums behind the scaling and the order of rows are others."""
    X, y = make_classification(300, 30, n_informative=10, random_state=0)
    X[X < 0.5] = 0.0
    features = sparse.csr_matrix(X)
    weights = np.arange(300) % 3 if weighted else None
    found = Scaling.of(features, weights), Scaling.of(X, weights)
    np.testing.assert_allclose(found[0].mean, found[1].mean, rtol=1e-12)
    np.testing.assert_allclose(found[0].deviation, found[1].deviation, rtol=1e-12)
    settings = {**QUICK, "epochs": 40, "early_stopping": True, "patience": 40}
    dense = DenseClassifier(**settings).fit(features, y, weights)
    for module in (base, columns):
        monkeypatch.setattr(module, "WHOLE_BYTES", 0)
    monkeypatch.setattr(columns, "WINDOW_BYTES", 0)
    kept = DenseClassifier(**settings).fit(features, y, weights)
    np.testing.assert_array_equal(kept.predict(features), kept.predict(X))
    assert abs(kept.score(X, y) - dense.score(X, y)) < 0.1 and kept.score(X, y) > 0.8
    np.testing.assert_allclose(kept.loss_curve_[0], dense.loss_curve_[0], rtol=0.1)


def test_sums_that_a_sparse_matrix_leaves_to_be_done() -> None:
    features = sparse.csr_matrix(([1.0, 2.0, 3.0], ([0, 0, 2], [1, 1, 0])), shape=(3, 2))
    parts = sparse.csr_matrix(features.shape)
    parts.data, parts.indices, parts.indptr = np.r_[1.0, 2.0, 3.0], np.r_[1, 1, 0], np.r_[0, 2, 2, 3]
    found, plain = Scaling.of(parts, None), Scaling.of(features.toarray(), None)
    np.testing.assert_allclose([found.mean, found.deviation], [plain.mean, plain.deviation])
    assert len(parts.data) == 3


def test_ensembles_of_regressors(numbers: Any) -> None:
    X, y = numbers
    network = DenseRegressor(**{**QUICK, "epochs": 60})
    logs = TransformedTargetRegressor(network, func=np.arcsinh, inverse_func=np.sinh).fit(X, y)
    stacked = StackingRegressor([("network", network), ("ridge", Ridge())], cv=2).fit(X, y)
    assert logs.predict(X).shape == (200,) and stacked.score(X, y) > 0.9
    found = permutation_importance(network.fit(X, y), X, y, n_repeats=2, random_state=0)
    assert found.importances_mean.shape == (6,) and found.importances_mean.max() > 0.0
    sizes, scores, _ = learning_curve(network, X, y, cv=2, train_sizes=[0.5, 1.0])
    assert sizes.tolist() == [50, 100] and scores.shape == (2, 2)


def test_several_columns_of_classes(classes: Any) -> None:
    X, y = classes
    both = np.column_stack([y, np.where(X[:, 0] > 0, "left", "right")])
    made = MultiOutputClassifier(DenseClassifier(**QUICK)).fit(X, both)
    assert made.predict(X).shape == (200, 2)


def test_early_stopping_with_weights_of_rows_and_classes(classes: Any) -> None:
    X, y = classes
    weights = 1.0 + (np.arange(200) % 2)
    made = DenseClassifier(**QUICK, early_stopping=True, class_weight="balanced").fit(X, y, weights)
    assert len(made.validation_scores_) == made.n_iter_
    again = clone(made).fit(X, y, weights * 4)
    np.testing.assert_array_equal(again.predict_proba(X), made.predict_proba(X))
    other = clone(made).set_params(class_weight={"low": 9.0}).fit(X, y, weights)
    assert not np.array_equal(other.predict_proba(X), made.predict_proba(X))


def test_labels_have_weights_each() -> None:
    X, y = make_multilabel_classification(150, 6, n_classes=3, random_state=0)
    heavy = DenseClassifier(**QUICK, class_weight=[{0: 1, 1: 1}, {0: 1, 1: 1}, {0: 1, 1: 50}]).fit(X, y)
    plain = DenseClassifier(**QUICK).fit(X, y)
    assert heavy.predict_proba(X)[:, 2].mean() > plain.predict_proba(X)[:, 2].mean()


def test_parts_of_labels_and_weighted_parts(classes: Any) -> None:
    X, y = make_multilabel_classification(150, 6, n_classes=3, random_state=0)
    made = DenseClassifier(**QUICK)
    for part in range(3):
        made.partial_fit(X[part::3], y[part::3], classes=[0, 1, 2])
    assert made.predict(X).shape == (150, 3) and made.n_iter_ == 3
    X, y = classes
    one, other = DenseClassifier(**QUICK), DenseClassifier(**QUICK)
    weights = np.linspace(0.5, 1.5, 200)
    for _ in range(2):
        one.partial_fit(X, y, ["low", "mid", "top"], weights)
        other.partial_fit(X, y, ["low", "mid", "top"], weights * 2)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))


def test_a_warm_regressor_goes_on(numbers: Any) -> None:
    X, y = numbers
    warm = DenseRegressor(**{**QUICK, "epochs": 4}, warm_start=True).fit(X, y).fit(X, y)
    whole = DenseRegressor(**{**QUICK, "epochs": 8}).fit(X, y)
    np.testing.assert_allclose(warm.loss_curve_, whole.loss_curve_, rtol=1e-9)
    np.testing.assert_allclose(warm.predict(X), whole.predict(X), rtol=1e-6)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_kept_by_joblib_with_its_names(library: str, tmp_path: Any) -> None:
    frame, y = people(library)
    made = DenseClassifier(**QUICK).fit(frame[["age", "member"]], y)
    joblib.dump(made, tmp_path / "made.joblib", compress=3)
    fetched = joblib.load(tmp_path / "made.joblib")
    assert fetched.feature_names_in_.tolist() == ["age", "member"]
    np.testing.assert_array_equal(fetched.predict(frame[["age", "member"]]), made.predict(frame[["age", "member"]]))
    unfitted = clone(fetched)
    assert unfitted.get_params() == made.get_params() and not hasattr(unfitted, "model_")
