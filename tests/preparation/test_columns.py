"""What each kind of column is taken for, what it becomes, and what is said of it."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from made import prepared, table

from denim.preparation import PreparationError

N = 12
Y = [0, 1, 1] * 4
KEPT = np.arange(N) * 0.5


def decided(name, values, **more):
    """The sentences on a column, and its features as columns of numbers."""
    preparation, made = prepared(y=Y, kept=KEPT, **{name: values}, **more)
    inputs = preparation.inputs(made)
    assert inputs.dtype == np.float32
    assert inputs.shape == (N, *preparation.input_shape)
    features = dict(zip(preparation.features, inputs.T.tolist(), strict=True))
    assert features.pop("kept") == KEPT.tolist()
    said = [sentence for sentence in preparation.decisions[1:] if sentence != "Numbers: kept."]
    return " ".join(said).replace("kept, ", ""), features


def test_numbers_are_taken_as_they_are():
    said, features = decided("a", [1, 2, 3] * 4)
    assert said == "Numbers: a."
    assert features == {"a": [1, 2, 3] * 4}


def test_missing_numbers_are_the_median_and_marked():
    said, features = decided("a", [1.0, np.nan, 3.0, 4.0] * 3)
    assert said == "Numbers: a (3 of 12 missing: taken for 3, the median, and marked by a feature)."
    assert features == {"a": [1, 3, 3, 4] * 3, "a is missing": [0, 1, 0, 0] * 3}


def test_what_float32_cannot_hold_counts_as_missing():
    said, features = decided("a", [1.0, np.inf, 1e300, 2.0] * 3)
    assert features == {"a": [1, 1.5, 1.5, 2] * 3, "a is missing": [0, 1, 1, 0] * 3}
    assert said == "Numbers: a (6 of 12 missing: taken for 1.5, the median, and marked by a feature)."


def test_numbers_written_as_texts_are_numbers():
    assert decided("a", ["1", "2.5", None] * 4)[1]["a"] == [1, 2.5, 1.75] * 4


@pytest.mark.parametrize("words", [("yes", "no"), ("True", "FALSE"), ("t", "f"), ("Y", "N"), (True, False)])
def test_yes_and_no_are_1_and_0(words):
    said, features = decided("a", [words[0], words[1], words[1], words[1]] * 3)
    assert said == "Yes or no, as 1 or 0: a."
    assert features == {"a": [1, 0, 0, 0] * 3}


def test_missing_truths_are_the_more_frequent_and_marked():
    said, features = decided("a", ["yes", "no", "yes", None] * 3)
    assert said == "Yes or no, as 1 or 0: a (3 of 12 missing: taken for yes, and marked by a feature)."
    assert features == {"a": [1, 0, 1, 1] * 3, "a is missing": [0, 0, 0, 1] * 3}


def test_texts_are_categories():
    said, features = decided("a", ["red", " blue", "red", "green"] * 3)
    assert said == "Categories, a feature each: a (3)."
    assert features == {"a = blue": [0, 1, 0, 0] * 3, "a = green": [0, 0, 0, 1] * 3, "a = red": [1, 0, 1, 0] * 3}


def test_missing_texts_are_a_category():
    said, features = decided("a", ["red", None, "blue"] * 4)
    assert said == "Categories, a feature each: a (2, and one for the 4 missing)."
    assert features == {"a = blue": [0, 0, 1] * 4, "a = red": [1, 0, 0] * 4, "a is missing": [0, 1, 0] * 4}


def test_whole_numbers_are_categories_if_their_name_says_so():
    said, features = decided("zipCode", [7, 8.0, np.nan] * 4)
    assert said == "Categories, a feature each: zipCode (2, and one for the 4 missing)."
    assert list(features) == ["zipCode = 7", "zipCode = 8", "zipCode is missing"]
    assert decided("number of codes", [7, 8, 9] * 4)[0] == "Numbers: number of codes."


def test_pandas_categories_are_categories():
    assert list(decided("a", pd.Categorical([1, 2, 1] * 4))[1]) == ["a = 1", "a = 2"]


def test_of_many_categories_the_most_frequent_count():
    values = [f"c{number:03}" for number in range(150)] * 2 + [f"c{number:03}" for number in range(50, 150)]
    preparation, made = prepared(y=[0, 1] * 200, a=values)
    assert preparation.decisions[1:] == ("Categories, a feature each: a (the 100 most frequent of 150).",)
    assert preparation.features == tuple(f"a = c{number:03}" for number in range(50, 150))
    inputs = preparation.inputs(made)
    assert inputs[0].sum() == 0
    assert inputs[50].argmax() == 0


@pytest.mark.parametrize(
    "written",
    [
        [f"2024-0{month}-15" for month in range(1, 5)],
        [f"15.0{month}.2024" for month in range(1, 5)],
        [f"2024/0{month}/15" for month in range(1, 5)],
        [f"2024-0{month}-15T00:00:00Z" for month in range(1, 5)],
        [f"15.0{month}.2024 00:00" for month in range(1, 5)],
        [datetime.date(2024, month, 15) for month in range(1, 5)],
        [pd.Timestamp(2024, month, 15, tz="Europe/Berlin") for month in range(1, 5)],
    ],
)
def test_dates_become_their_parts_that_differ(written):
    said, features = decided("a", written * 3)
    assert said == "Dates, in parts: a (month, weekday)."
    assert features == {"a: month": [1, 2, 3, 4] * 3, "a: weekday": [0, 3, 4, 0] * 3}


def test_hours_and_missing_dates():
    values = ["2024-01-15 07:30", "2023-01-15 09:00", None] * 4
    said, features = decided("a", values)
    assert said == "Dates, in parts: a (year, weekday, hour; 4 of 12 missing, and marked by a feature)."
    assert features == {
        "a: year": [2024, 2023, 2023.5] * 4,
        "a: weekday": [0, 6, 3] * 4,
        "a: hour": [7, 9, 8] * 4,
        "a is missing": [0, 0, 1] * 4,
    }


@pytest.mark.parametrize(
    ("values", "said", "months"),
    [
        (["01/02/2024", "03/04/2024"], "month/day/year", [1, 3]),
        (["01/02/2024", "13/04/2024"], "day/month/year", [2, 4]),
        (["01/02/2024", "03/14/2024"], "month/day/year", [1, 3]),
    ],
)
def test_days_before_or_after_months(values, said, months):
    sentence, features = decided("a", values * 6)
    assert sentence.endswith(f"; {said}).")
    assert features["a: month"] == months * 6


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("a", [5] * N, "Left out, the same in every row: a."),
        ("a", ["x"] * N, "Left out, the same in every row: a."),
        ("a", ["yes"] * N, "Left out, the same in every row: a."),
        ("a", [True] * N, "Left out, the same in every row: a."),
        ("a", ["2024-01-15"] * N, "Left out, the same in every row: a."),
        ("a", [None] * N, "Left out, empty: a."),
        ("a", [np.inf] * N, "Left out, empty: a (no finite number)."),
        ("PassengerId", range(N), "Left out, identifiers: PassengerId (all 12 numbers differ)."),
        ("ID", [3.0 * number for number in range(N)], "Left out, identifiers: ID (all 12 numbers differ)."),
        ("row_index", range(N), "Left out, identifiers: row_index (all 12 numbers differ)."),
        ("unnamed 1", range(N), "Left out, identifiers: unnamed 1 (all 12 numbers differ)."),
        ("a", [f"n{number}" for number in range(N)], "Left out, identifiers: a (all 12 values differ)."),
        ("a", [f"n{number % 7}" for number in range(N)], "Left out, identifiers: a (7 different values in 12 rows)."),
        ("a", [f"I like it very {number}" for number in range(N)], "Left out, free text: a (all 12 values differ)."),
        ("a", [[1]] * N, "Left out, no numbers, texts or dates: a (lists or the like)."),
        ("a", [1j] * N, "Left out, no numbers, texts or dates: a (complex128)."),
        ("a", np.arange(N) * np.timedelta64(1, "s"), "Left out, no numbers, texts or dates: a (timedelta64[s])."),
    ],
)
def test_columns_that_are_left_out(name, values, said):
    assert decided(name, values) == (said, {})


def test_of_texts_that_differ_it_may_count_whether_they_are_there():
    said, features = decided("cabin", [f"C{number}" if number % 2 else None for number in range(N)])
    assert said == ("Left out but for whether they are missing, as 1 or 0: cabin (all 6 values differ).")
    assert features == {"cabin is missing": [1, 0] * 6}


def test_a_number_that_is_constant_but_for_missing_ones_stays():
    assert decided("a", [5.0, None, 5.0] * 4)[1] == {"a": [5] * N, "a is missing": [0, 1, 0] * 4}


def test_many_columns_are_counted():
    preparation, _ = prepared(y=Y, **{f"a{number}": KEPT + number for number in range(20)})
    assert preparation.decisions[1] == f"Numbers: {', '.join(f'a{number}' for number in range(12))}, ... (20 columns)."


def test_a_column_that_says_the_target_is_told():
    preparation, _ = prepared(y=Y, kept=KEPT, alive=["no", "yes", "yes"] * 4, other=["no", "yes", "no"] * 4)
    assert preparation.decisions[-1] == (
        "Beware: 'alive' alone says what 'y' is, in every row. If that is not known beforehand, leave it out: "
        "without='alive'."
    )
    preparation, _ = prepared(y=Y, kept=KEPT, alive=["no", "yes", "yes"] * 4, other=["b", "a", "a"] * 4)
    assert preparation.decisions[-1] == (
        "Beware: each of 'alive', 'other' alone says what 'y' is, in every row. If that is not known beforehand, leave "
        "it out: without=('alive', 'other')."
    )


def test_only_the_training_rows_count():
    preparation, made = prepared(y=[*Y, 1], a=[*([1.0, 3.0] * 6), 100.0])
    learnt = type(preparation).decide(made.rows(slice(N)), "y")
    assert learnt.source.columns[0].fill == 2


def test_other_rows_are_prepared_in_the_same_way():
    preparation, _ = prepared(
        y=Y,
        number=[1.0, 2.0, 6.0] * 4,
        word=["a", "b", "a"] * 4,
        truth=["yes", "no", "no"] * 4,
        day=["2024-01-01", "2024-02-02", "2024-02-02"] * 4,
    )
    new = table(
        day=["2025-03-01", None, "x"],
        extra=[1, 2, 3],
        truth=[1, None, "maybe"],
        number=["7", None, None],
        word=["b", "c", None],
    )
    inputs = dict(zip(preparation.features, preparation.inputs(new).T.tolist(), strict=True))
    assert inputs == {
        "number": [7, 2, 2],
        "word = a": [0, 0, 0],
        "word = b": [1, 0, 0],
        "truth": [1, 0, 0],
        "day: month": [3, 2, 2],
        "day: day": [1, 2, 2],
        "day: weekday": [5, 4, 4],
    }


def test_values_that_were_not_learnt_are_told():
    preparation, made = prepared(
        y=Y,
        number=[1.0, 2.0, 6.0] * 4,
        word=["a", "b", "a"] * 4,
        truth=["yes", "no", "no"] * 4,
        day=["2024-01-01", "2024-02-02", "2024-02-02"] * 4,
        cabin=[f"C{number}" if number % 2 else None for number in range(N)],
    )
    assert preparation.surprises(made) == ()
    new = table(
        number=[None, 1, 2],
        word=["c", None, "d"],
        truth=["no", "maybe", None],
        day=[None, "2020-01-01", "soon"],
        cabin=["C99", None, None],
    )
    assert preparation.surprises(new) == (
        "2 of 3 rows have a 'word' that was not learnt, such as 'c'.",
        "1 of 3 rows have a 'truth' that was not learnt, such as 'maybe'.",
        "1 of 3 rows have a 'day' that was not learnt, such as 'soon'.",
    )


def test_categories_are_the_same_however_a_file_writes_them():
    preparation, _ = prepared(y=Y, a=pd.Categorical([7, 8, 9] * 4))
    for sevens in ([7], [7.0], ["7"], ["007"], [" 7.0 "]):
        assert preparation.inputs(table(a=sevens)).tolist() == [[1, 0, 0]]


def test_no_column_is_left():
    with pytest.raises(PreparationError) as refused:
        prepared(y=Y, a=[1] * N, name=[f"n{number}" for number in range(N)])
    assert str(refused.value) == (
        "No column is left to learn 'y' from. Left out, the same in every row: a. Left out, identifiers: name (all 12 "
        "values differ)."
    )


def test_columns_that_are_missing():
    preparation, _ = prepared(y=Y, kept=KEPT, Age=[1, 2, 3] * 4)
    with pytest.raises(PreparationError) as refused:
        preparation.inputs(table(kept=[1.0], age=[2], y=[1]))
    assert str(refused.value) == "made.csv has no column 'Age', which the network learnt from. Did you mean 'age'?"
    with pytest.raises(PreparationError) as refused:
        preparation.inputs(table(z=[1]))
    assert str(refused.value) == "made.csv has no column 'kept' (and 1 more: Age), which the network learnt from."


def test_texts_where_numbers_were_learnt():
    preparation, _ = prepared(y=Y, kept=KEPT)
    new = table(kept=["1", "x", None, "y", "z"])
    with pytest.raises(PreparationError) as refused:
        preparation.inputs(new)
    assert str(refused.value) == ("Column 'kept' is made of numbers, and 'x' in row 2 is none; nor are 2 others.")
    with pytest.raises(PreparationError, match=r"and 'y' in row 4 is none\.$"):
        preparation.inputs(new.rows([0, 3]))


def test_lists_where_categories_were_learnt():
    preparation, _ = prepared(y=Y, kept=["a", "b", "a"] * 4)
    with pytest.raises(PreparationError, match=r"^Column 'kept' is made of categories, and holds .*list"):
        preparation.inputs(table(kept=[[1], [2]]))


def test_the_target_must_be_named_and_be_there():
    with pytest.raises(PreparationError) as refused:
        prepared(None, y=Y, kept=KEPT)
    assert (
        str(refused.value)
        == "Which column of made.csv is to be learnt? Say it, as in target='kept'. Its columns: y, kept."
    )
    with pytest.raises(PreparationError) as refused:
        prepared("keep", y=Y, kept=KEPT)
    assert str(refused.value) == "There is no column 'keep' to learn. Did you mean 'kept'? Columns: y, kept."
