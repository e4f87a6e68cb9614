"""Write surface.json: what real Keras makes of each case. Needs Keras 3 on JAX, and not denim.

KERAS_BACKEND=jax python tests/golden/make_surface.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from surface_cases import CASES, run

STORED = Path(__file__).with_name("surface.json")


def main() -> None:
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(run(keras, name))}" for name in CASES)
    origin = f'"keras": "{keras.__version__}", "backend": "{keras.config.backend()}"'
    STORED.write_text(f'{{{origin}, "cases": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
