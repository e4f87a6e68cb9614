from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.commands.errors import CommandError
from denim.commands.train import NEW, Place, train
from denim.files import FileError, read
from denim.preparation import PreparationError
from pages import parsed

from .conftest import SPECIES, flower_columns, quiet, trained, write_csv


def test_classes(flowers: Path) -> None:
    found = trained(flowers, "species", epochs=30, layers="16:relu")
    assert found.task == "multiclass" and found.classes == SPECIES
    assert found.rows == {"train": 58, "validation": 14, "test": 18}
    assert found.judged == "test" and found.evaluation is not None
    values = {each.name: each for each in found.evaluation.measures}
    assert values["accuracy"].value > 0.8 > 0.5 > values["accuracy"].baseline
    assert [path.name for path in found.files] == ["model.keras", "report.html", "results.json", "history.csv"]
    assert sorted(path.name for path in Path("runs/flowers").iterdir()) == sorted(path.name for path in found.files)


def test_numbers(prices: Path) -> None:
    found = trained(prices, "price", epochs=60, layers="16:relu", learning_rate=0.01)
    assert found.task == "regression" and found.classes == ()
    assert found.evaluation is not None
    values = {each.name: each for each in found.evaluation.measures}
    assert values["R²"].value > 0.7
    assert found.learning_rate == 0.01


def test_the_model_of_the_file_is_the_one_that_was_judged(flowers: Path) -> None:
    found = trained(flowers, "species", epochs=12, patience=2)
    model = keras.models.load_model(found.files[0])
    content = read(flowers, target="species")
    outputs = model.predict(model.preparation.inputs(content), verbose=0)
    assert set(model.preparation.answers(outputs)["species"]) <= set(SPECIES)
    assert found.best_epoch is not None
    losses = found.history["val_loss"]
    assert losses[found.best_epoch - 1] == min(losses)


def test_the_same_command_gives_the_same_numbers(flowers: Path) -> None:
    one, two = (trained(flowers, "species", Place(Path(name))) for name in ("one", "two"))
    other = trained(flowers, "species", Place(Path("three")), seed=1)
    assert one.history == two.history != other.history
    weights = [keras.models.load_model(f"{name}/model.keras").get_weights() for name in ("one", "two")]
    assert all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))


def test_nothing_of_the_held_out_rows_is_learnt(tmp_path: Path) -> None:
    """A colour that only a row for testing has gets no feature, and no scale knows of its numbers."""
    columns = flower_columns()
    plain = trained(write_csv(tmp_path / "a.csv", columns), "species")
    model = keras.models.load_model(plain.files[0])
    from denim.commands.training.splitting import Split

    split = Split.of(90, np.arange(90) % 3, 0.2, 0.2, 42)
    for row in split.test:
        columns["colour"][row], columns["length"][row] = "mauve", 1000.0
    changed = keras.models.load_model(trained(write_csv(tmp_path / "b.csv", columns), "species").files[0])
    assert changed.preparation.features == model.preparation.features
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), changed.get_weights(), strict=True))


def test_files_for_validation_and_testing(tmp_path: Path, flowers: Path) -> None:
    further = [str(write_csv(tmp_path / f"{n}.csv", flower_columns(n, seed=n))) for n in (30, 45)]
    found = trained(flowers, "species", validation_data=further[0], test_data=further[1])
    assert found.rows == {"train": 90, "validation": 30, "test": 45}
    only = trained(flowers, "species", test_data=further[1], validation=0)
    assert only.rows == {"train": 90, "test": 45}
    assert only.best_epoch is None and "val_loss" not in only.history


def test_without_rows_to_judge_by(flowers: Path) -> None:
    found = trained(flowers, "species", validation=0, test=0)
    assert (found.rows, found.judged, found.evaluation) == ({"train": 90}, "", None)
    assert "none is left to judge the model by" in found.files[1].read_text(encoding="utf-8")
    only = trained(flowers, "species", test=0)
    assert only.judged == "validation"
    assert "the scores are a little too good" in only.files[1].read_text(encoding="utf-8")


