"""The base of all metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import numpy as np

from denim import config, initializers
from denim.naming import auto_name
from denim.program import specs
from denim.variables import Variable


class Metric:
    """Something counted up over batches: ``update_state``, ``result``, ``reset_state``; calling it does the first two.

    A metric that has ``rows`` and ``take`` beside its ``update_state`` is counted by the engine while a model is
    trained or evaluated: ``rows(y_true, y_pred)``, written with ``denim.ops``, gives numbers on a further last axis,
    which are summed over all rows, and ``take(sums, count)`` makes the state of the sums. Any other metric is shown
    every batch.

    Args:
        name: its key in logs; by default the class's name in snake case.
        dtype: of the result; ``config.floatx()`` if left out.

    Source: https://keras.io/api/metrics/base_metric/
    """

    direction: ClassVar[Literal["up", "down"] | None] = None
    """Which way is better, where that is known."""

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.dtype = config.floatx() if dtype is None else np.dtype(dtype).name
        self._variables: list[Variable] = []

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: Any = "sum",
        name: str | None = None,
    ) -> Variable:
        """A number, or an array of them, that ``reset_state`` makes 0 again.

        Args:
            shape: () for one number.
            initializer: of the first value.
            dtype: the metric's if left out.
            aggregation: Keras's; without meaning here.
            name: of the variable.

        Raises:
            RuntimeError: before ``super().__init__()``.
        """
        if "_variables" not in vars(self):
            raise RuntimeError("You forgot to call `super().__init__()` in the `__init__()` method. Go add it!")
        make = initializers.get(initializer)
        kind = self.dtype if dtype is None else np.dtype(dtype).name
        first = np.zeros(shape) if make is None else make(tuple(shape))
        short = name or "variable"
        variable = Variable(first, dtype=kind, trainable=False, name=short, path=f"{self.name}/{short}")
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Any = (), initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """As ``add_variable``."""
        return self.add_variable(shape, initializer, dtype, name=name)

    @property
    def variables(self) -> list[Variable]:
        """What ``reset_state`` makes 0: its own, and those of metrics that it holds."""
        return list({id(variable): variable for variable in self._all_variables()}.values())

    def _all_variables(self) -> Iterator[Variable]:
        yield from self._variables
        for held in vars(self).values():
            for each in held if isinstance(held, (list, tuple)) else (held,):
                if isinstance(each, Variable):
                    yield each
                elif isinstance(each, Metric):
                    yield from each.variables

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Count a batch."""
        raise NotImplementedError("A Metric must define `update_state`.")

    def result(self) -> Any:
        """The value over everything counted since the last ``reset_state``."""
        raise NotImplementedError("A Metric must define `result`.")

    def reset_state(self) -> None:
        """Forget everything counted."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Count a batch and return the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def spec(self, key: str, weighted: bool) -> specs.Metric | None:
        """The metric as a Program states it, under this key; None where there is no formula for it."""
        return None

    def is_counted(self, weighted: bool) -> bool:
        """Whether ``rows`` and ``take`` say all about it, with sample weights or without."""
        kinds = type(self).__mro__
        return "rows" in vars(next(kind for kind in kinds if "update_state" in vars(kind)))

    def check_targets(self, y_true: np.ndarray, classes: int) -> None:
        """Nothing if these targets of an output of so many classes can be judged.

        Raises:
            ValueError: for a class number without a class.
        """

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """A metric from ``get_config``."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
