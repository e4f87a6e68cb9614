"""A notebook's cells, run in their order in one ``__main__``."""

from __future__ import annotations

import ast
import functools
import linecache
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from denim.dropin.cells import Cell, read_cells
from denim.dropin.children import DropIn
from denim.dropin.rewriting import Rewriter
from denim.dropin.running import begin, guarded, main_module
from denim.dropin.scope import Scope


def run_notebook(notebook: str, arguments: Sequence[str]) -> None:
    """Run the cells. As in Jupyter, the notebook's folder is the current one, and there is no ``__file__``.

    Raises:
        CannotRunError: if it is no notebook.
        SystemExit: after an error in a cell, or as the notebook does.
    """
    cells, path = read_cells(notebook), Path(notebook).resolve()
    os.chdir(path.parent)
    scope, main = Scope([path.parent]), main_module(None)
    main.__dict__["display"] = _display
    begin([notebook, *arguments], str(path.parent), DropIn(scope), main)
    if sys.excepthook is sys.__excepthook__:  # Before Python 3.13 that one shows no lines but those of files.
        sys.excepthook = traceback.print_exception
    rewriter = Rewriter(scope.own_names)
    for cell in cells:
        for line in cell.skipped:
            print(f"denim: cell {cell.number}: skipped {line}", file=sys.stderr)
        guarded(functools.partial(_run, cell, f"{path.name}, cell {cell.number}", main, rewriter))


def _run(cell: Cell, filename: str, main: ModuleType, rewriter: Rewriter) -> None:
    lines = [f"{line}\n" for line in cell.source.split("\n")]
    linecache.cache[filename] = (len(cell.source), None, lines, filename)
    tree = rewriter.visit(ast.parse(cell.source, filename))
    shown = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not cell.source.rstrip().endswith(";"):
        shown = ast.Expression(tree.body.pop().value)
    exec(compile(tree, filename, "exec", dont_inherit=True), main.__dict__)
    if shown is not None:
        value = eval(compile(shown, filename, "eval", dont_inherit=True), main.__dict__)
        if value is not None:
            _display(value)


def _display(*values: object) -> None:
    for value in values:
        print(repr(value))
