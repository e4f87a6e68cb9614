"""Keep many small arrays in one .npz: one flat array per dtype there, and where each lies in the JSON beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
NUMBERS = Path(__file__).with_name("golden.npz")
DOCUMENT = Path(__file__).with_name("golden.json")


def write(document: dict[str, Any], arrays: dict[str, Array]) -> None:
    """Write both files; ``document`` gains the key ``arrays``: name -> [dtype, offset, shape]."""
    index: dict[str, list[Any]] = {}
    pieces: dict[str, list[Array]] = {}
    used: dict[str, int] = {}
    for name, array in arrays.items():
        dtype = array.dtype.name
        offset = used.get(dtype, 0)
        index[name] = [dtype, offset, list(array.shape)]
        pieces.setdefault(dtype, []).append(array.ravel())
        used[dtype] = offset + array.size
    flat: dict[str, Any] = {dtype: np.concatenate(parts) for dtype, parts in pieces.items()}
    np.savez_compressed(NUMBERS, **flat)
    text = json.dumps(document, indent=None, separators=(",", ":"), allow_nan=True)
    body = ",\n".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in index.items())
    DOCUMENT.write_text(f'{text[:-1]},\n"arrays":{{\n{body}\n}}}}\n', encoding="utf-8")


def read() -> tuple[dict[str, Any], dict[str, Array]]:
    """The document and every array under its own name again."""
    document: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    index = document.pop("arrays")
    with np.load(NUMBERS) as stored:
        flat = {dtype: stored[dtype] for dtype in stored.files}
    arrays = {}
    for name, (dtype, offset, shape) in index.items():
        size = int(np.prod(shape, dtype=int))
        arrays[name] = flat[dtype][offset : offset + size].reshape(shape)
    return document, arrays
