"""The version of the installed distribution."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("denim-nn")
except PackageNotFoundError:
    __version__ = "0+source"
