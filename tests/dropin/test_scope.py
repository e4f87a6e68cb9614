"""Which files are a script's own."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import numpy as np
import pytest

import denim
from denim.dropin.scope import Scope


@pytest.mark.parametrize(
    ("file", "own"),
    [
        ("script.py", True),
        ("package/deep/module.py", True),
        ("../elsewhere.py", False),
        (".venv/lib/python3.12/site-packages/thing/module.py", False),
        ("usr/lib/python3/dist-packages/module.py", False),
    ],
)
def test_beneath_the_folder_and_not_installed(tmp_path: Path, file: str, own: bool) -> None:
    assert Scope([tmp_path / "project"]).covers(tmp_path / "project" / file) is own


def test_denim_python_and_its_packages_are_nobodys_own() -> None:
    scope = Scope(["/"])

    assert not scope.covers(denim.__file__)
    assert not scope.covers(np.__file__)
    assert not scope.covers(Path(sysconfig.get_paths()["stdlib"]) / "json" / "__init__.py")
    assert scope.covers("/home/someone/script.py")


def test_an_installed_package_that_is_run_is_its_own(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "tool"
    scope = Scope([package, tmp_path / "alone.py"])

    assert scope.covers(package / "inner.py")
    assert not scope.covers(tmp_path / "site-packages" / "other.py")
    assert scope.covers(tmp_path / "alone.py")


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "project")

    assert Scope([tmp_path / "link"]).covers(tmp_path / "project" / "script.py")
    assert Scope([tmp_path / "project"]).covers(tmp_path / "link" / "script.py")
