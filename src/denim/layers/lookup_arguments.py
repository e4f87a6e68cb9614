"""What the layers that number tokens may be given."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_encoding(owner: str, encoding: Any) -> None:
    """Refuse other encodings of bytes than UTF-8.

    Raises:
        NotImplementedError: with what to do.
    """
    if str(encoding).lower().replace("_", "-") not in ("utf-8", "utf8"):
        raise NotImplementedError(
            f"{owner}: bytes are read as UTF-8. Received: encoding={encoding!r}. Decode them first: "
            f"np.char.decode(x, {encoding!r})."
        )


def check_vocabulary_in_config(owner: str, config: dict[str, Any]) -> None:
    """Refuse a vocabulary in a configuration that is no list.

    Raises:
        ValueError: for a path or an address, which a stranger may have written.
    """
    for name in ("vocabulary", "idf_weights"):
        if not isinstance(config.get(name), (list, tuple, np.ndarray, type(None))):
            raise ValueError(
                f"{owner}: `{name}` in a configuration is a list. Received: {str(config[name])[:80]!r}. A path or an "
                "address in it is never opened: read the file yourself, and pass the tokens to set_vocabulary()."
            )


def check_size(owner: str, name: str, value: Any, least: int) -> None:
    """Refuse what is no whole number of at least ``least``; None passes.

    Raises:
        ValueError: with the argument's name.
    """
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least):
        raise ValueError(f"{owner}: `{name}` must be a whole number of at least {least}. Received: {name}={value!r}")


def check_token(owner: str, name: str, token: Any, whole: bool) -> None:
    """Refuse a token of the wrong kind.

    Raises:
        ValueError: with the argument's name.
    """
    right = isinstance(token, (int, np.integer)) and not isinstance(token, bool) if whole else isinstance(token, str)
    if not right:
        raise ValueError(
            f"{owner}: `{name}` must be {'a whole number' if whole else 'a text'}. Received: {name}={token!r} "
            f"(of type {type(token).__name__})"
        )


def no_weights(mode: str, idf_weights: Any) -> str:
    """The message for weights where nothing is weighted."""
    return (
        f"`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: idf_weights={idf_weights} and "
        f"output_mode={mode}"
    )


def given_weights(idf_weights: Any, count: int) -> np.ndarray:
    """The weights that were passed for ``count`` tokens.

    Raises:
        ValueError: for others than that many finite numbers.
    """
    try:
        weights = np.asarray(idf_weights, np.float64)
    except (TypeError, ValueError):
        weights = np.full((1, 1), np.nan)
    if weights.ndim != 1 or not np.isfinite(weights).all():
        raise ValueError(f"`idf_weights` must be a list of finite numbers. Received: {str(idf_weights)[:80]}")
    if len(weights) != count:
        raise ValueError(
            "`idf_weights` must be the same length as vocabulary. "
            f"len(idf_weights) is {len(weights)}; len(vocabulary) is {count}"
        )
    return weights
