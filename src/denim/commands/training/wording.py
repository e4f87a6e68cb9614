"""Data and networks in a line of words."""

from __future__ import annotations

from typing import Any

from denim.commands.training.data import Data


def of_parts(data: Data) -> str:
    """The split: how many rows are for what."""
    kept = [f"{len(rows):,} for {name} ({rows.origin})" for name, rows in data.parts.items() if name != "train"]
    return "; ".join([f"{len(data.train):,} rows to learn from", *([", ".join(kept)] if kept else [])])


def of_network(model: Any) -> str:
    """Inputs, layers and parameters, such as "4 inputs, 100 relu, 3 softmax: 11,003 parameters"."""
    words = [f"{'×'.join(map(str, model.input_shape[1:]))} inputs"]
    for layer in model.layers:
        kind = type(layer).__name__
        if kind == "Dense":
            words.append(f"{layer.units} {layer.activation.__name__}")
        elif kind == "Dropout":
            words.append(f"dropout {layer.rate:g}")
        elif kind == "BatchNormalization":
            words.append("batch normalization")
    return f"{', '.join(words)}: {model.count_params():,} parameters"
