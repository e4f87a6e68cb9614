"""Tensors and loaders of PyTorch, TensorFlow and JAX: by what they offer, and the real ones where there are any."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import denim as keras

from .kinds import canonical, network, numbers, outcome

SIZE = 8


class Tensor:
    """As much of a tensor of PyTorch's as is looked at; it trains, so that it must be detached."""

    layout = "torch.strided"

    def __init__(self, values: np.ndarray, dtype: str = "torch.float32", detached: bool = False) -> None:
        self.values, self.dtype, self.detached = values, dtype, detached
        self.shape = values.shape

    def detach(self) -> Tensor:
        return Tensor(self.values, self.dtype, True)

    def cpu(self) -> Tensor:
        return self

    def float(self) -> Tensor:
        return Tensor(self.values, "torch.float32", self.detached)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if not self.detached:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values


class Loader:
    """As much of a DataLoader as is looked at: batches are lists, or what the samples are."""

    def __init__(self, batches: list[Any]) -> None:
        self.batches = batches

    def __iter__(self) -> Iterator[Any]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


def batches(*arrays: Any) -> list[list[Any]]:
    return [[each[start : start + SIZE] for each in arrays] for start in range(0, len(arrays[0]), SIZE)]


def streamed(source: Any, held_out: Any) -> list[Any]:
    model = network()
    history = model.fit(source, epochs=2, validation_data=held_out, verbose=0).history
    return [history, model.evaluate(held_out, verbose=0), model.predict(held_out, verbose=0).tolist()]


def of_arrays(x: Any, y: Any, weights: Any) -> list[Any]:
    model, rest = network(), {"batch_size": SIZE, "verbose": 0}
    history = model.fit(x, y, epochs=2, sample_weight=weights, validation_data=(x, y, weights), shuffle=False, **rest)
    scores = model.evaluate(x, y, sample_weight=weights, **rest)
    return [history.history, scores, model.predict(x, **rest).tolist()]


@pytest.mark.parametrize("dtype", ["torch.float32", "torch.bfloat16"])
def test_tensors_by_protocol(dtype: str) -> None:
    given = numbers()
    assert outcome(*(Tensor(canonical(each), dtype) for each in given)) == outcome(*map(canonical, given))


def test_loaders_by_protocol() -> None:
    given = [canonical(each) for each in numbers()]
    loader = Loader([[Tensor(part) for part in batch] for batch in batches(*given)])
    assert streamed(loader, loader) == of_arrays(*given)


def test_a_loader_of_dicts() -> None:
    x, y, _ = numbers()
    a, b = keras.Input((2,), name="a"), keras.Input((4,), name="b")
    model = keras.Model({"a": a, "b": b}, keras.layers.Dense(2, "softmax")(keras.layers.Concatenate()([a, b])))
    model.compile("sgd", "sparse_categorical_crossentropy")
    named = {"a": x[:, :2], "b": x[:, 2:]}
    plain = model.evaluate(named, y, batch_size=SIZE, verbose=0)
    parts = [[{"a": p[:, :2], "b": p[:, 2:]}, q] for p, q in batches(x, y)]
    assert model.evaluate(Loader(parts), verbose=0) == plain
    predicted = model.predict(Loader([part for part, _ in parts]), verbose=0)
    np.testing.assert_array_equal(predicted, model.predict(named, verbose=0))


def test_dicts_that_have_y_among_them() -> None:
    x, y, _ = numbers()
    loader = Loader([{"x": p, "y": q} for p, q in batches(x, y)])
    with pytest.raises(ValueError, match=r"`y` is missing: .* x is a dict of \['x', 'y'\]: pass x and y by themselves"):
        network().fit(loader, verbose=0)


def test_a_loader_of_inputs_alone() -> None:
    x = numbers()[0]
    model = network()
    plain = model.predict(x, verbose=0)
    for loader in (Loader(batches(x)), Loader([batch[0] for batch in batches(x)])):
        np.testing.assert_array_equal(model.predict(loader, verbose=0), plain)


def test_single_samples_are_to_be_batched() -> None:
    x, y, _ = numbers()
    with pytest.raises(ValueError, match=r"axis, that of the samples.* let it yield batches: dataset\.batch\(32\)"):
        network().fit(Loader(list(zip(x, y, strict=True))), verbose=0)

    class Samples:
        def __len__(self) -> int:
            return 48

        def __getitem__(self, at: int) -> Any:
            return x[at], y[at]

    with pytest.raises(ValueError, match=r"It gives single samples.*torch\.utils\.data\.DataLoader\(x, batch_size=32"):
        network().fit(Samples(), verbose=0)


