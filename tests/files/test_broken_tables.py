"""Text tables that cannot be used: the line, the reason, and what helps."""

from __future__ import annotations

import csv
import gzip
import io
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denim.files import FileError, read
from denim.files.records import records, uneven

from .refusals import refusal, written


@pytest.fixture
def file(tmp_path):
    return tmp_path / "t.csv"


NUMBERS = "".join(f"{number},x\n" for number in range(40))

SEPARATOR = "A text that holds {} must stand in double quotes, and a missing value still needs its place."
QUOTES = 'Close the quotes; a quote within a text in quotes is written twice ("").'
NUL = (
    "It holds a NUL byte, which no text does. If it is text in UTF-16, pass encoding='utf-16'; else it is "
    "damaged or no CSV file."
)
STRAY = (
    "Mend it, or leave the field empty. Or missing='abc' takes it for a missing value, and texts='a' the whole "
    "column for texts."
)

REFUSED = {
    "empty": ("", ": It is empty."),
    "blank": (" \n\n", ": It is empty."),
    "header alone": ("a,b\n", ": It has names of columns and no rows."),
    "too few fields": (
        "a,b,c\n1,2,3\n4,5\n6,7,8\n",
        f", line 3: It has 2 fields, and the header has 3. {SEPARATOR.format(repr(','))}",
    ),
    "too many fields, twice": (
        "a;b\n1;2\n\n1;2;3\n4\n",
        f", line 4: It has 3 fields, and the header has 2, as in 1 more line. {SEPARATOR.format(repr(';'))}",
    ),
    "tabs": (
        "a\tb\n1\t2\n1\t2\t3\n",
        f", line 3: It has 3 fields, and the header has 2. {SEPARATOR.format('a tab')}",
    ),
    "after a text of two lines": (
        'a,b\n"x\ny",2\n1,2,3\n',
        f", line 4: It has 3 fields, and the header has 2. {SEPARATOR.format(repr(','))}",
    ),
    "row names without a name": (
        "a,b\nr,1,2\ns,3,4\n",
        ", line 2: It has 3 fields, and the header has 2, as in 1 more line. If rows begin with a name or a number of "
        "their own, the header must name that column, too.",
    ),
    "a quote that is never closed": (
        'a,b\n1,2\n"x,3\n4,5\n',
        f", line 3: A text in double quotes begins here and ends in line 4 or never. {QUOTES}",
    ),
    "a quote that another closes": (
        'a,b\n"x,3\n4,5\n"y",3\n',
        f", line 2: A text in double quotes begins here and ends in line 4 or never. {QUOTES}",
    ),
    "a quote in the last field": (
        'a,b\n1,2\n4,"5\n6,7\n',
        f", line 3: A text in double quotes begins here and ends in line 4 or never. {QUOTES}",
    ),
    "a text among numbers": (
        f"a,b\n{NUMBERS}abc,x\n5,x\n",
        f", line 42: 'abc' in column 'a' is no number; 41 of its 42 values are. {STRAY}",
    ),
    "two texts among numbers, after blank lines": (
        f"a,b\n\n{NUMBERS}\nabc,x\ndef,x\n",
        f", line 44: 'abc' in column 'a' is no number; 40 of its 42 values are. {STRAY}",
    ),
    "quotes in the middle of texts": (
        'a,b\n1,2\nx"y,z",1\n',
        f", line 3: It has 3 fields, and the header has 2. {SEPARATOR.format(repr(','))}",
    ),
    "no header": (
        "5.1,3.5,1.4,0.2,setosa\n4.9,3,1.4,0.2,setosa\n",
        ", line 1: The first line should name the columns, and looks like data: '5.1', '3.5', '1.4', '0.2', .... Add a "
        "line of names, or pass header=False (columns are then 'column 1', 'column 2', ...) or header=True.",
    ),
    "doubled names": (
        "a,b,a,a\n1,2,3,4\n",
        ", line 1: Column names must differ, and 'a' is the name of columns 1, 3, 4. Rename them; or, if the first "
        "line is no header, pass header=False.",
    ),
    "a NUL byte": ("a,b\n1,2\n3,\0\n", f", line 3: {NUL}"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", f", line 3: {NUL}"),
    "a web page": (
        "<!DOCTYPE html><title>Sign in</title>",
        ": It is a web page or XML, not a table. Has a download gone wrong?",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(file, name):
    content, text = REFUSED[name]
    assert refusal(written(file, content)) == f"t.csv{text}"


def test_a_damaged_gzip_file(file):
    said = refusal(written(file, gzip.compress(b"a,b\n1,2\n" * 99)[:-9]))
    assert said.startswith("t.csv: It is a damaged gzip file: ")
    assert said.endswith(" Is it whole?")


def test_the_error_says_its_parts(file):
    with pytest.raises(FileError) as caught:
        read(written(file, "a,b\n1\n"))
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.path, error.line) == (file, 2)
    assert error.reason == "It has 1 field, and the header has 2."
    assert error.suggestion.startswith("A text that holds ','")
    assert str(error) == str(caught.value)


def test_a_header_that_is_not_there_counts_no_line(file):
    said = refusal(written(file, "1,2\n3\n"), header=False)
    assert said.startswith("t.csv, line 2: It has 1 field, and the first line has 2. ")
    numbers = "".join(f"{number},1\n" for number in range(30))
    assert refusal(written(file, f"{numbers}x,1\n"), header=False).startswith(
        "t.csv, line 31: 'x' in column 'column 1' is no number"
    )


def test_encodings_that_are_wrong_or_that_there_are_not(file):
    written(file, b"a\n1\n\xe9\n")
    assert refusal(file, encoding="utf-8").startswith("t.csv, line 3: It is not in utf-8: 'utf-8' codec can't decode ")
    with pytest.raises(
        ValueError, match=r"^encoding must be one that Python knows, such as 'latin-1'. Received: 'x1'$"
    ):
        read(file, encoding="x1")


def test_a_file_that_is_not_there(tmp_path):
    written(tmp_path / "penguins.csv", "a,b\n1,2\n")
    missing = tmp_path / "pengiuns.csv"
    assert refusal(missing) == "pengiuns.csv: There is no such file or folder. Did you mean 'penguins.csv'?"
    assert refusal(tmp_path / "nowhere" / "a.csv") == (
        f"a.csv: There is no such file or folder. Nor is there a folder {tmp_path / 'nowhere'}."
    )


def test_an_address():
    with pytest.raises(FileError) as caught:
        read("https://example.org/t.csv")
    assert str(caught.value) == (
        "https:/example.org/t.csv: It is an address, and files are read from here alone. Fetch it first."
    )


def test_a_target_that_is_not_there(file):
    written(file, "species,mass\nx,\ny,\n")
    assert refusal(file, target="specie") == (
        "t.csv: There is no column 'specie'. Did you mean 'species'? Its columns: species, mass."
    )
    assert refusal(written(file, "a b\n1 2\n"), target="b") == (
        "t.csv: There is no column 'b'. Its one column: 'a b'. If there are more, say what parts them: separator=' '."
    )
    assert read(file, target="b", separator=" ").frame.values.tolist() == [[1, 2]]


def test_a_target_that_no_row_has(file):
    written(file, "species,mass\nx,\ny,\n")
    assert refusal(file, target="mass") == (
        "t.csv: No row has a value in column 'mass'. Name a column with what is to be predicted."
    )


def test_hints_that_there_are_not(file):
    written(file, "a,b\n1,2\n")
    with pytest.raises(TypeError) as caught:
        read(file, seperator=";")
    assert str(caught.value) == (
        "read() takes the hints separator, decimal, header, encoding, missing, texts, without, inputs, size, colour. "
        "Received: seperator. Did you mean 'separator'?"
    )
    for hints, text in (
        ({"separator": "ab"}, "separator must be one character, such as ';'. Received: separator='ab'"),
        ({"decimal": ";"}, "decimal must be '.' or ','. Received: decimal=';'"),
        ({"size": 28}, "size must be the height and the width of pictures, such as '28x28'. Received: 28"),
        ({"size": (28, 0)}, "size must be the height and the width of pictures, such as '28x28'. Received: (28, 0)"),
        ({"size": "28"}, "size must be the height and the width of pictures, such as '28x28'. Received: '28'"),
    ):
        with pytest.raises(ValueError) as refused:
            read(file, **hints)
        assert str(refused.value) == text
    assert refusal(file, texts=["B"]) == "t.csv: There is no column 'B', which should hold texts. Did you mean 'b'?"
    assert refusal(file, without=["a", "b"]) == "t.csv: No column is left. The hint `without` leaves out all."
    assert refusal(file, without=["c"]) == "t.csv: There is no column 'c', which should be left out."


@pytest.mark.parametrize("chunk", [3, 8, 1 << 24])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,2\n", False),
        ("a,b\n1,2", False),
        ("a,b\n\n1,2\n \n\r\n", False),
        ('a,b\n"x,\n""y""",2\n', False),
        ("a,b\n1\n", True),
        ("a,b\n1", True),
        ("a,b\n1,2,3\n4\n", True),
        ('a,b\n"1,2\n', True),
        ('a,b\nx"y,z",1\n', True),
        ('a,b\n1,2\n"x" y,2\n', True),
        ('a,b\n"x","y"', False),
    ],
)
def test_the_quick_look_sees_what_is_uneven_across_its_chunks(monkeypatch, chunk, content, expected):
    monkeypatch.setattr("denim.files.records._CHUNK", chunk)
    assert uneven(content.encode(), ",", 2) is expected


FIELDS = st.text(st.sampled_from('a ,;"\n\r\u00e9'), max_size=4)


@given(
    st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from([",", ";"]),
    st.sampled_from([1, 5, 1 << 24]),
)
@settings(deadline=None)
def test_the_quick_look_sees_one_field_more_or_less(rows, separator, chunk):
    def seen(rows):
        text = io.StringIO()
        csv.writer(text, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
        return uneven(text.getvalue().encode(), separator, 3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("denim.files.records._CHUNK", chunk)
        assert not seen(rows)
        assert seen([*rows[:-1], rows[-1][:-1], *rows])
        assert seen([*rows, [*rows[0], ""]])


def test_records_know_their_lines():
    found = [(record.line, record.last_line, record.fields) for record in records(b'a,b\n"x\ny",2\n\n3,4', ",")]
    assert found == [(1, 1, ["a", "b"]), (2, 3, ["x\ny", "2"]), (4, 4, []), (5, 5, ["3", "4"])]
