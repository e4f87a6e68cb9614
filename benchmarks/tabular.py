"""denim's estimators beside scikit-learn's on small tables; the page docs/tabular.md is made of the results.

python -m benchmarks.tabular [--quick]     a smoke run leaves its results and its page in build/benchmarks/quick/

Every contender has one thread, as cross-validation with n_jobs=-1 gives it.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings
from collections.abc import Callable
from typing import Any

from benchmarks import machine, tabular_page
from benchmarks.data import FOLDER
from benchmarks.process import ROOT

_FOLDS = 5


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tabular", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--quick", action="store_true", help="two data sets, kept apart from the real results")
    quick = parser.parse_args(arguments).quick
    results, page = ROOT / "benchmarks" / "tabular.json", ROOT / "docs" / "tabular.md"
    if quick:
        results, page = FOLDER / "quick" / "tabular.json", FOLDER / "quick" / "tabular.md"
        results.parent.mkdir(parents=True, exist_ok=True)
    document = measured(quick)
    results.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    page.write_text(tabular_page.page(document), encoding="utf-8")
    print(f"{results}\n{page}")


def measured(quick: bool) -> dict[str, Any]:
    """Scores and times of all contenders on all tables, or on one of each kind."""
    # Before NumPy and OpenMP look.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "DENIM_NUM_THREADS"), "1"))
    import sklearn

    from benchmarks.tables_of_data import TABLES

    tables = [TABLES[0], TABLES[-1]] if quick else TABLES
    return {
        "machine": machine.describe(),
        "versions": {"scikit-learn": sklearn.__version__},
        "folds": _FOLDS,
        "quick": quick,
        "tables": [_table(table) for table in tables],
    }


def _table(table: Any) -> dict[str, Any]:
    X, y = table.load()
    entry: dict[str, Any] = {"name": table.name, "classes": table.classes, "rows": len(X), "features": X.shape[1]}
    entry["contenders"] = {}
    for label, make in _contenders(table.classes, y.ndim > 1).items():
        entry["contenders"][label] = _cross_validated(make(), table.classes, X, y)
        print(f"{table.name}: {label}", flush=True)
    return entry


def _cross_validated(estimator: Any, classes: bool, X: Any, y: Any) -> dict[str, list[float]]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import KFold, StratifiedKFold, cross_validate

    folds = (StratifiedKFold if classes else KFold)(_FOLDS, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = cross_validate(estimator, X, y, cv=folds)
    return {"scores": found["test_score"].tolist(), "fit_s": found["fit_time"].tolist()}


def _contenders(classes: bool, several: bool) -> dict[str, Callable[[], Any]]:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.multioutput import MultiOutputRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from denim.estimators import DenseClassifier, DenseRegressor

    network = MLPClassifier if classes else MLPRegressor
    trees = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor

    def boosting() -> Any:
        return MultiOutputRegressor(trees(random_state=0)) if several else trees(random_state=0)

    return {
        tabular_page.DENIM: lambda: (DenseClassifier if classes else DenseRegressor)(random_state=0),
        tabular_page.RIVAL: lambda: network(random_state=0),
        "MLP, scaled": lambda: make_pipeline(StandardScaler(), network(random_state=0)),
        "boosted trees": boosting,
        "linear": lambda: make_pipeline(StandardScaler(), LogisticRegression() if classes else RidgeCV()),
    }


if __name__ == "__main__":
    main()
