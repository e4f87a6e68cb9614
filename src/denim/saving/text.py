"""JSON out of a file: of bounded size and depth."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from denim.saving.errors import ModelFileError

MAX_BYTES = 8 << 20
"""The largest configuration: some thousands of layers."""

MAX_DEPTH = 100
"""How deep brackets may nest: a model within a model takes three or four, a plain model eleven."""

_STEPS = np.zeros(256, np.int8)
"""What a byte of JSON does to the level of nesting."""
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1


def read_json(data: bytes, what: str) -> dict[str, Any]:
    """The object that the JSON text ``data`` holds.

    Raises:
        ModelFileError: for text that is too large, too deep, no JSON, or no object.
    """
    if len(data) > MAX_BYTES:
        raise ModelFileError(f"{what} may have at most {MAX_BYTES} bytes. Received: {len(data)} bytes.")
    depth = _depth(data)
    if depth > MAX_DEPTH:
        raise ModelFileError(f"{what} may nest at most {MAX_DEPTH} levels deep. Received: {depth} levels.")
    try:
        found = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise ModelFileError(f"{what} must be JSON in UTF-8. Received: {error}") from error
    if not isinstance(found, dict):
        raise ModelFileError(f"{what} must be a JSON object. Received: a {type(found).__name__}.")
    return found


def _depth(data: bytes) -> int:
    """The deepest level of brackets outside of strings, found without recursion."""
    codes = np.frombuffer(re.sub(rb"\\.", b"", data, flags=re.DOTALL), np.uint8)
    within = np.logical_xor.accumulate(codes == ord('"'))
    return int(np.cumsum(np.where(within, 0, _STEPS[codes]), dtype=np.int32).max(initial=0))
