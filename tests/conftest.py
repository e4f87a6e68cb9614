"""What all tests share: the slow ones on request, and the real data where it can be had."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest

import denim as keras
from local_server import Server, serving

Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes a minute or more; runs only with --slow")
    config.addinivalue_line("markers", "parity: beside real Keras; skipped where it is not installed")


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
    """A server on 127.0.0.1, and no proxy before it."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as server:
        yield server
