"""Ask real Keras what every case of tests/ops/array_cases.py gives: ``KERAS_BACKEND=jax python
tests/golden/make_ops.py``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "ops"))

from array_cases import CASES, flat  # noqa: E402


def written(value: object) -> dict[str, object]:
    array = np.asarray(value)
    dtype = array.dtype.name
    values = [repr(float(v)) for v in array.ravel()] if array.dtype.kind == "f" else array.ravel().tolist()
    return {"dtype": dtype, "shape": array.shape, "values": values}


if __name__ == "__main__":
    results = []
    for name, args, kwargs in CASES:
        try:
            results.append([name, [written(each) for each in flat(getattr(keras.ops, name)(*args, **kwargs))]])
        except Exception as error:
            print(name, kwargs, type(error), str(error)[:100])
            results.append([name, None])
    lines = ",\n".join(json.dumps(result) for result in results)
    (HERE / "ops.json").write_text(f"[\n{lines}\n]\n")
