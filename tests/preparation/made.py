"""Tables, pictures and arrays made in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from denim.files import Arrays, Pictures, Table
from denim.preparation import Preparation

PATH = Path("made.csv")


def table(**columns: Any) -> Table:
    """A table of these columns."""
    return Table(pd.DataFrame(columns), PATH)


def prepared(target: str = "y", task: str | None = None, **columns: Any) -> tuple[Preparation, Table]:
    """How a table is prepared, and the table."""
    made = table(**columns)
    return Preparation.decide(made, target, task=task), made


def pictures(count: int = 6, shape: tuple[int, ...] = (4, 3), labels: Any = None) -> Pictures:
    """Pictures of noise."""
    images = np.random.default_rng(0).integers(0, 256, (count, *shape)).astype(np.uint8)
    return Pictures(images, labels, tuple(map(str, range(count))), Path("made"))


def arrays(x: Any, y: Any = None) -> Arrays:
    """Arrays."""
    return Arrays(np.asarray(x), None if y is None else np.asarray(y), Path("made.npz"))
