"""A folder of pictures: one folder a class, pictures alone, or IDX files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from denim.files.content import Pictures
from denim.files.errors import FileError
from denim.files.hints import Hints
from denim.files.idx import idx_files, read_idx_folder
from denim.files.pictures import is_picture, read_pictures

_PARTS = frozenset(("train", "training", "test", "testing", "val", "valid", "validation"))
_SHOWN = 3


def read_folder(path: Path, target: str | None, hints: Hints) -> Pictures:
    """The pictures in the folders of a folder, each folder a class by its name; or, without folders, of no class.

    Without any picture, those of its IDX files.

    Folders within a class's folder belong to it. Hidden files and files that are no pictures are left out, and the
    notes name them.

    Raises:
        FileError: no picture is there, or one is broken; or the classes' folders lie a level deeper.
    """
    classes = sorted(each for each in path.iterdir() if each.is_dir() and not _hidden(each))
    found = {each.name: _files(each) for each in classes}
    pictures = {name: [file for file in files if is_picture(file)] for name, files in found.items()}
    above = sorted(each for each in path.iterdir() if each.is_file() and not _hidden(each))
    loose = [file for file in above if is_picture(file)]
    notes = []
    if any(pictures.values()):
        _refuse_parts(path, classes)
        strangers = [file for file in above if file not in loose]
        files = [file for each in pictures.values() for file in each]
        labels = np.array([name for name, each in pictures.items() for _ in each])
        if loose:
            notes.append(f"Left out, {_counted(loose, 'picture')} in no class's folder: {_named(path, loose)}.")
        empty = [name for name, each in pictures.items() if not each]
        if empty:
            notes.append(f"Left out, folders without pictures: {', '.join(empty)}.")
    elif loose:
        files, labels = loose, None
        strangers = [file for file in above if file not in loose]
    elif found_idx := idx_files(above):
        return read_idx_folder(path, found_idx, hints)
    else:
        others = [file.name for file in above]
        raise FileError(
            path,
            "There is no picture in it or in its folders.",
            f"Name one of its files: {', '.join(others[:_SHOWN])}{', ...' if len(others) > _SHOWN else '.'}"
            if others
            else "Put the pictures of each class into a folder of that name.",
        )
    strangers += [file for each in found.values() for file in each if not is_picture(file)]
    if strangers:
        kind = "a file that is no picture" if len(strangers) == 1 else f"{len(strangers):,} files that are no pictures"
        notes.append(f"Left out, {kind}: {_named(path, strangers)}.")
    images, more = read_pictures(path, files, hints)
    names = tuple(file.relative_to(path).as_posix() for file in files)
    return Pictures(images, labels, names, path, (*notes, *more))


def _files(folder: Path) -> list[Path]:
    """All files in it, also in its folders, but for hidden ones; in the same order on every machine."""
    return sorted(
        each
        for each in folder.rglob("*")
        if each.is_file() and not any(map(_hidden, (each, *each.relative_to(folder).parents)))
    )


def _hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.name in ("Thumbs.db", "desktop.ini", "__MACOSX")


def _refuse_parts(path: Path, classes: list[Path]) -> None:
    """``train`` and ``test`` are parts of the data, not classes, where each has folders of its own."""
    parts = [each for each in classes if each.name.lower() in _PARTS]
    if parts and len(parts) == len(classes) and all(any(map(Path.is_dir, each.iterdir())) for each in parts):
        raise FileError(
            path,
            f"Its folders {' and '.join(each.name for each in parts)} are parts of the data, not classes.",
            f"Name one of them: {' or '.join(str(each) for each in parts)}.",
        )


def _counted(files: list[Path], thing: str) -> str:
    return f"a {thing}" if len(files) == 1 else f"{len(files):,} {thing}s"


def _named(path: Path, files: list[Path]) -> str:
    shown = ", ".join(file.relative_to(path).as_posix() for file in files[:_SHOWN])
    return shown + (", ..." if len(files) > _SHOWN else "")
