"""One case again: ``python -m tests.parity LINE`` or ``python -m tests.parity SEED`` says how far apart things are.

``python -m tests.parity sample SEED ...`` writes the stored sample of these cases anew.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

import denim

from .drawing import Options, Table, draw, line_of
from .judging import Judge
from .training import Outcome, build, data, first_weights, train

SAMPLE = Path(__file__).with_name("sample.txt")


def main(arguments: list[str]) -> None:
    """See above."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    if arguments[0] == "sample":
        write_sample(keras, [case_of(seed) for seed in arguments[1:]])
        return
    case = case_of(arguments[0])
    print(line_of(case))
    judge = Judge(case)
    for name, package in (("denim", denim), ("Keras", keras)):
        outcome = outcome_of(package, case)
        print(f"{name}: {'; '.join(judge.problems(outcome)) or 'as it should be'}")
        for key, share in sorted(judge.shares(outcome).items(), key=lambda item: -item[1])[:5]:
            print(f"    {key}: {share:.1%} of what is allowed")


def case_of(argument: str) -> Options:
    """The case of a line or a number."""
    return json.loads(argument if argument.startswith("{") else line_of(draw(int(argument), Table(denim))))


def outcome_of(package: Any, case: Options) -> Outcome:
    """What training makes of a case."""
    model = build(package, case)
    return train(model, case, first_weights(case, model), data(case))


def write_sample(keras: Any, cases: list[Options]) -> None:
    """The lines, and Keras's results."""
    SAMPLE.write_text("".join(f"{line_of(case)}\n" for case in cases))
    numbers = {
        f"{case['seed']}/{key}": value.astype("float32")
        for case in cases
        for key, value in outcome_of(keras, case).items()
    }
    np.savez_compressed(SAMPLE.with_suffix(".npz"), **numbers)


main(sys.argv[1:])
