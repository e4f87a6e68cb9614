"""What the tests of the drop-in share."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts_project import THIRD_PARTY, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project", tmp_path / "installed")
    made.folder.mkdir()
    made.install("thirdparty.py", THIRD_PARTY)
    return made