def test_rare_classes_can_count_as_much(tmp_path: Path) -> None:
    draws = np.random.default_rng(3)
    rare = np.arange(200) % 20 == 0
    x = draws.normal(0, 1, 200) + 1.0 * rare
    path = write_csv(tmp_path / "rare.csv", {"x": x.tolist(), "kind": ["rare" if r else "usual" for r in rare]})
    model = {
        weight: keras.models.load_model(trained(path, "kind", epochs=40, class_weight=weight).files[0])
        for weight in (None, "balanced")
    }
    content = read(path)
    found = {weight: made.preparation.answers(made.predict(made.preparation.inputs(content), verbose=0))["kind"]
             for weight, made in model.items()}  # fmt: skip
    assert (found["balanced"] == "rare").sum() > (found[None] == "rare").sum() + 20


def test_arrays_and_pictures(tmp_path: Path) -> None:
    draws = np.random.default_rng(0)
    images, kinds = draws.integers(0, 120, (60, 5, 5)).astype(np.uint8), np.arange(60) % 2
    images[kinds == 1] += 120
    np.savez(tmp_path / "pictures.npz", x_train=images, y_train=kinds, x_test=images[:20], y_test=kinds[:20])
    given = {"data": str(tmp_path / "pictures.npz"), "epochs": 60, "layers": "16:tanh", "learning_rate": 0.01}
    found = train(given, console=quiet(), progress=quiet())
    assert found.rows == {"train": 48, "validation": 12, "test": 20}
    assert found.evaluation is not None and found.evaluation.measures[0].value == 1.0


def test_the_results_as_json(flowers: Path) -> None:
    found = trained(flowers, "species")
    stored = json.loads(Path("runs/flowers/results.json").read_text(encoding="utf-8"))
    assert stored == json.loads(found.as_json())
    assert stored["settings"]["target"] == "species"
    assert stored["evaluation"]["measures"][0]["name"] == "accuracy"
    assert stored["history"] == found.history
    assert stored["stopped"] is None


def test_the_history_as_a_table(flowers: Path) -> None:
    found = trained(flowers, "species")
    first, *lines = Path("runs/flowers/history.csv").read_text().splitlines()
    assert first == "epoch,accuracy,loss,val_accuracy,val_loss"
    assert [line.split(",")[0] for line in lines] == ["1", "2", "3"]
    assert [float(line.split(",")[2]) for line in lines] == found.history["loss"]


def test_the_report(flowers: Path) -> None:
    found = trained(flowers, "species", layers="16:relu,dropout:0.1", seed=7)
    page = parsed(found.files[1].read_text(encoding="utf-8"))
    sections = [section.attributes["id"] for section in page.all("section")]
    assert sections[0] == "metrics" and sections[-1] == "making"
    assert {"confusion", "calibration", "curves", "data"} <= set(sections)
    assert (
        page.by_id("making").all("pre")[0].text
        == f"denim train {flowers} --target species --layers 16:relu,dropout:0.1 --epochs 3 --seed 7"
    )
    assert "setosa" in page.by_id("confusion").text
    assert "colour" in page.by_id("data").text


def test_a_report_on_numbers(prices: Path) -> None:
    page = parsed(trained(prices, "price").files[1].read_text(encoding="utf-8"))
    assert "residuals" in [section.attributes["id"] for section in page.all("section")]


def test_hints_for_reading(tmp_path: Path) -> None:
    columns = {"id": list(range(90)), **flower_columns()}
    path = write_csv(tmp_path / "numbered.csv", columns)
    found = trained(path, "species", read={"without": ["colour", "width"]})
    model = keras.models.load_model(found.files[0])
    assert model.preparation.features == ("length",)
    assert "--read without=colour,width" in found.settings.command


# What it says no to


def untouched(call: Any, error: type[Exception], *told: str) -> None:
    """The call raises, and nothing is written."""
    before = sorted(Path().rglob("*"))
    with pytest.raises(error) as caught:
        call()
    assert sorted(Path().rglob("*")) == before
    for each in told:
        assert each in str(caught.value)


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"layers": "8:relu,7"}, CommandError, "the target has 3 classes. Received: --layers 8:relu,7."),
        ({"layers": "8:rellu"}, CommandError, "Did you mean 'relu'?"),
        ({"optimizer": "adamm"}, ValueError, "Did you mean 'adam'?"),
        ({"target": "specie"}, FileError, "Did you mean 'species'?"),
        ({"target": None}, PreparationError, "Its columns: length, width, colour, species."),
        ({"task": "regression"}, PreparationError, "holds texts such as 'setosa'"),
        ({"data": "flower.csv"}, FileError, "Did you mean 'flowers.csv'?"),
        ({"validation_data": "nowhere.csv"}, FileError, "nowhere.csv: There is no such file"),
        ({"epochs": 0}, CommandError, "--epochs must be"),
    ],
)
def test_what_cannot_be_trained(flowers: Path, given: dict[str, Any], error: type[Exception], told: str) -> None:
    given = {"data": "flowers.csv", "target": "species", "epochs": 2, **given}
    untouched(lambda: train(given, console=quiet(), progress=quiet()), error, told)


