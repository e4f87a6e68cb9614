from __future__ import annotations

import numpy as np
import pytest

from denim.judging.classes import by_class
from denim.judging.intervals import wilson


def test_shares_of_each_class_are_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="it is the judge")
    rng = np.random.default_rng(0)
    true, said = rng.integers(0, 3, 80), rng.integers(0, 3, 80)
    found = by_class(metrics.confusion_matrix(true, said), ("a", "b", "c"))
    precision, recall, f1, rows = metrics.precision_recall_fscore_support(true, said)

    assert [each.precision for each in found] == pytest.approx(precision)
    assert [each.recall for each in found] == pytest.approx(recall)
    assert [each.f1 for each in found] == pytest.approx(f1)
    assert [each.rows for each in found] == rows.tolist()
    assert found[0].recall_interval == wilson(found[0].right, found[0].rows)


def test_a_class_without_rows_has_no_shares() -> None:
    _, absent = by_class(np.array([[3, 0], [0, 0]]), ("there", "absent"))
    assert (absent.precision, absent.recall, absent.f1, absent.recall_interval) == (None, None, None, None)
