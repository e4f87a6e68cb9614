"""``denim compare``: several networks and a baseline on the same folds, and whether they differ by more than noise."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

import denim as keras
from denim.commands import screen, written
from denim.commands.comparing.contenders import Always, Answers, Contender, Linear, Trained
from denim.commands.comparing.folds import Folds
from denim.commands.comparing.progress import shown
from denim.commands.comparing.results import Compared, Standing
from denim.commands.errors import CommandError, TerminatedError
from denim.commands.reading import hints_of
from denim.commands.training.network import Network
from denim.commands.typed import command
from denim.engines.selection import engine_name
from denim.files import read
from denim.judging.numbers import number
from denim.judging.scores import scores
from denim.preparation import Preparation
from denim.report.parts import counted
from denim.report.sections.differences import verdict

NETWORKS = ("50:relu", "100:relu,100:relu")
"""What is compared unless networks are named."""

_SHOWN = ("log loss", "MAE", "R²")
"""Scores at the terminal beside the one that decides."""

_MANY = 20
"""Folds that find differences of a middling size."""

_FEWEST = 2
"""Folds of which something can be said."""


@dataclass(frozen=True)
class Plan:
    """A comparison. With the same plan and data, every number comes out the same.

    Attributes:
        data: a path.
        target: the column to predict; None where the data say themselves, as folders of pictures do.
        networks: hidden layers of each, as ``network.Network`` reads them.
        task: "classification" or "regression"; None to go by the target.
        folds, repeats: how the rows are held out.
        epochs: of a training, at most; it stops after ``patience`` in which the validation loss did not improve.
        seed: of the folds, the first weights, the order of the rows and dropout.
        reading: how the file is read, in the words that ``reading.hints_of`` takes.
    """

    data: str
    target: str | None = None
    networks: tuple[str, ...] = NETWORKS
    task: str | None = None
    folds: int = 5
    repeats: int = 1
    epochs: int = 100
    patience: int = 10
    optimizer: str = "adam"
    seed: int = 42
    reading: tuple[str, ...] = ()

    def command(self, out: Path) -> str:
        """The command that asks for the same."""
        options = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("data", "reading")}
        return command("compare", self.data, **options, read=self.reading, out=out)


def compare(
    plan: Plan, *, out: Path | None = None, overwrite: bool = False, console: Console, progress: Console
) -> tuple[Compared, tuple[Path, ...]]:
    """Compare, and write the page to a folder.

    Args:
        plan: what is compared.
        out: the folder for report.html and results.json; by default runs/ and the name of the data and "-comparison".
        overwrite: whether to replace those of an earlier comparison.
        console: where is told what was made of the data.
        progress: where is drawn how far it is.

    Returns:
        what was found, and the paths that were written. After Ctrl-C it is about the folds that were finished.

    Raises:
        ValueError: the data or the plan cannot be used. Nothing is then written.
        KeyboardInterrupt: Ctrl-C before two folds were finished.
        OSError: the folder cannot be written.
    """
    written.check_free(out, overwrite)
    usual = Path("runs") / f"{written.named_after(plan.data)}-comparison"
    written.check_folder(out or usual)
    if find_spec("sklearn") is None:
        raise CommandError(
            "denim compare takes its baseline and its folds from scikit-learn, which is not installed here. Type: "
            'pip install "denim-nn[sklearn]"'
        )
    content = read(plan.data, target=plan.target, **hints_of(plan.reading))
    whole = Preparation.decide(content, plan.target, task=plan.task)
    folds = Folds(content, plan.target, whole, plan.folds, plan.repeats, plan.seed)
    contenders = _contenders(plan, whole)
    notes = (*content.notes, *whole.decisions, *folds.notes)
    for note in notes:
        screen.line(console, note)
    standings, done, signal = _standings(folds, contenders, progress)
    found = Compared(
        data=plan.data,
        target=whole.target.name,
        task=whole.task,
        rows=len(content),
        classes=tuple(map(str, whole.classes)),
        folds=plan.folds,
        repeats=plan.repeats,
        seed=plan.seed,
        done=done,
        signal=signal,
        judged=folds.judged,
        score="RMSE" if whole.task == "regression" else "accuracy",
        standings=standings,
        notes=notes,
        versions={"denim": keras.__version__, "engine": engine_name(), "scikit-learn": version("scikit-learn")},
    )
    from denim.commands.pages.comparison import comparison_page

    folder = out or written.unused(usual)
    page = comparison_page(found, plan.command(folder))
    return found, written.write(folder, page, found.as_json())


def _contenders(plan: Plan, whole: Preparation) -> list[Contender]:
    regression = whole.task == "regression"
    keras.optimizers.get(plan.optimizer)
    networks = [Network.read(text, "--networks") for text in dict.fromkeys(plan.networks)]
    for network in networks:
        network.check_outputs(len(whole.classes), whole.target.outputs)
    trained = [Trained(network, plan.epochs, plan.patience, plan.optimizer) for network in networks]
    return [
        Always("always the mean" if regression else "always the most usual"),
        Linear("ridge regression" if regression else "logistic regression"),
        *trained,
    ]


def _standings(
    folds: Folds, contenders: Sequence[Contender], progress: Console
) -> tuple[tuple[Standing, ...], int, str | None]:
    """Each contender's scores on the folds that were finished, how many these are, and the signal that stopped it."""
    found: dict[str, list[dict[str, float]]] = {each.name: [] for each in contenders}
    seconds = dict.fromkeys(found, 0.0)
    first: dict[str, Answers] = {}
    done, signal = 0, None
    try:
        with shown(progress, len(folds), len(contenders)) as meter:
            for fold, y in folds:
                for contender in contenders:
                    share = meter.begins(contender.name)
                    start = time.perf_counter()
                    answers = contender.answers(fold, share)
                    seconds[contender.name] += time.perf_counter() - start
                    first.setdefault(contender.name, answers)
                    found[contender.name].append(scores(fold.preparation.task, y, answers.outputs))
                    meter.ends()
                done += 1
    except KeyboardInterrupt as error:
        if done < _FEWEST:
            raise
        signal = "SIGTERM" if isinstance(error, TerminatedError) else "SIGINT"
    standings = tuple(
        Standing(
            name=each.name,
            scores=_columns(found[each.name][:done]),
            parameters=first[each.name].parameters,
            seconds=seconds[each.name],
            history=first[each.name].history,
            constant=isinstance(each, Always),
        )
        for each in contenders
    )
    return standings, done, signal


