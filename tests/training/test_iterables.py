"""Iterables of batches: the same numbers as arrays, whatever yields them."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import denim as keras

from .conftest import Data

SIZE = 8


def batches_of(data: Data, size: int = SIZE) -> list[tuple[np.ndarray, ...]]:
    return [tuple(a[start : start + size] for a in data) for start in range(0, len(data[0]), size)]


class Tensor:
    """What a library's tensor offers: a shape, and ``numpy()``."""

    def __init__(self, array: np.ndarray) -> None:
        self._array, self.shape = array, array.shape

    def numpy(self) -> np.ndarray:
        return self._array


class Loader:
    """An iterable that begins anew each time, with or without a length, whose batches are lists."""

    def __init__(self, batches: list[Any]) -> None:
        self.batches, self.begun = batches, 0

    def __iter__(self) -> Iterator[Any]:
        self.begun += 1
        for batch in self.batches:
            yield [Tensor(part) for part in batch]


class SizedLoader(Loader):
    def __len__(self) -> int:
        return len(self.batches)


class Dataset(keras.utils.PyDataset):
    def __init__(self, batches: list[Any], **options: Any) -> None:
        super().__init__(**options)
        self.batches, self.asked = batches, list[int]()

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> Any:
        self.asked.append(index)
        return self.batches[index]


