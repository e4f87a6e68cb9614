"""Files that come through a pipe."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest

from denim.files import FileError, read

pytest.importorskip("pandas")

ROWS = "a,b\n" + "".join(f"{number},{number % 2}\n" for number in range(100))


class Input(io.TextIOWrapper):
    def __init__(self, content: bytes, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content))
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", Input(ROWS.encode()))
    table = read("-", target="b")
    assert (len(table), table.path) == (100, Path("-"))


def test_what_is_wrong_with_it_names_it(monkeypatch):
    monkeypatch.setattr("sys.stdin", Input(b"a,b\n1,2\n3\n"))
    with pytest.raises(FileError, match=r"^-, line 3: It has 1 field, and the header has 2\."):
        read("-")


def test_a_terminal_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("sys.stdin", Input(b"", terminal=True))
    with pytest.raises(FileError, match=r"^-: It stands for standard input, which is a terminal\."):
        read("-")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_loses_nothing(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(ROWS,))
    writer.start()
    table = read(pipe)
    writer.join()
    assert list(table.frame.columns) == ["a", "b"] and len(table) == 100 and table.path == pipe
