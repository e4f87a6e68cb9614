"""The code of docs/pictures.md runs, and draws the pictures that are there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_draws_its_pictures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "draw.py"), str(tmp_path)], capture_output=True, text=True, env=dict(os.environ)
    )

    assert done.returncode == 0, done.stderr
    names = done.stdout.split()
    assert len(names) == 5
    for name in names:
        assert (tmp_path / name).stat().st_size > 1000
        assert (DOCS / "figures" / name).is_file(), f"python docs/draw.py draws {name}"
