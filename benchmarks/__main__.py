"""Everything, one after the other: contenders, threads, growth, a profile, and the page made of them.

python -m benchmarks [--quick]     a smoke run leaves its results and its page in build/benchmarks/quick/
"""

from __future__ import annotations

import argparse
import shutil

from benchmarks import growth, profile, publish, run, scaling
from benchmarks.data import FOLDER
from benchmarks.process import ROOT

STEP = ROOT / "build" / "native" / "step"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--quick", action="store_true", help="a smoke run, kept apart from the real results")
    quick = parser.parse_args().quick
    results, into = publish.RESULTS, ROOT
    if quick:
        into = FOLDER / "quick"
        into.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "README.md", into)
        results = into / "results.json"
    options = [*(["--quick"] if quick else []), "--out", str(results)]
    run.main(options)
    scaling.main(options)
    growth.main(options)
    profile.main([str(STEP), "--out", str(results)])
    publish.main(["--results", str(results), "--into", str(into)])


if __name__ == "__main__":
    main()
