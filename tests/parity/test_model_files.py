"""Files that one of denim and Keras writes and the other reads: the same model, and the same numbers from there on."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim

from .models import CASES, Case

pytestmark = [
    pytest.mark.parity,
    # Keras's own variables, under NumPy 2.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

TOLERANCE = {"rtol": 2e-4, "atol": 2e-5}


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def predicted(model: Any, case: Case) -> np.ndarray:
    outputs = model.predict(case.x, verbose=0)
    return np.hstack(outputs) if isinstance(outputs, list) else np.asarray(outputs)


def skip_unless_keras_opens_its_own(case: Case) -> None:
    if not case.keras_opens_its_own:
        pytest.skip("Keras does not open its own file of a model that shares a layer with a model within it")


def assert_alike(one: Any, other: Any, case: Case) -> None:
    """Outputs, optimizers' states, and what further training makes of both."""
    np.testing.assert_allclose(predicted(one, case), predicted(other, case), **TOLERANCE)
    states = [[np.asarray(v.numpy()) for v in model.optimizer.variables] for model in (one, other)]
    assert [a.shape for a in states[0]] == [a.shape for a in states[1]]
    for a, b in zip(*states, strict=True):
        np.testing.assert_allclose(a, b, **TOLERANCE)
    histories = [case.fit(model) for model in (one, other)]
    assert set(histories[0]) == set(histories[1])
    for key, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][key], err_msg=key, **TOLERANCE)
    np.testing.assert_allclose(predicted(one, case), predicted(other, case), rtol=2e-3, atol=2e-4)


def test_denim_writes_and_keras_reads(real_keras: Any, case: Case, tmp_path: Path) -> None:
    skip_unless_keras_opens_its_own(case)
    model = case.make(denim)
    case.fit(model)
    model.save(tmp_path / "m.keras")
    assert_alike(model, real_keras.models.load_model(tmp_path / "m.keras"), case)


def test_keras_writes_and_denim_reads(real_keras: Any, case: Case, tmp_path: Path) -> None:
    real_keras.utils.set_random_seed(5)
    model = case.make(real_keras)
    case.fit(model)
    model.save(tmp_path / "m.keras")
    assert_alike(model, denim.models.load_model(tmp_path / "m.keras"), case)


def test_weights_alone_go_both_ways(real_keras: Any, case: Case, tmp_path: Path) -> None:
    mine, theirs = case.make(denim), case.make(real_keras)
    case.fit(mine)
    case.fit(theirs)
    before = predicted(mine, case)
    mine.save_weights(tmp_path / "mine.weights.h5")
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    theirs.load_weights(tmp_path / "mine.weights.h5")
    np.testing.assert_allclose(predicted(theirs, case), before, **TOLERANCE)
    case.fit(theirs)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    mine.load_weights(tmp_path / "theirs.weights.h5")
    assert_alike(mine, theirs, case)


def test_the_groups_are_keras(real_keras: Any, case: Case, tmp_path: Path) -> None:
    import h5py

    mine, theirs = case.make(denim), case.make(real_keras)
    layouts = []
    for i, model in enumerate((mine, theirs)):
        case.fit(model)
        path = tmp_path / f"{i}.weights.h5"
        model.save_weights(path)
        layout: dict[str, Any] = {}
        with h5py.File(path) as file:

            def note(name: str, item: Any, layout: dict[str, Any] = layout) -> None:
                layout[name] = (item.shape, item.dtype) if hasattr(item, "shape") else None

            file.visititems(note)
        layouts.append(layout)
    assert layouts[0] == layouts[1]


def test_the_archive_is_keras(real_keras: Any, tmp_path: Path) -> None:
    entries = []
    for keras, name in ((denim, "d"), (real_keras, "k")):
        CASES[0].make(keras).save(tmp_path / f"{name}.keras")
        with zipfile.ZipFile(tmp_path / f"{name}.keras") as archive:
            entries.append([(m.filename, m.compress_type) for m in archive.infolist()])
            config = json.loads(archive.read("config.json"))
            assert set(config) == {
                "module", "class_name", "config", "registered_name", "build_config", "compile_config"
            }  # fmt: skip
    assert entries[0] == entries[1]


def test_a_configuration_goes_both_ways(real_keras: Any, case: Case) -> None:
    skip_unless_keras_opens_its_own(case)
    for source, sink in ((denim, real_keras), (real_keras, denim)):
        model = sink.models.model_from_json(case.make(source).to_json())
        assert [tuple(v.shape) for v in model.weights] == [tuple(v.shape) for v in case.make(source).weights]


def test_keras_lambda_is_refused(real_keras: Any, tmp_path: Path) -> None:
    model = real_keras.Sequential([real_keras.Input((2,)), real_keras.layers.Lambda(lambda x: x)])
    model.save(tmp_path / "m.keras")
    for safe_mode in (True, False):
        with pytest.raises(denim.saving.ModelFileError, match="Python code"):
            denim.models.load_model(tmp_path / "m.keras", safe_mode=safe_mode)


def test_keras_other_precisions_are_refused(real_keras: Any, tmp_path: Path) -> None:
    layer = real_keras.layers.Dense(2, dtype="mixed_float16")
    real_keras.Sequential([real_keras.Input((2,)), layer]).save(tmp_path / "m.keras")
    with pytest.raises(denim.saving.ModelFileError, match="dtype='mixed_float16'"):
        denim.models.load_model(tmp_path / "m.keras")
