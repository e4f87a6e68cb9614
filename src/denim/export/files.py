"""Which form a model is exported in, and the file itself."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from denim.export.inference import Inference
from denim.export.int8_report import Int8Report
from denim.messages import print_message
from denim.saving.replacing import replaced

_FORMATS = {".onnx": "onnx", ".c": "c"}
"""By the ending of a file's name."""


def export_model(
    model: Any,
    filepath: str | os.PathLike[str],
    format: str | None = None,
    verbose: bool | None = None,
    *,
    weights: str | None = None,
    data: Any = None,
) -> Int8Report | None:
    """Write what a model computes when it predicts, whole or not at all.

    Args:
        model: a built Model or Sequential.
        filepath: ends in ".onnx" or ".c", unless ``format`` is given.
        format: "onnx" or "c".
        verbose: whether it is printed where the file is. With ``weights`` the report is, unless this is False.
        weights: None, as they are; or "int8": the kernels of Dense and EinsumDense layers, with a scale for each
            output channel, and the tables of Embedding layers, with one for each row. All else stays as it is.
        data: for the report of int8: inputs, or a tuple (x, y) or (x, y, sample_weight), on which the model is compared
            before and after.

    Returns:
        for int8 a report of what it costs, else None.

    Raises:
        ImportError: for ONNX, where the package onnx is not installed.
        NotImplementedError: for a model that draws random numbers when it predicts.
        ValueError: for another form, a model that is not built, weights that int8 cannot hold, or data without it.
    """
    chosen = format_of(filepath, format)
    if weights not in (None, "int8"):
        raise ValueError(
            "The weights of an exported model are as they are, or `int8`. "
            f"Received: weights={weights!r}. Leave it out, or pass weights='int8'."
        )
    if data is not None and weights is None:
        raise ValueError("`data` is for the report of weights='int8'. Received: data, and weights=None. Leave it out.")
    inference = Inference.of(model, weights)
    report = Int8Report.of(model, data) if weights else None
    if chosen == "onnx":
        from denim.export.onnx_model import onnx_bytes

        content = onnx_bytes(inference)
    else:
        from denim.export.c_file import c_text_of

        content = c_text_of(inference).encode("ascii")
    with replaced(Path(filepath)) as file:
        file.write(content)
    if verbose:
        print_message(f"Saved artifact at '{filepath}'.")
    if report is None:
        return None
    report = replace(report, file=str(filepath), file_bytes=len(content))
    if verbose is not False:
        print_message(str(report))
    return report


def format_of(filepath: str | os.PathLike[str], format: str | None = None) -> str:
    """The form of a file of this name: "onnx" or "c".

    Raises:
        ValueError: for another form.
    """
    chosen = _FORMATS.get(Path(filepath).suffix) if format is None else format
    if chosen is None or chosen not in _FORMATS.values():
        raise ValueError(
            "A model is exported to a file whose name ends in `.onnx` or `.c`, or with format='onnx' or format='c'. "
            f"Received: filepath={str(filepath)!r}, format={format!r}. `model.save` writes `.keras` files."
        )
    return chosen
