"""The one file of results: sections by name, each replaced as a whole when it is measured anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Document = dict[str, Any]


def merged(old: Document, new: Document) -> Document:
    """``old`` with what ``new`` has: workloads one by one, all else a section at a time.

    What another processor did is not mixed in: then ``new`` stands alone.
    """
    if not same_machine(old.get("machine"), new.get("machine")):
        old = {}
    workloads = {**old.get("workloads", {}), **new.get("workloads", {})}
    return {**old, **new, "workloads": dict(sorted(workloads.items()))}


def same_machine(old: Document | None, new: Document | None) -> bool:
    """Whether processor, cores and instruction set agree, as far as they are known."""
    if old is None or new is None:
        return True
    return all(old[key] == new[key] for key in ("cpu", "cores", "instruction_set"))


def load(path: Path) -> Document:
    """What the file has; nothing if there is none."""
    if not path.is_file():
        return {"workloads": {}}
    document: Document = json.loads(path.read_text(encoding="utf-8"))
    return document


def merge(path: Path, new: Document) -> None:
    """Add to the file, in one move: a run that is cut off leaves it whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(merged(load(path), new), indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)