@pytest.mark.parametrize("make", [keras.layers.Normalization, lambda: keras.layers.Discretization(num_bins=3)])
def test_layers_adapt_to_loaders(make: Any) -> None:
    x, y, _ = numbers()
    loaded, plain = make(), make()
    loaded.adapt(Loader([Tensor(batch[0]) for batch in batches(canonical(x))]))
    plain.adapt(x)
    np.testing.assert_allclose(loaded(canonical(x)), plain(canonical(x)), rtol=1e-6)
    with pytest.raises(TypeError, match=r"Of batches \(x, y\) pass x: \(x for x, y in data\)"):
        keras.layers.Normalization().adapt(Loader(batches(x, y)))


class Endless:
    def cardinality(self) -> int:
        return -1

    def __iter__(self) -> Iterator[Any]:
        return itertools.cycle(batches(*numbers()))


def test_a_data_set_that_has_no_end() -> None:
    for call in (network().fit, network().evaluate, network().predict):
        with pytest.raises(ValueError, match=r"The Endless has no end \(its `cardinality\(\)` is infinite\)"):
            call(Endless(), verbose=0)
    endless = network().fit(Endless(), steps_per_epoch=6, verbose=0).history
    assert endless == network().fit(Loader(batches(*numbers())), verbose=0).history


def test_tensors_that_hold_no_zeros() -> None:
    class SparseTensor:
        dense_shape = (48, 6)

    with pytest.raises(ValueError, match=r"Pass it with its zeros: tf\.sparse\.to_dense\(x\)\."):
        network().predict(SparseTensor(), verbose=0)


def test_pytorch() -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, IterableDataset, TensorDataset

    given = numbers()
    tensors = [torch.tensor(canonical(each)) for each in given]
    plain = outcome(*map(canonical, given))
    assert outcome(*tensors) == plain
    assert outcome(*(each.clone().requires_grad_() for each in tensors)) == plain
    assert outcome(*(each.bfloat16() for each in tensors)) == plain
    assert outcome(*(each.half() for each in tensors)) == plain
    assert outcome(tensors[0].to_sparse(), *tensors[1:]) == plain
    assert outcome(*(torch.tensor(each) for each in given)) == plain
    assert outcome(tensors[0].T.contiguous().T, *tensors[1:]) == plain

    rows = TensorDataset(*tensors)
    loader = DataLoader(rows, batch_size=SIZE)
    expected = of_arrays(*map(canonical, given))
    assert streamed(loader, loader) == expected
    shuffled = network().fit(DataLoader(rows, batch_size=SIZE, shuffle=True), epochs=2, verbose=0)
    assert len(shuffled.history["loss"]) == 2

    class Stream(IterableDataset):  # type: ignore[misc]
        def __iter__(self) -> Iterator[Any]:
            return zip(*tensors, strict=True)

    stream = DataLoader(Stream(), batch_size=SIZE)
    assert streamed(stream, stream) == expected
    with pytest.raises(ValueError, match=r"It gives single samples"):
        network().fit(rows, verbose=0)
    with pytest.raises(ValueError, match="When providing `x` as a DataLoader, `y` should not be passed"):
        network().fit(loader, given[1], verbose=0)


def test_tensorflow() -> None:
    tf = pytest.importorskip("tensorflow")
    given = [canonical(each) for each in numbers()]
    plain = outcome(*given)
    assert outcome(*map(tf.constant, given)) == plain
    assert outcome(*(tf.cast(each, tf.bfloat16) for each in given)) == plain
    assert outcome(*map(tf.Variable, given)) == plain
    rows = tf.data.Dataset.from_tensor_slices(tuple(given))
    expected = of_arrays(*given)
    assert streamed(rows.batch(SIZE).prefetch(2), rows.batch(SIZE)) == expected
    unknown = rows.batch(SIZE).filter(lambda *parts: True)
    assert streamed(unknown, unknown) == expected
    once = network().fit(rows.batch(SIZE).as_numpy_iterator(), verbose=0).history["loss"]
    assert once == expected[0]["loss"][:1]
    with pytest.raises(ValueError, match=r"The RepeatDataset has no end"):
        network().fit(rows.batch(SIZE).repeat(), verbose=0)
    with pytest.raises(ValueError, match=r"let it yield batches: dataset\.batch\(32\)"):
        network().fit(rows, verbose=0)
    with pytest.raises(ValueError, match=r"tf\.sparse\.to_dense\(x\)"):
        network().predict(tf.sparse.from_dense(given[0]), verbose=0)


def test_jax() -> None:
    jnp = pytest.importorskip("jax.numpy")
    given = [canonical(each) for each in numbers()]
    for dtype in ("float32", "bfloat16", "float16", "int32"):
        assert outcome(*(jnp.asarray(each, dtype) for each in given)) == outcome(*given)
