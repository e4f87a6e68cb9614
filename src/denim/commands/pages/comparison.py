"""The page of ``denim compare``."""

from __future__ import annotations

from pathlib import Path

from denim.commands.comparing.results import Compared, Standing
from denim.judging.numbers import number
from denim.judging.resampled import Pair
from denim.report.markup import Child, Html, element, joined, scrolling, table
from denim.report.page import Section, page
from denim.report.parts import cards, counted, lede, note, warning
from denim.report.sections.curves import curves
from denim.report.sections.differences import Difference, differences, verdict
from denim.report.sections.making import making
from denim.report.sections.preparation import decisions


def comparison_page(found: Compared, command: str) -> bytes:
    """The page as UTF-8. ``command``: that makes it again."""
    sections = [
        Section("side-by-side", "Side by side", _models(found)),
        Section("noise", "More than noise?", _differences(found)),
    ]
    histories = {each.name: each.history for each in found.standings if each.history}
    if histories:
        told = note("Of the first fold's trainings; each kept the weights of its best epoch on the validation rows.")
        sections.append(Section("curves", "Learning curves", joined(told, curves(histories))))
    sections.append(Section("preparation", "What was made of the data", _preparation(found)))
    facts = [("data", found.data), ("rows", f"{found.rows:,}"), ("seed", str(found.seed))]
    facts += [("scikit-learn", found.versions["scikit-learn"])]
    sections.append(Section("making", "How it was made", making(command, facts, ("results.json",))))
    return page(f"{found.target}: models side by side", "A comparison with denim", _summary(found), sections)


def _summary(found: Compared) -> Html:
    best, simplest = found.best, found.simplest
    behind: dict[str, list[str]] = {}
    for pair in found.pairs:
        if pair.first == best.name:
            behind.setdefault(verdict(pair.more_than_noise), []).append(pair.second)
    leads = ", and ".join(f"{said} against {' and '.join(names)}" for said, names in behind.items())
    told = lede(
        "Nothing that was learnt is better than " if best.constant else "Best is ",
        element("strong", best.name),
        f", with {_an(found.score)} of {number(best.mean(found.score))} in the mean of {counted(found.done, 'fold')}.",
        f" Its lead is {leads}." if leads else None,
    )
    figures = [
        (found.score, number(best.mean(found.score)), best.name),
        ("simplest within noise", f"{simplest.parameters:,}", f"parameters: {simplest.name}"),
        ("rows", f"{found.rows:,}", Path(found.data).name),
        ("trained", f"{sum(each.seconds for each in found.standings):.1f} s", f"{len(found.standings)} models"),
    ]
    return joined(_stopped(found), told, cards(figures))


def _stopped(found: Compared) -> Html | None:
    if found.finished:
        return None
    return warning(
        f"It was stopped after {found.done} of {found.folds * found.repeats} folds. All of this is about these alone."
    )


def _an(score: str) -> str:
    return f"an {score}" if score[0] in "aeioR" else f"a {score}"


def _models(found: Compared) -> Html:
    others = [name for name in found.standings[0].scores if name != found.score]
    values = [value for each in found.standings for value in each.scores[found.score]]
    ends = [end for each in found.standings for end in found.interval(each, found.score)]
    low, high = min(values + ends), max(values + ends)
    rows: list[tuple[Child, ...]] = []
    for each in found.standings:
        mean: Child = number(each.mean(found.score))
        reach = found.interval(each, found.score)
        rows.append(
            (
                each.name,
                element("strong", mean) if each is found.best else mean,
                f"{number(reach[0])} to {number(reach[1])}",
                _strip(found, each, reach, low, high),
                *(number(each.mean(name)) for name in others),
                f"{each.parameters:,}",
                f"{each.seconds:.1f}",
            )
        )
    drawn = element("span", "folds, drawn", class_="unseen")
    head = ("model", found.score, "95% interval", drawn, *others, "parameters", "seconds")
    return joined(
        scrolling(table(head, rows, class_="numbers", id="models"), "All models"),
        note(
            f"Means over {counted(found.done, 'fold')}; each dot is one fold, the line the interval. Networks learn "
            "from four fifths of a fold's rows and stop by the others; the baseline learns from all of them. "
            "Parameters are those in the first fold, seconds those of all folds together."
        ),
    )


def _strip(found: Compared, each: Standing, reach: tuple[float, float], low: float, high: float) -> Html:
    """The folds beside the interval. The numbers say the same, so readers of the screen do without it."""
    width = (high - low) or 1.0
    ends = [f"{4 + 92 * (value - low) / width:.1f}" for value in reach]
    dots = (
        element("circle", cx=f"{4 + 92 * (value - low) / width:.1f}", cy="10", r="2.6", class_="point fold")
        for value in each.scores[found.score]
    )
    line = element("line", x1=ends[0], x2=ends[1], y1="10", y2="10", class_="reach")
    return element("svg", line, *dots, class_="whisker", viewBox="0 0 100 20", aria_hidden="true")


def _differences(found: Compared) -> Html:
    better = f"difference in {found.score}"
    scale, form = (100, "+.2f") if found.score == "accuracy" else (1, "+.4g")
    return joined(
        differences((_told(pair, scale) for pair in found.pairs), "Differences", _points(better, scale), form),
        note(
            "Method: the corrected resampled t-test of Nadeau and Bengio (2003), on the differences of the same folds. "
            "The folds' trainings share rows, which makes a plain t-test too sure; the correction adds the rows judged "
            f"by those learnt from, {found.judged:.3g}, to one over the number of folds, {found.done}. The p-values "
            "are corrected after Holm (1979) for the number of pairs, and a difference whose corrected p is below "
            "0.05 is called more than noise. The intervals are each by itself, with the same correction. This judges "
            "the ways of learning on other rows of this kind, the chance of their first weights included. Few folds "
            "find only large differences: --repeats adds more."
        ),
    )


def _points(name: str, scale: int) -> str:
    return f"{name}, points" if scale == 100 else name


def _told(pair: Pair, scale: int) -> Difference:
    low, high = pair.interval
    return Difference(
        pair.first,
        pair.second,
        scale * pair.difference,
        (scale * low, scale * high),
        pair.more_than_noise,
        pair.p_value,
        pair.adjusted_p_value,
    )


def _preparation(found: Compared) -> Html:
    return joined(
        decisions(found.notes),
        note(
            "These are the decisions of all rows, to show them. Each fold made its own from the rows that it "
            "learnt from, so that nothing of the rows held out is known beforehand."
        ),
    )
