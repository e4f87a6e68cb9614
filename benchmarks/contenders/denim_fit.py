"""Denim, through its public face."""

from __future__ import annotations

from functools import partial

import denim as keras
from benchmarks.contenders.keras_fit import KerasFit
from benchmarks.contenders.protocol import serve

if __name__ == "__main__":
    serve("denim", ("denim-nn",), partial(KerasFit, keras))
