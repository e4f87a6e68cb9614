"""The results as SVG figures that are legible on light and on dark pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.contenders import DENIM
from benchmarks.report import best_of
from benchmarks.units import ratio

Document = dict[str, Any]

INK, FAINT = "#7d8590", "#7d859055"
DENIM_BLUE, OTHERS = "#3b82c4", "#9aa4b0"
LINES = ("#3b82c4", "#d9822b", "#3a9d6e", "#b0589e")
STYLE: dict[Any, Any] = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "svg.hashsalt": "denim",
}


@contextmanager
def _figure(path: Path, columns: int, width: float, height: float) -> Iterator[Any]:
    """Axes side by side, saved as SVG in the end; the same numbers give the same bytes."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure.subplots(1, columns, squeeze=False)[0]
        figure.savefig(path, format="svg", metadata={"Date": None})


def _bars(axes: Any, workload: Document) -> None:
    ran = sorted((e for e in workload["contenders"] if "best_s" in e), key=lambda e: e["best_s"])
    denim = best_of(workload, DENIM) or ran[0]["best_s"]
    factors = [entry["best_s"] / denim for entry in ran]
    colours = [DENIM_BLUE if entry["name"].startswith(DENIM) else OTHERS for entry in ran]
    axes.barh(range(len(ran)), factors, color=colours)
    axes.set_yticks(range(len(ran)), [entry["label"] for entry in ran])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.axvline(1, color=INK, linewidth=0.8)
    axes.set_xlim(min(factors) / 2, max(factors) * 2)
    for position, factor in enumerate(factors):
        axes.annotate(
            ratio(factor), (factor, position), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9
        )
    axes.set_xlabel("time, as a multiple of denim's")
    axes.set_title(workload["title"], fontsize=10, loc="left")


def _threads(axes: Any, section: Document) -> None:
    for colour, curve in zip(LINES, section["threads"], strict=False):
        threads = [point["threads"] for point in curve["points"]]
        speeds = [curve["points"][0]["best_s"] / point["best_s"] for point in curve["points"]]
        axes.plot(threads, speeds, "o-", color=colour, label=curve["name"])
    axes.plot(threads, threads, "--", color=INK, linewidth=0.8, label="as many times as threads")
    axes.set_xticks(threads)
    axes.set_xlabel("threads")
    axes.set_ylabel("times as fast as on one")
    axes.grid(True)
    axes.legend(frameon=False, labelcolor=INK)


def _growth(axes: Any, what: str, curve: list[Document]) -> None:
    sizes = [point["size"] for point in curve]
    axes.plot(sizes, [point["step_s"] * 1e6 for point in curve], "o-", color=DENIM_BLUE, label="denim")
    bounds = [point["sgemm_bound_s"] * 1e6 for point in curve]
    axes.plot(sizes, bounds, "--", color=INK, label="SGEMM bound")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel(what)
    axes.set_ylabel("µs a step")
    axes.grid(True)
    axes.legend(frameon=False, labelcolor=INK)


def draw(document: Document, folder: Path) -> list[tuple[str, str]]:
    """Write the figures there; return each one's file name and what it shows."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, workload in document["workloads"].items():
        ran = sum("best_s" in entry for entry in workload["contenders"])
        if ran:
            file = f"{name.lower()}.svg"
            with _figure(folder / file, 1, 8, 0.8 + 0.32 * ran) as (axes,):
                _bars(axes, workload)
            drawn.append((file, workload["title"]))
    if "scaling" in document:
        with _figure(folder / "threads.svg", 1, 6, 4) as (axes,):
            _threads(axes, document["scaling"])
        drawn.append(("threads.svg", "Speed over threads"))
    if "growth" in document:
        curves = document["growth"]["curves"]
        with _figure(folder / "growth.svg", len(curves), 10, 3.6) as all_axes:
            for axes, (what, curve) in zip(all_axes, curves.items(), strict=True):
                _growth(axes, what, curve)
        drawn.append(("growth.svg", "Time a step as networks grow, and the SGEMM bound"))
    return drawn
