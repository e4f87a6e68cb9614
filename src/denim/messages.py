"""What denim tells the user: to standard output, or, with interactive logging off, to the logger "denim"."""

from __future__ import annotations

import sys

_interactive = True


def enable_interactive_logging() -> None:
    """Progress bars, summaries and messages go to standard output (the default)."""
    global _interactive
    _interactive = True


def disable_interactive_logging() -> None:
    """Progress bars, summaries and messages go to the logger "denim" at level INFO."""
    global _interactive
    _interactive = False


def is_interactive_logging_enabled() -> bool:
    """Whether messages go to standard output."""
    return _interactive


def print_message(message: str, line_break: bool = True) -> None:
    """Write a message and flush; characters that standard output cannot show are replaced or left out."""
    if not _interactive:
        import logging

        logging.getLogger("denim").info(message)
        return
    text = f"{message}\n" if line_break else message
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.replace("━", "=").encode(encoding, errors="ignore").decode(encoding))
    sys.stdout.flush()
