"""Targets against outputs: which shapes go together, and the one shape that engines see."""

from __future__ import annotations

import numpy as np

from denim.data.arrays import fed

LABEL_FUNCTIONS = frozenset(
    {
        "categorical_generalized_cross_entropy",
        "sparse_categorical_accuracy",
        "sparse_categorical_crossentropy",
        "sparse_top_k_categorical_accuracy",
    }
)
"""Losses and metrics whose targets are class numbers."""

Shape = tuple[int, ...]


def matched_shape(function: str, target: Shape, output: Shape) -> Shape:
    """The shape that targets of shape ``target`` take for a loss or metric of an output of shape ``output``.

    Class numbers take the output's shape without its last axis; all other targets take the output's shape. A last axis
    of size 1 may be missing or be there. Both shapes are with or both are without the axis of samples.

    Raises:
        ValueError: if the two do not go together.
    """
    wanted = output[:-1] if function in LABEL_FUNCTIONS else output
    if target == wanted or target == (*wanted, 1) or (*target, 1) == wanted:
        return wanted
    if function in LABEL_FUNCTIONS:
        hint = _too_many_axes(target, output) or _one_unit(target, output)
        if target == output:
            hint = (
                " The targets look like one-hot rows, such as utils.to_categorical() makes: these go with "
                "'categorical_crossentropy' and 'categorical_accuracy'. Or make them class numbers: y.argmax(axis=-1)."
            )
        raise ValueError(
            "Arguments `target` and `output` must have the same shape up until the last dimension: "
            f"target.shape={_shown(target)}, output.shape={_shown(output)} ({function} takes class numbers).{hint}"
        )
    hint = _too_many_axes(target, output)
    if not hint and function.startswith(("categorical_", "binary_")):
        hint = _one_unit(target, output)
        if target in (output[:-1], (*output[:-1], 1)):
            hint = (
                " The targets look like class numbers: these go with 'sparse_categorical_crossentropy', "
                "or make them one-hot with utils.to_categorical()."
            )
    raise ValueError(
        "Arguments `target` and `output` must have the same shape. Received: "
        f"target.shape={_shown(target)}, output.shape={_shown(output)} ({function}).{hint}"
    )


def _too_many_axes(target: Shape, output: Shape) -> str:
    if len(output) < 3 or len(target) > 2:
        return ""
    return (
        " The output has more axes than the targets, because Dense keeps all axes of x but the last: give each sample "
        "one axis with x.reshape(len(x), -1), or begin the model with Flatten()."
    )


def _one_unit(target: Shape, output: Shape) -> str:
    if output[-1:] != (1,) or target[:-1] != output[:-1]:
        return ""
    return (
        f" One unit cannot tell {target[-1]} classes apart: end the model with Dense({target[-1]}, "
        "activation='softmax') and use loss='categorical_crossentropy' for one-hot targets, or "
        "'sparse_categorical_crossentropy' for class numbers."
    )


def _shown(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def labels(y: np.ndarray, first_row: int = 0) -> np.ndarray:
    """Class numbers as contiguous int32 or int64. Floats that are whole numbers are taken, as in Keras.

    ``first_row`` is what errors count rows from.

    Raises:
        ValueError: for a float that is not a whole number.
    """
    if y.dtype.kind == "f":
        whole = np.isfinite(y) & (np.floor(y) == y)
        if not whole.all():
            at = int(np.flatnonzero(~whole)[0])
            row = first_row + at // max(1, y[0].size)
            raise ValueError(
                "Class numbers must be whole numbers. "
                f"Received y[{row}]={float(y.reshape(-1)[at])} in an array of dtype {y.dtype}. For measured numbers "
                "use a loss of regression, such as 'mse', and an output without softmax."
            )
        return np.ascontiguousarray(y, dtype=np.int64)
    if y.dtype.name in ("int32", "int64") and y.dtype.isnative:
        return np.ascontiguousarray(y)
    return np.ascontiguousarray(y, dtype=np.int32 if y.dtype.itemsize < 4 else np.int64)


def check_probabilities(y: np.ndarray, output: str, first_row: int = 0) -> None:
    """Nothing if all targets of a binary crossentropy are within [0, 1].

    ``first_row`` is what errors count rows from.

    Raises:
        ValueError: naming the first that is not, and what would fit such targets.
    """
    low, high = float(y.min()), float(y.max())
    if low >= 0.0 and high <= 1.0:
        return
    at = int(np.flatnonzero((y < 0) | (y > 1))[0])
    value = float(y.reshape(-1)[at])
    row = first_row + at // max(1, y[0].size)
    whole = y.dtype.kind != "f" or bool(np.all(np.floor(y) == y))
    one_unit = y[0].size == 1
    if whole and (low, high) == (1.0, 2.0):
        hint = "Are the two classes numbered 1 and 2? Then pass y - 1."
    elif whole and low == -1.0 and high == 1.0:
        hint = "Are the two classes -1 and 1? Then pass (y + 1) / 2."
    elif whole and one_unit and low >= 0.0:
        hint = (
            f"For the classes 0 to {high:g} end the model with Dense({high + 1:g}, activation='softmax') and compile "
            "it with loss='sparse_categorical_crossentropy'."
        )
    elif one_unit:
        hint = "For measured numbers end the model with Dense(1), without an activation, and use loss='mse'."
    else:
        hint = f"Scale them, for example y / {high:g}."
    raise ValueError(
        f"The targets of {output!r} must be from 0 to 1 for binary_crossentropy. Received: {value:g} at row {row}. "
        f"{hint}"
    )


def numbers(y: np.ndarray) -> np.ndarray:
    """Targets of all other losses, in a dtype that engines read."""
    return fed(y)
