"""A model's preparation in its file: what raw data must be made of to be its inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from denim.saving.archive import PREPARATION
from denim.saving.errors import ModelFileError
from denim.saving.text import MAX_BYTES


def preparation_to_json(model: Any) -> str | None:
    """The configuration of the model's preparation as JSON; None if it has none.

    Raises:
        ValueError: for one that is too large to be read again.
    """
    if model.preparation is None:
        return None
    from denim.preparation import Preparation

    if not isinstance(model.preparation, Preparation):  # an attribute of a model's own
        return None
    text = json.dumps(model.preparation.to_config(), allow_nan=False)
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(
            f"A model's preparation may have at most {MAX_BYTES} bytes as JSON. Received: {len(text.encode())} bytes. "
            "A column with very many different values is of little use as categories: leave it out."
        )
    return text


def preparation_of(path: Path, model: Any, config: dict[str, Any]) -> Any:
    """The Preparation of a configuration that a stranger may have written.

    Raises:
        ModelFileError: if it makes no sense, or prepares inputs that the model does not take.
    """
    from denim.preparation import Preparation

    try:
        found = Preparation.from_config(config)
        shape = tuple(found.input_shape)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ModelFileError(f"{PREPARATION} in {path} describes no preparation: {error}") from error
    taken = [tuple(tensor.shape[1:]) for tensor in model.inputs] if model.built else []
    if taken != [shape]:
        raise ModelFileError(
            f"{PREPARATION} in {path} prepares inputs of shape {shape}, but the model takes "
            f"{', '.join(map(str, taken))}."
        )
    return found
