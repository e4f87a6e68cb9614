"""What a command ran on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def facts() -> list[tuple[str, str]]:
    """Pairs of a name and a value: versions, engine, processor."""
    from denim.engines.selection import engine_name
    from denim.release import __version__

    engine = engine_name()
    return [
        ("denim", __version__),
        ("engine", engine),
        *(_native() if engine == "native" else ()),
        ("processor", _processor()),
        ("processors in this machine", str(os.cpu_count())),
        ("system", f"{platform.system()}, {platform.machine()}"),
        ("Python", platform.python_version()),
        ("NumPy", version("numpy")),
        ("h5py", version("h5py")),
    ]


def _native() -> list[tuple[str, str]]:
    from denim.engines import native

    return [("instruction set", native.instruction_set()), ("threads", str(native.num_threads()))]


def _processor() -> str:
    """Its name as the system tells it, on Linux from /proc/cpuinfo."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown"
