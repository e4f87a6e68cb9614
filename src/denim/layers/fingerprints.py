"""64-bit fingerprints of texts, the same on every machine: FarmHash, SipHash with a key, and both of several features.

Sources: FarmHash's Fingerprint64 (https://github.com/google/farmhash); Aumasson and Bernstein, "SipHash: a fast
short-input PRF" (2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_WORD = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CROSS_SEED, _CROSS_FACTOR = 0xDECAFCAFFE, 0xC6A4A7935BD1E995


def farm(text: bytes) -> int:
    """FarmHash's fingerprint."""
    size = len(text)
    if size <= 16:
        return _up_to_16(text, size)
    if size <= 32:
        return _up_to_32(text, size)
    return _up_to_64(text, size) if size <= 64 else _longer(text, size)


def sip(text: bytes, key: Sequence[int]) -> int:
    """SipHash-2-4 under a key of two 64-bit numbers."""
    first, second = key[0] & _WORD, key[1] & _WORD
    state = [
        first ^ 0x736F6D6570736575,
        second ^ 0x646F72616E646F6D,
        first ^ 0x6C7967656E657261,
        second ^ 0x7465646279746573,
    ]
    whole = len(text) // 8 * 8
    last = int.from_bytes(text[whole:], "little") | (len(text) & 0xFF) << 56
    for word in (*(_word(text, at) for at in range(0, whole, 8)), last):
        state[3] ^= word
        _rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xFF
    _rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def crossed(parts: Sequence[int]) -> int:
    """One fingerprint of those of several features, in their order."""
    found = _CROSS_SEED
    for part in parts:
        mixed = _shifted(part * _CROSS_FACTOR & _WORD) * _CROSS_FACTOR
        found = (found ^ _CROSS_FACTOR ^ mixed) * _CROSS_FACTOR & _WORD
        found = _shifted(_shifted(found) * _CROSS_FACTOR & _WORD)
    return found


def _word(text: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(text[at : at + size], "little")


def _turned(x: int, by: int) -> int:
    x &= _WORD
    return (x >> by | x << (64 - by)) & _WORD


def _shifted(x: int) -> int:
    return x ^ x >> 47


def _mixed(u: int, v: int, factor: int) -> int:
    a = _shifted(((u ^ v) & _WORD) * factor & _WORD)
    return _shifted(((v ^ a) & _WORD) * factor & _WORD) * factor & _WORD


def _up_to_16(text: bytes, size: int) -> int:
    factor = _K2 + size * 2
    if size >= 8:
        a, b = _word(text, 0) + _K2, _word(text, size - 8)
        return _mixed(_turned(b, 37) * factor + a, (_turned(a, 25) + b) * factor, factor)
    if size >= 4:
        return _mixed(size + (_word(text, 0, 4) << 3), _word(text, size - 4, 4), factor)
    if size:
        y, z = text[0] + (text[size >> 1] << 8), size + (text[-1] << 2)
        return _shifted((y * _K2 ^ z * _K0) & _WORD) * _K2 & _WORD
    return _K2


def _up_to_32(text: bytes, size: int) -> int:
    factor = _K2 + size * 2
    a, b = _word(text, 0) * _K1, _word(text, 8)
    c, d = _word(text, size - 8) * factor, _word(text, size - 16) * _K2
    return _mixed(_turned(a + b, 43) + _turned(c, 30) + d, a + _turned(b + _K2, 18) + c, factor)


def _up_to_64(text: bytes, size: int) -> int:
    factor = _K2 + size * 2
    a, b = _word(text, 0) * _K2, _word(text, 8)
    c, d = _word(text, size - 8) * factor, _word(text, size - 16) * _K2
    y = _turned(a + b, 43) + _turned(c, 30) + d
    z = _mixed(y, a + _turned(b + _K2, 18) + c, factor)
    e, f = _word(text, 16) * factor, _word(text, 24)
    g, h = (y + _word(text, size - 32)) * factor, (z + _word(text, size - 24)) * factor
    return _mixed(_turned(e + f, 43) + _turned(g, 30) + h, e + _turned(f + a, 18) + g, factor)


def _longer(text: bytes, size: int) -> int:
    y = 81 * _K1 + 113 & _WORD
    z = _shifted(y * _K2 + 113 & _WORD) * _K2
    x = 81 * _K2 + _word(text, 0)
    v, w = (0, 0), (0, 0)
    for at in range(0, (size - 1) // 64 * 64, 64):
        x, y, z, v, w = _block(text, at, x, y, z, v, w, _K1, 1)
    factor = _K1 + ((z & 0xFF) << 1)
    first = w[0] + (size - 1 & 63)
    v = v[0] + first, v[1]
    w = first + v[0], w[1]
    x, y, z, v, w = _block(text, size - 64, x, y, z, v, w, factor, 9)
    return _mixed(_mixed(v[0], w[0], factor) + _shifted(y & _WORD) * _K0 + z, _mixed(v[1], w[1], factor) + x, factor)


_Pair = tuple[int, int]


def _block(
    text: bytes, at: int, x: int, y: int, z: int, v: _Pair, w: _Pair, factor: int, weight: int
) -> tuple[int, int, int, _Pair, _Pair]:
    """What 64 bytes make of the five numbers."""
    x = _turned(x + y + v[0] + _word(text, at + 8), 37) * factor
    y = _turned(y + v[1] + _word(text, at + 48), 42) * factor
    x = (x ^ w[1] * weight) & _WORD
    y = y + v[0] * weight + _word(text, at + 40) & _WORD
    z = _turned(z + w[0], 33) * factor & _WORD
    v = _half_block(text, at, v[1] * factor, x + w[0])
    w = _half_block(text, at + 32, z + w[1], y + _word(text, at + 16))
    return z, y, x, v, w


def _half_block(text: bytes, at: int, a: int, b: int) -> _Pair:
    a += _word(text, at)
    last = _word(text, at + 24)
    b = _turned(b + a + last, 21)
    before = a
    a += _word(text, at + 8) + _word(text, at + 16)
    b += _turned(a, 44)
    return a + last & _WORD, b + before & _WORD


def _rounds(state: list[int], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a, c = a + b & _WORD, c + d & _WORD
        b, d = _turned(b, 51) ^ a, _turned(d, 48) ^ c
        a = _turned(a, 32)
        c, a = c + b & _WORD, a + d & _WORD
        b, d = _turned(b, 47) ^ c, _turned(d, 43) ^ a
        c = _turned(c, 32)
    state[:] = a, b, c, d


def bucket(token: str | int, buckets: int, salt: Sequence[int] | None) -> int:
    """One of so many numbers for a token, by the fingerprint of its text."""
    text = str(token).encode()
    return (farm(text) if salt is None else sip(text, salt)) % buckets


def salted(owner: str, salt: Any) -> list[int] | None:
    """The two numbers of a salt.

    Raises:
        ValueError: for anything else than one or two whole numbers.
    """
    if salt is None:
        return None
    given = list(salt) if isinstance(salt, (list, tuple)) else [salt, salt]
    if len(given) != 2 or not all(isinstance(each, int) and not isinstance(each, bool) for each in given):
        raise ValueError(
            f"The `salt` argument for `{owner}` can only be a tuple of 2 integers, or a single integer. "
            f"Received: salt={salt}."
        )
    return given
