from __future__ import annotations

import pytest
from programs import chain

from denim.engines import selection
from denim.engines.reference import ReferenceExecutable
from denim.program.specs import SGD


@pytest.fixture(autouse=True)
def unchosen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DENIM_ENGINE", raising=False)
    selection.set_engine(None)
    yield
    selection.set_engine(None)


def test_native_is_the_default():
    assert selection.engine_name() == "native"


def test_the_environment_chooses_and_set_engine_overrides_it(monkeypatch):
    monkeypatch.setenv("DENIM_ENGINE", "reference")
    assert selection.engine_name() == "reference"
    selection.set_engine("native")
    assert selection.engine_name() == "native"
    selection.set_engine(None)
    assert selection.engine_name() == "reference"


def test_an_unknown_engine_raises_and_changes_nothing(monkeypatch):
    selection.set_engine("reference")
    with pytest.raises(ValueError, match=r"set_engine\(\) takes one of 'native', 'reference'. Received: 'tpu'"):
        selection.set_engine("tpu")
    assert selection.engine_name() == "reference"
    selection.set_engine(None)
    monkeypatch.setenv("DENIM_ENGINE", "nativ")
    with pytest.raises(ValueError, match=r"DENIM_ENGINE takes one of 'native', 'reference'\. Received: 'nativ'"):
        selection.engine_name()


def test_equal_programs_share_one_executable():
    selection.set_engine("reference")
    first = selection.compile_program(chain((4, 3), SGD()))
    assert isinstance(first, ReferenceExecutable)
    assert selection.compile_program(chain((4, 3), SGD())) is first
    assert selection.compile_program(chain((4, 2), SGD())) is not first
