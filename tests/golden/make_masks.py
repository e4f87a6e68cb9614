"""Write masks.json: what real Keras gives in the scenes of mask_cases.py. Needs Keras 3 on JAX, and not denim.

KERAS_BACKEND=jax python tests/golden/make_masks.py
"""

from __future__ import annotations

import json
from pathlib import Path

import keras
from mask_cases import SCENES

if __name__ == "__main__":
    results = {}
    for name, run in SCENES.items():
        keras.utils.clear_session()
        results[name] = run(keras)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(result)}" for name, result in results.items())
    Path(__file__).with_name("masks.json").write_text(f"{{\n{lines}\n}}\n")
