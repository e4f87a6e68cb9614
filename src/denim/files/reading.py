"""Any file or folder, read by what is in it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace
from os import PathLike
from pathlib import Path

from denim.files.content import Arrays, Pictures, Table
from denim.files.errors import FileError
from denim.files.hints import Hints
from denim.files.spoken import hint
from denim.files.streams import is_stream, kept
from denim.suggest import did_you_mean

Content = Table | Pictures | Arrays

_TEXT_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".data")
_READ = "denim reads CSV and TSV, Parquet, NPZ, IDX, and folders of pictures."
_GZIP = b"\x1f\x8b"

_STRANGERS = (
    (b"\xd0\xcf\x11\xe0", "It is an Excel workbook of the older kind.", "In Excel, save it as CSV UTF-8."),
    (b"\x89HDF", "It is an HDF5 file.", _READ),
    (b"ARROW1", "It is a Feather file.", "Write it as Parquet: pandas.read_feather(...).to_parquet(...)"),
    (b"%PDF", "It is a PDF.", _READ),
    (b"SQLite format 3", "It is an SQLite database.", "Write the table wanted as CSV."),
    (b"BZh", "It is packed with bzip2.", "Unpack it, or pack it with gzip."),
    (b"\xfd7zXZ", "It is packed with xz.", "Unpack it, or pack it with gzip."),
    (b"\x28\xb5\x2f\xfd", "It is packed with zstandard.", "Unpack it, or pack it with gzip."),
    (b"version https://git-lfs", "It stands for a file that Git LFS keeps elsewhere.", "Type: git lfs pull"),
)
"""What a file begins with that is none of ours, what it is, and what helps."""
_ARCHIVE = ("It is a zip archive.", "Unpack it first.")
_ARCHIVES = {
    ".xlsx": ("It is an Excel workbook.", "In Excel, save it as CSV UTF-8."),
    ".keras": ("It is a model, and data are wanted.", ""),
}
"""By ending, what zip archives are."""


def read(path: str | PathLike[str], *, target: str | None = None, **hints: object) -> Content:
    """What is in a file, or in a folder of pictures.

    Args:
        path: of a CSV or TSV file, Parquet, NPZ or NPY, IDX with its other half beside it, a picture, or a folder with
            one folder of pictures a class. Text and IDX may be gzipped. "-" is standard input.
        target: the column that is to be learnt; rows without it are left out, and ``notes`` say so. In an NPZ file, the
            name of the array.
        hints: what the content leaves open, as in :class:`denim.files.hints.Hints`: ``separator``, ``decimal``,
            ``header``, ``encoding`` and ``missing`` of a text table, ``texts`` and ``without`` of any, ``inputs`` of an
            NPZ file, ``size`` and ``colour`` of pictures.

    Raises:
        FileError: for a file that is not there or cannot be used: which, in which line, why, and what helps.
        TypeError, ValueError: for hints that there are not.
    """
    wishes = Hints.of(hints)
    place = Path(path)
    if not is_stream(place):
        return _read(place, target, wishes)
    with kept(place) as file:
        return replace(_read(file, target, wishes), path=place)


def _read(place: Path, target: str | None, wishes: Hints) -> Content:
    try:
        content = _reader(place)(place, target, wishes)
    except OSError as error:
        raise FileError(place, f"It cannot be read: {error.strerror or error}.") from error
    return content if target is None or not isinstance(content, Table) else with_target(content, target)


def _reader(path: Path) -> Callable[[Path, str | None, Hints], Content]:
    if not path.exists():
        if "://" in str(path) or str(path).startswith(("http:", "https:")):
            raise FileError(path, "It is an address, and files are read from here alone.", "Fetch it first.")
        raise FileError(path, "There is no such file or folder." + _neighbour(path))
    if path.is_dir():
        from denim.files.folders import read_folder

        return read_folder
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(_GZIP):
        head = _unpacked_head(path)
    if head.startswith(b"\0\0"):
        from denim.files.idx import is_idx, read_idx

        if is_idx(head):
            return read_idx
    if head.startswith(b"PAR1"):
        from denim.files.parquet import read_parquet

        return read_parquet
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if path.suffix.lower() != ".npz":
            raise FileError(path, *_ARCHIVES.get(path.suffix.lower(), _ARCHIVE))
        from denim.files.npz import read_npz

        return read_npz
    if head.startswith(b"\x93NUMPY"):
        from denim.files.npz import read_npy

        return read_npy
    for beginning, reason, suggestion in _STRANGERS:
        if head.startswith(beginning):
            raise FileError(path, reason, suggestion)
    from denim.files.pictures import is_picture, read_picture

    if is_picture(path):
        return read_picture
    return _text_reader(path, head)


def _text_reader(path: Path, head: bytes) -> Callable[[Path, str | None, Hints], Content]:
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    begun = head.lstrip().lower()
    if begun.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise FileError(path, "It is a web page or XML, not a table.", "Has a download gone wrong?")
    if begun.startswith((b"{", b"[{", b"[[")) and ending not in _TEXT_ENDINGS:
        raise FileError(path, "It looks like JSON.", "Write it as CSV, such as with pandas.")
    if ending in (".parquet", ".pq", ".npz", ".npy"):
        raise FileError(path, f"It ends in {ending}, and does not begin as such a file does.", "Is it whole?")
    from denim.files.delimited import read_delimited

    return read_delimited


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(64)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileError(path, f"It is a damaged gzip file: {error}.", "Is it whole?") from error


def _neighbour(path: Path) -> str:
    """What was probably meant, from the names in the same folder."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return f" Nor is there a folder {path.parent}."
    return did_you_mean(path.name, names)


def with_target(table: Table, target: str) -> Table:
    """The rows that have a target.

    Raises:
        FileError: there is no such column, or it is empty.
    """
    frame = table.frame
    if target not in frame.columns:
        columns = [str(name) for name in frame.columns]
        raise FileError(
            table.path,
            f"There is no column {target!r}.{did_you_mean(target, columns)}",
            f"Its columns: {', '.join(columns)}."
            if len(columns) > 1
            else f"Its one column: {columns[0]!r}. If there are more, say what parts them: {hint('separator', ' ')}.",
        )
    missing = frame[target].isna().to_numpy()
    if not missing.any():
        return table
    if missing.all():
        raise FileError(
            table.path, f"No row has a value in column {target!r}.", "Name a column with what is to be predicted."
        )
    count = int(missing.sum())
    note = f"{count:,} of {len(frame):,} rows have no {target!r} and are left out."
    return replace(table, frame=frame.loc[~missing], notes=(*table.notes, note))
