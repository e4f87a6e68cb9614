"""Ask real Keras what the cases of layer_cases.py give: ``KERAS_BACKEND=jax python tests/golden/make_layers.py``.

It asks for what layers.json has not; remove that file to ask for all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from layer_cases import CASES, ROWS, LayerCase, fill


def numbers(array: Any) -> dict[str, Any]:
    values = np.asarray(array)
    return {
        "dtype": values.dtype.name,
        "shape": values.shape,
        "values": [float(f"{v:.8g}") for v in values.astype("float64").ravel()],
    }


def record(case: LayerCase) -> dict[str, Any]:
    keras.utils.clear_session()
    layer = case.make(keras)
    xs = case.inputs()
    out: dict[str, Any] = {"config": json.loads(json.dumps(layer.get_config(), default=list))}
    shapes = [(None, *shape) for shape in case.shapes]
    case.call(layer, [np.asarray(x) for x in xs])
    fill(layer.weights)
    out["weights"] = [[w.name, w.path, list(w.shape), w.trainable] for w in layer.weights]
    out["output_shape"] = layer.compute_output_shape(shapes if len(shapes) > 1 else shapes[0])
    out["output"] = numbers(case.call(layer, [np.asarray(x) for x in xs]))
    if case.trains:
        keras.utils.clear_session()
        model = case.model(keras, case.make(keras))
        fill(model.weights)
        y = np.random.default_rng(4).standard_normal((ROWS, model.output_shape[-1])).astype("float32")
        history = model.fit(xs if len(xs) > 1 else xs[0], y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
        out["loss"] = [float(v) for v in history["loss"]]
        out["evaluated"] = float(model.evaluate(xs if len(xs) > 1 else xs[0], y, verbose=0))
        out["trained"] = [numbers(w) for w in model.weights]
        lines: list[str] = []
        model.summary(print_fn=lines.append, line_length=100)
        out["summary"] = "\n".join(lines)
    return out


if __name__ == "__main__":
    path = Path(__file__).parent / "layers.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found = {}
    for key, case in CASES.items():
        try:
            found[key] = known[key] if key in known else record(case)
        except Exception as error:
            print(key, type(error).__name__, str(error)[:300])
    body = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in found.items())
    path.write_text(f"{{\n{body}\n}}\n", encoding="utf-8")
    print(len(found), "layers")
