"""Write lookups.json: what real Keras gives in the cases of lookup_cases.py. Needs Keras 3 and TensorFlow, not denim.

KERAS_BACKEND=tensorflow python tests/golden/make_lookups.py
"""

from __future__ import annotations

import json
from pathlib import Path

import keras
from lookup_cases import CASES, run

if __name__ == "__main__":
    keras.utils.clear_session()
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(run(keras, name))}" for name in CASES)
    Path(__file__).with_name("lookups.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
