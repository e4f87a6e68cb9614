"""Denim's ``model.predict(x, verbose=0)``."""

from __future__ import annotations

from functools import partial

import denim as keras
from benchmarks.contenders.keras_network import Predict
from benchmarks.contenders.protocol import serve_predictions

if __name__ == "__main__":
    serve_predictions("denim, predict", ("denim-nn",), partial(Predict, keras))
