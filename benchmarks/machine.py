"""What this run was made on: processor, cores, its rate of matrix products, versions, date."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks.contenders import ONE_BLAS_THREAD


def cpu_model() -> str:
    """The processor's name as the system gives it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.lower().startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def cores() -> int:
    """Cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def sgemm() -> dict[str, float]:
    """GFLOP/s of NumPy's float32 product of 1024 x 1024 matrices, on one thread and on all."""
    command = [sys.executable, "-m", "benchmarks.sgemm"]

    def measured(environment: dict[str, str]) -> float:
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
        return float(done.stdout)

    return {"one_thread": measured(ONE_BLAS_THREAD), "all_threads": measured({})}


def describe() -> dict[str, Any]:
    return {
        "cpu": cpu_model(),
        "cores": cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
