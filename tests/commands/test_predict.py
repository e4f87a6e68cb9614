from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

import denim as keras
from denim.commands.errors import CommandError
from denim.commands.predict import Predicted
from denim.commands.predict import predict as run
from denim.files import FileError
from denim.preparation import PreparationError
from denim.report.files import CannotWriteError

from .conftest import SPECIES, flower_columns, quiet, trained, write_csv


def predict(model: Path | str, data: Path | str, **options: Any) -> Predicted:
    return run(Path(model), Path(data), console=quiet(), **options)


@pytest.fixture
def model(flowers: Path) -> Path:
    return trained(flowers, "species", epochs=25, layers="16:relu").files[0]


def test_classes_have_their_own_names(model: Path, flowers: Path) -> None:
    found = predict(model, flowers)
    assert list(found.columns) == ["species"]
    truth = flower_columns()["species"]
    assert (found.columns["species"] == truth).mean() > 0.8


def test_probabilities(model: Path, flowers: Path) -> None:
    found = predict(model, flowers, probabilities=True)
    assert list(found.columns) == ["species", *(f"p({name})" for name in SPECIES)]
    table = np.column_stack(list(found.columns.values())[1:])
    assert np.allclose(table.sum(axis=1), 1, atol=1e-5)
    assert found.columns["species"].tolist() == [SPECIES[i] for i in table.argmax(axis=1)]


def test_the_target_need_not_be_there_nor_known(model: Path, flowers: Path, tmp_path: Path) -> None:
    columns = flower_columns()
    expected = predict(model, flowers).as_csv()
    del columns["species"]
    columns["another"] = ["?"] * 90
    assert predict(model, write_csv(tmp_path / "new.csv", dict(reversed(columns.items())))).as_csv() == expected
    columns["species"] = ["unknown"] * 90
    assert predict(model, write_csv(tmp_path / "other.csv", columns)).as_csv() == expected


def test_one_row(model: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "row.csv", {"length": [2.0], "width": [-2.0], "colour": ["red"]})
    assert predict(model, path).columns["species"].tolist() == ["virginica"]


def test_values_that_were_not_learnt_are_told(model: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "rows.csv", {"length": [2.0, 1.0], "width": [-2.0, 0.0], "colour": ["red", "mauve"]})
    told = io.StringIO()
    run(model, path, console=Console(file=told, width=200))
    assert told.getvalue() == "1 of 2 rows have a 'colour' that was not learnt, such as 'mauve'.\n"


def test_columns_that_are_missing(model: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "new.csv", {"lenght": [1.0], "width": [0.0], "colour": ["red"]})
    with pytest.raises(PreparationError, match=r"has no column 'length', which the network learnt from\. Did you mean"):
        predict(model, path)


def test_numbers(prices: Path) -> None:
    model = trained(prices, "price", epochs=2).files[0]
    found = predict(model, prices, probabilities=True)
    assert list(found.columns) == ["price"]
    lines = found.as_csv().splitlines()
    assert lines[0] == "price" and len(lines) == 81
    assert [np.float32(line) for line in lines[1:]] == found.columns["price"].tolist()


def test_the_files(model: Path, flowers: Path) -> None:
    import pandas

    expected = predict(model, flowers, probabilities=True).columns
    for name in ("a.csv", "new/b.parquet", "c.npz"):
        found = predict(model, flowers, probabilities=True, out=Path(name))
        assert found.out == Path(name)
    with Path("a.csv").open(newline="", encoding="utf-8") as file:
        assert [row["species"] for row in csv.DictReader(file)] == expected["species"].tolist()
    frame = pandas.read_parquet("new/b.parquet")
    with np.load("c.npz") as arrays:
        for name, column in expected.items():
            assert frame[name].tolist() == arrays[name].tolist() == column.tolist()


def test_a_file_that_is_there_stays(model: Path, flowers: Path) -> None:
    before = flowers.read_bytes()
    with pytest.raises(CommandError, match=r"--out must be a new file\. .* Pass --overwrite"):
        predict(model, flowers, out=flowers)
    assert flowers.read_bytes() == before
    predict(model, flowers, out=Path("a.csv"))
    predict(model, flowers, out=Path("a.csv"), probabilities=True, overwrite=True)
    assert Path("a.csv").read_text().startswith("species,p(setosa)")


def test_json(model: Path, flowers: Path) -> None:
    found = json.loads(predict(model, flowers).as_json())
    assert found["rows"] == 90 and set(found["predictions"]["species"]) <= set(SPECIES)
    found = json.loads(predict(model, flowers, out=Path("a.csv")).as_json())
    assert (found["out"], found["columns"]) == ("a.csv", ["species"]) and "predictions" not in found


