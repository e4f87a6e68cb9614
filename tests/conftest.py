"""What all tests share: the slow ones on request, and the real data where it can be had."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

import denim as keras
from local_server import Server, serving

SEEN_BY_PROGRAMS = (
    *("COLUMNS", "LINES", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"),
    *("TTY_COMPATIBLE", "TTY_INTERACTIVE", "PYTHONUNBUFFERED"),
)
"""Environment variables that say how and where output appears: each test that needs one sets it."""

Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes a minute or more; runs only with --slow")
    config.addinivalue_line("markers", "parity: beside real Keras; skipped where it is not installed")
    for name in SEEN_BY_PROGRAMS:
        os.environ.pop(name, None)
    _hear_ctrl_c()
    _test_properties_alike()


def _hear_ctrl_c() -> None:
    """A shell that starts the tests in the background has them, and all that they start, ignore Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _test_properties_alike() -> None:
    """The same examples in every run, however slow the machine is; nothing is kept in a folder."""
    with suppress(ImportError):
        from hypothesis import HealthCheck, settings

        slow = [HealthCheck.too_slow]
        settings.register_profile("alike", derandomize=True, deadline=None, database=None, suppress_health_check=slow)
        settings.load_profile("alike")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="slow: make test-slow runs it"))


@pytest.fixture(scope="session")
def fashion_mnist() -> Arrays:
    """The real Fashion-MNIST as ``load_data`` returns it. CI has to have it; elsewhere its tests are skipped."""
    from denim.datasets import DatasetNotFoundError, fashion_mnist

    try:
        return fashion_mnist.load_data()
    except DatasetNotFoundError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Fashion-MNIST cannot be had here: {error}")


@pytest.fixture
def fresh_session() -> Iterator[None]:
    """Automatic names from the start, and the engine that defines what is right."""
    keras.utils.clear_session()
    keras.config.set_engine("reference")
    yield
    keras.config.set_engine(None)
    keras.config.set_floatx("float32")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on 127.0.0.1, no proxy before it, and patience with it."""
    from denim.datasets import download

    monkeypatch.setattr(download, "ANSWER_SECONDS", 120.0)
    monkeypatch.setattr(download, "SILENCE_SECONDS", 120.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as server:
        yield server


@pytest.fixture
def nothing_registered() -> Iterator[None]:
    """What a test registers for model files is forgotten after it."""
    from denim.saving import custom_objects

    registered, names = dict(custom_objects._registered), dict(custom_objects._names)
    yield
    for table, before in ((custom_objects._registered, registered), (custom_objects._names, names)):
        table.clear()
        table.update(before)  # type: ignore[arg-type]
