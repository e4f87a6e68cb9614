"""Things made by threads while earlier ones are used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Made = TypeVar("Made")


def made_ahead(make: Callable[[int], Made], indices: Iterable[int], workers: int, limit: int) -> Iterator[Made]:
    """``make`` of each index, in order, at most ``limit`` of them ahead of the one that is used."""
    from concurrent.futures import ThreadPoolExecutor

    pending: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for index in indices:
                pending.append(pool.submit(make, index))
                if len(pending) > limit:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
