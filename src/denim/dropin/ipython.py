"""``%load_ext denim``: ``keras`` and ``tf.keras`` mean denim in a notebook and the modules beneath its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from denim.dropin.children import DropIn
from denim.dropin.rewriting import Rewriter
from denim.dropin.scope import Scope

_loaded: list[tuple[Rewriter, DropIn]] = []


def load_ipython_extension(ipython: Any) -> None:
    """Called by ``%load_ext denim``. What was imported before stays what it was."""
    if _loaded:
        return
    scope = Scope([Path.cwd()])
    rewriter, drop_in = Rewriter(scope.own_names), DropIn(scope)
    ipython.ast_transformers.append(rewriter)
    drop_in.start()
    _loaded.append((rewriter, drop_in))


def unload_ipython_extension(ipython: Any) -> None:
    """Called by ``%unload_ext denim``."""
    while _loaded:
        rewriter, drop_in = _loaded.pop()
        ipython.ast_transformers.remove(rewriter)
        drop_in.stop()
