"""A page taken apart: what a browser would find in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"img", "meta", "br", "col", "link", "input", "hr"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, *tags: str) -> list[Element]:
        found = [self] if self.tag in tags else []
        return found + [inner for child in self.children for inner in child.all(*tags)]

    def by_id(self, wanted: str) -> Element:
        (found,) = [element for element in self.everything() if element.attributes.get("id") == wanted]
        return found

    def everything(self) -> list[Element]:
        return [self, *(inner for child in self.children for inner in child.everything())]

    def rows(self) -> list[list[str]]:
        """The cells of a table's body."""
        (body,) = self.all("tbody")
        return [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says an attribute twice: {names}"
        made = Element(tag, dict(attrs))
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>, at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.words.append(data)


def parsed(page: str) -> Element:
    """The page's root. Raises AssertionError where a tag is not closed in its order."""
    parser = _Page()
    parser.feed(page)
    parser.close()
    assert [element.tag for element in parser.open] == [""], "a tag is left open"
    return parser.open[0]
