"""The results in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.contenders import DENIM
from benchmarks.goals import Verdict, best_rival, verdicts
from benchmarks.report import HEADINGS, best_of, cells
from benchmarks.units import duration, ratio, significant

Document = dict[str, Any]

NOT_QUIET = "**Some of these numbers come from a smoke run (`--quick`) and are not for comparison.**"

METHOD = """\
Every contender has a process of its own with all cores, and its data in memory as float32. It is warm before anything
is timed: compilation counts in `warm-up` alone. Then the contenders take turns, a round each (an epoch, or as many
calls of predict as take 30 ms), so that a machine that slows down or is busy slows all of them; who has spent
its time stops after three rounds. Ratios are of the best rounds. Where a contender can do the same in several ways,
such as one BLAS thread or all, it tries each after the warm-up and keeps the fastest; the tables name it in
brackets. The epoch's order is drawn by the fastest means that each has. `check` shows that what was timed did learn, or
how far the outputs are from float64's; how many epochs were trained before it differs. By hand means no metrics, no
callbacks, no history. scikit-learn has no RMSprop and runs Adam.

The **SGEMM bound** is the time of a workload's matrix products alone at the rate of NumPy's BLAS for 1024 x 1024
matrices, measured before and after each workload. The products of small batches do not reach this rate in any BLAS:
the bound at the workload's own shapes is the sum of NumPy's times for just those products. The bound with bytes adds
`bytes / bandwidth` to the SGEMM bound, for what a step must read and write. With batch B, widths u_0 to u_L, P
parameters (P_1 in the first layer) and S optimizer slots:

```
operations a step = 2 B (3 sum u_(l-1) u_l - u_0 u_1)
bytes a step      = 4 (P + (P - P_1) + 2 P (1 + S)) + 4 B (2 u_0 + 4 (u_1 + ... + u_L))
```

The bandwidth is that of copying a block as large as parameters and slots, read and written bytes together, so that what
fits a cache counts at the cache's speed. Nothing overlaps in this sum, so an engine that loads while it multiplies
may pass it.

Scripts are timed by the clock on the wall from `python` to their end, imports included; their peak memory is the
system's count, less that of `python -c "import numpy"`. `make bench` does all of this and writes this page."""


