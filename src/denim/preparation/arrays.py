"""Pictures and arrays as inputs: as they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from denim.files.content import Arrays, Pictures
from denim.files.spoken import hint
from denim.preparation.errors import PreparationError

if TYPE_CHECKING:
    from denim.layers.base import Layer


@dataclass(frozen=True)
class PictureInputs:
    """Pictures of one shape: (height, width), or (height, width, 3) in colour."""

    kind: ClassVar[str] = "pictures"
    title: ClassVar[str] = "pictures"
    content: ClassVar[type] = Pictures
    features: ClassVar[tuple[str, ...]] = ()
    shape: tuple[int, ...]

    @classmethod
    def decide(cls, pictures: Pictures, target: str | None) -> tuple[PictureInputs, list[str]]:
        """From the training pictures; and a sentence on them."""
        shape = pictures.images.shape[1:]
        colour = "in colour" if len(shape) == 3 else "grey"
        return cls(shape), [f"Pictures of {shape[1]}×{shape[0]} pixels, {colour}, scaled from 0 to 255 down to 0 to 1."]

    @property
    def hints(self) -> dict[str, Any]:
        """Size and colour, so that other pictures are brought to the same."""
        return {"size": self.shape[:2], "colour": len(self.shape) == 3}

    def inputs(self, pictures: Pictures) -> np.ndarray:
        """Uint8, shape (pictures, height, width[, 3])."""
        if pictures.images.shape[1:] != self.shape:
            hints = ", ".join(hint(*pair) for pair in self.hints.items())
            raise PreparationError(
                f"The network learnt from pictures of shape {self.shape}, and those of {pictures.path} have shape "
                f"{pictures.images.shape[1:]}. Reading them with {hints} brings them to it."
            )
        return pictures.images

    def surprises(self, pictures: Pictures) -> list[str]:
        """None: any picture will do."""
        return []

    def target_values(self, pictures: Pictures, target: str | None) -> np.ndarray | None:
        """The classes."""
        return pictures.labels

    def without_target(self, pictures: Pictures, target: str | None) -> str:
        """Why there are no targets."""
        return f"The pictures of {pictures.path} are in no folders that say their classes."

    def first_layers(self, inputs: np.ndarray) -> list[Layer]:
        """To numbers from 0 to 1, as one axis."""
        from denim.preparation.ends import pixels

        return pixels(self.shape)

    def to_config(self) -> dict[str, Any]:
        """The shape."""
        return {"shape": list(self.shape)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> PictureInputs:
        """The reverse."""
        return cls(tuple(config["shape"]))


@dataclass(frozen=True)
class ArrayInputs:
    """Rows of one shape. Those of uint8 are taken for pixels, or what else is measured from 0 to 255."""

    kind: ClassVar[str] = "arrays"
    title: ClassVar[str] = "arrays"
    content: ClassVar[type] = Arrays
    features: ClassVar[tuple[str, ...]] = ()
    shape: tuple[int, ...]
    pixels: bool
    array: str | None = None
    """Of an NPZ file, if its name does not say that it is the inputs."""

    @classmethod
    def decide(cls, arrays: Arrays, target: str | None) -> tuple[ArrayInputs, list[str]]:
        """From the training rows; and a sentence on them."""
        found = cls(arrays.x.shape[1:], arrays.x.dtype == np.uint8, arrays.hints.get("inputs"))
        scale = (
            "scaled from 0 to 255 down to 0 to 1" if found.pixels else "each feature scaled to mean 0 and variance 1"
        )
        return found, [f"Rows of shape {found.shape}, {arrays.x.dtype}, {scale}."]

    @property
    def hints(self) -> dict[str, Any]:
        """The name of the array."""
        return {} if self.array is None else {"inputs": self.array}

    def inputs(self, arrays: Arrays) -> np.ndarray:
        """As they lie, shape (rows, ...)."""
        x = arrays.x
        if x.shape[1:] != self.shape:
            raise PreparationError(
                f"The network learnt from rows of shape {self.shape}, and those of {arrays.path} have shape "
                f"{x.shape[1:]}."
            )
        if self.pixels != (x.dtype == np.uint8):
            learnt = "uint8, from 0 to 255" if self.pixels else "numbers on another scale than uint8"
            raise PreparationError(f"The network learnt from {learnt}, and {arrays.path} holds {x.dtype}.")
        if x.dtype.kind == "f" and not np.isfinite(x).all():
            wrong = ~np.isfinite(x.reshape(len(x), -1)).all(axis=1)
            raise PreparationError(
                f"Inputs must be finite. {int(wrong.sum()):,} of {len(x):,} rows of {arrays.path} hold NaN or "
                f"infinity, the first is row {int(wrong.argmax()) + 1:,}. Fill them in, or leave those rows out."
            )
        return x.astype(np.float32) if x.dtype == np.bool_ else x

    def surprises(self, arrays: Arrays) -> list[str]:
        """None: any number will do."""
        return []

    def target_values(self, arrays: Arrays, target: str | None) -> np.ndarray | None:
        """What the file has of them; None where a number is missing."""
        y = arrays.y
        return None if y is None or (y.dtype.kind == "f" and np.isnan(y).any()) else y

    def without_target(self, arrays: Arrays, target: str | None) -> str:
        """Why there are no targets."""
        if arrays.y is None:
            return " ".join((f"{arrays.path} has no array of targets.", *arrays.notes))
        return f"Targets of {arrays.path} hold NaN. Leave those rows out."

    def first_layers(self, inputs: np.ndarray) -> list[Layer]:
        """To a common scale, as one axis."""
        from denim.preparation.ends import flattened, pixels

        return pixels(self.shape) if self.pixels else flattened(inputs)

    def to_config(self) -> dict[str, Any]:
        """Shape, scale and name."""
        named = {} if self.array is None else {"array": self.array}
        return {"shape": list(self.shape), "pixels": self.pixels, **named}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ArrayInputs:
        """The reverse."""
        return cls(tuple(config["shape"]), config["pixels"], config.get("array"))
