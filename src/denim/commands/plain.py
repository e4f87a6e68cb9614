"""Values as JSON has them."""

from __future__ import annotations

import json
import math
from typing import Any


def as_json(value: Any, *, indent: int | None = 2) -> str:
    """``value`` as JSON text; numbers that are not finite are null. Without ``indent`` it is one line."""
    return json.dumps(_plain(value), indent=indent, allow_nan=False, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
