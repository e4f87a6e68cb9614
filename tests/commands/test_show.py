"""denim show and denim info: what is in data and in models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas
import pytest

import denim as keras
from denim.commands.training.building import build
from denim.commands.training.network import Network
from denim.files import read
from denim.preparation import Preparation
from pages import parsed

from .calling import run


@pytest.fixture
def flower_model(flowers: Path, tmp_path: Path) -> Path:
    content = read(flowers, target="species")
    preparation = Preparation.decide(content, "species")
    x, y = preparation.inputs(content), preparation.targets(content)
    model = build(Network.read("8:relu,dropout:0.3"), preparation, x, y, "adam", 0)
    model.preparation = preparation
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_columns_are_summed_up(tmp_path: Path) -> None:
    lines = ["size,kind,open,day", "1.5,a,yes,2024-01-01", ",b,no,2024-01-02", "3.5,a,yes,2024-01-03"]
    (tmp_path / "data.csv").write_text("\n".join(lines))
    found = json.loads(run("show", tmp_path / "data.csv", "--json")[1])

    size, kind, *_ = found["columns"]
    assert (found["kind"], found["rows"]) == ("table", 3)
    assert (size["kind"], size["missing"], size["low"], size["middle"], size["high"]) == ("number", 1, 1.5, 2.5, 3.5)
    assert (kind["kind"], kind["distinct"], kind["usual"]) == ("text", 2, [["a", 2], ["b", 1]])
    assert found["first"][1][:2] == ["", "b"]
    assert found["decisions"] == []


def test_lists_and_structures_of_parquet_are_shown_as_they_are_written(tmp_path: Path) -> None:
    columns = {"size": [1.0, 2.0, None], "tags": [["a"], ["a"], None], "at": [{"x": 1}, {"x": 2}, {"x": 3}]}
    pandas.DataFrame(columns).to_parquet(tmp_path / "data.parquet")
    code, said, told = run("show", tmp_path / "data.parquet", "--json")
    assert code == 0, told
    found = json.loads(said)

    _, tags, at = found["columns"]
    assert (tags["kind"], tags["missing"], tags["distinct"], tags["usual"]) == ("other", 1, 1, [["['a']", 2]])
    assert (at["kind"], at["distinct"]) == ("other", 3)
    assert found["first"][2] == ["", "", "{'x': 3}"]
    assert run("show", tmp_path / "data.parquet", "--out", tmp_path / "page")[0] == 0


def test_a_target_tells_how_the_data_would_be_prepared(flowers: Path, tmp_path: Path) -> None:
    code, out, _ = run("show", flowers, "--target", "species", "--out", tmp_path / "page")
    tree = parsed((tmp_path / "page" / "report.html").read_text())

    assert code == 0
    assert "3 classes: setosa, versicolor, virginica" in out
    assert "3 classes" in tree.by_id("preparation").text
    assert [row[0] for row in tree.by_id("columns").rows()] == ["length", "width", "colour", "species"]
    assert len(tree.by_id("rows").rows()) == 5


def test_pictures_are_drawn_by_class(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", x=rng.integers(0, 256, (30, 6, 5)).astype("uint8"), y=np.arange(30) % 3)
    code, out, _ = run("show", tmp_path / "data.npz", "--out", tmp_path / "page")
    tree = parsed((tmp_path / "page" / "report.html").read_text())

    assert code == 0
    assert "30 rows, arrays, each of shape (6, 5), uint8" in out
    assert len(tree.by_id("samples").all("img")) == 3 * 5
    assert tree.by_id("classes").rows()[0] == ["0", "10", "33.3%"]


def test_models_say_what_is_in_them(flower_model: Path) -> None:
    found = json.loads(run("show", flower_model, "--json")[1])

    assert [layer["kind"] for layer in found["layers"]][-3:] == ["Dense", "Dropout", "Dense"]
    assert found["parameters"] == sum(layer["parameters"] for layer in found["layers"])
    assert found["size"] == flower_model.stat().st_size
    assert (found["task"], found["target"], found["classes"]) == (
        "multiclass",
        "species",
        ["setosa", "versicolor", "virginica"],
    )
    assert found["compiled"]["loss"] == "sparse_categorical_crossentropy"
    assert found["compiled"]["metrics"] == "accuracy"
    assert sorted(each["name"] for each in found["strongest"]) == sorted(found["features"])
    strengths = [each["strength"] for each in found["strongest"]]
    assert strengths == sorted(strengths, reverse=True)


def test_info_of_a_model_says_the_same(flower_model: Path) -> None:
    assert run("info", flower_model, "--json") == run("show", flower_model, "--json")
    code, out, _ = run("info", flower_model)
    assert code == 0
    assert "predicts 'species' (multiclass) from raw data:" in out
    assert "compiled with optimizer Adam" in out


def test_info_as_json() -> None:
    found = json.loads(run("info", "--json")[1])
    assert found["denim"] == keras.__version__
    assert "engine" in found


def test_info_of_what_is_no_model(flowers: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.keras").write_bytes(b"PK nonsense")
    for path in (tmp_path / "broken.keras", tmp_path / "none.keras", flowers):
        code, _, told = run("info", path)
        assert code == 1
        assert told.startswith("Error: ")


@pytest.mark.parametrize(("shape", "drawn"), [((8, 8), 4), ((64,), 4), ((63,), 0)])
def test_weights_of_pictures_are_drawn(shape: tuple[int, ...], drawn: int, tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Input(shape), keras.layers.Flatten(), keras.layers.Dense(4)])
    model.save(tmp_path / "model.keras")
    run("show", tmp_path / "model.keras", "--out", tmp_path / "page")
    tree = parsed((tmp_path / "page" / "report.html").read_text())

    images = [image for image in tree.all("img") if image.attributes["class"] == "weights"]
    assert len(images) == drawn
    assert ("are taken for pictures of 8×8 pixels" in tree.text) == (shape == (64,))


def test_strongest_inputs_are_on_the_page(flower_model: Path, tmp_path: Path) -> None:
    run("show", flower_model, "--out", tmp_path / "page")
    tree = parsed((tmp_path / "page" / "report.html").read_text())

    found = json.loads((tmp_path / "page" / "results.json").read_text())
    assert [row[0] for row in tree.by_id("inputs").rows()] == [each["name"] for each in found["strongest"]]


def test_reading_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("id;size\n1;2,5\n2;3,5\n")
    found = json.loads(run("show", tmp_path / "data.csv", "--json", "--read", "separator=;", "--read", "without=id")[1])
    assert [column["name"] for column in found["columns"]] == ["size"]
    code, _, told = run("show", tmp_path / "data.csv", "--read", "seperator=;")
    assert code == 1
    assert "Did you mean 'separator'?" in told


def test_pictures_in_folders(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="the pictures are made with it")
    rng = np.random.default_rng(0)
    for name in ("고양이", "cat & <b>"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(4):
            pixels = rng.integers(0, 256, (9, 7, 3)).astype("uint8")
            image.fromarray(pixels).save(tmp_path / "pets" / name / f"{number}.png")
    code, out, _ = run("show", tmp_path / "pets", "--out", tmp_path / "page")
    tree = parsed((tmp_path / "page" / "report.html").read_text(encoding="utf-8"))

    assert code == 0
    assert "고양이" in out
    assert len(tree.by_id("samples").all("img")) == 8
    assert {row[0] for row in tree.by_id("classes").rows()} == {"고양이", "cat & <b>"}
