"""``denim export``: a model's file as ONNX or as C."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from denim.commands import screen, written
from denim.commands.errors import CommandError
from denim.commands.plain_inputs import inputs_for
from denim.commands.reading import hints_of
from denim.commands.subject import check_order
from denim.export.files import export_model, format_of
from denim.export.int8_report import Int8Report, size
from denim.files import read
from denim.models import load_model
from denim.report.files import writing


@dataclass(frozen=True)
class End:
    """An input or an output as the file has it; a None in ``shape`` stands for any number of rows."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.dtype} ({', '.join('any' if n is None else str(n) for n in self.shape)})"


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        model, file: the files.
        format: "onnx" or "c".
        file_bytes: of the new one.
        inputs, outputs: in their order.
        prepares: whether the model knows how people's files become its inputs, which the new file does not.
        int8: what int8 has cost; None where the weights are as they were.
    """

    model: Path
    file: Path
    format: str
    file_bytes: int
    inputs: tuple[End, ...]
    outputs: tuple[End, ...]
    prepares: bool
    int8: Int8Report | None

    def as_json(self) -> str:
        """One JSON object."""
        found = {
            "model": str(self.model),
            "file": str(self.file),
            "format": self.format,
            "file_bytes": self.file_bytes,
            "inputs": [vars(end) for end in self.inputs],
            "outputs": [vars(end) for end in self.outputs],
            "preparation_left_out": self.prepares,
            "int8": None if self.int8 is None else self.int8.as_plain(),
        }
        return json.dumps(found, ensure_ascii=False)

    def __str__(self) -> str:
        lines = [f"{self.file}: {size(self.file_bytes)}" if self.int8 is None else str(self.int8)]
        lines += [f"  {what} {end}" for what in ("input", "output") for end in getattr(self, f"{what}s")]
        if self.prepares:
            lines.append(
                "  How files of yours become its inputs is not in the file: prepare them as `denim show` lists it."
            )
        return "\n".join(lines)


def export(
    model_path: Path,
    out: Path,
    *,
    overwrite: bool = False,
    weights: str | None = None,
    data_path: Path | None = None,
    reading: Sequence[str] = (),
    console: Console,
) -> Exported:
    """Write a model's file as one that other programs read.

    Args:
        model_path: a `.keras` or `.h5` file.
        out: ends in .onnx or .c.
        overwrite: whether a file that is there is replaced.
        weights: "int8", or None for the weights as they are.
        data_path: for int8: a file as ``denim predict`` takes it, on which the model is compared before and after.
        reading: how that is read, in the words that ``reading.hints_of`` takes, where the model does not know it.
        console: where it is told how the data were read.

    Raises:
        ImportError: for ONNX, where the package onnx is not installed.
        ValueError: for files or a model that cannot be used. Nothing is then written.
    """
    options = {"overwrite": overwrite, "weights": weights, "data": data_path, "read": list(reading)}
    check_order("export", model_path, out, **options)
    chosen = format_of(out)
    written.check_file(out, overwrite, "OUT")
    model = load_model(model_path, compile=data_path is not None)
    data = None if data_path is None else _data(model, data_path, reading, console)
    try:
        with writing(out, "Name another file."):
            report = export_model(model, out, verbose=False, weights=weights, data=data)
    except NotImplementedError as error:
        raise CommandError(str(error)) from error
    return Exported(
        model_path,
        out,
        chosen,
        out.stat().st_size,
        _ends(model.input_names, model.inputs, chosen, model.dtype),
        _ends(model.output_names, model.outputs, chosen, model.dtype),
        model.preparation is not None,
        report,
    )


def _ends(names: Any, tensors: Any, chosen: str, dtype: str) -> tuple[End, ...]:
    """C takes one sample of the model's own floating-point numbers; ONNX any number of them."""
    if chosen == "c":
        return tuple(End(name, dtype, tensor.shape[1:]) for name, tensor in zip(names, tensors, strict=True))
    return tuple(End(name, tensor.dtype, tensor.shape) for name, tensor in zip(names, tensors, strict=True))


def _data(model: Any, path: Path, reading: Sequence[str], console: Console) -> Any:
    """Inputs, and targets where the file has them and the model knows which they are."""
    preparation = model.preparation
    content = read(path, **{**({} if preparation is None else preparation.hints), **hints_of(reading)})
    for note in content.notes:
        screen.line(console, note)
    if not len(content):
        raise CommandError(f"{path} has no rows to compare on.")
    if preparation is None:
        return inputs_for(model, content)
    inputs = preparation.inputs(content)
    return (inputs, preparation.targets(content)) if preparation.has_targets(content) else inputs
