"""How data of one kind becomes a network's inputs and targets, and its outputs answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from denim.files.content import Arrays, Pictures, Table
from denim.preparation.arrays import ArrayInputs, PictureInputs
from denim.preparation.errors import PreparationError
from denim.preparation.tables import TableInputs
from denim.preparation.target import NAMELESS, Target

if TYPE_CHECKING:
    from denim.layers.base import Layer

Content = Table | Pictures | Arrays


class Source(Protocol):
    """How rows of one kind of content become inputs."""

    kind: ClassVar[str]
    title: ClassVar[str]
    content: ClassVar[type]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the prepared columns, if they have names."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row."""

    @property
    def hints(self) -> dict[str, Any]:
        """For reading more files of the kind."""

    def inputs(self, content: Any) -> np.ndarray:
        """Rows as the network takes them."""

    def surprises(self, content: Any) -> list[str]:
        """Sentences on values that mean nothing to it."""

    def target_values(self, content: Any, target: str | None) -> np.ndarray | None:
        """What is learnt of each row; None where that is not there, or not of every row."""

    def without_target(self, content: Any, target: str | None) -> str:
        """Why there is none."""

    def first_layers(self, inputs: np.ndarray) -> list[Layer]:
        """To a scale that can be learnt from, as one axis."""

    def to_config(self) -> dict[str, Any]:
        """As plain JSON."""


_INPUTS: dict[str, Any] = {each.kind: each for each in (TableInputs, PictureInputs, ArrayInputs)}
_LOSSES = {
    "binary": "binary_crossentropy",
    "multiclass": "sparse_categorical_crossentropy",
    "regression": "mean_squared_error",
}


@dataclass(frozen=True)
class Preparation:
    """What was decided from the training rows, and is done to all others in the same way.

    Attributes:
        source: how inputs are made.
        target: what is learnt.
        decisions: what was decided and why, as sentences.
    """

    source: Source
    target: Target
    decisions: tuple[str, ...]

    @classmethod
    def decide(cls, content: Content, target: str | None = None, *, task: str | None = None) -> Preparation:
        """From the training rows alone.

        Args:
            content: what ``denim.files.read`` returned, or some rows of it.
            target: the column to learn. Pictures and arrays come with what is to be learnt; there it is only its name.
            task: "binary", "multiclass" or "regression", or "classification" for either of the first two; unless
                given, it follows from the values.

        Raises:
            PreparationError: they cannot be learnt from.
        """
        kind = next(each for each in _INPUTS.values() if isinstance(content, each.content))
        source, said = kind.decide(content, target)
        values = source.target_values(content, target)
        if values is None:
            raise PreparationError(source.without_target(content, target))
        found, sentence = Target.decide(target or NAMELESS, values, task)
        return cls(source, found, (sentence, *said))

    @property
    def task(self) -> str:
        """ "binary", "multiclass" or "regression"."""
        return self.target.task

    @property
    def classes(self) -> tuple[str | int | float | bool, ...]:
        """In the order of their numbers; empty for regression."""
        return self.target.classes

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the prepared columns; empty for pictures and arrays."""
        return self.source.features

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of one row."""
        return self.source.shape

    @property
    def hints(self) -> dict[str, Any]:
        """What ``denim.files.read`` should be told to read more data of this kind."""
        return self.source.hints

    @property
    def loss(self) -> str:
        """By Keras's name."""
        return _LOSSES[self.task]

    @property
    def metrics(self) -> list[str]:
        """By Keras's names."""
        return ["mean_absolute_error"] if self.task == "regression" else ["accuracy"]

    def inputs(self, content: Content) -> np.ndarray:
        """Rows as the network takes them: float32 of shape (rows, features) for a table, all else as it lies.

        Raises:
            PreparationError: for another kind of content, a column that is missing, or another shape.
        """
        self._check_kind(content)
        return self.source.inputs(content)

    def surprises(self, content: Content) -> tuple[str, ...]:
        """Sentences on values that count for nothing, since the training rows had none like them; often there are none.

        Raises:
            PreparationError: as for ``inputs``.
        """
        self._check_kind(content)
        return tuple(self.source.surprises(content))

    def has_targets(self, content: Content) -> bool:
        """Whether all rows have what was learnt."""
        self._check_kind(content)
        values = self.source.target_values(content, self.target.name)
        return values is not None

    def targets(self, content: Content) -> np.ndarray:
        """Class numbers, int64, shape (rows,); for regression float32, shape (rows,) or (rows, numbers).

        Raises:
            PreparationError: there are none, or a row has none, or they are none that were learnt.
        """
        self._check_kind(content)
        values = self.source.target_values(content, self.target.name)
        if values is None:
            raise PreparationError(self.source.without_target(content, self.target.name))
        return self.target.numbers(values)

    def answers(self, outputs: np.ndarray) -> dict[str, np.ndarray]:
        """What the network's outputs mean, as columns: the number; or the class, and the probability of each."""
        return self.target.answers(outputs)

    def first_layers(self, inputs: np.ndarray) -> list[Layer]:
        """Layers that bring the training rows' inputs to a scale that can be learnt from, as one axis."""
        return self.source.first_layers(inputs)

    def last_layers(self, targets: np.ndarray) -> list[Layer]:
        """Layers that end in probabilities; or in numbers, in the units of the training rows' targets."""
        from denim.preparation.ends import last_layers

        return last_layers(self.target, targets)

    def to_config(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        return {
            "version": 1,
            "kind": self.source.kind,
            "inputs": self.source.to_config(),
            "target": {
                "name": self.target.name,
                "task": self.target.task,
                "classes": list(self.target.classes),
                "outputs": self.target.outputs,
            },
            "decisions": list(self.decisions),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Preparation:
        """The reverse of :meth:`to_config`.

        Raises:
            ValueError: for what is no such configuration.
        """
        try:
            if config["version"] != 1:
                raise PreparationError("It was written by a later version of denim.")
            target = Target(**{**config["target"], "classes": tuple(config["target"]["classes"])})
            source = _INPUTS[config["kind"]].from_config(config["inputs"])
            return cls(source, target, tuple(config["decisions"]))
        except PreparationError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise PreparationError(f"This is no preparation that denim wrote: {error!r}.") from error

    def _check_kind(self, content: Content) -> None:
        if not isinstance(content, self.source.content):
            raise PreparationError(
                f"The network learnt from {self.source.title}, and {content.path} holds "
                f"{next(each.title for each in _INPUTS.values() if isinstance(content, each.content))}."
            )
