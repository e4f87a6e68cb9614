"""Where the report came from, and what lies beside it."""

from __future__ import annotations

from datetime import date

from denim.study import environment
from denim.study.findings import Findings
from denim.study.markup import Child, Html, element, joined, scrolling, table


def making(findings: Findings) -> Html:
    """Command, versions, machine, and the files beside the report."""
    settings = findings.settings
    facts = [*environment.facts(), ("seed", str(settings.seed)), ("epochs", str(settings.epochs))]
    facts += [("batch size", "32"), ("optimizer", type(findings.outcomes[0].model.optimizer).__name__)]
    facts += [("made on", date.today().isoformat())]
    rows: list[tuple[Child, ...]] = list(facts)
    return joined(
        element(
            "p",
            "The same command on the same versions gives the same networks, bit for bit, with any number of threads.",
        ),
        element("pre", element("code", settings.command), tabindex=0),
        element(
            "div",
            scrolling(table(("what", "value"), rows, class_="plain"), "Versions and machine"),
            element(
                "div",
                element("h3", "Beside this report"),
                element("ul", *(element("li", element("a", file, href=file)) for file in findings.files)),
                element(
                    "p",
                    "The .keras files are the trained networks: ",
                    element("code", f'denim.models.load_model("{findings.leaders[0].found.name}.keras")'),
                    class_="note",
                ),
            ),
            class_="columns",
        ),
    )
