"""Denim, through its public face."""

from __future__ import annotations

import os
from functools import partial

import denim as keras
from benchmarks.contenders.keras_fit import KerasFit
from benchmarks.contenders.protocol import FLOATX, serve

if __name__ == "__main__":
    keras.config.set_floatx(os.environ.get(FLOATX, "float32"))
    serve("denim", ("denim-nn",), partial(KerasFit, keras))
