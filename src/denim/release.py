"""The version of the installed distribution."""

from __future__ import annotations

from importlib import metadata

try:
    __version__ = metadata.version("denim-nn")
except metadata.PackageNotFoundError:
    __version__ = "0+source"


def version() -> str:
    """denim's version."""
    return __version__
