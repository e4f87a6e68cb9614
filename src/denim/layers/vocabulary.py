"""Vocabularies: the tokens that have a number, counted in data or given, and their weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

Token = Any
"""A str, or an int."""


@dataclass(frozen=True)
class Vocabulary:
    """Tokens in the order of their numbers, without those that stand for missing and unknown ones.

    Attributes:
        tokens: each once.
        start: the number of the first.
        weights: for "tf_idf" one for every number, those before ``start`` included; else None.
    """

    tokens: tuple[Token, ...]
    start: int
    weights: np.ndarray | None = None

    @cached_property
    def _numbers(self) -> dict[Token, int]:
        return {token: number for number, token in enumerate(self.tokens, self.start)}

    def __len__(self) -> int:
        return self.start + len(self.tokens)

    def numbers(self, tokens: Sequence[Token]) -> np.ndarray:
        """The number of each token; -1 for one that has none."""
        known = self._numbers
        return np.fromiter((known.get(token, -1) for token in tokens), np.int64, len(tokens))


@dataclass
class TokenCounts:
    """How often each token was seen, and, where rows count (``per_row``), in how many of them."""

    per_row: bool
    tokens: Counter[Hashable] = field(default_factory=Counter)
    rows_with: Counter[Hashable] = field(default_factory=Counter)
    rows: int = 0

    def add(self, rows: Iterable[Sequence[Hashable]]) -> None:
        """Count the tokens of these rows."""
        if not self.per_row:
            self.tokens.update(chain.from_iterable(rows))
            return
        for row in rows:
            self.tokens.update(row)
            self.rows_with.update(set(row))
            self.rows += 1

    def most_common(self, at_most: int | None, without: Iterable[Hashable]) -> list[Token]:
        """The tokens by how often they were seen, of equally frequent ones the last in their order first."""
        found = set(self.tokens) - set(without)
        return sorted(found, key=lambda token: (self.tokens[token], token), reverse=True)[:at_most]

    def weights(self, tokens: Sequence[Token], start: int, dtype: str) -> np.ndarray:
        """The inverse document frequency of each number: ``log(1 + rows / (1 + rows with the token))``, the mean of
        them for those before ``start``.
        """
        within = np.array([self.rows_with[token] for token in tokens], np.float32)
        known = np.log1p(np.float32(self.rows) / (1 + within)).astype(dtype)
        return np.concatenate([np.full(start, known.mean() if len(known) else 0, dtype), known])


def listed(vocabulary: Any, whole: bool, owner: str) -> list[Token]:
    """The tokens of a list, tuple or array: texts, or whole numbers.

    Raises:
        TypeError: for something else, or other tokens.
    """
    if isinstance(vocabulary, np.ndarray):
        vocabulary = vocabulary.tolist() if vocabulary.ndim == 1 else [vocabulary]
    elif not isinstance(vocabulary, (list, tuple)) and hasattr(vocabulary, "__array__"):
        return listed(np.asarray(vocabulary), whole, owner)
    if not isinstance(vocabulary, (list, tuple)):
        raise TypeError(
            f"{owner}: `vocabulary` must be a list of tokens, or the path of a text file with one in each line. "
            f"Received: {_short(vocabulary)} (of type {type(vocabulary).__name__})"
        )
    tokens = [token.decode() if isinstance(token, bytes) else token for token in vocabulary]
    right: tuple[type, ...] = (int, np.integer) if whole else (str,)
    for token in tokens:
        if not isinstance(token, right) or isinstance(token, bool):
            raise TypeError(
                f"{owner}: `vocabulary` must hold {'whole numbers' if whole else 'texts'}. Received: {_short(token)} "
                f"(of type {type(token).__name__}) in it."
            )
    if whole and any(not -(2**63) <= int(token) < 2**63 for token in tokens):
        raise TypeError(f"{owner}: `vocabulary` must hold whole numbers of at most 64 bits.")
    return [int(token) if whole else str(token) for token in tokens]


def repeated(tokens: Sequence[Token]) -> list[Token]:
    """Those that are there more than once."""
    return [token for token, times in Counter(tokens).items() if times > 1]


def read_lines(path: str, whole: bool) -> list[Token]:
    """The tokens of a text file of the user's own, one in each line.

    Raises:
        ValueError: if there is no such file, for an empty line, or for one that is no number.
    """
    file = Path(path)
    if not file.is_file():
        hint = " A file from the network is fetched first: denim.utils.get_file(origin=...)." if "://" in path else ""
        raise ValueError(f"Vocabulary file {path} does not exist.{hint}")
    lines = file.read_bytes().decode("utf-8").split("\n")
    lines = [line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
    if "" in lines:
        raise ValueError(
            f"A vocabulary file has one token in each line. Received: {path}, whose line {lines.index('') + 1} is "
            "empty."
        )
    return numbers_of(lines, path) if whole else list(lines)


def numbers_of(lines: Sequence[str], what: str) -> list[int]:
    """The whole numbers that these lines hold.

    Raises:
        ValueError: naming the first that is none.
    """
    found = []
    for place, line in enumerate(lines):
        try:
            found.append(int(line))
        except ValueError:
            raise ValueError(
                f"A vocabulary of IntegerLookup holds whole numbers. Received: {line[:40]!r} in line {place + 1} of "
                f"{what}."
            ) from None
    return found


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
