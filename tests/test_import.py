"""``import denim`` costs little: what it brings in is counted here, and timed in the benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys


def imported_by(statement: str) -> set[str]:
    """The modules that ``statement`` adds to a fresh interpreter."""
    program = (
        f"import json, sys; before = set(sys.modules); {statement}; print(json.dumps([*set(sys.modules) - before]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_import_brings_in_nothing_but_the_standard_library_and_numpy() -> None:
    assert packages(imported_by("import denim")) <= set(sys.stdlib_module_names) | {"numpy", "denim"}


def test_import_adds_only_a_few_modules_to_numpys() -> None:
    added = imported_by("import numpy, denim") - imported_by("import numpy")

    assert len(added) <= 12, sorted(added)


def test_a_name_brings_in_its_own_room() -> None:
    modules = imported_by("import denim; denim.layers.Dense")

    assert "denim.layers.core" in modules
    assert packages(modules) & {"h5py", "rich", "typer", "sklearn", "matplotlib"} == set()


def test_training_needs_no_more_than_numpy() -> None:
    modules = imported_by(
        "import numpy as np, denim as keras;"
        "model = keras.Sequential([keras.layers.Input(shape=(2,)), keras.layers.Dense(1)]);"
        "model.compile(loss='mse');"
        "model.fit(np.zeros((4, 2), 'float32'), np.zeros(4, 'float32'), verbose=0)"
    )

    assert packages(modules) & {"h5py", "rich", "typer", "sklearn", "matplotlib"} == set()
    assert packages(modules) & {"csv", "gzip", "html", "logging", "zipfile"} == set()
