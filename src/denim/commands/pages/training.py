"""The page of ``denim train``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from denim.commands.pages.evaluation import judgement, summary
from denim.commands.subject import Judged
from denim.commands.training.folder import HISTORY, MODEL
from denim.commands.training.results import Trained
from denim.commands.written import RESULTS
from denim.report.markup import element, joined
from denim.report.page import Section, page
from denim.report.parts import cards, lede, note
from denim.report.sections.curves import curves
from denim.report.sections.making import making
from denim.report.sections.preparation import preparation


def training_page(found: Trained, answers: Judged | None, model: Any) -> bytes:
    """The page as UTF-8."""
    name = Path(found.settings.data).name
    sections = [Section("curves", "Learning curves", curves({MODEL: found.history}))]
    first = lede(found.caution)
    if answers is not None and found.evaluation is not None:
        first = joined(summary(found.evaluation, model), note(found.caution))
        sections = [*judgement(found.evaluation, answers, MODEL), *sections]
    names = {"train": "rows to learn from"}
    rows = [(names.get(part, f"rows for {part}"), f"{number:,}", "") for part, number in found.rows.items()]
    sections.append(
        Section(
            "data",
            "The data, and what is made of them",
            joined(cards(rows), preparation(found.notes, model.preparation.features)),
        )
    )
    facts = [
        ("network", found.network),
        ("optimizer", f"{found.settings.optimizer}, learning rate {found.learning_rate:g}"),
        ("rows a step", str(found.batch_size)),
        ("seed", str(found.settings.seed)),
        *((f"seconds for {name}", f"{seconds:.2f}") for name, seconds in found.seconds.items()),
    ]
    use = note("New rows: ", element("code", f"denim predict {MODEL} DATA"))
    made = making(found.settings.command, facts, (MODEL, RESULTS, HISTORY), use)
    sections.append(Section("making", "How it was made", made))
    title = f"{model.preparation.target.name} from {name}" if found.settings.target else name
    return page(title, "A training with denim", joined(first, note(found.ending)), sections)
