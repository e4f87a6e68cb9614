"""denim evaluate: numbers that are right, pages that are sound, errors that help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.commands.training.building import build
from denim.commands.training.network import Network
from denim.files import read
from denim.preparation import Preparation
from pages import parsed

from .calling import run


def saved(data: Path, target: str | None, path: Path) -> Path:
    """A small network that knows how its data were prepared."""
    content = read(data, target=target)
    preparation = Preparation.decide(content, target)
    x, y = preparation.inputs(content), preparation.targets(content)
    model = build(Network.read("8:relu"), preparation, x, y, "adam", 0)
    model.fit(x, y, epochs=20, verbose=0)
    model.preparation = preparation
    model.save(path)
    return path


def test_classes_are_judged_with_intervals_and_a_baseline(flowers: Path, tmp_path: Path) -> None:
    model = saved(flowers, "species", tmp_path / "model.keras")
    code, out, _ = run("evaluate", model, flowers, "--json")
    found = json.loads(out)

    loaded = keras.models.load_model(model)
    content = read(flowers, target="species")
    outputs = loaded.predict(loaded.preparation.inputs(content), verbose=0)
    y = loaded.preparation.targets(content)
    accuracy = float((outputs.argmax(axis=1) == y).mean())
    measures = {each["name"]: each for each in found["measures"]}
    assert code == 0
    assert measures["accuracy"]["value"] == pytest.approx(accuracy)
    assert measures["accuracy"]["baseline"] == pytest.approx(1 / 3)
    assert measures["accuracy"]["low"] < accuracy < measures["accuracy"]["high"]
    assert np.trace(np.array(found["confusion"])) == round(accuracy * 90)
    assert [each["name"] for each in found["by_class"]] == ["setosa", "versicolor", "virginica"]
    assert sum(found["calibration"]["counts"]) == 90
    assert len(found["worst"]) == min(12, 90 - round(accuracy * 90))
    assert "Wilson" in found["method"] and "bootstrap" in found["method"]


def test_values_that_were_not_learnt_are_told(flowers: Path, tmp_path: Path) -> None:
    model = saved(flowers, "species", tmp_path / "model.keras")
    flowers.write_text(flowers.read_text().replace("red", "mauve"))
    assert "have a 'colour' that was not learnt, such as 'mauve'." in run("evaluate", model, flowers)[1].replace(
        "\n", " "
    )


def test_same_rows_give_the_same_intervals(flowers: Path, tmp_path: Path) -> None:
    model = saved(flowers, "species", tmp_path / "model.keras")
    assert run("evaluate", model, flowers, "--json") == run("evaluate", model, flowers, "--json")


def test_numbers_are_judged(prices: Path, tmp_path: Path) -> None:
    model = saved(prices, "price", tmp_path / "model.keras")
    code, out, _ = run("evaluate", model, prices, "--json", "--out", tmp_path / "page")
    found = json.loads(out)
    measures = {each["name"]: each for each in found["measures"]}

    assert code == 0
    assert set(measures) == {"RMSE", "MAE", "R²"}
    assert measures["R²"]["baseline"] == pytest.approx(0, abs=1e-6)
    assert measures["MAE"]["value"] <= measures["RMSE"]["value"] < measures["RMSE"]["baseline"]
    assert (found["confusion"], found["by_class"], found["calibration"]) == (None, [], None)
    sizes = [abs(each["by"]) for each in found["worst"]]
    assert sizes == sorted(sizes, reverse=True)
    assert json.loads((tmp_path / "page" / "results.json").read_text()) == found
    tree = parsed((tmp_path / "page" / "report.html").read_text())
    assert len(tree.by_id("residuals").all("figure")) == 3


def test_terminal_and_page_say_the_same(flowers: Path, tmp_path: Path) -> None:
    model = saved(flowers, "species", tmp_path / "model.keras")
    code, out, _ = run("evaluate", model, flowers, "--out", tmp_path / "page")
    tree = parsed((tmp_path / "page" / "report.html").read_text())
    found = json.loads((tmp_path / "page" / "results.json").read_text())
    accuracy = f"{found['measures'][0]['value']:.4f}"

    assert code == 0
    assert accuracy in out
    assert tree.by_id("metrics").rows()[0][:2] == ["accuracy", accuracy]
    assert not tree.all("script", "link", "iframe")
    assert tree.by_id("making").all("pre")[0].text.startswith(f"denim evaluate {model} {flowers}")
    assert [row[0] for row in tree.by_id("classes").rows()] == ["setosa", "versicolor", "virginica"]
    for drawing in tree.all("svg"):
        assert drawing.attributes.get("aria-hidden") == "true" or len(drawing.attributes["aria-label"] or "") > 20


def test_an_earlier_page_is_not_replaced_unasked(flowers: Path, tmp_path: Path) -> None:
    model = saved(flowers, "species", tmp_path / "model.keras")
    out = tmp_path / "page"
    assert run("evaluate", model, flowers, "--out", out)[0] == 0
    (out / "report.html").write_text("mine")

    code, _, told = run("evaluate", model, flowers, "--out", out)
    assert code == 1
    assert "which holds one" in told and "--overwrite" in told
    assert (out / "report.html").read_text() == "mine"
    assert run("evaluate", model, flowers, "--out", out, "--overwrite")[0] == 0
    assert (out / "report.html").read_text() != "mine"


def plain_model(path: Path, units: int, activation: str | None, loss: Any) -> Path:
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Input((3,)), keras.layers.Dense(units, activation=activation)]
    model = keras.Sequential(layers)
    model.compile(loss=loss)
    model.save(path)
    return path


@pytest.mark.parametrize(
    ("units", "activation", "loss", "task"),
    [
        (4, "softmax", "sparse_categorical_crossentropy", "multiclass"),
        (1, "sigmoid", "binary_crossentropy", "binary"),
        (4, None, keras.losses.SparseCategoricalCrossentropy(from_logits=True), "multiclass"),
        (1, None, "mean_squared_error", "regression"),
    ],
)
def test_models_without_a_preparation_take_arrays(
    units: int, activation: str | None, loss: Any, task: str, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3)).astype("float32")
    y = rng.integers(0, max(2, units), 40) if task != "regression" else rng.normal(size=40)
    np.savez(tmp_path / "data.npz", x=x, y=y)
    model = plain_model(tmp_path / "model.keras", units, activation, loss)

    found = json.loads(run("evaluate", model, tmp_path / "data.npz", "--json")[1])

    loaded = keras.models.load_model(model)
    outputs = loaded.predict(x, verbose=0)
    assert found["task"] == task
    values = {each["name"]: each["value"] for each in found["measures"]}
    if task == "regression":
        assert values["MAE"] == pytest.approx(np.abs(outputs[:, 0] - y).mean(), rel=1e-5)
    else:
        said = outputs.argmax(axis=1) if units > 1 else (outputs[:, 0] > 0.5).astype(int)
        assert values["accuracy"] == pytest.approx((said == y).mean())

        assert values["log loss"] == pytest.approx(loaded.evaluate(x, y, verbose=0), rel=1e-4)


def test_models_without_a_preparation_take_tables_of_numbers(tmp_path: Path) -> None:
    lines = ["a,b,c,kind", *(f"{i % 7},{i % 5},{i % 3},{i % 2}" for i in range(30))]
    (tmp_path / "data.csv").write_text("\n".join(lines))
    model = plain_model(tmp_path / "model.keras", 1, "sigmoid", "binary_crossentropy")

    code, out, _ = run("evaluate", model, tmp_path / "data.csv", "--target", "kind", "--json")
    assert code == 0
    assert json.loads(out)["rows"] == 30
    code, _, told = run("evaluate", model, tmp_path / "data.csv")
    assert code == 1
    assert "Pass --target. Its columns: a, b, c, kind" in told


def test_errors_say_what_helps(flowers: Path, prices: Path, tmp_path: Path) -> None:
    model = saved(flowers, "species", tmp_path / "model.keras")

    for words, said in (
        ((model, prices), "no column 'colour'"),
        ((model, flowers, "--target", "colour"), "was trained to predict 'species'"),
        ((model, tmp_path / "flower.csv"), "flowers.csv"),
        ((tmp_path / "mode.keras", flowers), "mode.keras"),
        ((model, flowers, "--out", flowers), "must be a folder"),
    ):
        code, out, told = run("evaluate", *words)
        assert (code, out) == (1, "")
        assert told.startswith("Error: ")
        assert said in told
        assert "Traceback" not in told


def test_classes_out_of_range_are_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=np.zeros((3, 3), "float32"), y=np.array([0, 1, 7]))
    model = plain_model(tmp_path / "model.keras", 4, "softmax", "sparse_categorical_crossentropy")

    code, _, told = run("evaluate", model, tmp_path / "data.npz")
    assert code == 1
    assert "tells 4 classes apart, numbered from 0 to 3. Received: class 7" in told


def test_pictures_that_are_taken_for_others_are_drawn(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (40, 6, 5)).astype("uint8"), rng.integers(0, 2, 40)
    np.savez(tmp_path / "data.npz", x=x, y=y)
    model = keras.Sequential([keras.layers.Input((6, 5)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.save(tmp_path / "model.keras")

    run("evaluate", tmp_path / "model.keras", tmp_path / "data.npz", "--out", tmp_path / "page")
    tree = parsed((tmp_path / "page" / "report.html").read_text())
    found = json.loads((tmp_path / "page" / "results.json").read_text())
    images = tree.by_id("worst").all("img")
    assert len(images) == len(found["worst"]) > 0
    assert {image.attributes["width"] for image in images} == {"5"}
