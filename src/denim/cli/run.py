"""What ``denim run`` and ``python -m denim`` do."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from denim.dropin.errors import CannotRunError
from denim.dropin.running import run

_USAGE = 2


def run_words(words: Sequence[str]) -> None:
    """Run a script, a notebook or a module.

    Raises:
        SystemExit: 2 if there is none such; else as the script does.
    """
    try:
        run(list(words))
    except CannotRunError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(_USAGE) from None
