"""get_file: fetched once, checked, unpacked, and nothing that leads elsewhere."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

import denim as keras
from denim.utils import archives
from local_server import Handler, Server

BODY = b"some bytes" * 1000
SHA, MD5 = hashlib.sha256(BODY).hexdigest(), hashlib.md5(BODY).hexdigest()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("DENIM_OFFLINE", raising=False)


def get(server: Server, name: str = "file.txt", body: bytes = BODY, **arguments: Any) -> Path:
    server.answer = lambda request: request.send(body)
    return Path(keras.utils.get_file(origin=f"{server.url}folder/{name}?x=1", **arguments))


@pytest.mark.parametrize("given", [{}, {"file_hash": SHA}, {"file_hash": MD5}, {"md5_hash": MD5.upper()}])
def test_a_file_is_fetched_once(server: Server, tmp_path: Path, given: dict[str, str], capsys: Any) -> None:
    for _ in range(2):
        assert get(server, **given) == tmp_path / "keras" / "datasets" / "file.txt"
    assert (tmp_path / "keras" / "datasets" / "file.txt").read_bytes() == BODY
    assert server.asked == ["/folder/file.txt?x=1"]
    assert capsys.readouterr().out == f"Downloading data from {server.url}folder/file.txt?x=1\n"
    get(server, force_download=True, **given)
    assert len(server.asked) == 2


def test_where_it_lands(server: Server, tmp_path: Path) -> None:
    assert get(server, fname="x", cache_dir=tmp_path, cache_subdir="a/b") == tmp_path / "a" / "b" / "x"
    assert get(server, cache_subdir=str(tmp_path / "abs")) == tmp_path / "abs" / "file.txt"


@pytest.mark.parametrize("given", [{"file_hash": SHA[:-1] + "_"}, {"file_hash": "0" * 32}])
def test_a_wrong_file_is_not_kept(server: Server, tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(
        ValueError, match=r"Incomplete or corrupted file detected\. The (sha256|md5) file hash does not"
    ):
        get(server, **given)
    assert list((tmp_path / "keras" / "datasets").iterdir()) == []


def test_an_outdated_file_is_fetched_anew(server: Server, capsys: Any) -> None:
    get(server, body=b"old")
    assert get(server, file_hash=SHA).read_bytes() == BODY
    assert "its sha256 is not" in capsys.readouterr().out
    with pytest.raises(ValueError, match="Incomplete or corrupted"):
        get(server, body=b"new", file_hash=hashlib.sha256(b"newer").hexdigest())
    assert get(server).read_bytes() == BODY, "what was there stays"


def missing(request: Handler) -> None:
    request.send_error(404)


def test_failures(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for answer, text in (
        (missing, "HTTP 404"),
        (
            lambda request: request.send(BODY, length=len(BODY) + 1),
            "the connection broke off after 10000 of 10001 bytes",
        ),
    ):
        server.answer = answer
        with pytest.raises(OSError, match=f"URL fetch failure on {server.url}a: {text}"):
            keras.utils.get_file("a", f"{server.url}a")
    assert list((tmp_path / "keras" / "datasets").iterdir()) == []
    monkeypatch.setenv("DENIM_OFFLINE", "1")
    with pytest.raises(OSError, match="DENIM_OFFLINE=1 forbids it"):
        keras.utils.get_file("a", f"{server.url}a")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, 'Please specify the "origin" argument'),
        ({"origin": "http://x/"}, "Can't parse the file name from the origin provided: 'http://x/'"),
        ({"origin": "http://x/a%2F..%2Fb"}, None),
        ({"origin": "http://x/a", "fname": "a/b"}, "Paths are no longer accepted as the `fname` argument"),
        ({"origin": "http://x/a", "fname": ".."}, "Paths are no longer accepted"),
        ({"origin": "http://x/a", "hash_algorithm": "sha25"}, r"Did you mean 'sha256'\?"),
    ],
)
def test_bad_arguments(given: dict[str, Any], text: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_OFFLINE", "1")
    if text is None:  # a name is what comes after the last slash, whatever hides it
        with pytest.raises(OSError, match="forbids"):
            keras.utils.get_file(**given)
        return
    with pytest.raises(ValueError, match=text):
        keras.utils.get_file(**given)


def test_a_file_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(BODY)
    assert Path(keras.utils.get_file(origin=(tmp_path / "here").as_uri(), file_hash=SHA)).read_bytes() == BODY


# Archives

Member = tuple[str, "bytes | None", int]


def tar(*members: Member, mode: str = "w:gz", link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as file:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(content or b""), bytes([kind]), link
            file.addfile(info, io.BytesIO(content or b""))
    return out.getvalue()


def packed(*members: Member) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content, kind in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if kind == ord("2") else 0o100600) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content or b"")
    return out.getvalue()


FILE, FOLDER, HARD_LINK, LINK, PIPE = map(ord, "05126")


@pytest.mark.parametrize("write", [tar, packed])
@pytest.mark.parametrize(
    ("given", "archive", "folder"),
    [
        ({"fname": "set.tar.gz"}, "set.tar.gz", "set_extracted"),
        ({"fname": "set"}, "set_archive", "set"),
        ({}, "a.tgz_archive", "a.tgz"),
    ],
)
def test_archives(server: Server, tmp_path: Path, write: Any, given: Any, archive: str, folder: str) -> None:
    body = write(("in/a.txt", b"one", FILE), ("b.txt", b"two", FILE))
    for _ in range(2):
        found = get(server, "a.tgz", body, extract=True, **given)
    place = tmp_path / "keras" / "datasets"
    assert found == place / folder
    assert sorted(path.name for path in place.iterdir()) == sorted([archive, folder])
    assert (found / "in" / "a.txt").read_bytes() == b"one" and (found / "b.txt").read_bytes() == b"two"
    assert len(server.asked) == 1
    get(server, "a.tgz", write(("c.txt", b"three", FILE)), extract=True, force_download=True, **given)
    assert [path.name for path in found.iterdir()] == ["c.txt"], "a new archive's folder replaces the old"


EVIL = [
    ("../evil", b"x", FILE),
    ("a/../../evil", b"x", FILE),
    ("/tmp/evil", b"x", FILE),
    ("C:\\evil", b"x", FILE),
    ("..\\evil", b"x", FILE),
    ("link", None, LINK),
]


@pytest.mark.parametrize("member", [*EVIL, ("link", None, HARD_LINK), ("pipe", None, PIPE)])
def test_what_leads_out_of_a_tar_is_left_out(server: Server, tmp_path: Path, member: Member) -> None:
    body = tar(member, ("good", b"y", FILE), link="/etc/passwd")
    with pytest.warns(UserWarning, match="Skipping invalid path during archive extraction"):
        found = get(server, body=body, extract=True)
    assert [path.name for path in found.rglob("*")] == ["good"]
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("member", EVIL)
def test_what_leads_out_of_a_zip_is_left_out(server: Server, tmp_path: Path, member: Member) -> None:
    body = packed(member, ("good", b"y", FILE))
    with pytest.warns(UserWarning, match="Skipping invalid path during archive extraction"):
        found = get(server, body=body, extract=True)
    assert [path.name for path in found.rglob("*")] == ["good"]
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("write", [tar, packed])
def test_a_bomb_is_not_unpacked(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any) -> None:
    monkeypatch.setattr(archives, "SMALL", 1 << 16)
    body = write(("zeros", bytes(1 << 21), FILE))
    assert len(body) * archives.LARGEST_GROWTH < 1 << 21
    with pytest.raises(ValueError, match="unpacks to more than 200 times its size"):
        get(server, body=body, extract=True)
    assert [path.name for path in (tmp_path / "keras" / "datasets").iterdir()] == ["file.txt_archive"]


def test_formats(server: Server) -> None:
    body = tar(("a", b"x", FILE), mode="w:bz2")
    assert (get(server, "t", body, untar=True) / "a").read_bytes() == b"x"
    with pytest.warns(UserWarning, match="Could not extract archive"):
        get(server, "u", body, extract=True, archive_format="zip")
    with pytest.warns(UserWarning, match="Could not extract archive"):
        get(server, "v", b"no archive", extract=True)
    with pytest.raises(NotImplementedError, match="'rar'"):
        get(server, "w", body, extract=True, archive_format="rar")


def test_a_folder_that_cannot_be_made(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="pass a `cache_dir` that you can write, or set KERAS_HOME"):
        get(server, cache_dir=tmp_path / "file")


def test_unpacked_files_are_as_the_user_makes_files(server: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = get(server, body=tar(("a", b"x", FILE)), extract=True)
    mask = os.umask(0)
    os.umask(mask)
    assert found.stat().st_mode & 0o777 == 0o777 & ~mask
