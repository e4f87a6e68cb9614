"""Where a page came from, and what lies beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from denim.report import environment, parts
from denim.report.markup import Html, element, joined

_PROMISE = (
    "The same command on the same versions and data gives the same numbers, bit for bit, with any number of threads."
)


def making(
    command: str,
    facts: Iterable[tuple[str, str]],
    files: Iterable[str],
    remark: Html | None = None,
    *,
    promise: str = _PROMISE,
) -> Html:
    """Command, versions, machine, and the files beside the page.

    Args:
        command: that makes the same page again.
        facts: what it was asked for, as ("seed", "42"), beside the versions and the machine.
        files: names of what lies beside the page.
        remark: what to do with them.
        promise: what a second run gives.
    """
    names = list(files)
    beside = element(
        "div",
        element("h3", "Beside this report"),
        element("ul", *(element("li", element("a", file, href=file)) for file in names)),
        remark,
    )
    told = [*environment.facts(), *facts, ("made on", date.today().isoformat())]
    return joined(
        element("p", promise),
        element("pre", element("code", command), tabindex=0),
        parts.columns(parts.facts(told, "Versions and machine"), beside if names else None),
    )
