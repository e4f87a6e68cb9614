"""HTML in which every text is escaped: only what these functions made is markup."""

from __future__ import annotations

from html import escape
from typing import Union

Child = Union["Html", str, None]

_WITHOUT_END = frozenset({"img", "meta", "br", "col"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def element(tag: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """``<tag attributes>children</tag>``.

    A plain string is escaped, an ``Html`` is not, and None is left out. An underscore in an attribute's name becomes
    a hyphen, one at its end goes; an attribute that is None or False is left out.
    """
    told = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _WITHOUT_END:
        return Html(f"<{tag}{told}>")
    return Html(f"<{tag}{told}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Html:
    """The children one after the other."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children if child is not None))


def table(head: tuple[Child, ...], rows: list[tuple[Child, ...]], **attributes: str | None) -> Html:
    """A table whose first column names its rows."""
    return element(
        "table",
        element("thead", element("tr", *(element("th", cell, scope="col") for cell in head))),
        element(
            "tbody",
            *(
                element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
                for first, *rest in rows
            ),
        ),
        **attributes,
    )


def scrolling(content: Html, label: str) -> Html:
    """``content`` in a frame that scrolls sideways on a narrow screen, by keyboard too."""
    return element("div", content, class_="scroll", role="region", aria_label=label, tabindex=0)


def _attribute(name: str, value: str | int | bool | None) -> str:
    name = name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
