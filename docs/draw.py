"""Draw the pictures of docs/pictures.md by the code that stands there: ``python docs/draw.py [FOLDER]``.

A block of code that is followed by a picture has its ``figure`` saved under that picture's name. The same versions of
denim, NumPy and matplotlib draw the same bytes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import matplotlib

HERE = Path(__file__).parent
PART = re.compile(r"```python\n(?P<code>.*?)```|!\[.*?\]\(figures/(?P<file>.*?)\)", re.DOTALL)
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "denim", "font.family": "sans-serif", "figure.facecolor": "white"}


def main(folder: Path) -> list[str]:
    """Draw them there; returns their names."""
    names: dict[str, Any] = {}
    drawn = []
    with matplotlib.rc_context(STYLE):
        for part in PART.finditer((HERE / "pictures.md").read_text(encoding="utf-8")):
            if part["code"]:
                exec(part["code"], names)
                continue
            names["figure"].savefig(folder / part["file"], metadata={"Date": None})
            drawn.append(part["file"])
    return drawn


if __name__ == "__main__":
    print("\n".join(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "figures")))
