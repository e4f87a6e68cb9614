"""Write texts.json: what real Keras prints in each scene. Needs Keras 3 on JAX, and not denim.

KERAS_BACKEND=jax python tests/golden/make_texts.py
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from capture import mask_times, run_scene, settled
from scenes import SCENES

TEXTS = Path(__file__).with_name("texts.json")
RAW = ("fit_1", "evaluate_1", "predict_1")


def settings(scene: str) -> list[tuple[int, bool]]:
    """The widths and kinds of standard output in which a scene is captured: (columns, terminal)."""
    if scene.startswith("summary_"):
        return (
            [(80, False), (100, False), (60, False)]
            if scene == "summary_korean"
            else [
                (80, False),
                (100, False),
            ]
        )
    if scene.startswith("clock_"):
        return [(80, False)]
    return [(80, False), (80, True)]


def main() -> None:
    jobs = [(scene, *where) for scene in SCENES for where in settings(scene)]

    def capture(job: tuple[str, int, bool]) -> str:
        return run_scene("keras", *job)

    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(capture, jobs))
    entries = []
    for (scene, columns, terminal), text in zip(jobs, texts, strict=True):
        entry = {
            "scene": scene,
            "columns": columns,
            "terminal": terminal,
            "text": settled(scene, text),
        }
        if scene in RAW:
            entry["raw_example"] = mask_times(text)
        entries.append(entry)
    document = {"keras": keras.__version__, "backend": keras.config.backend(), "texts": entries}
    TEXTS.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
