"""Columns of amounts: numbers with a currency, a percent sign, or thousands set apart in a way of their own."""

from __future__ import annotations

import math

import pytest

from denim.files import read

from .refusals import refusal, written

pandas = pytest.importorskip("pandas")

AMOUNTS = {
    "dollars": (["$1,234.50", "-$3", "$ 4"], [1234.5, -3.0, 4.0], "$"),
    "euros after the number": (["1.234,50 €", "5 €"], [1234.5, 5.0], "€"),
    "a code": (["CHF 1'234.50", "CHF 2.00"], [1234.5, 2.0], "CHF"),
    "percent": (["12 %", "−3,5%"], [12.0, -3.5], "%"),
    "narrow spaces": (["1\u202f234,5", "7"], [1234.5, 7.0], ""),
    "thousands twice": (["1.234.567", "2 €"], [1234567.0, 2.0], "€"),
    "thousands of money": (["1.234 €", "950 €"], [1234.0, 950.0], "€"),
    "thousands of dollars": (["$1,234", "$12,500"], [1234.0, 12500.0], "$"),
    "another decimal sign than the file's": (["1.234,56", "7,5"], [1234.56, 7.5], ""),
}


@pytest.mark.parametrize(("texts", "numbers", "unit"), AMOUNTS.values(), ids=AMOUNTS.keys())
def test_amounts_are_numbers(tmp_path, texts, numbers, unit):
    lines = "\n".join(f"{text};0.25" for text in texts)
    table = read(written(tmp_path / "t.csv", f"a;b\n{lines}\n;0.5\n"))
    assert table.frame["a"].tolist()[:-1] == numbers
    assert math.isnan(table.frame["a"].iloc[-1])
    assert f"Amounts, read as numbers: 'a'{f' (with {unit!r})' if unit else ''}." in table.notes


OTHERS = {
    "two currencies": ["5 $", "5 €"],
    "two decimal signs": ["1,5 €", "1.5 €"],
    "thousands set apart by two signs": ["1,234 €", "1.234 €"],
    "contradictions": ["1.234,5", "1,234.5"],
    "addresses": ["192.168.100.200", "10.0.0.1"],
    "telephone numbers": ["01 23 45 67", "02 34 56 78"],
    "versions": ["1.2.3", "1.2.4"],
    "dates": ["2024-01-31", "2024-02-01"],
    "times": ["12:30", "13:00"],
    "texts, mostly": ["5 €", "x", "y"],
}


@pytest.mark.parametrize("texts", OTHERS.values(), ids=OTHERS.keys())
def test_what_may_be_something_else_stays_text(tmp_path, texts):
    table = read(written(tmp_path / "t.csv", "a;b\n" + "".join(f"{text};1\n" for text in texts)))
    assert table.frame["a"].tolist() == texts
    assert not any("Amounts" in note for note in table.notes)


def test_columns_of_texts_are_left_alone(tmp_path):
    table = read(written(tmp_path / "t.csv", "a,b\n5 €,1\n6 €,2\n"), texts=["a"])
    assert table.frame["a"].tolist() == ["5 €", "6 €"]


def test_a_text_among_amounts_is_told(tmp_path):
    path = written(tmp_path / "t.csv", "a,b\n" + "5 €,1\n" * 30 + "broken,1\n")
    assert refusal(path).startswith("t.csv, line 32: 'broken' in column 'a' is no number; 30 of its 31 values are.")
