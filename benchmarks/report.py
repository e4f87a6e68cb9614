"""The results as a table of plain text."""

from __future__ import annotations

from typing import Any

HEADINGS = ("contender", "best s", "median s", "n", "x denim", "GFLOP/s", "accuracy", "warm-up s")


def _row(entry: dict[str, Any], flops: int) -> tuple[str, ...]:
    if "missing" in entry:
        return entry["label"], *[""] * (len(HEADINGS) - 2), entry["missing"]
    ratio = entry["ratio_to_denim"]
    return (
        entry["label"],
        f"{entry['best_s']:.4f}",
        f"{entry['median_s']:.4f}",
        str(len(entry["seconds"])),
        "" if ratio is None else f"{ratio:.2f}",
        f"{flops / entry['best_s'] / 1e9:.1f}",
        f"{entry['accuracy']:.3f}",
        f"{entry['warm_up_s']:.2f}",
    )


def table(workload: dict[str, Any]) -> str:
    """One workload's contenders, a line each; those that did not run say why."""
    rows = [HEADINGS, *(_row(entry, workload["gemm_flops"]) for entry in workload["contenders"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join([f"{workload['title']} ({workload['data']})", *lines])
