"""Hints as words on a command line, and in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from denim.files.hints import Hints
from denim.files.spoken import hints_in


def test_words_are_hints():
    words = [
        "header=no",
        "missing=unknown, -99",
        "size=28x32",
        "separator=tab",
        "decimal=comma",
        "colour=True",
        "encoding=latin-1",
    ]
    assert hints_in(words) == {
        "header": False,
        "missing": ("unknown", "-99"),
        "size": (28, 32),
        "separator": "\t",
        "decimal": ",",
        "colour": True,
        "encoding": "latin-1",
    }
    assert hints_in([]) == {}


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (
            "hedaer=no",
            "A hint is name=value, and a name one of separator, decimal, header, encoding, missing, texts, without, "
            "inputs, size, colour. Received: 'hedaer=no'. Did you mean 'header'?",
        ),
        ("header=maybe", "header must be yes or no. Received: header=maybe"),
        ("size=28", "size must be the height and the width of pictures, such as 28x28. Received: size=28"),
        ("decimal=;", "decimal must be '.' or ','. Received: decimal=';'"),
    ],
)
def test_words_that_are_none(word, text):
    with pytest.raises(ValueError) as refused:
        hints_in([word])
    assert str(refused.value) == text


def test_the_documentation_has_all_hints():
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    table = page.partition("| hint | says |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(Hints.names())
