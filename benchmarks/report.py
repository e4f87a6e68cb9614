"""The results as tables of plain text."""

from __future__ import annotations

from typing import Any

from benchmarks.contenders import DENIM
from benchmarks.units import duration, mebibytes, ratio

HEADINGS = ("contender", "best", "median", "n", "x denim", "of SGEMM bound", "warm-up", "peak MiB", "check")


def best_of(document: dict[str, Any], name: str) -> float | None:
    """Best seconds of a contender, if it ran."""
    for entry in document["contenders"]:
        if entry["name"] == name and "best_s" in entry:
            return float(entry["best_s"])
    return None


def cells(entry: dict[str, Any], document: dict[str, Any]) -> tuple[str, ...]:
    """One contender's line, under ``HEADINGS``."""
    if "missing" in entry:
        return entry["label"], *[""] * (len(HEADINGS) - 2), entry["missing"]
    denim, bound = best_of(document, DENIM), document.get("sgemm_bound_s")
    variant = entry.get("variant")
    return (
        entry["label"] + (f" ({variant})" if variant else ""),
        duration(entry["best_s"]),
        duration(entry["median_s"]),
        str(len(entry["seconds"])),
        "" if denim is None else ratio(entry["best_s"] / denim),
        "" if bound is None else f"{bound / entry['best_s']:.0%}",
        duration(entry["warm_up_s"]) if "warm_up_s" in entry else "",
        mebibytes(entry["peak_bytes"]) if "peak_bytes" in entry else "",
        f"{entry['quality']} {entry['value']:.3g}",
    )


def table(document: dict[str, Any]) -> str:
    """One workload's contenders, a line each; those that did not run say why."""
    rows = [HEADINGS, *(cells(entry, document) for entry in document["contenders"])]
    used = [c for c in range(len(HEADINGS)) if any(row[c] for row in rows[1:])]
    widths = {c: max(len(row[c]) for row in rows) for c in used}
    lines = [
        "  ".join(row[c].ljust(widths[c]) if c == 0 else row[c].rjust(widths[c]) for c in used).rstrip() for row in rows
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join([f"{document['title']} ({document['data']})", *lines])
