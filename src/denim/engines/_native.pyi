from collections.abc import Callable
from types import ModuleType

import numpy as np

_Feed = tuple[int, list[tuple[int, int, int]], list[tuple[int, int, int]], list[tuple[int, int, int]]]
_Order = tuple[int, list[int], int, int]

class _State:
    def __init__(
        self,
        parameters: np.ndarray,
        slots: list[np.ndarray],
        iterations: int,
        learning_rate: float,
        key: int,
    ) -> None: ...
    @property
    def iterations(self) -> int: ...

class _Runner:
    def __init__(
        self,
        program: dict,
        isa: str = "",
        fuse: bool = True,
        poison: int = 0,
        work_per_thread: float = ...,
        meeting: float = ...,
    ) -> None: ...
    @property
    def instruction_set(self) -> str: ...
    def train(
        self,
        state: _State,
        feed: _Feed,
        order: _Order | None,
        batch_size: int,
        first_step: int,
        last_step: int,
        threads: int,
        sums: np.ndarray,
        counts: np.ndarray,
        callback: Callable[[int], None] | None,
        learning_rates: np.ndarray | None = None,
        captured: list[int] = ...,
    ) -> int: ...
    def evaluate(
        self,
        state: _State,
        feed: _Feed,
        batch_size: int,
        first_step: int,
        last_step: int,
        threads: int,
        sums: np.ndarray,
        counts: np.ndarray,
        callback: Callable[[int], None] | None,
        captured: list[int] = ...,
    ) -> int: ...
    def predict(
        self,
        state: _State,
        feed: _Feed,
        batch_size: int,
        training: bool,
        threads: int,
        outputs: list[int],
        callback: Callable[[int], None] | None,
    ) -> None: ...

class _FewRows:
    def __init__(
        self,
        runner: _Runner,
        state: _State,
        sample: tuple[int, ...],
        output: tuple[int, ...],
        array_type: type[np.ndarray],
        settings: str,
    ) -> None: ...
    def predict(self, x: object, /) -> np.ndarray | None: ...

class _Precision(ModuleType):
    node_kinds: list[str]
    elementwise: list[str]
    reductions: list[str]
    State: type[_State]
    Runner: type[_Runner]
    FewRows: type[_FewRows]
    @staticmethod
    def available_instruction_sets() -> list[str]: ...
    @staticmethod
    def preferred_instruction_set(name: str = "") -> str: ...
    @staticmethod
    def permutation(order: _Order, start: int, stop: int) -> list[int]: ...

float32: _Precision
float64: _Precision