KINDS = {
    "generator": lambda batches: itertools.cycle(batches),
    "loader": Loader,
    "sized loader": SizedLoader,
    "PyDataset": Dataset,
    "PyDataset with workers": lambda batches: Dataset(batches, workers=3, max_queue_size=2),
    "PyDataset with processes": lambda batches: Dataset(batches, use_multiprocessing=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_iterable_trains_as_its_arrays_do(kind: str, make: Any, data: Data) -> None:
    weights = np.linspace(0.5, 1.5, 50).astype("float32")
    batches = batches_of((*data, weights))
    steps = len(batches) if kind == "generator" else None
    results = []
    for stream in (False, True):
        keras.utils.set_random_seed(3)
        model = make(optimizer="adam", metrics=["accuracy"], weighted_metrics=["accuracy"])
        if stream:
            source, held_out = KINDS[kind](batches), KINDS[kind](batches)
            options = {"steps_per_epoch": steps, "validation_data": held_out, "validation_steps": steps}
            history = model.fit(source, epochs=3, shuffle=False, verbose=0, **options).history
            evaluated = model.evaluate(KINDS[kind](batches), steps=steps, verbose=0)
            predicted = model.predict(KINDS[kind](batches), steps=steps, verbose=0)
        else:
            arrays = {"sample_weight": weights, "validation_data": (*data, weights), "batch_size": SIZE}
            history = model.fit(*data, epochs=3, shuffle=False, verbose=0, **arrays).history
            evaluated = model.evaluate(*data, batch_size=SIZE, sample_weight=weights, verbose=0)
            predicted = model.predict(data[0], batch_size=SIZE, verbose=0)
        results.append((history, evaluated, model.get_weights(), predicted))
    (history, evaluated, trained, predicted), (history_2, evaluated_2, trained_2, predicted_2) = results
    assert history == history_2
    assert evaluated == evaluated_2
    np.testing.assert_array_equal(predicted, predicted_2)
    for one, other in zip(trained, trained_2, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_unbuilt_model_is_built_by_the_first_batch(data: Data) -> None:
    model = keras.Sequential([keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(Dataset(batches_of(data)), verbose=0)
    assert model.input_shape == (None, 6)


def test_batches_of_any_size(make: Any, data: Data) -> None:
    """Each weighs as its rows in the epoch's loss, and is one step."""
    x, y = data
    ends = [0, 3, 20, 21, 34, 50]
    batches = [(x[a:b], y[a:b]) for a, b in itertools.pairwise(ends)]
    model, twin = make(optimizer="sgd"), make(optimizer="sgd")
    twin.set_weights(model.get_weights())
    history = model.fit(iter(batches), verbose=0).history
    losses = [twin.train_on_batch(*batch) for batch in batches]
    assert history["loss"] == [pytest.approx(np.average(losses, weights=np.diff(ends)), rel=1e-6)]
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_pydataset_is_shuffled_by_the_seed(make: Any, data: Data) -> None:
    orders = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        dataset = Dataset(batches_of(data))
        make().fit(dataset, epochs=2, verbose=0)
        assert sorted(dataset.asked[1:]) == sorted(2 * list(range(7)))
        orders.append(dataset.asked[1:])
    assert orders[0] == orders[1] != orders[2]
    assert orders[0][:7] != orders[0][7:]


def test_a_pydataset_needs_no_super(make: Any, data: Data) -> None:
    class Bare(keras.utils.Sequence):
        def __init__(self) -> None:
            self.batches = batches_of(data)

        def __len__(self) -> int:
            return len(self.batches)

        def __getitem__(self, index: int) -> Any:
            return self.batches[index]

    assert keras.utils.Sequence is keras.utils.PyDataset
    assert len(list(Bare())) == 7
    make().fit(Bare(), verbose=0)


def test_a_pydataset_without_an_end_needs_steps(make: Any, data: Data) -> None:
    class Endless(keras.utils.PyDataset):
        num_batches = None

        def __getitem__(self, index: int) -> Any:
            return data

    with pytest.raises(ValueError, match=r"has no end .* pass `steps_per_epoch` to fit"):
        make().fit(Endless(), verbose=0)
    assert len(make().fit(Endless(), epochs=2, steps_per_epoch=2, verbose=0).epoch) == 2


def test_a_pydataset_without_a_length_says_what_it_needs(make: Any) -> None:
    with pytest.raises(NotImplementedError, match="must have `__len__`"):
        make().fit(keras.utils.PyDataset(), verbose=0)


def test_class_weights_of_batches(make: Any, data: Data) -> None:
    weights = {0: 0.5, 2: 3.0}
    model, twin = make(), make()
    twin.set_weights(model.get_weights())
    results = [
        model.fit(Dataset(batches_of(data)), shuffle=False, class_weight=weights, verbose=0).history,
        twin.fit(*data, batch_size=SIZE, shuffle=False, class_weight=weights, verbose=0).history,
    ]
    assert results[0] == results[1]


def test_an_epoch_goes_on_where_the_last_one_ended(make: Any, data: Data) -> None:
    taken = []

    def generator() -> Iterator[Any]:
        for number, batch in enumerate(batches_of(data)):
            taken.append(number)
            yield batch

    make().fit(generator(), epochs=3, steps_per_epoch=2, verbose=0)
    assert taken == list(range(6))


def test_a_generator_that_ends_too_soon_ends_the_training(make: Any, data: Data) -> None:
    model = make()
    with pytest.warns(UserWarning, match="Your input ran out of data; interrupting training"):
        history = model.fit(iter(batches_of(data)), epochs=5, steps_per_epoch=5, verbose=0)
    assert history.epoch == [0, 1]


def test_a_generator_for_one_epoch_is_no_reason_to_warn(make: Any, data: Data) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert make().fit(iter(batches_of(data)), verbose=0).epoch == [0]


def test_validation_data_that_have_ended(make: Any, data: Data) -> None:
    with pytest.warns(UserWarning, match="Your input ran out of data"):
        history = make().fit(*data, epochs=2, validation_data=iter(batches_of(data)), verbose=0).history
    assert len(history["loss"]) == 2
    assert len(history["val_loss"]) == 1


def test_a_loader_is_begun_once_an_epoch(make: Any, data: Data) -> None:
    loader, held_out = Loader(batches_of(data)), Loader(batches_of(data))
    make().fit(loader, epochs=3, validation_data=held_out, verbose=0)
    assert (loader.begun, held_out.begun) == (3, 3)


def test_a_wrong_batch_in_the_midst(make: Any, data: Data) -> None:
    """The steps before it have been done, and the model can be used."""
    x, y = data
    model = make(optimizer="sgd")
    with pytest.raises(ValueError, match="must be integers from 0 to 2"):
        model.fit(iter([(x, y), (x, y + 9), (x, y)]), verbose=0)
    assert int(model.optimizer.iterations) == 1
    assert np.isfinite(model.evaluate(x, y, verbose=0))


def test_targets_that_would_be_judged_otherwise(make: Any, data: Data) -> None:
    x, y = data
    model = make(loss="mse", units=1, activation="linear", metrics=["accuracy"])
    model.fit(iter([(x, y), (x, y[:, None])]), verbose=0)
    model = make(loss="categorical_crossentropy", metrics=["accuracy"])
    with pytest.raises(ValueError, match="must have the same shape"):
        model.fit(iter([(x, np.eye(3)[y]), (x, y)]), verbose=0)


@pytest.mark.parametrize("kind", ["loader", "PyDataset"])
def test_a_backup_of_an_iterable_goes_on_at_an_epochs_begin(kind: str, make: Any, data: Data, tmp_path: Any) -> None:
    class Crash(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if int(self.model.optimizer.iterations) == 10:
                raise RuntimeError("crash")

    class Epochs(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.steps: list[tuple[int, int]] = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.epoch = epoch

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.steps.append((self.epoch, batch))

    def backup() -> Any:
        return keras.callbacks.BackupAndRestore(tmp_path / "backup", save_freq=2)

    model = make()
    with pytest.raises(RuntimeError, match="crash"):
        model.fit(KINDS[kind](batches_of(data)), epochs=3, verbose=0, callbacks=[backup(), Crash()])
    seen, again = Epochs(), make()
    again.fit(KINDS[kind](batches_of(data)), epochs=3, verbose=0, callbacks=[backup(), seen])
    assert seen.steps == [(epoch, batch) for epoch in (1, 2) for batch in range(7)]
    assert int(again.optimizer.iterations) == 10 + 14


def test_hooks_may_stop(make: Any, data: Data) -> None:
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = batch == 2

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_predicting = batch == 1

    model = make()
    model.fit(Dataset(batches_of(data)), epochs=4, verbose=0, callbacks=[Stop()])
    assert int(model.optimizer.iterations) == 3
    assert len(model.predict(Dataset(batches_of(data)), verbose=0, callbacks=[Stop()])) == 2 * SIZE


def test_a_loss_that_is_lost_ends_a_generators_epoch_there(make: Any, data: Data) -> None:
    rate = keras.optimizers.SGD(1e38)
    model = make(loss="mse", units=1, activation="linear", optimizer=rate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        model.fit(itertools.cycle([data]), steps_per_epoch=9, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()])
    assert int(model.optimizer.iterations) < 9


def test_the_bar_learns_how_many_steps_there_are(make: Any, data: Data, capsys: Any) -> None:
    make().fit(Loader(batches_of(data)), epochs=2, verbose=1)
    out = capsys.readouterr().out
    first, second = out.split("Epoch 2/2")
    assert "7/7" in first.splitlines()[-1]
    assert "/Unknown" not in second
    make().fit(Loader(batches_of(data)), verbose=2)
    assert "7/7 - " in capsys.readouterr().out
