"""What is swapped, left out or in the way is told with what helps, in the words of the command line."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest

import denim as keras
from denim.commands.typed import command

from .calling import run
from .conftest import flower_columns, trained, write_csv


@pytest.fixture
def model(flowers: Path) -> Path:
    return trained(flowers, "species").files[0]


def test_commands_as_they_are_typed() -> None:
    typed = command(
        "evaluate", "m.keras", Path("my data.csv"), target=None, read=["a=b", "c=d"], out=Path("x"), json=True
    )
    assert typed == "denim evaluate m.keras 'my data.csv' --read a=b --read c=d --out x --json"
    assert command("train", "d", batch_size=8, overwrite=False) == "denim train d --batch-size 8"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("predict", ["--proba", "--read", "without=id"]),
        ("evaluate", ["--target", "species", "--out", "a page"]),
        ("export", ["--overwrite"]),
    ],
    ids=["predict", "evaluate", "export"],
)
def test_swapped_arguments(name: str, options: list[str]) -> None:
    other = "new.onnx" if name == "export" else "new data.csv"
    code, out, told = run(name, other, "runs/m.keras", *options)
    assert (code, out) == (1, "")
    right = shlex.join(["denim", name, "runs/m.keras", other, *options])
    assert told == f"Error: The model comes first, and these two are swapped. Type: {right}\n"


def test_two_models_are_not_swapped(model: Path) -> None:
    assert "It is a model, and data are wanted." in run("predict", model, model)[2]


def test_evaluating_rows_without_the_target(model: Path) -> None:
    columns = flower_columns()
    truth = columns.pop("species")
    data = write_csv(Path("new.csv"), columns)
    code, out, told = run("evaluate", model, data)
    assert (code, out) == (1, "")
    assert told == (
        f"Error: new.csv has no column 'species', which {model} predicts: there is nothing to judge by. All its "
        f"columns are inputs of the model. To predict these rows: denim predict {model} new.csv\n"
    )
    write_csv(data, {"Species": truth, **columns})
    assert "If it is 'Species', pass --target Species." in run("evaluate", model, data)[2]
    code, out, told = run("evaluate", model, data, "--target", "kind")
    assert (code, out) == (1, "") and "'kind'" in told and "If it is 'Species'" not in told
    write_csv(data, {"what it is": truth, **columns})
    assert "pass --target with it: what it is." in run("evaluate", model, data)[2]


def test_the_target_under_another_name(model: Path, flowers: Path) -> None:
    columns = flower_columns()
    data = write_csv(Path("new.csv"), {"Species": columns["species"], **columns, "species": ["setosa"] * 90})
    code, found, _ = run("evaluate", model, data, "--target", "Species")
    assert code == 0
    assert "What model.keras predicts as 'species' is judged by column 'Species'." in found
    assert found.partition("\n")[2] == run("evaluate", model, flowers)[1]


def test_an_input_cannot_be_the_target(model: Path, flowers: Path) -> None:
    told = run("evaluate", model, flowers, "--target", "colour")[2]
    assert "was trained to predict 'species', and 'colour' is one of its inputs. Leave --target out." in told


def test_export_replaces_a_file_only_when_asked_to(model: Path) -> None:
    Path("m.c").write_text("mine")
    code, out, told = run("export", model, "m.c")
    assert (code, out) == (1, "")
    assert told == "Error: OUT must be a new file. Received: m.c, which is there. Pass --overwrite to replace it.\n"
    assert Path("m.c").read_text() == "mine"
    assert run("export", model, "m.c", "--overwrite")[0] == 0
    assert Path("m.c").read_text() != "mine"
    Path("d.c").mkdir()
    assert "OUT must be a file. Received: d.c, which is a folder." in run("export", model, "d.c", "--overwrite")[2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("1.5,2\n3,4\n", "pass --read header=no (columns are then 'column 1', 'column 2', ...) or --read header=yes."),
        ("a,a\n1,x\n", "if the first line is no header, pass --read header=no."),
        ("a,species\n" + "1,x\n2,y\n" * 20 + "not known,x\n", "Or --read 'missing=not known' takes it"),
        ("a b\n1 2\n", "say what parts them: --read separator=space."),
    ],
    ids=["no header", "doubled names", "a text among numbers", "one column"],
)
def test_files_are_mended_in_the_words_of_the_command_line(content: str, told: str) -> None:
    Path("t.csv").write_text(content)
    for words in (("train", "t.csv"), ("compare", "t.csv"), ("show", "t.csv")):
        code, out, error = run(*words, "--target", "species")
        assert (code, out) == (1, "")
        assert told in error


def test_decisions_are_told_in_the_words_of_the_command_line() -> None:
    write_csv(Path("t.csv"), {"x": np.arange(40) / 3, "leak": ["u", "v"] * 20, "y": [0, 1] * 20})
    told = run("show", "t.csv", "--target", "y")[1]
    assert "--task regression would learn it as a number" in told
    assert "leave it out: --read without=leak." in " ".join(told.split())
    assert "Say it, as in --target y." in run("train", "t.csv")[2]


def test_a_config_file_that_is_not_there_or_has_slips(flowers: Path) -> None:
    assert run("train", flowers, "--config", "no.toml") == (
        1,
        "",
        "Error: --config no.toml cannot be read: No such file or directory.\n",
    )
    Path("c.toml").write_text('[read]\nseperator = ";"\n')
    told = run("train", flowers, "--target", "species", "--config", "c.toml")[2]
    assert told.startswith("Error: [read] takes separator, ") and "Did you mean 'separator'?" in told


def test_rows_that_are_there_twice_are_told(flowers: Path) -> None:
    columns = {name: [*values, *values] for name, values in flower_columns().items()}
    twice = trained(write_csv(Path("twice.csv"), columns), "species")
    assert any("rows for test have the same inputs as a row that is learnt from" in note for note in twice.notes)
    assert not any("the same inputs" in note for note in trained(flowers, "species").notes)


def test_arrays_by_any_name() -> None:
    draws = np.random.default_rng(0)
    x, y = draws.normal(size=(60, 4)).astype("float32"), np.arange(60) % 2
    np.savez("named.npz", pixels=x, digit=y)
    np.savez("alone.npz", anything=x)
    np.savez("several.npz", pixels=x, digit=y, other=x)
    for data, words in (("named.npz", ()), ("several.npz", ("--read", "inputs=pixels"))):
        given = ("--target", "digit", "--epochs", "1", "--quiet", "--out", f"run {data}")
        assert run("train", data, *words, *given)[0] == 0
        model = f"run {data}/model.keras"
        predicted = run("predict", model, data)[1]
        assert predicted.startswith("digit\n") and predicted == run("predict", model, "alone.npz")[1]
        assert run("evaluate", model, data)[0] == 0
        assert "There is no array 'digit'" in run("evaluate", model, "alone.npz")[2]
    assert "Say which: --read inputs=pixels." in run("train", "several.npz")[2]


def test_a_full_disk_names_the_file(flowers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, path: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Sequential, "save", full)
    code, _, told = run("train", flowers, "--target", "species", "--epochs", "1", "--quiet", "--out", "there")
    assert (code, told) == (
        1,
        "Error: Cannot write there/model.keras: No space left on device. Choose another folder with --out FOLDER.\n",
    )
    assert not Path("there").exists()
