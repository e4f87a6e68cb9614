"""People's own files, and what is in them: tables, pictures, arrays."""

from __future__ import annotations

from denim.lazy import bind

__all__ = ["Arrays", "FileError", "Pictures", "Table", "read"]

_HOMES = {
    "Arrays": "denim.files.content",
    "FileError": "denim.files.errors",
    "Pictures": "denim.files.content",
    "Table": "denim.files.content",
    "read": "denim.files.reading",
}
__getattr__, __dir__ = bind(__name__, _HOMES)
