"""Debian's packages of data sets: the one installed, or fetched with apt without installing it.

``apt-get download`` needs no root, and checks the package against the archive's signature. Nothing
is unpacked to disk: the files wanted are read out of the archive as a stream.
"""

from __future__ import annotations

import contextlib
import io
import os
import pwd
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from denim.datasets import progress
from denim.datasets.catalog import Publication, PublishedFile
from denim.datasets.errors import Damaged, NotHere, Unavailable

QUERY_SECONDS = 10.0
FETCH_SECONDS = 600.0
STALE = ("Unable to locate package", "Can't find a source to download", "404  Not Found")
"""What apt says where its lists are missing, or older than the archive."""

_SETTINGS = """\
Acquire::Retries "0";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
"""
_PRIVATE_LISTS = """\
Dir::State::Lists "{room}/lists";
Dir::Cache "{room}/cache";
Acquire::Languages "none";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


def installed_folders(package: str, dataset: Publication) -> tuple[Path, ...]:
    """The folders where the installed ``package`` has files of ``dataset``.

    Raises:
        Unavailable: this system has no dpkg, or not the package.
    """
    if shutil.which("dpkg") is None:
        raise Unavailable("this system has no dpkg")
    try:
        done = _run(["dpkg", "-L", package], QUERY_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"dpkg took longer than {QUERY_SECONDS:g} s") from None
    if done.returncode != 0:
        raise Unavailable("not installed")
    wanted = {filename for file in dataset.files for filename in file.filenames}
    listed = map(Path, done.stdout.splitlines())
    folders = tuple(dict.fromkeys(path.parent for path in listed if path.name in wanted))
    if not folders:
        raise Unavailable("installed, but it has none of the files")
    return folders


class Archive:
    """The files of ``dataset`` in a package that is fetched on first use."""

    keep = True
    local = False

    def __init__(self, package: str, dataset: Publication) -> None:
        self.place = f"apt-get download {package}"
        self._package = package
        self._dataset = dataset
        self._contents: dict[PublishedFile, Any] | None = None

    def read(self, file: PublishedFile) -> Any:
        """Return one file's array.

        Raises:
            Unavailable: this system has no apt, or apt cannot fetch the package.
            NotHere: the package does not have the file.
            Damaged: the package has another file under its name.
        """
        if self._contents is None:
            self._contents = {}
            with _fetched(self._package) as archive:
                self._contents = _contents(archive, self._dataset)
        content = self._contents.pop(file, None)
        if content is None:
            raise NotHere("not in the package")
        if isinstance(content, Damaged):
            raise content
        return content


@contextlib.contextmanager
def _fetched(package: str) -> Iterator[Path]:
    """The ``.deb`` file, in a temporary folder that goes when the block ends."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise Unavailable(f"this system has no {tool}")
    with contextlib.ExitStack() as stack:
        try:
            room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="denim-apt-")))
            for part in ("deb", "lists/partial", "cache/archives/partial"):
                (room / part).mkdir(parents=True)
            _let_apt_drop_root(room)
        except OSError as error:
            raise Unavailable(f"no temporary folder: {error.strerror}") from None
        stack.enter_context(progress.waiting(f"Fetching the Debian package {package}"))
        try:
            problem = _download(package, room)
        except subprocess.TimeoutExpired:
            raise Unavailable(f"apt-get took longer than {FETCH_SECONDS:g} s") from None
        archives = sorted((room / "deb").glob("*.deb"))
        if problem or not archives:
            raise Unavailable(problem or "apt-get left no package")
        yield archives[0]


def _let_apt_drop_root(room: Path) -> None:
    """Run by root, apt fetches as the user ``_apt`` where that user may write."""
    if os.geteuid() != 0:
        return
    with contextlib.suppress(KeyError):
        user = pwd.getpwnam("_apt").pw_uid
        room.chmod(0o711)  # to pass through; what steers apt stays root's
        for part in ("deb", "lists/partial", "cache/archives/partial"):
            os.chown(room / part, user, -1)


def _download(package: str, room: Path) -> str:
    """Download into ``room/deb``; return what apt complained of, or an empty string.

    Where the system's package lists are missing or stale, fetch lists into ``room`` and try again:
    the system's own need root.
    """
    settings = room / "apt.conf"
    settings.write_text(_SETTINGS)
    command = ["apt-get", "-qq", "-c", str(settings)]
    first = _run([*command, "download", package], FETCH_SECONDS, room / "deb")
    if first.returncode == 0:
        return ""
    problem = _complaint(first)
    if not any(sign in problem for sign in STALE):
        return problem
    settings.write_text(_SETTINGS + _PRIVATE_LISTS.format(room=room))
    update = _run([*command, "update"], FETCH_SECONDS, room)
    second = _run([*command, "download", package], FETCH_SECONDS, room / "deb")
    if second.returncode == 0:
        return ""
    advice = "its package lists are missing or stale: type 'sudo apt-get update'"
    return f"{problem}; {advice} (lists of denim's own: {_complaint(update) or _complaint(second)})"


def _contents(archive: Path, dataset: Publication) -> dict[PublishedFile, Any]:
    """Read the wanted regular files out of ``archive``, and pass over everything else."""
    wanted = {filename: file for file in dataset.files for filename in file.filenames}
    found: dict[PublishedFile, Any] = {}
    unpack = subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(archive)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with unpack:
        try:
            with tarfile.open(fileobj=unpack.stdout, mode="r|") as members:
                for member in members:
                    file = wanted.get(member.name.rpartition("/")[2])
                    if file is None or not member.isreg():
                        continue
                    stream = members.extractfile(member)
                    if isinstance(stream, io.BufferedReader):
                        try:
                            found[file] = file.read(stream)
                        except Damaged as error:
                            found[file] = error
        except tarfile.TarError as error:
            raise Unavailable(f"the package cannot be read: {error}") from None
        finally:
            unpack.kill()
    return found


def _run(command: list[str], seconds: float, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    """What apt says went wrong, at most two lines: its errors, else its warnings."""
    lines = done.stderr.splitlines()
    for mark in ("E: ", "W: "):
        if said := [line[len(mark) :].strip() for line in lines if line.startswith(mark)]:
            return "; ".join(said[:2])
    return f"apt-get ended with status {done.returncode}" if done.returncode else ""
