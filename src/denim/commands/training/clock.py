"""How long each stretch of the work takes."""

from __future__ import annotations

import time


class Clock:
    """Seconds since the lap before, by name."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """What was done since the last lap is called so."""
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now
