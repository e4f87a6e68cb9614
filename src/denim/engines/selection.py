"""Which engine runs a program: the user's choice, else native."""

from __future__ import annotations

import os
from functools import cache, lru_cache

from denim.engines.protocol import Engine, Executable
from denim.program.program import Program

NAMES = ("native", "reference")

chosen: str | None = None
"""``set_engine``'s choice alone."""


def set_engine(name: str | None) -> None:
    """Choose the engine for every model used from now on; None returns to DENIM_ENGINE, or native.

    Raises:
        ValueError: for a name that is no engine.
    """
    global chosen
    if name is not None:
        _check(name, "set_engine()")
    chosen = name


def engine_name() -> str:
    """The engine in force: ``set_engine``'s, else DENIM_ENGINE's, else "native"."""
    if chosen is not None:
        return chosen
    name = os.environ.get("DENIM_ENGINE") or "native"
    _check(name, "the environment variable DENIM_ENGINE")
    return name


def _check(name: str, where: str) -> None:
    if name not in NAMES:
        raise ValueError(f"{where} takes one of {', '.join(map(repr, NAMES))}. Received: {name!r}")


@cache
def _engine(name: str) -> Engine:
    if name == "reference":
        from denim.engines.reference import ReferenceEngine

        return ReferenceEngine()
    from denim.engines.native import NativeEngine

    return NativeEngine()


@lru_cache(maxsize=64)
def _compile(name: str, program: Program) -> Executable:
    engine = _engine(name)
    lacking = engine.supports(program)
    if lacking is not None:
        raise NotImplementedError(f"The {name} engine cannot run this model: {lacking}")
    return engine.compile(program)


def compile_program(program: Program) -> Executable:
    """The program compiled by the engine in force; equal programs share one executable."""
    return _compile(engine_name(), program)
