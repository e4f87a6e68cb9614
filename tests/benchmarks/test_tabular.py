"""The page of the results on tables."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import tabular_page


def contender(scores: list[float], seconds: float) -> dict[str, Any]:
    return {"scores": scores, "fit_s": [seconds * 2, seconds]}


def document() -> dict[str, Any]:
    return {
        "machine": {
            "cpu": "A CPU",
            "system": "Linux",
            "python": "3.12",
            "instruction_set": "avx2",
            "date": "2026-01-02T03:04:05+00:00",
        },
        "versions": {"scikit-learn": "1.7"},
        "folds": 2,
        "quick": False,
        "tables": [
            {
                "name": "flowers",
                "classes": True,
                "rows": 1500,
                "features": 4,
                "fresh": True,
                "contenders": {"denim": contender([0.9, 0.8], 0.01), "MLP": contender([0.7, 0.7], 0.04)},
            },
            {
                "name": "prices",
                "classes": False,
                "rows": 20,
                "features": 3,
                "fresh": False,
                "contenders": {"denim": contender([0.1, 0.1], 0.02), "MLP": contender([0.5, 0.5], 0.02)},
            },
        ],
    }


def test_a_page() -> None:
    text = tabular_page.page(document())
    assert "| flowers, 1,500 × 4 | 0.850 ± 0.050 | 0.700 ± 0.000 |" in text
    assert "| prices, 20 × 3 | 20.0 ms | 20.0 ms |" in text
    assert "at least as well on 1 of 1 tables and is fitted faster on 1" in text
    assert "at least as well on 0 of 1 tables (not on: prices) and is fitted faster on 0" in text
    assert "a fit is 4.00x as fast" in text and "a fit is 1.00x as fast" in text
    assert "on the same 2 folds" in text and "smoke run" not in text
    assert "**A smoke run" in tabular_page.page({**document(), "quick": True})


def test_fresh_tables_are_shown_first_and_apart() -> None:
    text = tabular_page.page(document())
    fresh, seen = (text.index(f"## Tables that {words}") for words in ("nothing was", "the defaults were"))
    assert fresh < text.index("| flowers") < seen < text.index("| prices") < text.index("## Method")
    only = [table for table in document()["tables"] if table["fresh"]]
    assert "the defaults were chosen on" not in tabular_page.page({**document(), "tables": only})


def test_no_table_is_in_both_groups() -> None:
    pytest.importorskip("sklearn")
    from benchmarks.tables_of_data import FRESH, SEEN

    names = [table.name for table in (*FRESH, *SEEN)]
    assert len(set(names)) == len(names) and len(FRESH) >= 8
    for table in FRESH:
        X, y = table.load()
        assert len(X) == len(y) >= 400
