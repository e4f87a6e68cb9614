"""``report.html``: one file with everything in it, that asks nothing of the network."""

from __future__ import annotations

from importlib.resources import files

from denim.study.findings import Findings
from denim.study.markup import Html, element, joined
from denim.study.sections import answer, data, errors, making, training

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""The browser itself sees to it that nothing is fetched and no script runs."""

_SECTIONS = (
    ("side-by-side", "Side by side", answer.side_by_side),
    ("data", "The data", data.data),
    ("samples", "Samples", data.samples),
    ("curves", "Learning curves", training.curves),
    ("confusion", "Confusion", errors.confusion),
    ("weights", "Weights", training.weights),
    ("mistakes", "Confident mistakes", errors.mistakes),
    ("making", "How it was made", making.making),
)


def page(findings: Findings) -> bytes:
    """The report as UTF-8."""
    title = f"{findings.pictures.title}: the networks side by side"
    style = files("denim.study").joinpath("report.css").read_text(encoding="utf-8")
    contents = element(
        "nav",
        element("ul", *(element("li", element("a", name, href=f"#{key}")) for key, name, _ in _SECTIONS)),
        aria_label="Contents",
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style)),
    )
    parts = (
        element(
            "section", element("h2", name, id=f"{key}-title"), write(findings), id=key, aria_labelledby=f"{key}-title"
        )
        for key, name, write in _SECTIONS
    )
    body = element(
        "body",
        element(
            "header",
            element("p", "A study with denim", class_="eyebrow"),
            element("h1", title),
            answer.summary(findings),
        ),
        contents,
        element("main", *parts),
    )
    return joined(Html("<!DOCTYPE html>\n"), element("html", head, body, lang="en"), "\n").encode()
