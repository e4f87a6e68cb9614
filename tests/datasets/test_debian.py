"""The Debian package, with stand-ins for dpkg and apt on the PATH."""

from __future__ import annotations

import dataclasses
import gzip
import io
import re
import tarfile
from pathlib import Path

import pytest

from denim.datasets import debian, sources
from denim.datasets.errors import DatasetNotFoundError, DatasetWarning


@pytest.fixture
def dataset(tiny):
    return dataclasses.replace(tiny.dataset, debian_package="dataset-tiny")


@pytest.fixture
def tools(home: Path, tmp_path: Path):
    """Write a shell script that stands in for a tool."""

    def write(name: str, script: str) -> None:
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        path.chmod(0o755)

    return write


@pytest.fixture
def package(tiny, tmp_path: Path) -> Path:
    """What ``dpkg-deb --fsys-tarfile`` writes: the files, among others of no concern."""
    path = tmp_path / "package.tar"
    with tarfile.open(path, "w") as archive:

        def add(name: str, data: bytes, kind: bytes = tarfile.REGTYPE) -> None:
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(data), kind, "/etc/passwd"
            archive.addfile(member, io.BytesIO(data))

        add("../../outside", b"do not write me")
        add("./usr/share/other/train-images", b"", tarfile.SYMTYPE)
        for name, data in tiny.contents.items():
            add(f"./usr/share/datasets/tiny-set/{name}.gz", gzip.compress(data))
    return path


def outcome(dataset) -> str:
    """The error's line about apt."""
    with pytest.raises(DatasetNotFoundError) as caught:
        sources.load(dataset)
    return next(line for line in str(caught.value).splitlines() if "apt-get download" in line)


def test_the_installed_package_is_used(tiny, dataset, tools, tmp_path, cached):
    folder = tiny.put(tmp_path / "usr" / "share" / "datasets" / "tiny-set", packed=True)
    tools("dpkg", f'[ "$*" = "-L dataset-tiny" ] && echo /. && ls -d {folder}/*')
    tiny.check(sources.load(dataset))
    assert {path.name for path in cached.iterdir()} == set(tiny.contents)


def test_a_damaged_file_of_the_installed_package_is_reported(tiny, dataset, tools, tmp_path):
    folder = tiny.put(tmp_path / "usr", packed=True)
    (folder / "test-labels.gz").write_bytes(b"\x1f\x8b")
    tools("dpkg", f"ls -d {folder}/*")
    with (
        pytest.warns(DatasetWarning, match=r"^Tiny: not used: .*/usr/test-labels\.gz: truncated: the gzip"),
        pytest.raises(DatasetNotFoundError),
    ):
        sources.load(dataset)


@pytest.mark.parametrize(
    ("script", "text"),
    [("exit 1", "not installed"), ("echo /usr/share/doc", "installed, but it has none of the files")],
)
def test_no_installed_package(dataset, tools, script, text):
    tools("dpkg", script)
    with pytest.raises(DatasetNotFoundError, match=f"  4. Debian package dataset-tiny: {text}\n"):
        sources.load(dataset)


def test_apt_fetches_and_nothing_is_unpacked_or_left(tiny, dataset, tools, package, cached, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    tools("apt-get", f'echo "$@" >> {tmp_path}/log; pwd >> {tmp_path}/log; echo deb > dataset-tiny_1_all.deb')
    tools("dpkg-deb", f'[ "$1" = --fsys-tarfile ] && [ -f "$2" ] && cat {package}')
    tiny.check(sources.load(dataset))
    command, folder = (tmp_path / "log").read_text().splitlines()
    assert re.fullmatch(r"-qq -c \S+/apt\.conf download dataset-tiny", command)
    assert folder.startswith(str(tmp_path / "temporary" / "denim-apt-"))
    assert list((tmp_path / "temporary").iterdir()) == []
    assert {path.name: path.read_bytes() for path in cached.iterdir()} == tiny.contents


def test_missing_lists_are_fetched_into_a_folder_of_their_own(tiny, dataset, tools, package, tmp_path):
    tools(
        "apt-get",
        f"""
        shift; shift; conf=$1; shift
        echo "$1" >> {tmp_path}/log
        lists=$(sed -n 's/^Dir::State::Lists "\\(.*\\)";/\\1/p' $conf)
        case "$1" in
          update) touch $lists/some ;;
          download) if [ -n "$lists" ] && [ -e $lists/some ]; then echo deb > tiny.deb
                    else echo "E: Unable to locate package dataset-tiny" >&2; exit 100; fi ;;
        esac""",
    )
    tools("dpkg-deb", f"cat {package}")
    tiny.check(sources.load(dataset))
    assert (tmp_path / "log").read_text().split() == ["download", "update", "download"]


def test_lists_that_cannot_be_fetched(dataset, tools):
    tools(
        "apt-get",
        """
        case "$4" in
          update) echo "W: Failed to fetch http://deb.invalid/InRelease  Could not resolve" >&2 ;;
          *) echo "E: Unable to locate package dataset-tiny" >&2; exit 100 ;;
        esac""",
    )
    tools("dpkg-deb", "exit 1")
    assert outcome(dataset) == (
        "  5. apt-get download dataset-tiny: Unable to locate package dataset-tiny; its package lists are missing "
        "or stale: type 'sudo apt-get update' (lists of denim's own: Failed to fetch http://deb.invalid/InRelease  "
        "Could not resolve)"
    )


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("echo 'E: Could not connect to deb.invalid' >&2; exit 100", "Could not connect to deb.invalid"),
        ("exit 7", "apt-get ended with status 7"),
        ("exit 0", "apt-get left no package"),
    ],
)
def test_apt_fails(dataset, tools, script, text):
    tools("apt-get", script)
    tools("dpkg-deb", "exit 1")
    assert outcome(dataset) == f"  5. apt-get download dataset-tiny: {text}"


def test_apt_takes_too_long(dataset, tools, monkeypatch):
    monkeypatch.setattr(debian, "FETCH_SECONDS", 0.3)
    tools("apt-get", "exec sleep 60")
    tools("dpkg-deb", "exit 1")
    assert outcome(dataset) == "  5. apt-get download dataset-tiny: apt-get took longer than 0.3 s"


def test_no_apt(dataset, home):
    assert outcome(dataset) == "  5. apt-get download dataset-tiny: this system has no apt-get"


def test_a_package_that_is_none(dataset, tools):
    tools("apt-get", "echo nonsense > tiny.deb")
    tools("dpkg-deb", "exit 2")
    assert outcome(dataset).startswith("  5. apt-get download dataset-tiny: the package cannot be read: ")


def test_a_package_of_other_content(tiny, dataset, tools, tmp_path, cached):
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        member = tarfile.TarInfo("./usr/train-images")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"odd"))
    tools("apt-get", "echo deb > tiny.deb")
    tools("dpkg-deb", f"cat {tmp_path}/other.tar")
    assert outcome(dataset) == (
        "  5. apt-get download dataset-tiny: train-images: truncated: 3 of 52 bytes; "
        "train-labels, test-images, test-labels: not in the package"
    )
    assert not cached.exists()
