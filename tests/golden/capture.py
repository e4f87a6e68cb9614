"""Run one scene in a process of its own, writing to a pipe or to a terminal, and return the text it printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

SCENES_FILE = Path(__file__).parent / "scenes.py"

_STEP_TIME = re.compile(r"\d+(?:s|ms|us)/step")
_SECONDS = re.compile(r"(?<= )(\x1b\[1m)?(?:\d+:)*\d+s(?=\x1b| )")
_ERASURE = re.compile("\b+\r?")


def run_scene(module: str, scene: str, columns: int, terminal: bool = False) -> str:
    """The text that a scene writes to standard output, carriage returns and escapes included."""
    command = [sys.executable, str(SCENES_FILE), module, scene]
    env = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "LINES"}}
    env |= {
        "COLUMNS": str(columns),
        "TERM": "xterm-256color" if terminal else "dumb",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONHASHSEED": "0",
    }
    env.pop("COLORTERM", None)
    if not terminal:
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
        return done.stdout.decode()
    import pty  # not on Windows, where only the pipe is compared
    import tty

    master, slave = pty.openpty()
    tty.setraw(slave)
    with subprocess.Popen(command, env=env, stdin=slave, stdout=slave) as child:
        os.close(slave)
        parts = []
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            parts.append(part)
        code = child.wait()
    os.close(master)
    if code:
        raise RuntimeError(f"scene {scene!r} ended with {code}")
    return b"".join(parts).decode()


def mask_times(text: str) -> str:
    """Replace seconds by ``Ts`` and step times by ``T/step``; runs of erasing backspaces become one."""
    text = _STEP_TIME.sub("T/step", text)
    text = _SECONDS.sub(r"\1Ts", text)
    return _ERASURE.sub("\b\r", text)


def final_lines(text: str) -> str:
    """What a reader sees in the end: of each line, what follows the last carriage return."""
    lines = mask_times(text).split("\n")
    return "\n".join(line.rsplit("\r", 1)[-1].rstrip(" ") for line in lines)


def settled(scene: str, text: str) -> str:
    """The part of a scene's text that is the same on every run.

    Summaries and scenes with their own clock are compared as they are; of a training's text, only
    what is left on the screen is, for how often a bar is redrawn depends on the machine.
    """
    return text if scene.startswith(("summary_", "printed_", "clock_")) else final_lines(text)
