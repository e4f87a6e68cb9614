"""Each example is a Keras script that `denim run` runs unchanged; each checks its own result."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import denim
from denim.dropin import running
from denim.dropin.checking import check
from denim.dropin.children import DropIn

EXAMPLES = Path(__file__).parents[2] / "examples"


def _examples() -> list[object]:
    found = []
    for file in sorted(EXAMPLES.glob("*.py")):
        if file.stem != "chapter":
            found.append(pytest.param(file, id=file.stem))
    return found


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What running a script changes in a process is put back."""
    drop_ins: list[DropIn] = []
    start = DropIn.start
    monkeypatch.setattr(DropIn, "start", lambda self: (drop_ins.append(self), start(self)))
    before = sys.argv[:], sys.path[:], sys.modules["__main__"]
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    denim.utils.clear_session()
    yield
    for drop_in in drop_ins:
        drop_in.stop()
    sys.argv[:], sys.path[:], sys.modules["__main__"] = before
    random.setstate(state[0])
    np.random.set_state(state[1])  # noqa: NPY002


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize("file", _examples())
def test_it_runs(file: Path, request: pytest.FixtureRequest) -> None:
    source = file.read_text(encoding="utf-8")
    if "sklearn" in source:
        pytest.importorskip("sklearn", reason="its data are scikit-learn's")
    if "fashion_mnist" in source:
        request.getfixturevalue("fashion_mnist")

    running.run([str(file)])


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda file: file.stem)
def test_the_check_finds_nothing_lacking_in_what_runs(file: Path) -> None:
    lacking = [use for use in check(file) if use.said]

    assert not lacking
