"""The page of the results on tables; no number is typed by hand."""

from __future__ import annotations

import math
from statistics import mean, stdev
from typing import Any

from benchmarks.tables import markdown
from benchmarks.units import duration, ratio

DENIM, RIVAL = "denim", "MLP"

_METHOD = """\
`denim` is `DenseClassifier` or `DenseRegressor`, `MLP` is `MLPClassifier` or `MLPRegressor`, all at their defaults;
`MLP, scaled` is the same behind a `StandardScaler`: denim's estimators scale within the model, targets too. `boosted
trees` is `HistGradientBoosting...` at its defaults, `linear` is logistic regression or `RidgeCV` behind a
`StandardScaler`. denim's default learning rate and `alpha` were chosen with most of the second group of tables in view,
so its scores there are somewhat flattered, and, through the number of epochs, its times. The first group was drawn
afterwards, by other sizes and another seed, and nothing was chosen by it: what came out at the first run is shown.

Every contender is fitted on the same {folds} folds, on one thread, as cross-validation with `n_jobs=-1` runs it; they
take turns on each fold. The score is accuracy for classes and R² for numbers: the mean over the folds ± its standard
error. The time is the processor's for one fit, the fastest of the folds. `make bench-tabular` measures again and writes
this page."""

_GROUPS = ((True, "Tables that nothing was chosen by"), (False, "Tables that the defaults were chosen on"))


def page(document: dict[str, Any]) -> str:
    """The whole page."""
    host, scikit = document["machine"], document["versions"]["scikit-learn"]
    parts = [
        "# Tables",
        "`DenseClassifier` and `DenseRegressor` of `denim.estimators` beside scikit-learn's own estimators.",
        *(["**A smoke run (`--quick`), not for comparison.**"] if document["quick"] else []),
        f"{host['cpu']}, {host['system']}, Python {host['python']}, scikit-learn {scikit}; denim ran "
        f"{host['instruction_set']} kernels. {host['date'][:10]}.",
        *(part for fresh, title in _GROUPS for part in _group(title, document["tables"], fresh)),
        "## Method",
        _METHOD.format(folds=document["folds"]),
    ]
    return "\n\n".join(parts) + "\n"


def _group(title: str, tables: list[dict[str, Any]], fresh: bool) -> list[str]:
    tables = [table for table in tables if table["fresh"] == fresh]
    if not tables:
        return []
    return [
        f"## {title}",
        _summary(tables),
        "### Scores",
        *_by_kind(tables, _score),
        "### Time of a fit",
        *_by_kind(tables, lambda contender: duration(min(contender["fit_s"]))),
    ]


def _summary(tables: list[dict[str, Any]]) -> str:
    beaten, behind, factors = 0, [], []
    for table in tables:
        ours, theirs = table["contenders"][DENIM], table["contenders"][RIVAL]
        beaten += mean(ours["scores"]) >= mean(theirs["scores"])
        if mean(ours["scores"]) < mean(theirs["scores"]):
            behind.append(table["name"])
        factors.append(min(theirs["fit_s"]) / min(ours["fit_s"]))
    faster = sum(factor > 1 for factor in factors)
    typical = math.exp(mean(map(math.log, factors)))
    return (
        f"Beside `{RIVAL}` at its defaults, denim scores at least as well on {beaten} of {len(tables)} tables"
        f"{' (not on: ' + ', '.join(behind) + ')' if behind else ''} and is fitted faster on {faster}; "
        f"in the geometric mean a fit is {ratio(typical)} as fast."
    )


def _by_kind(tables: list[dict[str, Any]], cell: Any) -> list[str]:
    parts = []
    for classes, title in ((True, "classes"), (False, "numbers")):
        chosen = [table for table in tables if table["classes"] == classes]
        if chosen:
            labels = list(chosen[0]["contenders"])
            rows = [
                [f"{t['name']}, {t['rows']:,} × {t['features']}", *(cell(t["contenders"][each]) for each in labels)]
                for t in chosen
            ]
            parts.append(markdown((title, *labels), rows))
    return parts


def _score(contender: dict[str, list[float]]) -> str:
    scores = contender["scores"]
    return f"{mean(scores):.3f} ± {stdev(scores) / math.sqrt(len(scores)):.3f}"
