"""Rows in files: the numbers of arrays in memory, in the written order, whatever the kind of file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import denim as keras
from denim.data import columns, layout, stored
from denim.program.random import BlockOrder, draw_key

from .conftest import snapshot

ROWS, FEATURES, SIZE = 203, 6, 8
BLOCK, WINDOW = 10, 48
Keep = Callable[[str, np.ndarray], Any]


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory for little: with x of float32 and y of int64, windows of 48 rows and blocks of 10."""
    row = FEATURES * 4 + 8
    monkeypatch.setattr(columns, "WHOLE_BYTES", 0)
    monkeypatch.setattr(columns, "WINDOW_BYTES", 0)
    monkeypatch.setattr(layout, "WINDOW_BYTES", (WINDOW + 1) * row)
    monkeypatch.setattr(layout, "BLOCK_BYTES", BLOCK * row)


@pytest.fixture(params=["memory map", "HDF5", "HDF5 in chunks"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keep]:
    """Puts an array into a file of this kind."""
    if request.param == "memory map":

        def keep(name: str, array: np.ndarray) -> Any:
            np.save(tmp_path / f"{name}.npy", array)
            return np.load(tmp_path / f"{name}.npy", mmap_mode="r")

        yield keep
        return
    with h5py.File(tmp_path / "data.h5", "w") as file:

        def keep_in_hdf5(name: str, array: np.ndarray) -> Any:
            chunks = (5, *(min(size, 4) for size in array.shape[1:]))
            options = {"chunks": chunks, "compression": "gzip"} if request.param == "HDF5 in chunks" else {}
            return file.create_dataset(name, data=array, **options)

        yield keep_in_hdf5


@pytest.fixture
def hdf5(tmp_path: Path) -> Iterator[h5py.File]:
    with h5py.File(tmp_path / "more.h5", "w") as file:
        yield file


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The runs that have been read."""
    reads: list[tuple[int, int]] = []
    read = stored.Stored.read

    def watched(self: stored.Stored, runs: Any, *memory: Any) -> np.ndarray:
        reads.extend(runs)
        return read(self, runs, *memory)

    monkeypatch.setattr(stored.Stored, "read", watched)
    return reads


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.standard_normal((ROWS, FEATURES)).astype("float32"), rng.integers(0, 3, ROWS)


def fit_key() -> int:
    """The key that the next fit draws, which is drawn again."""
    state = np.random.get_state()  # noqa: NPY002
    key = draw_key()
    np.random.set_state(state)  # noqa: NPY002
    return key


def assert_same(model: Any, twin: Any) -> None:
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def twins(make: Any, **options: Any) -> tuple[Any, Any]:
    model, twin = make(**options), make(**options)
    twin.set_weights(model.get_weights())
    return model, twin


def test_epochs_follow_the_order_of_blocks(kept: Keep, tight: None, make: Any, data: Any) -> None:
    x, y = data
    model, twin = twins(make, optimizer="adam", metrics=["accuracy"])
    key = fit_key()
    history = model.fit(kept("x", x), kept("y", y), batch_size=SIZE, epochs=3, verbose=0).history
    for epoch in range(3):
        order = BlockOrder(ROWS, BLOCK, WINDOW, key, epoch).indices()
        logs = twin.fit(x[order], y[order], batch_size=SIZE, shuffle=False, verbose=0).history
        assert {name: values[epoch] for name, values in history.items()} == {n: v[0] for n, v in logs.items()}
    assert_same(model, twin)


@pytest.mark.parametrize("options", [{}, {"metrics": ["accuracy"], "steps_per_execution": 3}])
def test_without_shuffling_the_bits_are_those_of_arrays(
    kept: Keep, tight: None, make: Any, data: Any, options: dict[str, Any]
) -> None:
    weights = np.linspace(0.5, 2.0, ROWS, dtype="float32")
    files = kept("x", data[0]), kept("y", data[1])
    weights_file = kept("weights", weights[:, None])
    model, twin = twins(make, **options)
    how = {"batch_size": SIZE, "epochs": 2, "shuffle": False, "validation_split": 0.3, "verbose": 0}
    got = model.fit(*files, sample_weight=weights_file, validation_batch_size=5, **how).history
    assert got == twin.fit(*data, sample_weight=weights, validation_batch_size=5, **how).history
    assert_same(model, twin)
    for extra in ({}, {"steps": 9}):
        evaluated = model.evaluate(*files, SIZE, 0, weights_file, **extra)
        assert evaluated == twin.evaluate(*data, SIZE, 0, weights, **extra)
        predicted = model.predict(files[0], SIZE, 0, **extra)
        np.testing.assert_array_equal(predicted, twin.predict(data[0], SIZE, 0, **extra))


def test_validation_data_and_class_weights(kept: Keep, tight: None, make: Any, data: Any) -> None:
    files = kept("x", data[0]), kept("y", data[1])
    model, twin = twins(make)
    how = {"batch_size": SIZE, "shuffle": False, "class_weight": {0: 3.0, 2: 0.5}, "verbose": 0}
    got = model.fit(*files, validation_data=files, **how).history
    assert got == twin.fit(*data, validation_data=data, **how).history
    assert_same(model, twin)


def test_some_in_memory_and_some_in_files(kept: Keep, tight: None, make: Any, data: Any) -> None:
    model, twin = twins(make)
    key = fit_key()
    model.fit(kept("x", data[0]), data[1], batch_size=SIZE, verbose=0)
    order = BlockOrder(ROWS, BLOCK, WINDOW, key, 0).indices()
    twin.fit(data[0][order], data[1][order], batch_size=SIZE, shuffle=False, verbose=0)
    assert_same(model, twin)


def test_several_inputs_and_outputs(kept: Keep, tight: None) -> None:
    rng = np.random.default_rng(0)
    arrays = {name: rng.standard_normal((ROWS, n)) for name, n in (("a", 3), ("b", 2), ("p", 1), ("q", 2))}
    files = {name: kept(name, array) for name, array in arrays.items()}

    def make() -> Any:
        a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
        joined = keras.layers.Concatenate()([a, b])
        outputs = [keras.layers.Dense(n, name=name)(joined) for name, n in (("p", 1), ("q", 2))]
        model = keras.Model([a, b], outputs)
        model.compile(loss="mse")
        return model

    def parts(of: dict[str, Any]) -> tuple[Any, Any]:
        return {"a": of["a"], "b": of["b"]}, [of["p"], of["q"]]

    model, twin = make(), make()
    twin.set_weights(model.get_weights())
    how = {"shuffle": False, "validation_split": 0.2, "verbose": 0}
    assert model.fit(*parts(files), **how).history == twin.fit(*parts(arrays), **how).history
    for one, other in zip(model.predict(parts(files)[0]), twin.predict(parts(arrays)[0]), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", ["bool", "uint8", ">i4", "float16", "float64"])
def test_files_of_any_dtype(kept: Keep, tight: None, make: Any, data: Any, dtype: str) -> None:
    x = (np.abs(data[0]) * 3).astype(dtype)
    model, twin = twins(make)
    model.fit(kept("x", x), kept("y", data[1].astype("uint8")), shuffle=False, verbose=0)
    twin.fit(x, data[1], shuffle=False, verbose=0)
    assert_same(model, twin)


def test_small_files_are_as_arrays(kept: Keep, make: Any, data: Any) -> None:
    model, twin = twins(make)
    keras.utils.set_random_seed(2)
    model.fit(kept("x", data[0]), kept("y", data[1]), epochs=2, verbose=0)
    keras.utils.set_random_seed(2)
    twin.fit(*data, epochs=2, verbose=0)
    assert_same(model, twin)
    np.testing.assert_array_equal(model.predict(kept("again", data[0])), twin.predict(data[0]))
    assert model.train_on_batch(kept("x2", data[0]), kept("y2", data[1])) == twin.train_on_batch(*data)


@pytest.mark.parametrize("large", [False, True])
def test_shuffle_batch_shuffles_what_lies_in_files(
    kept: Keep, make: Any, data: Any, request: pytest.FixtureRequest, large: bool
) -> None:
    if large:
        request.getfixturevalue("tight")
    files = kept("x", data[0]), kept("y", data[1])
    models = [*twins(make), make()]
    models[2].set_weights(models[0].get_weights())
    for model, shuffle in zip(models, ("batch", True, False), strict=True):
        keras.utils.set_random_seed(2)
        model.fit(*files, shuffle=shuffle, verbose=0)
    assert_same(*models[:2])
    assert not np.array_equal(models[0].get_weights()[0], models[2].get_weights()[0])


def test_a_python_model_sees_a_file(kept: Keep, tight: None, data: Any) -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(3, "softmax")

        def call(self, x: Any) -> Any:
            return self.dense(x)

    model = Own()
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(kept("x", data[0]), kept("y", data[1]), verbose=0)
    assert model.predict(data[0], verbose=0).shape == (ROWS, 3)


def test_batch_by_batch_nothing_changes(kept: Keep, tight: None, make: Any, data: Any) -> None:
    """With batch hooks, a metric that is Python code, and steps that cross the ends of windows."""
    seen: list[int] = []

    class Seen(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(batch)

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(batch)

    def accuracy(y_true: Any, y_pred: Any) -> Any:
        return np.asarray(np.argmax(np.asarray(y_pred), -1) == np.asarray(y_true).reshape(-1), "float32")

    files = kept("x", data[0]), kept("y", data[1])
    model, twin = twins(make, steps_per_execution=4)
    key = fit_key()
    model.fit(*files, batch_size=SIZE, callbacks=[Seen()], verbose=0)
    order = BlockOrder(ROWS, BLOCK, WINDOW, key, 0).indices()
    twin.fit(data[0][order], data[1][order], batch_size=SIZE, shuffle=False, verbose=0)
    assert_same(model, twin)
    predicted = model.predict(files[0], SIZE, 0, callbacks=[Seen()])
    np.testing.assert_array_equal(predicted, twin.predict(data[0], SIZE, 0))
    assert seen == [3, 7, 11, 15, 19, 23, 27] * 2
    watched, plain = twins(make, metrics=[accuracy])
    plain.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    keras.utils.set_random_seed(1)
    got = watched.fit(*files, batch_size=SIZE, verbose=0).history
    keras.utils.set_random_seed(1)
    want = plain.fit(*files, batch_size=SIZE, verbose=0).history
    assert got["accuracy"] == pytest.approx(want["accuracy"])


def test_epochs_of_some_steps_go_on_where_the_last_ended(
    kept: Keep, tight: None, make: Any, data: Any, reads: list[tuple[int, int]]
) -> None:
    """26 steps a pass, epochs of 10: the third has the six that are left, and the fourth begins anew.

    A window that two epochs share is read once.
    """
    model, twin = twins(make)
    files = kept("x", data[0]), kept("y", data[1])
    key = fit_key()
    with pytest.warns(UserWarning, match="This epoch has 6 of the 10 steps"):
        model.fit(*files, batch_size=SIZE, steps_per_epoch=10, epochs=4, verbose=0)
    first, second = (BlockOrder(ROWS, BLOCK, WINDOW, key, epoch).indices() for epoch in range(2))
    assert sum(stop - start for start, stop in reads) == 1 + 2 * (BLOCK + ROWS + 2 * WINDOW)
    twin.fit(data[0][first], data[1][first], batch_size=SIZE, shuffle=False, verbose=0)
    order = second[: 10 * SIZE]
    twin.fit(data[0][order], data[1][order], batch_size=SIZE, shuffle=False, verbose=0)
    assert_same(model, twin)


@pytest.mark.parametrize("step", [1, 18])
def test_a_fit_that_was_cut_off_goes_on_with_the_same_bits(
    kept: Keep, tight: None, make: Any, data: Any, tmp_path: Path, step: int
) -> None:
    class Crash(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if int(self.model.optimizer.iterations) == step:
                raise RuntimeError("crash")

    files = kept("x", data[0]), kept("y", data[1])
    model, twin = twins(make, optimizer="adam")
    how = {"batch_size": SIZE, "epochs": 2, "verbose": 0}
    keras.utils.set_random_seed(8)
    twin.fit(*files, **how)
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup", save_freq=1)
    keras.utils.set_random_seed(8)
    with pytest.raises(RuntimeError, match="crash"):
        model.fit(*files, callbacks=[backup, Crash()], **how)
    again = make(optimizer="adam")
    again.fit(*files, callbacks=[backup], **how)
    assert_same(again, twin)


def test_nan_is_named_by_its_row_in_the_file(kept: Keep, tight: None, make: Any, data: Any) -> None:
    x, y = data
    x[150, 4] = np.nan
    files = kept("x", x), kept("y", y)
    model = make()
    for call in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=r"NaN at row 150, column 4; 1 of the \d+ rows from row \d+ on are not"):
            call(*files, batch_size=SIZE, verbose=0)
    assert np.isfinite(model.get_weights()[0]).all()


@pytest.mark.parametrize(("value", "loss"), [(7, "sparse_categorical_crossentropy"), (7, "binary_crossentropy")])
def test_a_wrong_target_is_named_by_its_row(
    kept: Keep, tight: None, make: Any, data: Any, value: int, loss: str
) -> None:
    x, y = data
    y = y if loss.startswith("sparse") else y % 2
    y[77] = value
    model = make(loss, *((3, "softmax") if loss.startswith("sparse") else (1, "sigmoid")))
    with pytest.raises(ValueError, match="7 at row 77"):
        model.fit(kept("x", x), kept("y", y), batch_size=SIZE, verbose=0)
    before = snapshot(model)
    with pytest.raises(ValueError, match="7 at row 77"):
        model.fit(kept("x2", x), y, batch_size=SIZE, verbose=0)
    assert snapshot(model) == before  # what is in memory is looked at before anything changes


def test_what_does_not_fit_is_refused_as_for_arrays(kept: Keep, tight: None, make: Any, data: Any) -> None:
    model = make()
    before = snapshot(model)
    x, y = kept("x", data[0]), kept("y", data[1])
    for wrong, words in (
        ((x, kept("short", data[1][:-1])), "'x' sizes: 203\n'y' sizes: 202"),
        ((kept("wide", np.ones((ROWS, 7))), y), "expected axis -1 of input shape to have value 6"),
        ((x, kept("texts", np.array([b"a"] * ROWS))), "`y` must hold real numbers"),
    ):
        with pytest.raises(ValueError, match=words):
            model.fit(*wrong, verbose=0)
    assert snapshot(model) == before


def test_a_closed_file(hdf5: h5py.File, make: Any, data: Any) -> None:
    x = hdf5.create_dataset("x", data=data[0])
    hdf5.close()
    with pytest.raises(ValueError, match=r"`x` must be of an open file\. Received: <Closed HDF5 dataset>\. Keep"):
        make().fit(x, data[1])


def test_files_are_read_in_long_runs(
    hdf5: h5py.File, tight: None, make: Any, data: Any, reads: list[tuple[int, int]]
) -> None:
    """A run is a block, of whole chunks, which is cut at the ends of windows alone; runs go up within a window."""
    x = hdf5.create_dataset("x", data=data[0], chunks=(24, FEATURES))
    make().fit(x, data[1], batch_size=SIZE, verbose=0)
    epoch = reads[2:]  # the first ones are to find the graph and to prepare by
    assert sum(stop - start for start, stop in epoch) == ROWS
    blocks, windows = -(-ROWS // 24), -(-ROWS // WINDOW)
    assert len(epoch) < blocks + windows
    assert sum(start % 24 != 0 for start, _ in epoch) < windows
    assert sum(one > other for (_, one), (other, _) in itertools.pairwise(epoch)) < windows


def test_chunks_that_are_taller_than_a_window(
    hdf5: h5py.File, tight: None, make: Any, data: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    x = hdf5.create_dataset("x", data=data[0], chunks=(100, FEATURES))
    model, twin = twins(make)
    key = fit_key()
    model.fit(x, data[1], batch_size=SIZE, verbose=2)
    assert "the HDF5 file keeps 100 rows in one chunk" in "".join(capsys.readouterr())
    order = BlockOrder(ROWS, WINDOW, WINDOW, key, 0).indices()
    twin.fit(data[0][order], data[1][order], batch_size=SIZE, shuffle=False, verbose=0)
    assert_same(model, twin)


def test_adapt_reads_files_in_parts(kept: Keep, monkeypatch: pytest.MonkeyPatch, data: Any) -> None:
    monkeypatch.setattr(stored, "WHOLE_BYTES", 0)
    monkeypatch.setattr(stored, "WINDOW_BYTES", 50 * FEATURES * 4)
    x = kept("x", data[0])
    assert [len(part) for part in stored.in_parts(x, "x")] == [50, 50, 50, 50, 3]
    layer = keras.layers.Normalization()
    layer.adapt(x)
    np.testing.assert_allclose(layer.mean, data[0].mean(axis=0, keepdims=True), rtol=1e-5, atol=1e-6)