PROFILE = """\
What a step of training executes, counted by valgrind's callgrind on one thread with AVX2 kernels. An instruction of a
product does at most 16 operations there; what falls short of that are loads, the optimizer's roots and divisions,
and what goes row by row."""


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; all columns but the first are aligned to the right."""
    lines = [list(headings), ["---", *["---:"] * (len(headings) - 1)], *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def judged(document: Document) -> list[Verdict]:
    """The goals of everything that was measured."""
    return [verdict for each in document["workloads"].values() for verdict in verdicts(each)]


def goals(document: Document) -> str:
    """Every goal with what came out."""
    words = {True: "reached", False: "**not reached**", None: "not measured"}
    rows = [(v.workload, v.goal, v.measured, v.most, words[v.reached]) for v in judged(document)]
    return markdown(("workload", "goal", "measured", "at the SGEMM bound", ""), rows)


def contenders(workload: Document) -> str:
    """One workload: who took how long, and why the others are missing."""
    rows = [cells(entry, workload) for entry in workload["contenders"] if "best_s" in entry]
    used = [column for column in range(len(HEADINGS)) if any(row[column] for row in rows)]
    table = markdown([HEADINGS[c] for c in used], ([row[c] for c in used] for row in rows))
    absent = [f"- {entry['label']}: {entry['missing']}" for entry in workload["contenders"] if "missing" in entry]
    return "\n\n".join([table, *(["Not here:\n" + "\n".join(absent)] if absent else [])])


def bounds(workload: Document) -> str:
    """The bounds of one workload in words."""
    named = [
        ("SGEMM bound", "sgemm_bound_s"),
        ("at its own shapes", "sgemm_bound_own_shapes_s"),
        ("with bytes", "bound_with_bytes_s"),
    ]
    denim = best_of(workload, DENIM)
    parts = [
        f"{label} {duration(workload[key])}" + (f" (denim: {workload[key] / denim:.0%})" if denim else "")
        for label, key in named
        if key in workload
    ]
    rates = workload["rates"]
    return (
        f"{'; '.join(parts)}. Measured: SGEMM {rates['sgemm_gflops_one_thread']:.0f} GFLOP/s on one thread, "
        f"{rates['sgemm_gflops_all_threads']:.0f} on all; copies {rates['copy_gbs_one_thread']:.0f} GB/s on one, "
        f"{rates['copy_gbs_all_threads']:.0f} on all."
    )


def _section(workload: Document) -> str:
    parts = [f"### {workload['title']}", contenders(workload)]
    if "sgemm_bound_s" in workload:
        parts.append(bounds(workload))
    if workload["kind"] == "script":
        parts.append(
            f"Peak memory is over the {workload['numpy_peak_bytes'] / 1e6:.0f} MB of a process that imports NumPy; "
            f"the data takes {workload['data_bytes'] / 1e6:.0f} MB."
        )
    return "\n\n".join(parts)


def scaling(section: Document) -> str:
    """Times over threads, and two trainings at once."""
    threads = [point["threads"] for point in section["threads"][0]["points"]]
    rows = []
    for curve in section["threads"]:
        seconds = [point["best_s"] for point in curve["points"]]
        double = f"{duration(curve['float64_s'])} ({ratio(curve['float64_s'] / seconds[-1])} the time)"
        rows.append([curve["title"], *(f"{duration(s)} ({ratio(seconds[0] / s)})" for s in seconds), double])
    table = markdown(["workload", *(f"{n} thread{'s' * (n > 1)}" for n in threads), "float64, all threads"], rows)
    shared = section["together"]
    return (
        f"{table}\n\nTwo processes that train {shared['name']} at once, each with all threads, do "
        f"{ratio(shared['ratio'])} the epochs a second of one alone."
    )


def growth(section: Document) -> str:
    """Time a step as networks grow."""
    parts = []
    for what, curve in section["curves"].items():
        rows = [(str(p["size"]), duration(p["step_s"]), f"{p['sgemm_bound_s'] / p['step_s']:.0%}") for p in curve]
        parts.append(markdown((what, "a step", "of the SGEMM bound"), rows))
    return "\n\n".join(parts)


def profile(section: Document) -> str:
    """Instructions a step, and the functions that they go to."""
    rows = [
        (
            each["title"],
            f"{each['instructions']:,}",
            f"{each['operations'] / each['instructions']:.1f}",
            f"{each['bytes'] / 1e3:,.0f} kB",
            ", ".join(f"`{name}` {share:.0%}" for name, share in each["shares"].items()),
        )
        for each in section.values()
    ]
    return markdown(("a step of", "instructions", "operations each", "bytes that move", "where they go"), rows)


def versions(document: Document) -> str:
    """Who ran, in which version."""
    found: dict[str, str] = {}
    for workload in document["workloads"].values():
        for entry in workload["contenders"]:
            found |= entry.get("versions", {})
    return ", ".join(f"{name} {number}" for name, number in sorted(found.items()))


def _host(document: Document) -> str:
    host = document["machine"]
    return (
        f"{host['cpu']}, {host['cores']} cores, {host['system']}, Python {host['python']}; denim ran "
        f"{host['instruction_set']} kernels. {host['date'][:10]}. Versions: {versions(document)}."
    )


def is_quick(document: Document) -> bool:
    """Whether any part comes from a smoke run."""
    parts = [*document["workloads"].values(), document.get("scaling", {}), document.get("growth", {})]
    return any(part.get("quick", False) for part in parts)


def page(document: Document, figures: Sequence[tuple[str, str]]) -> str:
    """The whole of docs/benchmarks.md; figures are (file name, what it shows)."""
    pictures = "\n\n".join(f"![{text}](figures/{name})\n\n*{text}*" for name, text in figures)
    parts = ["# Benchmarks", _host(document), *([NOT_QUIET] if is_quick(document) else [])]
    parts += ["## Goals", goals(document), pictures, "## Workloads", *map(_section, document["workloads"].values())]
    if "scaling" in document:
        parts += ["## Threads", scaling(document["scaling"])]
    if "growth" in document:
        parts += ["## Growth", growth(document["growth"])]
    if "profile" in document:
        parts += ["## Profile", PROFILE, profile(document["profile"])]
    return "\n\n".join([*filter(None, parts), "## Method", METHOD]) + "\n"


def short(document: Document) -> str:
    """README's table: denim, the best other, the factor, the share of the bound."""
    rows = []
    for workload in document["workloads"].values():
        denim, rival = best_of(workload, DENIM), best_rival(workload)
        if denim is None or rival is None:
            continue
        bound = workload.get("sgemm_bound_s")
        rows.append(
            (
                workload["title"],
                duration(denim),
                f"{duration(rival['best_s'])}, {rival['label']}",
                f"{significant(rival['best_s'] / denim)}",
                "" if bound is None else f"{bound / denim:.0%}",
            )
        )
    table = markdown(("an epoch, a call or a script", "denim", "the best other", "factor", "of the SGEMM bound"), rows)
    host = document["machine"]
    note = f"{host['cpu']}, {host['cores']} cores, {host['date'][:10]}. [The method](docs/benchmarks.md#method)."
    return "\n\n".join(["", table, note, *([NOT_QUIET] if is_quick(document) else []), ""])
