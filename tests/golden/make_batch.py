"""Write batch.json: what real Keras gives in the scenes of batch_cases.py. Needs Keras 3 on JAX, and not denim.

KERAS_BACKEND=jax python tests/golden/make_batch.py

It asks for what batch.json has not; remove that file to ask for all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
from batch_cases import SCENES


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else float(f"{value:.8g}")


if __name__ == "__main__":
    path = Path(__file__).with_name("batch.json")
    results = json.loads(path.read_text()) if path.exists() else {}
    for name, run in SCENES.items():
        if name not in results:
            keras.utils.clear_session()
            results[name] = rounded(run(keras))
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(results[name])}" for name in SCENES)
    path.write_text(f"{{\n{lines}\n}}\n")
