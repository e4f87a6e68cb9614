"""Fetching published files over HTTP, from servers that may be slow, silent or wrong."""

from __future__ import annotations

import http.client
import io
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, BinaryIO

from denim.datasets import progress
from denim.datasets.catalog import PublishedFile
from denim.datasets.errors import Damaged, NotHere, Unavailable

ANSWER_SECONDS = 5.0
"""For everything up to the answer's header: name, connection, encryption, redirections."""
SILENCE_SECONDS = 15.0
"""The longest pause within a transfer."""


class Website:
    """Files published below ``url``."""

    keep = True
    local = False

    def __init__(self, url: str) -> None:
        self.place = url

    def read(self, file: PublishedFile) -> Any:
        """Download, unpack and check one file.

        Raises:
            Unavailable: the server does not answer, or breaks off.
            NotHere: the server does not have the file.
            Damaged: what came is not the file expected.
        """
        try:
            with (
                _ask(f"{self.place}{file.published}") as response,
                progress.transfer(file.published, response.length) as advance,
            ):
                body = _Body(response, file.max_packed, advance)
                return file.read(io.BufferedReader(body, 1 << 17))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (404, 410):
                raise NotHere(f"HTTP {error.code} {error.reason}") from None
            raise Unavailable(f"HTTP {error.code} {error.reason}") from None
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(_reason(error)) from None


def save(url: str, out: BinaryIO, seconds: float) -> None:
    """Write what is published at ``url`` into ``out``.

    Args:
        url: of any scheme that Python opens.
        out: a file that is open for writing.
        seconds: how long to wait for the answer.

    Raises:
        Unavailable: nobody answers, the answer is an error, or it breaks off.
    """
    try:
        with _ask(url, seconds) as response:
            stated = response.headers.get("Content-Length")
            total = int(stated) if stated and stated.isdigit() else None
            done = 0
            with progress.transfer(url.rpartition("/")[2], total) as advance:
                while chunk := response.read(1 << 17):
                    out.write(chunk)
                    done += len(chunk)
                    advance(len(chunk))
    except urllib.error.HTTPError as error:
        error.close()
        raise Unavailable(f"HTTP {error.code} {error.reason}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unavailable(_reason(error)) from None
    if total is not None and done != total:
        raise Unavailable(f"the connection broke off after {done} of {total} bytes")


class _Body(io.RawIOBase):
    """The body of an answer, counted, and refused beyond ``limit`` bytes."""

    def __init__(self, response: http.client.HTTPResponse, limit: int, advance: Callable[[int], None]) -> None:
        self._response = response
        self._left = limit
        self._advance = advance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._response.readinto(buffer)
        if count == 0 and self._response.length:
            raise Unavailable("the connection broke off")
        self._left -= count
        if self._left < 0:
            raise Damaged("too long: the server sends more than the file can take when packed")
        self._advance(count)
        return count


def _ask(url: str, seconds: float | None = None) -> http.client.HTTPResponse:
    """Open ``url`` on a thread of its own.

    A socket's timeout covers neither the look-up of the name nor the trying of many addresses one
    after another; waiting for the thread covers everything, and Ctrl-C ends the wait.
    """
    seconds = ANSWER_SECONDS if seconds is None else seconds
    answers: queue.Queue[http.client.HTTPResponse | Exception] = queue.Queue()
    lock = threading.Lock()
    gone = False

    def ask() -> None:
        request = urllib.request.Request(url, headers={"User-Agent": "denim-nn"})
        answer: http.client.HTTPResponse | Exception
        try:
            answer = urllib.request.urlopen(request, timeout=SILENCE_SECONDS)
        except Exception as error:
            answer = error
        with lock:
            if not gone:
                answers.put(answer)
            elif not isinstance(answer, Exception):
                answer.close()

    threading.Thread(target=ask, name="denim-download", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        with lock:
            gone = answers.empty()
        if gone:
            raise Unavailable(f"no answer within {seconds:g} s") from None
        answer = answers.get()
    if isinstance(answer, Exception):
        raise answer
    return answer


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "the server fell silent"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or type(cause).__name__
