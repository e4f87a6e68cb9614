"""The page itself: one file with everything in it, that asks nothing of the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from denim.report.markup import Html, element, joined

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""The browser itself sees to it that nothing is fetched and no script runs."""


@dataclass(frozen=True)
class Section:
    """A part of the page. ``key``: its id, which the list of contents links to."""

    key: str
    name: str
    content: Html


def page(title: str, eyebrow: str, summary: Html, sections: Sequence[Section]) -> bytes:
    """The page as UTF-8.

    Args:
        title: the heading, and the name of the browser's tab.
        eyebrow: what the page is, above the title.
        summary: the answer, below it.
        sections: what follows, in this order.
    """
    style = files("denim.report").joinpath("report.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style)),
    )
    contents = element(
        "nav",
        element("ul", *(element("li", element("a", part.name, href=f"#{part.key}")) for part in sections)),
        aria_label="Contents",
    )
    header = element("header", element("p", eyebrow, class_="eyebrow"), element("h1", title), summary)
    body = element("body", header, contents, element("main", *map(_drawn, sections)))
    return joined(Html("<!DOCTYPE html>\n"), element("html", head, body, lang="en"), "\n").encode()


def _drawn(part: Section) -> Html:
    heading = f"{part.key}-title"
    return element("section", element("h2", part.name, id=heading), part.content, id=part.key, aria_labelledby=heading)
