"""The progress bar, drawn as Keras draws it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from denim.callbacks.notebook_line import NotebookLine, writes_to_notebook
from denim.messages import is_interactive_logging_enabled, print_message

_CELL = "━"
_BOLD, _GREEN, _WHITE, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"
_CODES = (_BOLD, _GREEN, _WHITE, _PLAIN)
_SMALL = 1e-3
_LOG_INTERVAL = 10.0
"""Seconds that pass at least between two lines of a bar in a log."""


class Progbar:
    """A bar of steps done and a line of metrics, redrawn in place on a terminal and in a notebook.

    In a file or a pipe, and in the logger, it is a plain line every ten seconds, and one at the end.

    Args:
        target: the number of steps, or None if unknown.
        width: cells of the bar.
        verbose: 0 silent, 1 a bar, 2 one line at the end.
        interval: seconds that pass at least between two drawings.
        stateful_metrics: names shown as they are; all others are averaged over steps.
        stateless_metrics: names averaged over steps; all others are shown as they are.
        unit_name: what a step is called.

    Raises:
        ValueError: if both lists of names are given.

    Source: https://keras.io/api/utils/python_utils/#progbar-class
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Only one of `stateful_metrics` or `stateless_metrics` can be provided: the first names those not to "
                "be averaged, the second those to be averaged. "
                f"Received: stateful_metrics={stateful_metrics!r}, stateless_metrics={stateless_metrics!r}"
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self._stateful = set(stateful_metrics or ())
        self._stateless = None if stateless_metrics is None else set(stateless_metrics)
        self._in_place = _redraws_in_place()
        self._notebook_line = NotebookLine() if writes_to_notebook() else None
        self._sums: dict[str, tuple[Any, float]] = {}
        self._seen = 0
        self._start = time.time()
        self._drawn_at = 0.0
        self._drawn_width = 0
        self._line_open = False
        self._after_first: float | None = None

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Show that ``current`` steps are done.

        Args:
            current: steps done.
            values: pairs of a metric's name and its value of the last step.
            finalize: whether this is the last update; by default, whether ``current`` has reached the target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._note(name, value, current, finalize)
        self._seen = current
        now = time.time()
        pace = self._seconds_a_step(current, now)
        if self.verbose == 1:
            plain = not (self._in_place and is_interactive_logging_enabled())
            interval, since = (max(self.interval, _LOG_INTERVAL), self._start) if plain else (self.interval, 0.0)
            if now - max(self._drawn_at, since) < interval and not finalize:
                return
            self._draw(current, now, pace, finalize, plain)
        elif self.verbose == 2 and finalize and self.target:
            count = f"{current:{len(str(self.target))}d}/{self.target}"
            line = f"{count} - {now - self._start:.0f}s -{self._pace(pace)}{self._metrics(absolute=False)}\n"
            print_message(line, line_break=False)
        self._drawn_at = now

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Show that ``n`` more steps are done."""
        self.update(self._seen + n, values)

    def leave_line(self) -> None:
        """End the line of a bar that is not finished, so that what is printed next has a line of its own."""
        if self._line_open:
            print_message("")
        self._line_open = False

    def _note(self, name: str, value: Any, current: int, finalize: bool) -> None:
        averaged = name not in self._stateful if self._stateless is None else name in self._stateless
        if not averaged or finalize:
            self._sums[name] = (value, 1)
            return
        steps = max(current - self._seen, 1)
        total, count = self._sums.get(name, (0, 0))
        self._sums[name] = (total + value * steps, count + steps)

    def _draw(self, current: int, now: float, pace: float, finalize: bool, plain: bool) -> None:
        known = bool(self.target)
        if known:
            bar, hidden = self._cells(current)
        else:
            bar, hidden = f"{current:7d}/Unknown", 0
        if known and not finalize:
            clock = _time_left(pace * ((self.target or 0) - current))
        else:
            clock = f"{now - self._start:.0f}s"
        info = f" {_BOLD}{clock}{_PLAIN}{self._pace(pace)}{self._metrics(absolute=True)}"
        if plain:
            print_message(_without_codes(bar + info))
            return
        if self._notebook_line is not None:
            self._notebook_line.draw(bar + info)
            return
        width = len(bar) + len(info) - hidden - len(_BOLD + _PLAIN)
        message = "\b" * self._drawn_width + "\r"
        message += bar + info + " " * (self._drawn_width - width) + ("\n" if finalize else "")
        print_message(message, line_break=False)
        self._drawn_width, self._line_open = width, not finalize

    def _cells(self, current: int) -> tuple[str, int]:
        """The count and the bar, and how many of their characters are not seen."""
        target = self.target or 1
        full = int(self.width * (current / target))
        done = f"{_GREEN}{_CELL * full}{_PLAIN}" if full > 0 else ""
        rest = f"{_WHITE}{_CELL * (self.width - full)}{_PLAIN}"
        bar = f"{_BOLD}{current:{len(str(target))}d}/{target}{_PLAIN} {done}{rest}"
        return bar, len(bar) - len(_without_codes(bar))

    def _metrics(self, absolute: bool) -> str:
        parts = []
        for name, (total, count) in self._sums.items():
            mean = float(np.mean(total)) / max(1, count)
            size = abs(mean) if absolute else mean
            parts.append(f" - {name}: {mean:.4f}" if size > _SMALL else f" - {name}: {mean:.4e}")
        return "".join(parts)

    def _pace(self, seconds: float) -> str:
        if seconds >= 1 or seconds == 0:
            return f" {seconds:.0f}s/{self.unit_name}"
        if seconds >= 1e-3:
            return f" {seconds * 1e3:.0f}ms/{self.unit_name}"
        return f" {seconds * 1e6:.0f}us/{self.unit_name}"

    def _seconds_a_step(self, current: int, now: float) -> float:
        """Without the first step, which is not like the others, where its end was seen."""
        if not current:
            return 0.0
        if self._after_first is not None and current > 1:
            pace = (now - self._after_first) / (current - 1)
        else:
            pace = (now - self._start) / current
        if current == 1:
            self._after_first = now
        return pace


def _redraws_in_place() -> bool:
    return (
        (hasattr(sys.stdout, "isatty") and sys.stdout.isatty())
        or "ipykernel" in sys.modules
        or "PYCHARM_HOSTED" in os.environ
    )


def _without_codes(text: str) -> str:
    for code in _CODES:
        text = text.replace(code, "")
    return text


def _time_left(seconds: float) -> str:
    whole = int(seconds)
    if seconds > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    if seconds > 60:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole}s"
