"""A contender's process, warmed up and waiting; ``contenders/protocol.py`` is what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.contenders import Contender
from benchmarks.workloads import Inference, Workload

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A contender did not run; the text says why."""


def why_missing(contender: Contender) -> str | None:
    """Why a contender cannot run here, if it cannot."""
    absent = [name for name in contender.requires if find_spec(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


class Process:
    """One contender on one workload."""

    def __init__(
        self, contender: Contender, workload: Workload | Inference, environment: Mapping[str, str] | None = None
    ) -> None:
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.child = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.contenders.{contender.module}", workload.to_json()],
            cwd=ROOT,
            env={**os.environ, **contender.environment, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        self.introduction = self.hear()
        if "unable" in self.introduction:
            self.close()
            raise Failed(self.introduction["unable"])

    def say(self, line: str) -> None:
        """Send a line, without waiting for the reply."""
        assert self.child.stdin is not None
        try:
            self.child.stdin.write(f"{line}\n")
            self.child.stdin.flush()
        except BrokenPipeError as error:
            raise Failed(self._last_words()) from error

    def hear(self) -> dict[str, Any]:
        """The next reply."""
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        if not line:
            raise Failed(self._last_words())
        reply: dict[str, Any] = json.loads(line)
        return reply

    def go(self, rounds: int) -> float:
        """Seconds of this many rounds."""
        self.say(f"go {rounds}")
        return float(self.hear()["seconds"])

    def check(self) -> dict[str, Any]:
        """What shows that the work was done."""
        self.say("check")
        return self.hear()

    def close(self) -> None:
        """End the conversation, and wait for the process to end."""
        if self.child.poll() is None:
            self.child.communicate()
        for stream in (self.child.stdin, self.child.stdout, self.errors):
            if stream is not None:
                stream.close()

    def _last_words(self) -> str:
        status = self.child.wait()
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        self.close()
        return f"failed with status {status}" + (f": {lines[-1][:200]}" if lines else "")
