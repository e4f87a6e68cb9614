from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from denim.commands.errors import CommandError
from denim.commands.training.network import Network
from denim.commands.training.settings import Settings, from_toml


def test_later_ones_go_before_earlier_ones() -> None:
    found = Settings.of({"data": "a.csv", "epochs": 5, "seed": 1}, {"epochs": 7, "target": None})
    assert (found.data, found.epochs, found.seed, found.target) == ("a.csv", 7, 1, None)


def test_without_validation_there_is_no_early_stopping() -> None:
    assert not Settings.of({"data": "a", "validation": 0}).early_stopping
    assert Settings.of({"data": "a", "validation": 0, "validation_data": "b"}).early_stopping


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Training needs data: denim train DATA --target COLUMN"),
        ({"epochs": 0}, "--epochs must be a whole number of at least 1. Received: epochs=0."),
        ({"epochs": True}, "--epochs must be a whole number"),
        ({"batch_size": 2.5}, "--batch-size must be a whole number"),
        ({"learning_rate": -1}, "--learning-rate must be a number above 0. Received: learning_rate=-1."),
        ({"validation": 1.0}, "--validation must be a part of the rows: at least 0 and below 1"),
        ({"test": 20}, "--test must be a part of the rows"),
        ({"task": "regresion"}, "Did you mean 'regression'?"),
        ({"class_weight": "balance"}, "Did you mean 'balanced'?"),
        ({"seed": 2**32}, "--seed must be a whole number from 0 to 4294967295"),
        ({"data": 5}, "DATA must be a path"),
    ],
)
def test_values_that_cannot_be_used(given: dict[str, Any], told: str) -> None:
    with pytest.raises(CommandError) as caught:
        Settings.of({"data": "a.csv"} if given else {}, given)
    assert told in str(caught.value)


def toml(text: str) -> Path:
    path = Path("run.toml")
    path.write_text(text, encoding="utf-8")
    return path


def test_a_toml_file() -> None:
    found, out = from_toml(
        toml('data = "a.csv"\nbatch-size = 16\nearly_stopping = false\nlayers = [100, "dropout:0.3"]\nout = "x/y"')
    )
    assert found == {"data": "a.csv", "batch_size": 16, "early_stopping": False, "layers": "100,dropout:0.3"}
    assert out == Path("x/y")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("epoch = 3", "Received: 'epoch'. Did you mean 'epochs'?"),
        ("batchsize = 3", "Did you mean 'batch-size'?"),
        ("xyzzy = 3", "Known: data, target, task, layers,"),
        ("epochs = = 3", "cannot be read as TOML"),
        ("out = 3", "`out` in run.toml must be a folder's path. Received: 3"),
    ],
)
def test_a_toml_file_that_cannot_be_used(text: str, told: str) -> None:
    with pytest.raises(CommandError) as caught:
        from_toml(toml(text))
    assert told in str(caught.value)


def test_layers() -> None:
    found = Network.read("100:tanh, dropout:0.25,50,batchnorm,3")
    made = [make() for make in found.hidden]
    assert [type(layer).__name__ for layer in made] == ["Dense", "Dropout", "Dense", "BatchNormalization"]
    assert [layer.units for layer in (made[0], made[2])] == [100, 50]
    assert [layer.activation.__name__ for layer in (made[0], made[2])] == ["tanh", "relu"]
    assert made[1].rate == 0.25
    assert found.outputs == 3
    assert Network.read("").hidden == () and Network.read("5").hidden == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("100:rellu", "The activation of '100:rellu' in --layers 100:rellu is not known"),
        ("100:rellu", "Did you mean 'relu'?"),
        ("100:,3", "Received: '100:'"),
        ("100;50", "--layers takes UNITS:ACTIVATION, UNITS (with relu), dropout:RATE and batchnorm"),
        ("relu,3", "Received: 'relu' in --layers 'relu,3'."),
        ("dropuot:0.2,3", "Did you mean 'dropout'?"),
        ("dropout,3", "dropout in --layers takes the part that is dropped"),
        ("dropout:1.0", "at least 0 and below 1"),
        ("dropout:nan", "at least 0 and below 1"),
        ("-5:relu", "Received: '-5:relu'"),
        ("0:relu", "Received: '0:relu'"),
        ("100:relu,,3", "Received: ''"),
        ("²", "Received: '²'"),
    ],
)
def test_layers_that_are_none(text: str, told: str) -> None:
    with pytest.raises(CommandError) as caught:
        Network.read(text)
    assert told in str(caught.value)


def test_outputs_that_the_target_needs() -> None:
    for text, classes, numbers in (("8", 8, 1), ("1", 2, 1), ("2", 2, 1), ("1", 0, 1), ("3", 0, 3), ("8:relu", 5, 1)):
        Network.read(text).check_outputs(classes, numbers)
    for text, classes, numbers in (("50", 10, 1), ("0", 3, 1), ("2", 0, 1), ("1", 3, 1)):
        with pytest.raises(CommandError, match="A last number of --layers without an activation is the number of outp"):
            Network.read(text).check_outputs(classes, numbers)
    with pytest.raises(CommandError) as caught:
        Network.read("100,50").check_outputs(10, 1)
    assert "the target has 10 classes. Received: --layers 100,50. For one more hidden layer write 50:relu" in str(
        caught.value
    )
