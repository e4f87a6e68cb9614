"""Which form a model is exported in, and the file itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from denim.export.inference import Inference
from denim.messages import print_message
from denim.saving.replacing import replaced

_FORMATS = {".onnx": "onnx", ".c": "c"}
"""By the ending of a file's name."""


def export_model(
    model: Any, filepath: str | os.PathLike[str], format: str | None = None, verbose: bool | None = None
) -> None:
    """Write what a model computes when it predicts, whole or not at all.

    Args:
        model: a built Model or Sequential.
        filepath: ends in ".onnx" or ".c", unless ``format`` is given.
        format: "onnx" or "c".
        verbose: whether a line is printed that says where the file is.

    Raises:
        ImportError: for ONNX, where the package onnx is not installed.
        NotImplementedError: for a model that draws random numbers when it predicts.
        ValueError: for another form, or a model that is not built.
    """
    path = Path(filepath)
    chosen = _FORMATS.get(path.suffix) if format is None else format
    if chosen not in _FORMATS.values():
        raise ValueError(
            "A model is exported to a file whose name ends in `.onnx` or `.c`, or with format='onnx' or format='c'. "
            f"Received: filepath={str(filepath)!r}, format={format!r}. `model.save` writes `.keras` files."
        )
    inference = Inference.of(model)
    if chosen == "onnx":
        from denim.export.onnx_model import onnx_bytes

        content = onnx_bytes(inference)
    else:
        from denim.export.c_file import c_text_of

        content = c_text_of(inference).encode("ascii")
    with replaced(path) as file:
        file.write(content)
    if verbose:
        print_message(f"Saved artifact at '{filepath}'.")
