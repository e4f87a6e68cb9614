"""A matplotlib figure as SVG within a page: its text in the page's font, its colours from the page's style sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib

from denim.study.markup import Html, element

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#010101"
"""Draw in this colour what shall have the colour of the page's text."""


def inline(figure: Figure, name: str, alt: str, colours: Mapping[str, str]) -> Html:
    """The figure's SVG element.

    Args:
        name: distinguishes this figure's ids from another's in the same page.
        colours: from colours as drawn ("#rrggbb") to what the page says instead, as "var(--series-1)".
    """
    buffer = io.StringIO()
    unstamped = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=unstamped)
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :].strip()
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, count=1, flags=re.DOTALL)
    drawn = re.sub(r"<!--.*?-->", "", drawn, flags=re.DOTALL)
    # A style sheet in here would be the whole page's.
    drawn = re.sub(r"<style.*?</style>", "", drawn, flags=re.DOTALL)

    # Each figure begins to number its parts anew.
    drawn = re.sub(r'\bid="', f'id="{name}-', drawn)
    drawn = re.sub(r'(?:xlink:)?href="#', f'href="#{name}-', drawn)
    drawn = drawn.replace("url(#", f"url(#{name}-")

    for colour, instead in {INK: "currentColor", **colours}.items():
        drawn = drawn.replace(colour, instead)
    # A family named here would come before the page's.
    drawn = re.sub(r"font: ((?:[\w.]+ )*?)([\d.]+px) [^;\"]*", r"font-size: \2", drawn)
    drawn = re.sub(r"\n\s*", "\n", drawn)

    box = re.search(r'viewBox="([^"]+)"', drawn)
    content = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]
    return element("svg", Html(content), viewBox=box[1] if box else None, role="img", aria_label=alt)