@pytest.mark.parametrize(
    ("data", "out", "error", "told"),
    [
        ("flowers.csv", "a.xlsx", CommandError, r"--out must end in \.csv, \.parquet, \.npz"),
        ("flowers.csv", "folder.csv", CommandError, "which is a folder"),
        ("flower.csv", "a.csv", FileError, "Did you mean 'flowers.csv'"),
        (
            "flowers.csv",
            "flowers.csv/a.csv",
            CannotWriteError,
            r"^Cannot write flowers\.csv/a\.csv: .* Name another file",
        ),
    ],
)
def test_files_that_cannot_be_used(model: Path, data: str, out: str, error: type[Exception], told: str) -> None:
    Path("folder.csv").mkdir()
    before = sorted(Path().rglob("*"))
    with pytest.raises(error, match=told):
        predict(model, data, out=Path(out))
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("package", ["pandas", "pyarrow"])
def test_parquet_says_what_to_install(
    model: Path, flowers: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(FileError, match=rf"a\.parquet: To write it takes {package}, .* pip install 'denim-nn\[data\]'"):
        predict(model, flowers, out=Path("a.parquet"))
    assert not Path("a.parquet").exists()


def test_a_model_that_is_not_there(model: Path, flowers: Path) -> None:
    with pytest.raises(keras.saving.ModelFileError, match=r"Did you mean 'model\.keras'"):
        predict(model.with_name("modle.keras"), flowers)


# Models that do not say how their inputs were prepared


@pytest.fixture
def plain() -> Path:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2, 2)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")])
    model.save("plain.keras")
    return Path("plain.keras")


def test_plain_numbers(plain: Path, tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    expected = keras.models.load_model(plain).predict(x.reshape(5, 2, 2), verbose=0)
    table = write_csv(tmp_path / "x.csv", {f"c{i}": x[:, i].tolist() for i in range(4)})
    np.savez(tmp_path / "x.npz", x=x.reshape(5, 2, 2))
    for path in (table, tmp_path / "x.npz"):
        found = predict(plain, path)
        assert list(found.columns) == ["prediction", "output 0", "output 1", "output 2"]
        assert found.columns["prediction"].tolist() == expected.argmax(axis=1).tolist()
        assert np.allclose(np.column_stack(list(found.columns.values())[1:]), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"a": [1], "b": [2], "c": [3]}, r"takes rows of shape \(2, 2\), and the rows of .*x\.csv have shape \(3,\)"),
        ({"a": ["u", "v"], "b": [2, 3], "c": [3, 4], "d": [1, 2]}, "takes numbers alone. Column 'a' of"),
        ({"a": [1, 2], "b": [2, ""], "c": [3, 3], "d": [1, 2]}, "Row 2 of .*x.csv has one that is missing"),
    ],
)
def test_plain_numbers_that_do_not_fit(plain: Path, columns: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=told):
        predict(plain, write_csv(tmp_path / "x.csv", columns))


def test_what_a_plain_model_takes_can_be_read_so(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]).save("one.keras")
    table = write_csv(tmp_path / "x.csv", {"a": [1.0, 2.0], "b": [0.0, 1.0]})
    with pytest.raises(CommandError, match="Leave columns out with --read without=COLUMN"):
        predict("one.keras", table)
    assert len(predict("one.keras", table, reading=["without=b"])) == 2

    keras.Sequential([keras.Input((4, 6)), keras.layers.Flatten(), keras.layers.Dense(1)]).save("pictures.keras")
    Image.new("RGB", (9, 7), "red").save("red.png")
    with pytest.raises(CommandError, match=r"--read size=4x6 --read colour=no$"):
        predict("pictures.keras", "red.png")
    assert len(predict("pictures.keras", "red.png", reading=["size=4x6", "colour=no"])) == 1


def test_a_single_output(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.save("one.keras")
    found = predict("one.keras", write_csv(tmp_path / "x.csv", {"a": [1.0, 2.0]}))
    assert list(found.columns) == ["prediction"] and len(found) == 2


def test_several_inputs_or_outputs(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", {"a": [1.0, 2.0]})
    a, b = keras.Input((1,)), keras.Input((1,))
    keras.Model([a, b], keras.layers.Add()([a, b])).save("two.keras")
    with pytest.raises(CommandError, match="Received: a model with 2 inputs"):
        predict("two.keras", path)
    keras.Model(a, [keras.layers.Dense(1)(a), keras.layers.Dense(1)(a)]).save("two.keras")
    with pytest.raises(CommandError, match="Received: a model with 2 outputs"):
        predict("two.keras", path)
