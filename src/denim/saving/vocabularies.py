"""Vocabularies in a `.keras` file: a text file for each layer that learnt one, with a token in each line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from denim.saving.errors import ModelFileError
from denim.saving.hdf5 import StoredWeights
from denim.saving.state import WEIGHTS_OF_TOKENS, places

MAX_TOKENS = 1 << 22
"""So many tokens a vocabulary of a file may have."""

FILE = "vocabulary.txt"


def vocabularies_of(model: Any) -> dict[str, str]:
    """The text files of a model's vocabularies, by their paths within the assets; none for those in configurations."""
    return {
        f"{path}{FILE}": "\n".join(map(str, layer.get_vocabulary()))
        for path, layer in _layers(model, None)
        if not layer.vocabulary_in_config
    }


def take_vocabularies(model: Any, files: Mapping[str, bytes], stored: StoredWeights) -> None:
    """Give the layers of a model their vocabularies, and the weights of these.

    Args:
        model: just made of the file's configuration.
        files: by their paths within the assets.
        stored: the file's weights.

    Raises:
        ModelFileError: for a vocabulary that is not there, or does not fit its layer.
    """
    for path, layer in _layers(model, stored):
        if layer.vocabulary_in_config:
            continue
        where = f"The vocabulary of layer {layer.name!r}, assets/{path}{FILE},"
        if f"{path}{FILE}" not in files:
            raise ModelFileError(f"{where} is not in the file. Save the model again.")
        try:
            layer.load_vocabulary(_lines(files[f"{path}{FILE}"], layer), _weights(stored, f"{path}vars"))
        except (RuntimeError, TypeError, ValueError) as error:
            raise ModelFileError(f"{where} does not fit it: {error}") from error


def _layers(model: Any, stored: StoredWeights | None) -> list[tuple[str, Any]]:
    """The layers that have vocabularies, with the folders of theirs."""
    return [
        (place.group.removesuffix("vars"), place.layer)
        for place in places(model, stored)
        if hasattr(place.layer, "load_vocabulary")
    ]


def _lines(data: bytes, layer: Any) -> list[str]:
    """A text's lines; Keras leaves out empty ones at the end."""
    if data.count(b"\n") >= MAX_TOKENS:
        raise ValueError(f"it may have at most {MAX_TOKENS} tokens.")
    lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    while lines and lines[-1] == "":
        lines.pop()
    start = len(layer.get_vocabulary()) - len(layer.get_vocabulary(include_special_tokens=False))
    return lines + [""] * (start - len(lines))


def _weights(stored: StoredWeights, group: str) -> np.ndarray | None:
    array = stored.arrays.get(f"{group}/{WEIGHTS_OF_TOKENS}")
    return None if array is None else array.read()
