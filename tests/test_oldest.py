"""tests/oldest.txt pins what pyproject.toml promises."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

if sys.version_info < (3, 11):
    import tomli as tomllib
else:
    import tomllib


def version(text: str) -> list[int]:
    return [int(number) for number in text.removesuffix(".*").split(".")]


def pinned() -> dict[str, list[int]]:
    lines = (ROOT / "tests" / "oldest.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {name: version(number) for name, number in pairs}


def promised() -> dict[str, list[int]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    found = (re.match(r"([\w-]+)>=([\d.]+)", each) for each in every)
    return {match[1]: version(match[2]) for match in found if match}


@pytest.mark.parametrize("name", sorted(promised()))
def test_the_oldest_is_tested(name: str) -> None:
    lowest, tested = promised()[name], pinned()[name]
    assert tested[: len(lowest)] == lowest and not any(tested[len(lowest) :])
