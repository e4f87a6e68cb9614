"""The answer: a sentence, the table side by side, and which differences are more than noise."""

from __future__ import annotations

from denim.judging.comparison import Comparison
from denim.judging.intervals import wilson
from denim.report.markup import Child, Html, element, joined, scrolling, table
from denim.report.parts import cards, counted, lede, listed, note, warning
from denim.report.sections.differences import Difference, differences, verdict
from denim.study.findings import Findings


def summary(findings: Findings) -> Html:
    """The answer in a sentence, and the figures that one asks for first."""
    leaders = [outcome.found.name for outcome in findings.leaders]
    best = findings.leaders[0].found
    answer = lede(
        f"On {len(findings.split.test_input):,} test pictures ",
        listed([element("strong", name) for name in leaders]),
        f" {'is' if len(leaders) == 1 else 'are'} right most often: {best.test_accuracy:.2%}",
        "." if len(leaders) == 1 else " each.",
        *_lead(findings),
    )
    seconds = sum(outcome.found.train_seconds for outcome in findings.outcomes)
    figures = (
        ("best test accuracy", f"{best.test_accuracy:.2%}", ", ".join(leaders)),
        ("training, all networks", f"{seconds:.1f} s", counted(findings.settings.epochs, "epoch") + " each"),
        (
            "training pictures",
            f"{len(findings.split.train_input):,}",
            f"and {len(findings.split.val_input):,} held out",
        ),
        ("seed", str(findings.settings.seed), "fixes weights and order"),
    )
    return joined(_stand_in(findings), answer, cards(figures))


def side_by_side(findings: Findings) -> Html:
    """The table of all models, and which differences are more than noise."""
    rows = len(findings.split.test_input)
    return joined(
        scrolling(_models(findings), "All models"),
        note(
            "Accuracies are shares of 1. The interval is Wilson's. ",
            "The baseline is scikit-learn's logistic regression, judged by five-fold cross-validation on the training "
            "pictures; it has no test column, so it is not compared below, and its seconds are those of all five folds."
            if findings.results.baseline is not None
            else "The baseline was left out.",
        ),
        element("h3", "More than noise?"),
        differences(map(_told, findings.comparisons()), "Differences in test accuracy", "difference, points"),
        note(
            f"Method: McNemar's exact two-sided test on the same {rows:,} test pictures. Only those count that exactly "
            "one of the two models has right; were the models equally good, each of these would be the throw of a fair "
            "coin. The p-values are corrected after Holm for the number of pairs, and a difference whose corrected p "
            "is below 0.05 is called more than noise. The intervals are adjusted Wald intervals for paired data "
            "(Bonett and Price), each by itself. All this judges these very networks on other test pictures of the "
            "same kind. Another seed gives other networks, and that is not in these numbers.",
        ),
    )


def _stand_in(findings: Findings) -> Html | None:
    asked, used = findings.settings.dataset, findings.pictures
    if asked == used.name:
        return None
    return warning(f"{asked} could not be had. All of this is about {used.title} instead.")


def _lead(findings: Findings) -> list[str]:
    """How the first of the leaders stands against those behind."""
    leaders = [outcome.found.name for outcome in findings.leaders]
    behind: dict[str, list[str]] = {}
    for pair in findings.comparisons():
        if pair.first == leaders[0] and pair.second not in leaders:
            behind.setdefault(verdict(pair.more_than_noise), []).append(pair.second)
    told = [f"{said} against {' and '.join(names)}" for said, names in behind.items()]
    return [f" The lead is {', and '.join(told)}."] if told else []


def _models(findings: Findings) -> Html:
    baseline, rows = findings.results.baseline, len(findings.split.test_input)
    shown: list[tuple[Child, ...]] = []
    for outcome in findings.outcomes:
        found = outcome.found
        test: Child = f"{found.test_accuracy:.4f}"
        low, high = wilson(int(findings.right(outcome).sum()), rows)
        shown.append(
            (
                found.name,
                element("strong", test) if outcome in findings.leaders else test,
                f"{low:.4f} to {high:.4f}",
                f"{found.val_accuracy:.4f}",
                *(("",) if baseline else ()),
                f"{found.parameters:,}",
                f"{found.train_seconds:.1f}",
            )
        )
    if baseline:
        parameters = (findings.pictures.features + 1) * findings.split.classes
        measured = (f"{baseline.cv_accuracy:.4f}", f"{parameters:,}", f"{baseline.seconds:.1f}")
        shown.insert(0, (baseline.name, "", "", "", *measured))
    only_baselines = ("cross-validated",) if baseline else ()
    head = ("model", "test", "95% interval", "validation", *only_baselines, "parameters", "seconds")
    return table(head, shown, class_="numbers", id="models")


def _told(pair: Comparison) -> Difference:
    low, high = pair.interval
    return Difference(
        pair.first,
        pair.second,
        100 * pair.difference,
        (100 * low, 100 * high),
        pair.more_than_noise,
        pair.p_value,
        pair.adjusted_p_value,
        (("only first right", f"{pair.first_only:,}"), ("only second right", f"{pair.second_only:,}")),
    )
