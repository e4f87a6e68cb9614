"""The answer: a sentence, the table side by side, and which differences are more than noise."""

from __future__ import annotations

from collections.abc import Iterable

from denim.study.comparison import Comparison, accuracy_interval
from denim.study.findings import Findings
from denim.study.markup import Child, Html, element, joined, scrolling, table
from denim.study.sections.parts import counted


def summary(findings: Findings) -> Html:
    """The answer in a sentence, and the figures that one asks for first."""
    leaders = [outcome.found.name for outcome in findings.leaders]
    best = findings.leaders[0].found
    lede = element(
        "p",
        f"On {len(findings.split.test_input):,} test pictures ",
        *_listed([element("strong", name) for name in leaders]),
        f" {'is' if len(leaders) == 1 else 'are'} right most often: {best.test_accuracy:.2%}",
        "." if len(leaders) == 1 else " each.",
        *_lead(findings),
        class_="lede",
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
    cards = element(
        "dl",
        *(
            element("div", element("dt", name), element("dd", value), element("dd", note, class_="note"))
            for name, value, note in figures
        ),
        class_="figures",
    )
    return joined(_stand_in(findings), lede, cards)


def side_by_side(findings: Findings) -> Html:
    """The table of all models, and which differences are more than noise."""
    rows = len(findings.split.test_input)
    return joined(
        scrolling(_models(findings), "All models"),
        element(
            "p",
            "Accuracies are shares of 1. The interval is Wilson's. ",
            "The baseline is scikit-learn's logistic regression, judged by five-fold cross-validation on the training "
            "pictures; it has no test column, so it is not compared below, and its seconds are those of all five folds."
            if findings.results.baseline is not None
            else "The baseline was left out.",
            class_="note",
        ),
        element("h3", "More than noise?"),
        scrolling(_comparisons(findings.comparisons()), "Differences in test accuracy"),
        element(
            "p",
            f"Method: McNemar's exact two-sided test on the same {rows:,} test pictures. Only those count that exactly "
            "one of the two models has right; were the models equally good, each of these would be the throw of a fair "
            "coin. The p-values are corrected after Holm for the number of pairs, and a difference whose corrected p "
            "is below 0.05 is called more than noise. The intervals are adjusted Wald intervals for paired data "
            "(Bonett and Price), each by itself. All this judges these very networks on other test pictures of the "
            "same kind. Another seed gives other networks, and that is not in these numbers.",
            class_="note",
        ),
    )


def _stand_in(findings: Findings) -> Html | None:
    asked, used = findings.settings.dataset, findings.pictures
    if asked == used.name:
        return None
    return element(
        "p", f"{asked} could not be had. All of this is about {used.title} instead.", class_="warning", role="note"
    )


def _lead(findings: Findings) -> list[str]:
    """How the first of the leaders stands against those behind."""
    leaders = [outcome.found.name for outcome in findings.leaders]
    behind: dict[str, list[str]] = {}
    for pair in findings.comparisons():
        if pair.first == leaders[0] and pair.second not in leaders:
            behind.setdefault(_verdict(pair), []).append(pair.second)
    told = [f"{verdict} against {' and '.join(names)}" for verdict, names in behind.items()]
    return [f" The lead is {', and '.join(told)}."] if told else []


def _listed(names: list[Html]) -> list[Child]:
    """``a, b and c``."""
    between = ["", *[", "] * (len(names) - 2), " and "][: len(names)]
    return [part for pair in zip(between, names, strict=True) for part in pair]


def _verdict(pair: Comparison) -> str:
    return "more than noise" if pair.more_than_noise else "within noise"


def _models(findings: Findings) -> Html:
    baseline, rows = findings.results.baseline, len(findings.split.test_input)
    shown: list[tuple[Child, ...]] = []
    for outcome in findings.outcomes:
        found = outcome.found
        test: Child = f"{found.test_accuracy:.4f}"
        low, high = accuracy_interval(int(findings.right(outcome).sum()), rows)
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


def _comparisons(pairs: Iterable[Comparison]) -> Html:
    pairs = list(pairs)
    reach = max(abs(end) for pair in pairs for end in pair.interval)
    rows: list[tuple[Child, ...]] = []
    for pair in pairs:
        low, high = pair.interval
        rows.append(
            (
                f"{pair.first} {'over' if pair.difference else 'level with'} {pair.second}",
                element("span", _verdict(pair), class_="verdict sure" if pair.more_than_noise else "verdict"),
                f"{100 * pair.difference:+.2f}",
                f"{100 * low:+.2f} to {100 * high:+.2f}",
                _whisker(low, pair.difference, high, reach),
                f"{pair.first_only:,}",
                f"{pair.second_only:,}",
                _p(pair.p_value),
                _p(pair.adjusted_p_value),
            )
        )
    head = (
        "pair",
        "verdict",
        "difference, points",
        "95% interval",
        element("span", "drawn around 0", class_="unseen"),
        "only first right",
        "only second right",
        "p",
        "p, Holm",
    )
    return table(head, rows, class_="numbers judged", id="comparisons")


def _whisker(low: float, middle: float, high: float, reach: float) -> Html:
    """The interval beside a line at zero. The numbers say the same, so readers of the screen do without it."""
    at = [f"{50 + 46 * value / reach:.1f}" for value in (low, middle, high)]
    return element(
        "svg",
        element("line", x1="50", x2="50", y1="0", y2="20", class_="zero"),
        element("line", x1=at[0], x2=at[2], y1="10", y2="10", class_="reach"),
        element("circle", cx=at[1], cy="10", r="3.5", class_="point"),
        class_="whisker",
        viewBox="0 0 100 20",
        aria_hidden="true",
    )


def _p(value: float) -> str:
    if value >= 0.0001:
        return f"{value:.4f}"
    return f"{value:.0e}" if value > 1e-16 else "< 1e-16"
