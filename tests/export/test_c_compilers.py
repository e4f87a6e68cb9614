"""The same bits whatever a compiler is told, in C++, and on another kind of machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import exported_models as models
import numpy as np
import pytest
from compiled import CC, WARNINGS, assert_same_bits, check_bits, computed, edges

pytestmark = pytest.mark.usefixtures("native_engine")

OPTIONS = {
    "plain": ["-std=c99", "-O0"],
    "fast": ["-std=c99", "-O3", "-march=native"],
    "newer C": ["-std=c11", "-O1"],
    "GNU, which contracts": ["-std=gnu99", "-O3", "-march=native"],
    "as the compiler likes": ["-O2"],
}
FUSING = ["-std=gnu99", "-O3", "-march=native", "-ffp-contract=fast"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("options", OPTIONS)
def test_options_change_no_bit(options: str, dtype: str, tmp_path: Path) -> None:
    model = models.everything(dtype)
    check_bits(model, tmp_path, [edges(dtype, 21)], [CC, *OPTIONS[options]])


def test_the_file_stands_above_an_option_to_contract(tmp_path: Path) -> None:
    if "Free Software" not in subprocess.run([CC, "--version"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("clang takes the option for the last word")
    check_bits(models.everything(), tmp_path, None, [CC, *FUSING])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_cpp_too(dtype: str, tmp_path: Path) -> None:
    cxx = shutil.which("c++") or pytest.skip("there is no C++ compiler here")
    check_bits(models.everything(dtype), tmp_path, None, [cxx, "-x", "c++", "-std=c++17", "-O2"])


def test_fast_mathematics_are_refused(tmp_path: Path) -> None:
    models.MODELS["mlp"]().export(tmp_path / "model.c")
    command = [CC, "-ffast-math", "-c", tmp_path / "model.c", "-o", tmp_path / "model.o"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode
    assert "compile without -ffast-math" in refused.stderr


def test_nothing_is_kept_between_calls_or_taken_from_the_heap(tmp_path: Path) -> None:
    """No data that could be written to, and of the libraries nothing but these."""
    nm = shutil.which("nm") or pytest.skip("there is no nm here")
    models.everything().export(tmp_path / "model.c")
    subprocess.run([CC, "-std=c99", "-c", tmp_path / "model.c", "-o", tmp_path / "model.o"], check=True)
    listed = subprocess.run([nm, "-P", tmp_path / "model.o"], capture_output=True, text=True, check=True).stdout
    symbols = {line.split()[0]: line.split()[1] for line in listed.splitlines()}
    assert not {name for name, kind in symbols.items() if kind in "bBdDC"}
    needed = {name for name, kind in symbols.items() if kind == "U"}
    assert needed <= {"fmaf", "memcpy", "memset", "_GLOBAL_OFFSET_TABLE_"}
    assert [name for name, kind in symbols.items() if kind == "T"] == ["everything_predict"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arm_has_the_same_bits(dtype: str, tmp_path: Path) -> None:
    cross = shutil.which("aarch64-linux-gnu-gcc") or pytest.skip("there is no compiler for 64-bit ARM here")
    machine = (
        shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64") or pytest.skip("there is no QEMU here")
    )
    model = models.everything(dtype)
    model.export(tmp_path / "model.c")
    program = tmp_path / "model"
    command = [cross, "-O3", *WARNINGS, "-static", "-DEVERYTHING_MAIN", tmp_path / "model.c", "-o", program, "-lm"]
    subprocess.run(command, check=True)
    inputs = [edges(dtype, 21)]
    text = "\n".join(" ".join(map(repr, map(float, row))) for row in inputs[0])
    printed = subprocess.run([machine, program], input=text, capture_output=True, text=True, check=True).stdout
    found = np.array([line.split() for line in printed.splitlines()], dtype)
    assert_same_bits([found], [np.concatenate(computed(model, inputs), axis=1)])
