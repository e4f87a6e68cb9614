"""Whole programs, from ``python`` to their last line, timed by the clock on the wall."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine
from benchmarks.contenders import DENIM, TRAINERS
from benchmarks.data import FOLDER
from benchmarks.process import ROOT, why_missing

SCRIPTS = {
    "S1": "the tutorial's three networks from uint8 pictures, 5 epochs each, as a script",
    "S1-literal": "the same with the tutorial's own preparation: `/ 255.0` in float64, train_test_split",
}
"""Titles by name; the file of a script is its name in small letters, with underscores."""
LABELS = {
    DENIM: "denim",
    "keras_jax": "Keras on JAX",
    "keras_torch": "Keras on torch",
    "keras_tensorflow": "Keras on TensorFlow",
}
ROUNDS = 3
LONG_S = 60.0
"""A script that takes longer than this runs once."""
QUICK_ROWS = 2000


def _run(arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.meter", sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def numpy_peak() -> int:
    """Peak memory of a process that imports NumPy and ends, bytes."""
    return int(_run(["-c", "import numpy"], {})["peak_bytes"])


def _reason(report: dict[str, Any]) -> str:
    lines = [line.strip() for line in report["error"].splitlines() if line.strip()]
    return f"failed with status {report['status']}" + (f": {lines[-1][:200]}" if lines else "")


def time_scripts(name: str, contenders: Sequence[str], quick: bool, source: str) -> dict[str, Any]:
    """One script's entry in the results: all contenders, in turn, with their peak memory."""
    path = Path(__file__).with_name(name.lower().replace("-", "_") + ".py")
    rows = ["--rows", str(QUICK_ROWS)] if quick else []
    names = [each for each in LABELS if each in contenders]
    reports: dict[str, list[dict[str, Any]]] = {each: [] for each in names}
    missing: dict[str, str] = {}
    for each in names:
        reason = why_missing(TRAINERS[each])
        if reason:
            missing[each] = reason
    base = numpy_peak()
    for _ in range(1 if quick else ROUNDS):
        for each in names:
            done = reports[each]
            if each in missing or (done and done[0]["seconds"] > LONG_S):
                continue
            face = "denim" if each == DENIM else "keras"
            report = _run([str(path), face, str(FOLDER), *rows], dict(TRAINERS[each].environment))
            if report["status"]:
                missing[each] = _reason(report)
            else:
                done.append(report)
    entries = [
        {"name": each, "label": LABELS[each], "missing": missing[each]}
        if each in missing
        else {"name": each, "label": LABELS[each], **_summary(reports[each], base)}
        for each in names
    ]
    return {
        "name": name,
        "kind": "script",
        "title": f"{name}: {SCRIPTS[name]}",
        "data": source,
        "date": machine.now(),
        "data_bytes": sum(path.stat().st_size for path in FOLDER.glob("*.npy")),
        "numpy_peak_bytes": base,
        "contenders": entries,
    }


def _summary(reports: list[dict[str, Any]], base: int) -> dict[str, Any]:
    seconds = [report["seconds"] for report in reports]
    peak = min(report["peak_bytes"] for report in reports)
    answer = json.loads(reports[-1]["output"].splitlines()[-1])
    return {
        "seconds": seconds,
        "best_s": min(seconds),
        "median_s": median(seconds),
        "peak_bytes": peak,
        "peak_over_numpy_bytes": peak - base,
        "quality": "accuracy",
        "value": answer["accuracy"][-1],
        "accuracies": answer["accuracy"],
        "versions": answer["versions"],
    }
