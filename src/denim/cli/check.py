"""What ``denim check`` prints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from denim.dropin.checking import Use


def as_text(file: str, uses: list[Use]) -> str:
    """Names that denim has, with their lines, then those it lacks, with the reason."""
    there, lacking = [use for use in uses if not use.said], [use for use in uses if use.said]
    number, known = (len({use.name for use in group}) for group in (uses, there))
    lines = [f"{file}: denim has {known} of the {number} names of Keras's that it uses."]
    lines += [f"  {name}  {places}" for name, places in _grouped(there)]
    lines += ["Lacking:"] if lacking else []
    for use in lacking:
        lines += [f"  {_place(use)}: {use.name}", f"      {use.said}"]
    return "\n".join(lines)


def as_json(files: dict[str, list[Use]]) -> str:
    """For each file its uses; ``said`` is empty where denim has the name."""
    return json.dumps({file: [asdict(use) for use in uses] for file, uses in files.items()}, indent=2)


def _grouped(uses: Iterable[Use]) -> list[tuple[str, str]]:
    places: dict[str, list[str]] = {}
    for use in uses:
        places.setdefault(use.name, []).append(f"{use.cell}:{use.line}" if use.cell else str(use.line))
    return [(name, ", ".join(dict.fromkeys(found))) for name, found in sorted(places.items())]


def _place(use: Use) -> str:
    return f"cell {use.cell}, line {use.line}" if use.cell else f"line {use.line}"
