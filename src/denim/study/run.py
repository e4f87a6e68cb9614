"""The study from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from denim.study.errors import StudyError

if TYPE_CHECKING:
    from rich.console import Console

    from denim.study.data import Pictures, Split
    from denim.study.networks import Outcome
    from denim.study.results import Baseline, Results

_NEEDED = (("sklearn", "scikit-learn", "sklearn"), ("matplotlib", "matplotlib", "plot"))
"""Module, distribution, and the extra of denim that brings it."""


def run(
    name: str,
    *,
    console: Console,
    quick: bool = False,
    epochs: int = 5,
    seed: int = 42,
    out: Path | None = None,
) -> Results:
    """Run the study of the data set ``name`` and write what it found.

    Args:
        name: "fashion_mnist" or "digits".
        quick: leave out the baseline.
        epochs: of each network.
        seed: of the networks' first weights and of the order in which they see the rows.
        out: the folder for report.html, results.json, samples.png, curves.png and the trained models; by default runs/
            and the data set's name.

    Raises:
        StudyError: a package is missing, or the name is unknown.
        CannotWriteError: the folder cannot be written.
    """
    _check_packages()
    from denim.report.files import replace_file, writing
    from denim.study import pictures
    from denim.study.data import Split, describe, find
    from denim.study.findings import Findings, Settings
    from denim.study.report import report
    from denim.study.results import Results

    data = find(name, console)
    folder = Path("runs") / data.name if out is None else out
    describe(data, console)
    replace_file(folder / "samples.png", pictures.samples(data))

    baseline = None if quick else _baseline(data, console)
    split = Split.of(data)
    outcomes = _networks(split, epochs, seed, console)

    models = tuple(outcome.found for outcome in outcomes)
    results = Results(data.name, baseline, models)
    title = f"{data.title}: {epochs} epoch{'s' if epochs > 1 else ''}, {len(split.train_input):,} training rows"
    replace_file(folder / "curves.png", pictures.curves(models, title))
    replace_file(folder / "results.json", results.as_json())
    saved = [f"{model.name}.keras" for model in models]
    for outcome, file in zip(outcomes, saved, strict=True):
        with writing(folder / file):
            outcome.model.save(folder / file)
    files = (*saved, "results.json", "samples.png", "curves.png")
    findings = Findings(data, split, results, outcomes, Settings(name, quick, epochs, seed, out), files)
    replace_file(folder / "report.html", report(findings))

    console.rule(f"Side by side: {data.title}")
    console.print(results.table(baseline_parameters=(data.features + 1) * split.classes))
    console.print(
        f"validation: {len(split.val_input):,} held-out rows of the training data;"
        f" test: {len(split.test_input):,} other rows"
    )
    for file in ("report.html", *files):
        console.print(str(folder / file), markup=False, highlight=False, soft_wrap=True)
    return results


def _check_packages() -> None:
    missing = [(package, extra) for module, package, extra in _NEEDED if find_spec(module) is None]
    if missing:
        packages = " and ".join(package for package, _ in missing)
        extras = ",".join(extra for _, extra in missing)
        raise StudyError(
            f"The study needs {packages}, which {'is' if len(missing) == 1 else 'are'} not installed here. "
            f"In denim's folder, type: pip install '.[{extras}]'"
        )


def _baseline(data: Pictures, console: Console) -> Baseline:
    import numpy as np

    from denim.study.baseline import cross_validated

    console.rule("The baseline: logistic regression in scikit-learn")
    with _progress(console) as progress:
        # cross_validate does not say how far it is, so the bar only shows that it runs, and for how long.
        task = progress.add_task("SGDClassifier, 5 folds", total=None)
        found = cross_validated(data.scaled(data.train_input, np.float64), data.train_target)
        progress.update(task, total=1, completed=1)
    console.print(f"cross-validated accuracy {found.cv_accuracy:.4f}")
    return found


def _networks(split: Split, epochs: int, seed: int, console: Console) -> tuple[Outcome, ...]:
    from denim.study.networks import NETWORKS, train

    console.rule("The networks")
    outcomes = []
    with _progress(console, MofNCompleteColumn()) as progress:
        tasks = [progress.add_task(network.name, total=epochs, start=False) for network in NETWORKS]
        for network, task in zip(NETWORKS, tasks, strict=True):
            progress.start_task(task)
            done = partial(progress.advance, task)
            outcomes.append(train(network, split, epochs=epochs, seed=seed, epoch_done=done))
    return tuple(outcomes)


@contextmanager
def _progress(console: Console, *more: MofNCompleteColumn) -> Iterator[Progress]:
    columns = (TextColumn("{task.description:<22}"), BarColumn(), *more, TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield progress
