"""Names, places, and what is left when something goes wrong."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.saving import state

from .conftest import X


@pytest.mark.parametrize("name", ["model.pkl", "model", "model.weights.h5", "model.KERAS"])
def test_a_models_file_ends_in_keras(model: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"ends in `\.keras`, or in `\.h5`.*filepath=.* Use 'model"):
        model.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_models_file_is_one_file(model: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zipped=False"):
        model.save(tmp_path / "m.keras", zipped=False)


@pytest.mark.parametrize("name", ["w.h5", "w.keras", "w"])
def test_a_file_of_weights_ends_in_weights_h5(model: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in `\.weights\.h5`. Received: filepath=.* Use 'w\.weights\.h5'"):
        model.save_weights(tmp_path / name)


def test_loading_what_is_not_there(model: Any, saved: Path, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"File not found: filepath=.*modle.keras.* Did you mean 'model.keras'"
    ) as caught:
        keras.models.load_model(tmp_path / "modle.keras")
    assert isinstance(caught.value, FileNotFoundError)
    with pytest.raises(FileNotFoundError, match=r"File not found: filepath="):
        model.load_weights(tmp_path / "no" / "w.weights.h5")
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(ValueError, match="It is a folder"):
        keras.models.load_model(tmp_path / "folder.keras")


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("m.pkl", "File format not supported: filepath="),
        ("m.weights.h5", r"Weights alone are loaded into a model with model.load_weights\(\)"),
    ],
)
def test_loading_what_is_no_model(tmp_path: Path, name: str, match: str) -> None:
    with pytest.raises(keras.saving.ModelFileError, match=match):
        keras.models.load_model(tmp_path / name)


def test_loading_what_is_no_weights(model: Any, tmp_path: Path) -> None:
    with pytest.raises(keras.saving.ModelFileError, match="File format not supported"):
        model.load_weights(tmp_path / "w.npz")


@pytest.mark.parametrize("kind", ["model.keras", "model.weights.h5"])
@pytest.mark.parametrize("error", [RuntimeError("disk full"), KeyboardInterrupt()])
def test_an_error_while_writing_leaves_the_old_file(
    model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, error: BaseException
) -> None:
    path = tmp_path / kind
    save = model.save if kind.endswith(".keras") else model.save_weights
    save(path)
    old = path.read_bytes()
    write_group = state._write_group

    def failing(hdf5: Any, group: str, name: str, variables: Any) -> None:
        write_group(hdf5, group, name, variables)
        if group.startswith("optimizer"):
            raise error

    monkeypatch.setattr(state, "_write_group", failing)
    with pytest.raises(type(error)):
        save(path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_down_leaves_the_old_file(model: Any, saved: Path) -> None:
    old = saved.read_bytes()
    model.layers[0].get_config = lambda: {"set": {1, 2}}
    with pytest.raises(ValueError, match=r"Only objects with a get_config\(\) can be written down. Received: {1, 2}"):
        model.save(saved)
    assert saved.read_bytes() == old


def test_a_missing_folder(model: Any, tmp_path: Path) -> None:
    path = tmp_path / "no" / "m.keras"
    with pytest.raises(FileNotFoundError) as caught:
        model.save(path)
    assert str(caught.value) == (
        f"A model is saved to a folder that is there. Received: filepath={path}, and '{path.parent}' does not exist. "
        f"Make it first: os.makedirs('{path.parent}')."
    )
    path.parent.write_text("a file")
    with pytest.raises(FileNotFoundError, match="/no' is no folder"):
        model.save_weights(path.with_name("m.weights.h5"))


def test_saving_over_a_folder(model: Any, tmp_path: Path) -> None:
    (tmp_path / "m.keras").mkdir()
    with pytest.raises(IsADirectoryError, match="which is a folder"):
        model.save(tmp_path / "m.keras")


@pytest.mark.skipif(os.name != "posix", reason="links and permissions of POSIX")
def test_links_and_permissions_stay(model: Any, saved: Path, tmp_path: Path) -> None:
    saved.chmod(0o640)
    link = tmp_path / "link.keras"
    link.symlink_to(saved)
    before = saved.stat().st_ino
    model.save(link)
    assert link.is_symlink() and saved.stat().st_ino != before
    assert stat.S_IMODE(saved.stat().st_mode) == 0o640
    np.testing.assert_array_equal(keras.models.load_model(link)(X), model(X))


@pytest.mark.parametrize(("answers", "written"), [(["y"], True), (["perhaps", "N"], False)])
def test_whether_to_overwrite(
    model: Any, saved: Path, monkeypatch: pytest.MonkeyPatch, answers: list[str], written: bool
) -> None:
    old, questions = saved.read_bytes(), []

    def answer(question: str) -> str:
        questions.append(question)
        return answers[len(questions) - 1]

    monkeypatch.setattr("builtins.input", answer)
    model.layers[0].bias.assign(np.full(5, 9.0))
    model.save(saved, overwrite=False)
    assert (saved.read_bytes() != old) == written
    assert questions[0] == f"[WARNING] {saved} already exists - overwrite? [y/n] "
    assert len(questions) == len(answers)


def test_nobody_to_ask(model: Any, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", answer)
    with pytest.raises(FileExistsError, match="overwrite=True, or another name"):
        model.save(saved, overwrite=False)
    model.save_weights(saved.parent / "w.weights.h5", overwrite=False)
