"""denim's estimators beside scikit-learn's on small tables; the page docs/tabular.md is made of the results.

python -m benchmarks.tabular [--quick]     a smoke run leaves its results and its page in build/benchmarks/quick/

Every contender has one thread, as cross-validation with n_jobs=-1 gives it. On each fold they take turns, and a fit's
time is that of the processor: what else the machine does then touches all alike, and little.
"""

from __future__ import annotations

import argparse
import json
import os
import time
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
    parser.add_argument("--quick", action="store_true", help="a few data sets, kept apart from the real results")
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
    """Scores and times of all contenders on all tables, or on two of each group."""
    # Before NumPy and OpenMP look.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "DENIM_NUM_THREADS"), "1"))
    import sklearn

    from benchmarks.tables_of_data import FRESH, SEEN

    groups = [(FRESH, True), (SEEN, False)]
    chosen = [(t, fresh) for group, fresh in groups for t in ((group[0], group[-1]) if quick else group)]
    return {
        "machine": machine.describe(),
        "versions": {"scikit-learn": sklearn.__version__},
        "folds": _FOLDS,
        "quick": quick,
        "tables": [_table(table, fresh) for table, fresh in chosen],
    }


def _table(table: Any, fresh: bool) -> dict[str, Any]:
    X, y = table.load()
    entry = {"name": table.name, "classes": table.classes, "rows": len(X), "features": X.shape[1], "fresh": fresh}
    print(table.name, flush=True)
    return {**entry, "contenders": _cross_validated(_contenders(table.classes, y.ndim > 1), table.classes, X, y)}


def _cross_validated(
    contenders: dict[str, Callable[[], Any]], classes: bool, X: Any, y: Any
) -> dict[str, dict[str, list[float]]]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import KFold, StratifiedKFold

    found: dict[str, dict[str, list[float]]] = {label: {"scores": [], "fit_s": []} for label in contenders}
    folds = (StratifiedKFold if classes else KFold)(_FOLDS, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for learnt, held in folds.split(X, y):
            for label, make in contenders.items():
                estimator = make()
                begun = time.process_time()
                estimator.fit(X[learnt], y[learnt])
                found[label]["fit_s"].append(time.process_time() - begun)
                found[label]["scores"].append(float(estimator.score(X[held], y[held])))
    return found


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
