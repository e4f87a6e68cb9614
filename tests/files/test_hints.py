"""Hints in the documentation."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from denim.files.hints import Hints


def test_the_documentation_has_all_hints():
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    table = page.partition("| hint | says |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(field.name for field in fields(Hints))
