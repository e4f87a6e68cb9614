"""Where the report came from, and what lies beside it."""

from __future__ import annotations

from importlib.metadata import version

from denim.report.markup import Html, element
from denim.report.parts import note
from denim.report.sections import making as shared
from denim.study.findings import Findings

_PROMISE = "The same command on the same versions gives the same networks, bit for bit, with any number of threads."


def making(findings: Findings) -> Html:
    """Command, versions, machine, and the files beside the report."""
    settings = findings.settings
    facts = [(package, version(package)) for package in ("scikit-learn", "matplotlib")]
    facts += [("seed", str(settings.seed)), ("epochs", str(settings.epochs)), ("batch size", "32")]
    facts += [("optimizer", type(findings.outcomes[0].model.optimizer).__name__)]
    remark = note(
        "The .keras files are the trained networks: ",
        element("code", f'denim.models.load_model("{findings.leaders[0].found.name}.keras")'),
    )
    return shared.making(
        settings.command,
        facts,
        findings.files,
        remark,
        promise=_PROMISE,
    )