def _columns(folds: Sequence[dict[str, float]]) -> dict[str, tuple[float, ...]]:
    """By score, the values of the folds; scores that not every fold has are left out."""
    names = [name for name in folds[0] if all(name in fold for fold in folds)]
    return {name: tuple(fold[name] for fold in folds) for name in names}


def tell(found: Compared, console: Console) -> None:
    """Print what was found."""
    if not found.finished:
        screen.line(console, f"Stopped after {found.done} of {found.folds * found.repeats} folds: this is about them.")
    others = [name for name in found.standings[0].scores if name in _SHOWN]
    rows = []
    for each in found.standings:
        low, high = found.interval(each, found.score)
        mean = number(each.mean(found.score)) + (" *" if each is found.best else "")
        rows.append(
            (
                each.name,
                mean,
                f"{number(low)} to {number(high)}",
                *(number(each.mean(name)) for name in others),
                f"{each.seconds:.1f}",
            )
        )
    head = ("model", found.score, "95% interval", *others, "seconds")
    screen.table(console, head, rows)
    for pair in found.pairs:
        if pair.first == found.best.name:
            told = f"{pair.first} over {pair.second}: {number(pair.difference)}, {verdict(pair.more_than_noise)}"
            screen.line(console, f"{told} (p = {pair.adjusted_p_value:.3g})")
    screen.line(console, conclusion(found))
    if found.done < _MANY and any(not pair.more_than_noise for pair in found.pairs):
        screen.line(console, f"{found.done} folds find only large differences; --repeats adds more.")


def conclusion(found: Compared) -> str:
    """What to take from it, in a sentence."""
    best, simplest = found.best, found.simplest
    if best.constant:
        return f"Nothing that was learnt is better than {best.name}."
    if simplest is best:
        return f"Best is {best.name}."
    fewer = f"{counted(simplest.parameters, 'parameter')} instead of {best.parameters:,}"
    return f"Best is {best.name}; {simplest.name} is within noise of it and has {fewer}."
