"""A project whose script says `keras`, and packages outside it that look for Keras and TensorFlow."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

THIRD_PARTY = """
import importlib.util, sys

def seen():
    found = []
    for name in ("keras", "tensorflow", "keras.layers"):
        try:
            __import__(name)
            found.append((name, sys.modules[name].__file__))
        except ImportError as error:
            found.append((name, type(error).__name__))
        try:
            found.append(importlib.util.find_spec(name) is not None)
        except ImportError:
            found.append(False)
    return found, [name for name in sys.modules if name.partition(".")[0] in ("keras", "tensorflow")]
"""


@dataclass
class Project:
    """A folder of the script's own, and a folder of installed packages beside it."""

    folder: Path
    installed: Path

    def write(self, name: str, source: str) -> Path:
        return _write(self.folder / name, source)

    def install(self, name: str, source: str) -> Path:
        return _write(self.installed / name, source)

    def run(self, *words: str, cwd: Path | None = None, denim: bool = True) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.installed), *filter(None, [os.environ.get("PYTHONPATH")])])
        return subprocess.run(
            [sys.executable, *(["-m", "denim"] if denim else []), *words],
            capture_output=True,
            text=True,
            cwd=cwd or self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""},
            timeout=300,
        )

    def output(self, *words: str, cwd: Path | None = None, denim: bool = True) -> str:
        done = self.run(*words, cwd=cwd, denim=denim)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _write(file: Path, source: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return file
