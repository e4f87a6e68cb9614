"""Write callbacks.json: what happens with real Keras in each case. Needs Keras 3 on JAX, and not denim.

KERAS_BACKEND=jax python tests/golden/make_callbacks.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from callbacks_cases import CASES, run

STORED = Path(__file__).with_name("callbacks.json")


def main() -> None:
    cases = {case.name: run(keras, case) for case in CASES}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(outcome)}" for name, outcome in cases.items())
    origin = f'"keras": "{keras.__version__}", "backend": "{keras.config.backend()}"'
    STORED.write_text(f'{{{origin}, "cases": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
