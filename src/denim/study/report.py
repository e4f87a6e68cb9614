"""``report.html``: the study on one page."""

from __future__ import annotations

from denim.report.page import Section, page
from denim.study.findings import Findings
from denim.study.sections import answer, data, errors, making, training

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


def report(findings: Findings) -> bytes:
    """The page as UTF-8."""
    title = f"{findings.pictures.title}: the networks side by side"
    sections = [Section(key, name, write(findings)) for key, name, write in _SECTIONS]
    return page(title, "A study with denim", answer.summary(findings), sections)
