"""What reading a file can stop with."""

from __future__ import annotations

from pathlib import Path


class FileError(ValueError):
    """A file cannot be used.

    Attributes:
        path: of the file or folder.
        reason: what is wrong with it, as a sentence.
        suggestion: what helps, as a sentence; may be empty.
        line: where, counted from 1 as editors do; None where a file has no lines, or all of them are meant.
    """

    def __init__(self, path: Path, reason: str, suggestion: str = "", *, line: int | None = None) -> None:
        self.path = path
        self.reason = reason
        self.suggestion = suggestion
        self.line = line
        place = str(path) if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: {reason}" + (f" {suggestion}" if suggestion else ""))

    def __reduce__(self) -> tuple[object, ...]:
        return _made_again, (self.path, self.reason, self.suggestion, self.line)


def _made_again(path: Path, reason: str, suggestion: str, line: int | None) -> FileError:
    return FileError(path, reason, suggestion, line=line)
