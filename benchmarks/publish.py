"""Make the page, the figures and README's table from the results: no number is typed by hand.

python -m benchmarks.publish [--results benchmarks/results.json] [--into .]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks import figures, results, tables
from benchmarks.process import ROOT

RESULTS = ROOT / "benchmarks" / "results.json"
OPENING, CLOSING = "<!-- benchmarks -->", "<!-- /benchmarks -->"


def replaced(text: str, block: str) -> str | None:
    """The text with what lies between the two marks replaced; None if they are not there."""
    before, opened, rest = text.partition(OPENING)
    _, closed, after = rest.partition(CLOSING)
    if not opened or not closed:
        return None
    return f"{before}{OPENING}\n{block}\n{CLOSING}{after}"


def publish(document: dict[str, Any], folder: Path) -> list[str]:
    """Write everything below this folder; return what was done and what was not."""
    docs = folder / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    drawn = figures.draw(document, docs / "figures")
    (docs / "benchmarks.md").write_text(tables.page(document, drawn), encoding="utf-8")
    said = [f"docs/benchmarks.md, {len(drawn)} figures"]
    readme = folder / "README.md"
    text = replaced(readme.read_text(encoding="utf-8"), tables.short(document)) if readme.is_file() else None
    if text is None:
        said.append(f"README.md has no {OPENING} ... {CLOSING}: its table was not written")
    else:
        readme.write_text(text, encoding="utf-8")
        said.append("README.md, the block of benchmarks")
    return said


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publish", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--into", type=Path, default=ROOT, help="the folder with docs/ and README.md")
    options = parser.parse_args(arguments)
    if not options.results.is_file():
        parser.error(f"{options.results} is not there; run the benchmarks with --out {options.results} first")
    for line in publish(results.load(options.results), options.into):
        print(line)


if __name__ == "__main__":
    main()
