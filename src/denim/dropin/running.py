"""A script or a module, run as Python runs it, with ``keras`` meaning denim in what is beneath its folder."""

from __future__ import annotations

import importlib.util
import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, TracebackType
from typing import NoReturn

from denim.dropin.children import DropIn
from denim.dropin.errors import CannotRunError
from denim.dropin.loading import ScriptLoader
from denim.dropin.scope import Scope

_HERE = Path(__file__).parent
_LAUNCHERS = (runpy.__file__, "<frozen runpy>")
_INTERRUPTED = 130


def run(words: Sequence[str]) -> None:
    """Run what the words of a command line say: ``script.py``, ``notebook.ipynb`` or ``-m module``, and its arguments.

    The process is the script's from then on: arguments, search path and ``__main__`` are not put back.

    Raises:
        CannotRunError: if there is nothing such to run.
        SystemExit: as the script does; 1 after an error, whose traceback has been shown, 130 after an interruption.
    """
    if words[:1] == ["-m"]:
        if len(words) < 2:
            raise CannotRunError("-m is followed by the name of a module.")
        run_module(words[1], words[2:])
    elif not words:
        raise CannotRunError("The first word is a script, a notebook, or -m and a module.")
    elif Path(words[0]).suffix == ".ipynb":
        from denim.dropin.notebook import run_notebook

        run_notebook(words[0], words[1:])
    else:
        run_script(words[0], words[1:])


def run_script(script: str, arguments: Sequence[str]) -> None:
    """Run a file, or the ``__main__.py`` of a folder."""
    given = Path(script)
    file = given / "__main__.py" if given.is_dir() else given
    if not file.is_file():
        raise CannotRunError(f"There is no file {str(file)!r}.")
    path = str(file.absolute())
    folder = given.resolve() if given.is_dir() else file.resolve().parent
    scope = Scope([folder])
    loader = ScriptLoader("__main__", path, scope.own_names)
    main = main_module(path, loader)
    begin([script, *arguments], str(folder), DropIn(scope, path), main)
    guarded(lambda: loader.exec_module(main))


def run_module(name: str, arguments: Sequence[str]) -> None:
    """Run a module, or the ``__main__`` of a package, as ``python -m`` does."""
    folder = str(Path.cwd())
    sys.argv[:] = ["-m", *arguments]
    enter_folder(folder)
    DropIn(Scope([folder, *_elsewhere(name, folder)])).start()
    guarded(lambda: runpy.run_module(name, run_name="__main__", alter_sys=True))


def main_module(file: str | None, loader: ScriptLoader | None = None) -> ModuleType:
    """A new ``__main__`` as Python makes it."""
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = sys.modules["builtins"]
    main.__loader__ = loader
    if file is not None:
        main.__file__ = file
    return main


def begin(argv: list[str], folder: str, drop_in: DropIn, main: ModuleType) -> None:
    """Make the process a script's."""
    sys.argv[:] = argv
    enter_folder(folder)
    sys.modules["__main__"] = main
    drop_in.start()


def enter_folder(folder: str) -> None:
    """Put it at the head of the search path, where the launcher's own folder is; ``python -P`` has none there."""
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):
        sys.path[:1] = [folder]


def guarded(work: Callable[[], object]) -> None:
    """Do it. An error is shown as Python shows it, without denim's own lines, and ends the process."""
    try:
        work()
    except SystemExit:
        raise
    except BaseException as error:
        _end(error)


def _end(error: BaseException) -> NoReturn:
    error.__traceback__ = _own_lines(error.__traceback__)
    sys.excepthook(type(error), error, error.__traceback__)
    raise SystemExit(_INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1) from None


def _own_lines(trace: TracebackType | None) -> TracebackType | None:
    kept = []
    while trace is not None:
        if not _hidden(trace.tb_frame.f_code.co_filename):
            kept.append(trace)
        trace = trace.tb_next
    for one, following in zip(kept, [*kept[1:], None], strict=False):
        one.tb_next = following
    return kept[0] if kept else None


def _hidden(file: str) -> bool:
    return Path(file).parent == _HERE or file in _LAUNCHERS or file.startswith("<frozen importlib")


def _elsewhere(name: str, folder: str) -> list[str]:
    spec = importlib.util.find_spec(name.partition(".")[0])
    if spec is None or Scope([folder]).covers(spec.origin or folder):
        return []
    return list(spec.submodule_search_locations or filter(None, [spec.origin]))
