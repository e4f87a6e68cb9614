"""Models from configurations that a stranger may have written: a model, or an error that says what is the matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from denim.saving.errors import ModelFileError
from denim.saving.older_configs import modern
from denim.saving.serialization import deserialize, sharing

_UNMAKEABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What comes of a configuration that makes no sense, wherever it is read."""


def made(path: Path | None, config: Mapping[str, Any], *, older: bool = False) -> Any:
    """The model of a configuration, with new weights.

    Args:
        path: the file it is from, for messages.
        config: the model's.
        older: whether it is, or may be, in the terms of Keras 2.

    Raises:
        ModelFileError: if it makes no sense, or names what there is not.
    """
    from denim.models.model import Model

    try:
        with sharing():
            model = deserialize(modern(config) if older else config, "layer")
    except _UNMAKEABLE as error:
        raise ModelFileError(f"{_where(path)}describes no model that denim can make: {_said(error)}") from error
    if not isinstance(model, Model):
        raise ModelFileError(f"{_where(path)}describes no model, but a layer: {type(model).__name__}.")
    return model


def compile_from(path: Path | None, model: Any, config: Callable[[], Any]) -> None:
    """Compile a model as the configuration that ``config`` returns says.

    Raises:
        ModelFileError: if it makes no sense, or names what there is not.
    """
    try:
        model.compile_from_config(config())
    except _UNMAKEABLE as error:
        raise ModelFileError(
            f"{_where(path)}was compiled with what denim does not have: {_said(error)} Pass compile=False to load "
            "the model without it, and compile it anew."
        ) from error


def _where(path: Path | None) -> str:
    return "The configuration " if path is None else f"The file {path} "


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, (ValueError, NotImplementedError)) else f"{type(error).__name__}: {error}"
