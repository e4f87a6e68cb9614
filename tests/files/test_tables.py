"""Text tables: what is understood of how they are written."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denim.files import Table, read

from .refusals import written


def columns(path, content, **hints):
    table = read(written(path, content), **hints)
    assert isinstance(table, Table)
    return {name: table.frame[name].tolist() for name in table.frame}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "table.csv"


PLAIN = {"a": [1, 3], "b": [2.5, 4.0], "c": ["x", "y"]}


@pytest.mark.parametrize(
    "content",
    [
        "a,b,c\n1,2.5,x\n3,4,y\n",
        "a,b,c\r\n1,2.5,x\r\n3,4,y",
        "a,b,c\r1,2.5,x\r3,4,y\r",
        "a, b , c\n1, 2.5, x\n3, 4, y\n",
        "\n\na,b,c\n\n1,2.5,x\n  \n3,4,y\n\n",
        "\ufeffa,b,c\n1,2.5,x\n3,4,y\n",
        "a\tb\tc\n1\t2.5\tx\n3\t4\ty\n",
        "a;b;c\n1;2.5;x\n3;4;y\n",
        "a;b;c\n1;2,5;x\n3;4;y\n",
        "a|b|c\n1|2.5|x\n3|4|y\n",
        '"a","b","c"\n"1","2.5","x"\n"3","4","y"\n',
        "a,b,c\n1,2.5,x\n3,4,y\n".encode("utf-16"),
        gzip.compress(b"a,b,c\n1,2.5,x\n3,4,y\n", mtime=0),
    ],
)
def test_the_same_table_however_it_is_written(file, content):
    assert columns(file, content) == PLAIN


def test_what_is_not_as_in_most_files_is_said(tmp_path):
    table = read(written(tmp_path / "a.csv", "a;b\n1,5;x\n2;y\n"))
    assert table.notes == ("Columns are separated by ';'.", "Numbers are written with a decimal comma.")
    assert read(written(tmp_path / "a.tsv", "a\tb,c\n1\tx,y\n")).notes == ("Columns are separated by tabs.",)
    assert read(written(tmp_path / "b.csv", 'a,b\n"1,234.5",x\n2,y\n')).notes == ("Thousands are set apart by ','.",)
    assert read(written(tmp_path / "c.csv", "a,b\n1,x\n")).notes == ()


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        ('a,b\n"1,234.5",x\n2,y\n', [1234.5, 2.0]),
        ('a,b\n"1,234",x\n2,y\n', [1234, 2]),
        ('a,b\n"1,25",x\n2,y\n', [1.25, 2.0]),
        ("a;b\n1.234,5;x\n2;y\n", [1234.5, 2.0]),
        ("a;b\n1,234;x\n2;y\n", [1.234, 2.0]),
        ("a;b\n1,234.5;x\n2;y\n", [1234.5, 2.0]),
        ("a;b\n1.234;x\n2;y\n", [1.234, 2.0]),
        ("a;b\n1.234;x\n2,50;y\n", [1234, 2.5]),
        ("a;b\n1.234.567;x\n2,5;y\n", [1234567, 2.5]),
    ],
)
def test_signs_before_fractions_and_between_thousands(file, content, numbers):
    assert columns(file, content)["a"] == numbers


def test_texts_in_quotes_hold_separators_quotes_and_lines(file):
    assert columns(file, 'a,b\n"x, ""y""\nz",1\n5" pipe,2\n') == {"a": ['x, "y"\nz', '5" pipe'], "b": [1, 2]}


def test_texts_may_be_long(file):
    text = "x " * 200_000
    assert columns(file, f'"a","b"\n"{text}",1\n"y",2\n') == {"a": [text, "y"], "b": [1, 2]}


@pytest.mark.parametrize("word", ["", "?", "NA", "N/A", "nan", "NULL", "None", "#N/A"])
def test_words_for_a_missing_value(file, word):
    found = columns(file, f"a,b\n1,x\n{word},{word}\n")
    assert np.isnan(found["a"][1])
    assert pd.isna(found["b"][1])


def test_a_hint_names_more_words_for_it(file):
    assert np.isnan(columns(file, "a,b\n1,x\n-99,y\n", missing=["-99"])["a"][1])


def test_a_byte_that_is_not_utf8_is_taken_for_windows(file):
    table = read(written(file, "a,b\n1,x\n2,caf\xe9 \x80\n".encode("latin-1")))
    assert table.frame["b"].tolist() == ["x", "café €"]
    assert table.notes == (
        "Line 3 is not UTF-8, so the text is taken for Windows-1252 (latin-1); encoding='cp1250', for one, says "
        "otherwise.",
    )
    table = read(written(file, b"a\n\x81\xe9\n"))
    assert table.frame["a"].tolist() == ["\x81é"]
    assert table.notes == (
        "Line 2 is not UTF-8, so the text is taken for latin-1; encoding='cp1250', for one, says otherwise.",
    )
    assert read(written(file, "a\né\n".encode("cp850")), encoding="cp850").frame["a"].tolist() == ["é"]


@pytest.mark.parametrize("first", ["0,1,2", "2019,2020,2021", "name,1,2", "name,age,"])
def test_a_first_line_whose_numbers_count_up_names_columns(file, first):
    names = list(columns(file, f"{first}\n5,6,7\n"))
    assert names == [name or "unnamed 3" for name in first.split(",")]


def test_a_hint_says_whether_the_first_line_names_columns(file):
    assert columns(file, "5,7\n6,8\n", header=True) == {"5": [6], "7": [8]}
    assert columns(file, "5,7\n6,8\n", header=False) == {"column 1": [5, 6], "column 2": [7, 8]}


def test_a_hint_makes_numbers_texts(file):
    table = read(written(file, "a,zip\n1,01234\n2,5\n"), texts=["zip"])
    assert table.frame["zip"].tolist() == ["01234", "5"]
    assert table.hints == {"texts": ("zip",)}


def test_a_hint_leaves_columns_out(file):
    assert columns(file, "a,b,c\n1,2,3\n", without=["b"]) == {"a": [1], "c": [3]}


def test_rows_without_a_target_are_left_out_and_keep_their_numbers(file):
    table = read(written(file, "a,b\n1,x\n2,\n3,y\n"), target="b")
    assert table.frame["a"].tolist() == [1, 3]
    assert table.frame.index.tolist() == [0, 2]
    assert table.notes == ("1 of 3 rows have no 'b' and are left out.",)
    assert table.rows([1]).frame.index.tolist() == [2]
    assert len(table.rows(np.array([True, False]))) == 1


def test_few_texts_among_few_numbers_are_no_slip(file):
    assert columns(file, "a\n1\n2\nA\n") == {"a": ["1", "2", "A"]}


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs")), min_size=1).filter(
                lambda text: not text[0].isdecimal() and text.lower() not in ("nan", "na", "inf", "infinity", "true")
            ),
            st.integers(-(2**53), 2**53),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([",", "\t", ";", "|"]),
)
@settings(deadline=None, max_examples=60)
def test_what_pandas_writes_is_read_back(tmp_path_factory, rows, separator):
    frame = pd.DataFrame(rows, columns=["word", "number"]).assign(last="end")
    text = io.StringIO()
    frame.to_csv(text, sep=separator, index=False, lineterminator="\n")
    path = written(tmp_path_factory.getbasetemp() / "drawn.csv", text.getvalue())
    found = read(path, texts=["word"], separator=separator).frame
    assert found["number"].tolist() == [number for _, number in rows]
    known = found["word"].notna()
    assert [word for word, there in zip(frame["word"], known, strict=True) if there] == found["word"][known].tolist()
