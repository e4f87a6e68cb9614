"""get_file: a file from the network, kept and checked."""

from __future__ import annotations

import hashlib
import os
import urllib.parse
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from denim.messages import print_message
from denim.suggest import did_you_mean

ANSWER_SECONDS = 30.0
_ALGORITHMS = ("auto", "sha256", "md5")


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | Sequence[str] | None = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Fetch a file unless it is here already; return its path, or that of the folder that it was unpacked to.

    It lands whole or not at all, and only with the right checksum. What leads out of the folder, and links, are not
    unpacked but warned of.

    Args:
        fname: the file's name; that of ``origin`` if left out. With ``extract``, the folder's name.
        origin: the address.
        untar: an older way to say ``extract`` of a tar archive.
        md5_hash: an older way to give an MD5 as ``file_hash``.
        file_hash: its SHA-256 or MD5, in hexadecimal digits. Without one, whoever answers at ``origin`` is trusted.
        cache_subdir: the folder below ``cache_dir``.
        hash_algorithm: "sha256", "md5", or "auto" to tell them by their length.
        extract: unpack the archive.
        archive_format: "tar", "zip", a list of them, or "auto" for both.
        cache_dir: ``$KERAS_HOME``, else ``~/.keras``, if left out.
        force_download: fetch it even if it is here.

    Raises:
        ValueError: without an origin or a name, for a name with folders, for a checksum that is not the file's, or for
            an archive that unpacks to too much.
        OSError: if it cannot be fetched or kept. ``DENIM_OFFLINE=1`` keeps off the network.

    Source: https://keras.io/api/utils/python_utils/
    """
    if origin is None:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    if hash_algorithm not in _ALGORITHMS:
        raise ValueError(
            f"`hash_algorithm` must be one of {', '.join(map(repr, _ALGORITHMS))}. Received: {hash_algorithm!r}."
            + did_you_mean(hash_algorithm, _ALGORITHMS)
        )
    unpacks = extract or untar
    name, folder = _names(fname, origin, unpacks)
    place = _place(cache_dir, cache_subdir)
    target = place / name
    fetched = force_download or not _is_here(target, file_hash, hash_algorithm)
    if fetched:
        _fetch(origin, target, file_hash, hash_algorithm)
    if not unpacks:
        return str(target)
    unpacked = place / folder
    if fetched or not unpacked.is_dir():
        from denim.utils.archives import unpack

        if not unpack(target, unpacked, "tar" if untar else archive_format):
            warnings.warn(f"Could not extract archive: {target} is of no known format.", stacklevel=2)
    return str(unpacked)


def _names(fname: Any, origin: str, unpacks: bool) -> tuple[str, str]:
    """What the file, and the folder it is unpacked to, are called: as in Keras."""
    given = os.fspath(fname) if fname else ""
    name = given or urllib.parse.unquote(urllib.parse.urlsplit(origin).path).rpartition("/")[2]
    if not name:
        raise ValueError(
            f"Can't parse the file name from the origin provided: {origin!r}. Please specify the `fname` argument."
        )
    if "/" in name or os.sep in name or name in (".", ".."):
        raise ValueError(
            "Paths are no longer accepted as the `fname` argument. To specify the file's parent directory, use the "
            f"`cache_dir` argument. Received: fname={name}"
        )
    if not unpacks:
        return name, name
    if given and "." in given:
        return name, f"{name.partition('.')[0]}_extracted"
    return f"{name}_archive", name


def _place(cache_dir: Any, cache_subdir: str) -> Path:
    base = Path(cache_dir or os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    place = base / cache_subdir
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"The folder {place} for files from the network cannot be made ({error.strerror}): pass a `cache_dir` that "
            "you can write, or set KERAS_HOME to one."
        ) from error
    return place


def _is_here(target: Path, file_hash: str | None, algorithm: str) -> bool:
    if not target.exists():
        return False
    if file_hash is None:
        return True
    digest = _hasher(file_hash, algorithm)
    with target.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() == file_hash.lower():
        return True
    print_message(f"{target} is here, but its {digest.name} is not {file_hash}: it is fetched anew.")
    return False


def _fetch(origin: str, target: Path, file_hash: str | None, algorithm: str) -> None:
    from denim.datasets import download
    from denim.datasets.errors import Unavailable
    from denim.datasets.sources import offline

    if offline():
        raise OSError(f"URL fetch failure on {origin}: DENIM_OFFLINE={os.environ.get('DENIM_OFFLINE')} forbids it")
    print_message(f"Downloading data from {origin}")
    part = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        with part.open("xb+") as file:
            try:
                download.save(origin, file, ANSWER_SECONDS)
            except Unavailable as error:
                raise OSError(f"URL fetch failure on {origin}: {error}") from None
            if file_hash is not None:
                _check(file, file_hash, algorithm)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _check(file: Any, file_hash: str, algorithm: str) -> None:
    digest = _hasher(file_hash, algorithm)
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    if digest.hexdigest() != file_hash.lower():
        raise ValueError(
            f"Incomplete or corrupted file detected. The {digest.name} file hash does not match the provided value of "
            f"{file_hash}. Received: a file of {digest.name} {digest.hexdigest()}, which was not kept"
        )


def _hasher(file_hash: str, algorithm: str) -> Any:
    if algorithm == "sha256" or (algorithm == "auto" and len(file_hash) == 64):
        return hashlib.sha256()
    return hashlib.md5(usedforsecurity=False)
