"""Seeds: an integer gives the same numbers at every call, a SeedGenerator others at every call."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from denim.naming import auto_name
from denim.variables import Variable

_LARGEST = 2**32 - 1
_global: SeedGenerator | None = None


class SeedGenerator:
    """A state that every draw with it as ``seed`` moves on.

    Args:
        seed: an integer from 0 to 2**32 - 1; drawn from Python's ``random`` if left out.
        name: counted up if left out.

    Raises:
        ValueError: for another seed.

    Attributes:
        given: the seed that was passed, or None.
        state: a Variable of two uint32: the seed, and how often it was used.

    Source: https://keras.io/api/random/seed_generator/
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        if seed is not None and not (_is_integer(seed) and 0 <= seed <= _LARGEST):
            raise ValueError(f"Argument `seed` must be an integer from 0 to {_LARGEST}. Received: seed={seed!r}")
        self.name = name or auto_name(type(self).__name__)
        self.given = seed
        first = random.randint(1, 10**9) if seed is None else int(seed)
        self.state = Variable(
            [first, 0],
            dtype="uint32",
            trainable=False,
            name="seed_generator_state",
            path=f"{self.name}/seed_generator_state",
        )

    def next(self, ordered: bool = True) -> np.ndarray:
        """The state, an array of two uint32, which then moves on.

        Args:
            ordered: count up; if False, go to a place in a near-unique sequence, as Keras does.
        """
        now = self.state.numpy()
        if ordered:
            self.state.assign(now + np.array([0, 1], np.uint32))
        else:
            self.state.assign((now + np.uint32(1)) * np.uint32(5387) % np.uint32(933199))
        return now

    def get_config(self) -> dict[str, Any]:
        """The seed that was given, and the name."""
        return {"seed": self.given, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """A generator at the start of its seed's numbers."""
        return cls(**config)


def seeded(seed: Any) -> np.random.Generator:
    """NumPy's generator for a ``seed`` argument; None stands for one generator of the whole process.

    Raises:
        ValueError: for what is neither an integer of at least 0, nor a SeedGenerator, nor None.
    """
    global _global
    if seed is None:
        _global = _global or SeedGenerator(name="global_seed_generator")
        seed = _global
    if isinstance(seed, SeedGenerator):
        return np.random.Generator(np.random.Philox([int(word) for word in seed.next()]))
    if not _is_integer(seed) or seed < 0:
        raise ValueError(
            "Argument `seed` must be either a non-negative integer or an instance of `SeedGenerator`. "
            f"Received: seed={seed!r} (of type {type(seed)})"
        )
    return np.random.Generator(np.random.Philox(int(seed)))


def forget() -> None:
    """Begin the process's own generator anew, from Python's ``random``."""
    global _global
    _global = None


def _is_integer(seed: Any) -> bool:
    return hasattr(seed, "__index__") and not isinstance(seed, bool)
