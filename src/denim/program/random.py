"""The written rules for random numbers: counter-based, so that any engine, thread or process draws the same.

Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011) gives the bits;
counters say which number is meant. The epoch's order is a keyed permutation that can be asked for any position alone;
for rows in files it is made of such permutations, one of blocks, and one of the rows in each window of blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_PERMUTATION_ROUNDS = 8
PERMUTATION_STREAM = 0xFFFFFFFF
WINDOW_STREAM = 0xFFFFFFFE


@dataclass(frozen=True)
class RandomStream:
    """Which random numbers a node draws: ``site`` counts the program's random nodes; ``seed`` is the user's, if any.

    With a seed the numbers depend on it and not on the key of ``fit``.
    """

    site: int
    seed: int | None = None

    def key(self, fit_key: int) -> int:
        """The 64-bit Philox key of this stream under the key that ``fit`` drew."""
        return fit_key if self.seed is None else self.seed & 0xFFFFFFFFFFFFFFFF


def draw_key() -> int:
    """64 bits from NumPy's global generator, so that ``set_random_seed`` and ``np.random.seed`` both fix them."""
    return int.from_bytes(np.random.bytes(8), "little")  # noqa: NPY002


def philox(counter: np.ndarray, key: int) -> np.ndarray:
    """Philox 4x32-10.

    Args:
        counter: uint32, shape (n, 4).
        key: 64 bits; the low word is the first key word.

    Returns:
        uint32, shape (n, 4).
    """
    c = [counter[:, i].astype(np.uint64) for i in range(4)]
    k0, k1 = key & 0xFFFFFFFF, (key >> 32) & 0xFFFFFFFF
    for _ in range(10):
        p0, p1 = c[0] * _MULTIPLIERS[0], c[2] * _MULTIPLIERS[1]
        c = [(p1 >> _32) ^ c[1] ^ np.uint64(k0), p1 & _LOW, (p0 >> _32) ^ c[3] ^ np.uint64(k1), p0 & _LOW]
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return np.stack([word.astype(np.uint32) for word in c], axis=1)


def stream_bits(key: int, site: int, step: int, start: int, count: int) -> np.ndarray:
    """``count`` uint32 of a node's stream at one step, beginning with element ``start`` of the batch.

    Element e is word e % 4 of the block with counter (e // 4, site, step's low word, step's high word).
    """
    first, last = start // 4, -(-(start + count) // 4)
    counter = np.empty((last - first, 4), np.uint32)
    counter[:, 0] = np.arange(first, last, dtype=np.uint64).astype(np.uint32)
    counter[:, 1] = site
    counter[:, 2] = step & 0xFFFFFFFF
    counter[:, 3] = (step >> 32) & 0xFFFFFFFF
    return philox(counter, key).reshape(-1)[start - 4 * first :][:count]


def drop_threshold(rate: float) -> int:
    """An element is dropped where its 32 bits, as an integer, are below this."""
    return round(rate * 4294967296.0)


@dataclass(frozen=True)
class Permutation:
    """A keyed permutation of range(rows) for one epoch, by a Feistel network with cycle walking.

    The smallest power of two that holds ``rows`` is split into a left and a right half of bits; eight rounds mix one
    half into the other; a result outside the range is walked on until it falls inside.
    """

    rows: int
    key: int
    epoch: int
    stream: int = PERMUTATION_STREAM

    @property
    def bits(self) -> tuple[int, int]:
        """Bits of the left and the right half."""
        total = max(2, (self.rows - 1).bit_length())
        return total // 2, total - total // 2

    def round_keys(self) -> np.ndarray:
        """uint32, shape (8,): one key a round."""
        counter = np.zeros((2, 4), np.uint32)
        counter[:, 0] = (0, 1)
        counter[:, 1] = self.stream
        counter[:, 2] = self.epoch & 0xFFFFFFFF
        counter[:, 3] = (self.epoch >> 32) & 0xFFFFFFFF
        return philox(counter, self.key).reshape(-1)[:_PERMUTATION_ROUNDS]

    def indices(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Row numbers at positions [start, stop) of the epoch: int64."""
        left_bits, right_bits = self.bits
        keys = self.round_keys()
        at = np.arange(start, self.rows if stop is None else stop, dtype=np.uint64)
        outside = np.ones(at.shape, bool)
        while outside.any():
            at[outside] = _feistel(at[outside], left_bits, right_bits, keys)
            outside = at >= np.uint64(self.rows)
        return at.astype(np.int64)


@dataclass(frozen=True)
class BlockOrder:
    """An epoch's order of rows that lie in files: long runs to read, and rows mixed within as much as memory holds.

    The rows are cut into blocks of ``block`` rows, of which the last may be short. The epoch takes the blocks in the
    order of ``Permutation(blocks, key, epoch)``, laid end to end, and cuts this into windows of ``window`` rows, of
    which the last may be short. A window's rows, as they follow each other in the file, are permuted by
    ``Permutation(rows of the window, key, epoch * 2**32 + number of the window, WINDOW_STREAM)``.
    """

    rows: int
    block: int
    window: int
    key: int
    epoch: int

    def runs(self, window: int) -> list[tuple[int, int]]:
        """A window's rows [start, stop) in the file, in ascending runs that do not touch."""
        start, stop = window * self.window, min((window + 1) * self.window, self.rows)
        blocks, ends = self._laid_out
        pieces: list[tuple[int, int]] = []
        for place in range(int(np.searchsorted(ends, start, "right")), int(np.searchsorted(ends, stop)) + 1):
            begin = int(blocks[place]) * self.block
            length = min(self.block, self.rows - begin)
            laid = int(ends[place]) - length
            pieces.append((begin + max(start - laid, 0), begin + min(stop - laid, length)))
        runs: list[tuple[int, int]] = []
        for first, last in sorted(pieces):
            if runs and runs[-1][1] == first:
                first = runs.pop()[0]
            runs.append((first, last))
        return runs

    def within(self, window: int) -> Permutation:
        """The order of a window's rows."""
        rows = min(self.window, self.rows - window * self.window)
        return Permutation(rows, self.key, self.epoch << 32 | window, WINDOW_STREAM)

    def indices(self) -> np.ndarray:
        """Row numbers at all positions of the epoch: int64."""
        windows = [
            np.concatenate([np.arange(*run) for run in self.runs(number)])[self.within(number).indices()]
            for number in range(-(-self.rows // self.window))
        ]
        return np.concatenate(windows) if windows else np.empty(0, np.int64)

    @cached_property
    def _laid_out(self) -> tuple[np.ndarray, np.ndarray]:
        """The blocks' numbers in the epoch's order, and the positions where they end."""
        blocks = Permutation(-(-self.rows // self.block), self.key, self.epoch).indices()
        return blocks, np.minimum(self.block, self.rows - blocks * self.block).cumsum()


def _feistel(x: np.ndarray, left_bits: int, right_bits: int, keys: np.ndarray) -> np.ndarray:
    left_mask, right_mask = np.uint64((1 << left_bits) - 1), np.uint64((1 << right_bits) - 1)
    left, right = x >> np.uint64(right_bits), x & right_mask
    for i in range(0, _PERMUTATION_ROUNDS, 2):
        left = (left ^ _mix(right, keys[i])) & left_mask
        right = (right ^ _mix(left, keys[i + 1])) & right_mask
    return (left << np.uint64(right_bits)) | right


def _mix(half: np.ndarray, key: np.uint32) -> np.ndarray:
    h = (half.astype(np.uint32) ^ key) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (h ^ (h >> np.uint32(16))).astype(np.uint64)
