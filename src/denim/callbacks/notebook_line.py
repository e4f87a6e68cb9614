"""A line of text that is redrawn in a notebook."""

from __future__ import annotations

import importlib
import sys
from typing import Any

_PRE = (
    "white-space:pre-wrap;margin:0;font-family:Menlo,'DejaVu Sans Mono',consolas,monospace;"
    "font-size:var(--jp-code-font-size,inherit)"
)
_STYLES = {
    "\x1b[1m": "font-weight:bold",
    "\x1b[32m": "color:#00a250",
    "\x1b[37m": "color:#c5c1b4",
}
_END = "\x1b[0m"


def writes_to_notebook() -> bool:
    """Whether standard output is a notebook's cell, and not redirected from it."""
    return type(sys.stdout).__module__ == "ipykernel.iostream"


class NotebookLine:
    """One output of a cell, replaced at each drawing.

    Backspaces and carriage returns would stay in the saved notebook, and most viewers show them as boxes and further
    lines.
    """

    def __init__(self) -> None:
        self._shown: Any = None

    def draw(self, text: str) -> None:
        """Show this text, in which escape codes may make parts bold, green or white, instead of the last one."""
        data = {"text/plain": _without_codes(text), "text/html": _as_html(text)}
        if self._shown is None:
            show: Any = importlib.import_module("IPython.display").display  # typed only where IPython is installed
            self._shown = show(data, raw=True, display_id=True)
        else:
            self._shown.update(data, raw=True)


def _without_codes(text: str) -> str:
    for code in (*_STYLES, _END):
        text = text.replace(code, "")
    return text


def _as_html(text: str) -> str:
    import html

    text = html.escape(text)
    for code, style in _STYLES.items():
        text = text.replace(code, f'<span style="{style}">')
    return f'<pre style="{_PRE}">{text.replace(_END, "</span>")}</pre>'
