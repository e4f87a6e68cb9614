"""Fetching from servers of every temper, all of them on 127.0.0.1."""

from __future__ import annotations

import dataclasses
import gzip
import re
import socket
import threading
from collections.abc import Callable

import pytest

from denim.datasets import download, sources
from denim.datasets.errors import Damaged, DatasetNotFoundError, NotHere, Unavailable
from local_server import Handler, Server


@pytest.fixture
def good(tiny) -> Callable[[Handler], None]:
    return lambda request: request.send(gzip.compress(tiny.contents[request.path[1:-3]]))


def fetch(server: Server, tiny, answer: Callable[[Handler], None]):
    server.answer = answer
    return download.Website(server.url).read(tiny.dataset.train_labels)


def test_downloads_the_gzip_files_and_keeps_them_decompressed(server, tiny, home, cached, good):
    server.answer = good
    dataset = dataclasses.replace(tiny.dataset, urls=(server.url,))
    tiny.check(sources.load(dataset))
    assert server.asked == ["/train-images.gz", "/train-labels.gz", "/test-images.gz", "/test-labels.gz"]
    assert {path.name: path.read_bytes() for path in cached.iterdir()} == tiny.contents
    tiny.check(sources.load(dataset))
    assert len(server.asked) == 4, "the second load needs no network"


def test_a_server_that_unpacks_on_the_way_is_understood(server, tiny):
    assert fetch(server, tiny, lambda request: request.send(tiny.contents["train-labels"])).shape == (6,)


def test_the_next_server_is_asked_for_what_the_first_lacks(server, tiny, home, good):
    def answer(request: Handler) -> None:
        if request.path == "/first/test-images.gz":
            return request.send_error(404)
        request.path = request.path.removeprefix("/first").removeprefix("/second")
        return good(request)

    server.answer = answer
    tiny.check(sources.load(dataclasses.replace(tiny.dataset, urls=(f"{server.url}first/", f"{server.url}second/"))))
    assert server.asked[-1] == "/second/test-images.gz"
    assert len(server.asked) == 5


def bomb(tiny) -> bytes:
    return gzip.compress(tiny.contents["train-labels"] + bytes(1 << 20))


BAD_BODIES = {
    "another file": (lambda tiny: gzip.compress(tiny.contents["train-labels"][:-1] + b"?"), "its content has SHA-256 "),
    "truncated content": (lambda tiny: gzip.compress(tiny.contents["train-labels"][:-1]), "truncated: 13 of 14 bytes"),
    "a web page": (lambda tiny: b"<html>Log in to the hotel's network</html>", "not an IDX file: it begins with 3c"),
    "gzip bomb": (bomb, "too long: it goes on after the expected 14 bytes"),
    "endless empty members": (
        lambda tiny: gzip.compress(b"") * 10000,
        "too long: the server sends more than the file can take when packed",
    ),
}


@pytest.mark.parametrize(("body", "text"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_refuses_what_is_not_the_file(server, tiny, body, text):
    with pytest.raises(Damaged, match=f"^{re.escape(text)}"):
        fetch(server, tiny, lambda request: request.send(body(tiny)))


def test_a_wrong_download_is_not_kept_and_the_error_says_why(server, tiny, home, cached):
    server.answer = lambda request: request.send(gzip.compress(b"not this"))
    with pytest.raises(DatasetNotFoundError) as caught:
        sources.load(dataclasses.replace(tiny.dataset, urls=(server.url,)))
    outcome = (
        f"  4. {server.url}: train-images: truncated: 8 of 52 bytes; train-labels, test-labels: not an IDX file: "
        "it begins with 6e 6f 74 20, expected 00 00 08 01; test-images: truncated: 8 of 40 bytes\n"
    )
    assert outcome in str(caught.value)
    assert not cached.exists()


def test_a_connection_that_breaks_leaves_nothing(server, tiny, home, cached):
    packed = gzip.compress(tiny.contents["train-images"])
    server.answer = lambda request: request.send(packed[:-6], length=len(packed))
    with pytest.raises(DatasetNotFoundError, match=f"  4. {server.url}: the connection broke off\n"):
        sources.load(dataclasses.replace(tiny.dataset, urls=(server.url,)))
    assert not cached.exists()


def test_ctrl_c_within_a_download_leaves_nothing(server, tiny, home, cached, good, monkeypatch):
    server.answer = good
    monkeypatch.setattr(download._Body, "readinto", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        sources.load(dataclasses.replace(tiny.dataset, urls=(server.url,)))
    assert not cached.exists()


def _interrupt(*_: object) -> int:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("code", "error", "text"),
    [
        (404, NotHere, "HTTP 404 Not Found"),
        (403, Unavailable, "HTTP 403 Forbidden"),
        (503, Unavailable, "HTTP 503 Service Unavailable"),
    ],
)
def test_a_server_that_declines(server, tiny, code, error, text):
    with pytest.raises(error, match=f"^{text}$"):
        fetch(server, tiny, lambda request: request.send_error(code))


def test_a_server_that_speaks_nonsense(server, tiny):
    with pytest.raises(Unavailable, match="nonsense"):
        fetch(server, tiny, lambda request: request.wfile.write(b"nonsense\r\n"))


def test_nobody_listens(tiny):
    with socket.socket() as deaf:  # keeps its port, so that nobody else may listen there
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match=r"^Connection refused$"):
            download.Website(f"http://127.0.0.1:{deaf.getsockname()[1]}/").read(tiny.dataset.train_labels)


def test_a_server_that_accepts_and_says_nothing(tiny, monkeypatch):
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.1)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(Unavailable, match=r"^no answer within 0\.1 s$"),
    ):
        download.Website(f"http://127.0.0.1:{silent.getsockname()[1]}/").read(tiny.dataset.train_labels)


def test_an_answer_that_comes_too_late_is_closed(server, tiny, monkeypatch):
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.05)
    late = threading.Event()

    def answer(request: Handler) -> None:
        late.wait(60)
        request.send(b"")

    with pytest.raises(Unavailable, match="no answer within"):
        fetch(server, tiny, answer)
    late.set()
    for thread in threading.enumerate():
        if thread.name == "denim-download":
            thread.join(60)  # an answer left open would warn, and warnings are errors


def test_a_server_that_falls_silent(server, tiny, monkeypatch):
    monkeypatch.setattr(download, "SILENCE_SECONDS", 0.1)
    done = threading.Event()

    def answer(request: Handler) -> None:
        request.send(b"\x1f\x8b", length=100)
        request.wfile.flush()
        done.wait(60)

    with pytest.raises(Unavailable, match=r"^the server fell silent$"):
        fetch(server, tiny, answer)
    done.set()