def test_class_weights_of_a_number(prices: Path) -> None:
    untouched(
        lambda: trained(prices, "price", class_weight="balanced"),
        CommandError,
        "--class-weight is for classes, and 'price' is a number.",
    )


def test_one_class(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "one.csv", {"x": list(range(20)), "kind": ["a"] * 20})
    untouched(lambda: trained(path, "kind"), PreparationError, "there is nothing to tell apart")


def test_a_file_for_testing_with_another_class(tmp_path: Path, flowers: Path) -> None:
    columns = flower_columns(30)
    columns["species"][0] = "setosaa"
    other = write_csv(tmp_path / "other.csv", columns)
    untouched(
        lambda: trained(flowers, "species", test_data=str(other)),
        PreparationError,
        "'setosaa'",
        "Did you mean 'setosa'",
    )


def test_ten_rows(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "tiny.csv", {"x": list(range(10)), "kind": list("ababababab")})
    assert trained(path, "kind").rows == {"train": 6, "validation": 2, "test": 2}


def test_too_few_rows(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "three.csv", {"x": [1, 2, 3], "y": [0.5, 1.5, 2.5]})
    untouched(lambda: trained(path, "y"), CommandError, "Too few rows are left to learn from: 1.", "--test")


def test_a_loss_that_is_lost(prices: Path) -> None:
    untouched(
        lambda: trained(prices, "price", optimizer="sgd", learning_rate=1e30),
        CommandError,
        "The loss must stay finite, but that of epoch 1 is",
        "A smaller --learning-rate helps most: 1e+29 instead of 1e+30.",
    )


# Where it goes


def test_every_training_has_a_folder_of_its_own(flowers: Path) -> None:
    for name in ("flowers", "flowers-2", "flowers-3"):
        assert trained(flowers, "species").files[0] == Path("runs") / name / "model.keras"


def test_a_folder_that_is_asked_for(flowers: Path) -> None:
    out = Path("a/b c")
    assert trained(flowers, "species", Place(out)).files[0] == out / "model.keras"
    (out / "notes.txt").write_text("mine")
    before = {path: path.read_bytes() for path in out.iterdir()}
    untouched(
        lambda: trained(flowers, "species", Place(out)),
        CommandError,
        "--out must be a new or an empty folder. Received: a/b c, which holds history.csv, model.keras, notes.txt and",
    )
    assert before == {path: path.read_bytes() for path in out.iterdir()}
    trained(flowers, "species", Place(out, overwrite=True), seed=5)
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "model.keras").read_bytes() != before[out / "model.keras"]


def test_a_folder_that_is_a_file(flowers: Path) -> None:
    untouched(lambda: trained(flowers, "species", Place(flowers)), CommandError, "--out must be a folder. Received: ")


def test_a_folder_that_cannot_be_made(flowers: Path) -> None:
    Path("runs").touch()
    untouched(lambda: trained(flowers, "species", NEW), CommandError, "Cannot write to runs/flowers", "--out")
    untouched(lambda: trained(flowers, "species", Place(flowers / "within")), CommandError, "Cannot write to")


def test_a_toml_file_beside_the_command_line(flowers: Path) -> None:
    Path("run.toml").write_text(
        f'data = "{flowers}"\ntarget = "species"\nepochs = 2\nseed = 3\nout = "there"\n[read]\nwithout = ["width"]\n'
    )
    found = train({"seed": 4}, config=Path("run.toml"), console=quiet(), progress=quiet())
    assert (found.settings.epochs, found.settings.seed) == (2, 4)
    assert found.files[0] == Path("there/model.keras")
    assert "width" not in keras.models.load_model(found.files[0]).preparation.features
