from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import pytest

from denim.engines import selection
from denim.engines.protocol import Executable
from denim.program.program import Program

Compile = Callable[[Program], Executable]


@pytest.fixture(params=selection.NAMES)
def compiled(request: pytest.FixtureRequest) -> Iterator[Compile]:
    """Compiles programs for each engine in turn."""
    yield from _compiler(request.param)


@pytest.fixture(params=[name for name in selection.NAMES if name != "reference"])
def compiled_by_other(request: pytest.FixtureRequest) -> Iterator[Compile]:
    """Compiles programs for each engine in turn that the reference judges."""
    yield from _compiler(request.param)


def _compiler(name: str) -> Iterator[Compile]:
    if name == "native" and importlib.util.find_spec("denim.engines._native") is None:
        pytest.skip("the native engine's module denim.engines._native is not built here")
    selection.set_engine(name)
    yield selection.compile_program
    selection.set_engine(None)
