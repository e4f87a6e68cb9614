"""How many threads the native engine may use."""

from __future__ import annotations

import math
import os
from functools import lru_cache
from pathlib import Path


def num_threads() -> int:
    """``DENIM_NUM_THREADS``; else the CPUs this process may run on, within its cgroup's quota and ``OMP_NUM_THREADS``.

    Raises:
        ValueError: DENIM_NUM_THREADS is not a positive integer.
    """
    asked = os.environ.get("DENIM_NUM_THREADS")
    if asked:
        if not asked.isdecimal() or int(asked) == 0:
            raise ValueError(f"DENIM_NUM_THREADS must be a positive integer, such as 2. Received: {asked!r}")
        return int(asked)
    available = _available()
    shared = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if shared.isdecimal() and int(shared) > 0:
        return min(int(shared), available)
    return available


def _available() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    cpus = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cpus, _quota() or cpus))


@lru_cache(maxsize=1)
def _quota() -> int | None:
    """CPUs that the control group grants, rounded up; None without a limit."""
    try:
        limit, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return None if limit == "max" else math.ceil(int(limit) / int(period))
    except (OSError, ValueError):
        pass
    try:
        folder = Path("/sys/fs/cgroup/cpu")
        quota = int((folder / "cpu.cfs_quota_us").read_text())
        return None if quota <= 0 else math.ceil(quota / int((folder / "cpu.cfs_period_us").read_text()))
    except (OSError, ValueError):
        return None
