"""Notebooks: run by `denim run`, and with `%load_ext denim`."""

from __future__ import annotations

import json

import pytest
from scripts_project import Project

from denim.dropin.cells import read_cells


def notebook(*sources: str | list[str]) -> str:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# Text"}, *cells], "nbformat": 4})


def test_cells_run_in_order_and_show_their_last_value(project: Project) -> None:
    project.write(
        "books/book.ipynb",
        notebook(
            [
                "import denim, keras, sys, os, helper\n",
                "%matplotlib inline\n",
                "seen = keras is denim is helper.keras\n",
                "seen",
            ],
            "!echo hello\nfiles = !ls\nif True:\n    %time x = 3\n'text'",
            "%%bash\necho hello",
            "'not shown';",
            "print(__name__, sys.argv, os.path.basename(os.getcwd()), '__file__' in globals())\nNone",
            "display(seen)\n(7\n% 4)",
        ),
    )
    project.write("books/helper.py", "import keras\n")
    done = project.run("books/book.ipynb", "word")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "True",
        "'text'",
        "__main__ ['books/book.ipynb', 'word'] books False",
        *("True", "3"),
    ]
    assert [line.partition(": skipped ")[2] for line in done.stderr.splitlines()] == [
        "%matplotlib inline",
        *("!echo hello", "files = !ls", "%time x = 3"),
        "%%bash",
    ]


def test_an_error_shows_the_cells_lines_and_ends_the_run(project: Project) -> None:
    project.write("book.ipynb", notebook("import keras", "\ndef f():\n    1 / 0\nf()", "print('not reached')"))
    done = project.run("book.ipynb")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[:5] == [
        "Traceback (most recent call last):",
        '  File "book.ipynb, cell 2", line 4, in <module>',
        "    f()",
        '  File "book.ipynb, cell 2", line 3, in f',
        "    1 / 0",
    ]


def test_older_notebooks_are_read(project: Project) -> None:
    cells = [{"cell_type": "code", "input": ["a = 1\n", "a"]}]
    file = project.write("old.ipynb", json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}))

    assert [(cell.number, cell.source) for cell in read_cells(file)] == [(1, "a = 1\na")]


CELLS = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for source in sys.argv[1:]:
    shell.run_cell(source).raise_error()
"""


def test_the_extension(project: Project) -> None:
    pytest.importorskip("IPython", reason="IPython runs the cells")
    project.write("helper.py", "import keras\n")
    project.write("cells.py", CELLS)
    shown = project.output(
        "cells.py",
        "%load_ext denim",
        "import denim, keras, helper, thirdparty\nfrom tensorflow.keras import layers",
        "print(keras is denim is helper.keras, layers is denim.layers, 'keras' in thirdparty.seen()[1])",
        "%unload_ext denim",
        "try:\n    import keras\n    print(keras is denim)\nexcept ImportError:\n    print(False)",
        denim=False,
    )
    without = project.output("-c", "import thirdparty; print('keras' in thirdparty.seen()[1])", denim=False).strip()

    assert shown.splitlines()[-2:] == [f"True True {without}", "False"]
