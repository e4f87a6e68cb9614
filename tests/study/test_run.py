from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from denim.report.files import CannotWriteError
from denim.study.errors import StudyError
from denim.study.run import run


def test_results_have_exactly_the_documented_form(digits_study) -> None:
    found = json.loads((digits_study.out / "results.json").read_text())

    assert set(found) == {"dataset", "baseline", "models"}
    assert found["dataset"] == "digits"
    assert set(found["baseline"]) == {"name", "cv_accuracy", "seconds"}
    for model in found["models"]:
        assert set(model) == {"name", "parameters", "train_seconds", "val_accuracy", "test_accuracy", "history"}
        assert set(model["history"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert all(len(values) == 2 for values in model["history"].values())
        assert model["val_accuracy"] == model["history"]["val_accuracy"][-1]


def test_models_are_the_tutorials(digits_study) -> None:
    assert [(model.name, model.parameters) for model in digits_study.results.models] == [
        ("softmax", 64 * 10 + 10),
        ("sigmoid-100", 64 * 100 + 100 + 100 * 10 + 10),
        ("relu-100", 64 * 100 + 100 + 100 * 10 + 10),
    ]


def test_training_and_baseline_learn(digits_study) -> None:
    for model in digits_study.results.models:
        assert model.history["loss"][1] < model.history["loss"][0]
    assert digits_study.results.models[2].test_accuracy > 0.3
    assert digits_study.results.baseline.cv_accuracy > 0.85


def test_says_shapes_classes_counts_and_sizes(digits_study) -> None:
    assert "pictures (1437, 8, 8), classes (1437,), uint8" in digits_study.text
    assert "0.1 MB = 0.1 MiB as uint8; 0.7 MB once divided into float64" in digits_study.text
    rows = re.findall(r"│ (\d) +│ (\d) +│ +(\d+) │", digits_study.text)
    assert [name for _, name, _ in rows] == list("0123456789")
    assert sum(int(count) for _, _, count in rows) == 1437


def test_table_fits_a_plain_terminal_and_shows_every_number(digits_study) -> None:
    table = digits_study.text[digits_study.text.index("Side by side") :]

    for model in digits_study.results.models:
        row = next(line for line in table.splitlines() if f" {model.name} " in line)
        for cell in (f"{model.parameters:,}", f"{model.val_accuracy:.4f}", f"{model.test_accuracy:.4f}"):
            assert cell in row
    assert f"{digits_study.results.baseline.cv_accuracy:.4f}" in table


def test_no_warning_reaches_the_reader(digits_study) -> None:
    assert "Warning" not in digits_study.text


def test_writes_its_files_and_leaves_no_others(digits_study) -> None:
    assert {path.name for path in digits_study.out.iterdir()} == {
        "report.html",
        "results.json",
        "samples.png",
        "curves.png",
        "softmax.keras",
        "sigmoid-100.keras",
        "relu-100.keras",
    }


def test_quick_leaves_the_baseline_out_and_equal_seeds_give_equal_numbers(
    digits_study, tmp_path: Path, console: Console
) -> None:
    results = run("digits", console=console, quick=True, epochs=2, out=tmp_path)

    assert json.loads((tmp_path / "results.json").read_text())["baseline"] is None
    assert "cross-validated" in digits_study.text
    assert "cross-validated" not in console.file.getvalue()
    assert [model.history for model in results.models] == [model.history for model in digits_study.results.models]


def test_another_seed_gives_other_numbers(digits_study, tmp_path: Path, console: Console) -> None:
    results = run("digits", console=console, quick=True, epochs=1, seed=7, out=tmp_path)

    assert results.models[0].history["loss"] != digits_study.results.models[0].history["loss"][:1]


def test_digits_stand_in_where_fashion_mnist_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, console: Console
) -> None:
    from denim.datasets import DatasetNotFoundError, fashion_mnist

    def nowhere() -> None:
        raise DatasetNotFoundError("no place had it")

    monkeypatch.setattr(fashion_mnist, "load_data", nowhere)
    monkeypatch.chdir(tmp_path)
    results = run("fashion_mnist", console=console, quick=True, epochs=1)

    assert results.dataset == "digits"
    assert json.loads(Path("runs/digits/results.json").read_text())["dataset"] == "digits"
    text = " ".join(console.file.getvalue().split())
    assert "no place had it" in text
    assert "Fashion-MNIST cannot be had here" in text
    assert "None of the numbers below is about Fashion-MNIST" in text


def test_unknown_data_set(console: Console) -> None:
    with pytest.raises(StudyError, match=r"must be one of fashion_mnist, digits.*'fasion_mnist'.*mean 'fashion_mnist'"):
        run("fasion_mnist", console=console)


def test_folder_that_cannot_be_made_is_told_before_any_training(tmp_path: Path, console: Console) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(CannotWriteError, match=r"Cannot write .*samples.png.*--out"):
        run("digits", console=console, out=tmp_path / "file")

    assert (tmp_path / "file").read_text() == "mine"
    assert "baseline" not in console.file.getvalue()


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        ({"sklearn"}, r"needs scikit-learn, which is not installed.*pip install '\.\[sklearn\]'"),
        ({"matplotlib"}, r"needs matplotlib, which is not installed.*pip install '\.\[plot\]'"),
        ({"sklearn", "matplotlib"}, r"needs scikit-learn and matplotlib, which are.*pip install '\.\[sklearn,plot\]'"),
    ],
)
def test_missing_packages_name_the_extra(
    lacking: set[str], told: str, monkeypatch: pytest.MonkeyPatch, console: Console
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr("denim.study.run.find_spec", lambda name: None if name in lacking else real(name))

    with pytest.raises(StudyError, match=told):
        run("digits", console=console)


@pytest.mark.slow
def test_the_study_in_full(fashion_mnist, tmp_path: Path, console: Console) -> None:
    results = run("fashion_mnist", console=console, out=tmp_path)

    assert results.baseline is not None
    assert results.baseline.cv_accuracy == pytest.approx(0.8194, abs=0.001)
    softmax, sigmoid, relu = results.models
    assert (softmax.parameters, sigmoid.parameters, relu.parameters) == (7850, 79510, 79510)
    assert softmax.val_accuracy >= 0.845
    assert sigmoid.val_accuracy >= 0.865
    assert relu.val_accuracy >= 0.865
    text = console.file.getvalue()
    assert "47.0 MB = 44.9 MiB as uint8; 376 MB once divided into float64" in text
    assert text.count("6,000") == 10
