"""Small functions beside Keras's."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import denim

pytestmark = pytest.mark.parity

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES += ["float16", "bfloat16", "float32", int, float]


def test_result_type(real_keras: Any) -> None:
    for some in itertools.chain.from_iterable(itertools.product(DTYPES, repeat=n) for n in (1, 2, 3)):
        assert denim.backend.result_type(*some) == real_keras.backend.result_type(*some), some


@pytest.mark.parametrize("given", [{}, {"axis": None}, {"axis": 1, "order": 1}, {"order": np.inf}, {"axis": -2}])
def test_normalize(real_keras: Any, given: Any) -> None:
    x = np.random.default_rng(0).standard_normal((4, 3))
    x[1] = 0
    np.testing.assert_array_equal(denim.utils.normalize(x, **given), real_keras.utils.normalize(x, **given))


def test_pad_sequences(real_keras: Any) -> None:
    rows = [[], [1], [2, 3], [4, 5, 6, 7]]
    for maxlen, padding, truncating in itertools.product((None, 1, 3, 6), ("pre", "post"), ("pre", "post")):
        arguments = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": 9}
        ours, theirs = (one.utils.pad_sequences(rows, **arguments) for one in (denim, real_keras))
        assert ours.dtype == theirs.dtype and ours.tolist() == theirs.tolist()


@pytest.mark.parametrize("class_name", ["Orthogonal", "Identity", "Constant", "HeNormal"])
def test_initializers_are_written_alike(real_keras: Any, class_name: str) -> None:
    ours = denim.initializers.serialize(getattr(denim.initializers, class_name)())
    made = real_keras.initializers.deserialize(ours)
    theirs = real_keras.initializers.serialize(made)
    assert type(denim.initializers.deserialize(theirs)).__name__ == class_name
    assert {name: value for name, value in theirs["config"].items() if value is not None} == {
        name: value for name, value in ours["config"].items() if value is not None and name != "gain"
    } | ({"gain": 1.0} if class_name == "Orthogonal" else {})
    assert np.asarray(made((3, 3))).shape == (3, 3)


def test_seed_generators_move_alike(real_keras: Any) -> None:
    pair = [one.random.SeedGenerator(5) for one in (denim, real_keras)]
    for ordered in (True, True, False, True):
        ours, theirs = (np.asarray(one.next(ordered)).tolist() for one in pair)
        assert ours == theirs


@pytest.mark.parametrize("top_down", [True, False])
def test_tree(real_keras: Any, top_down: bool) -> None:
    nested = {"b": [1, (2, None)], "a": ({"z": 3, "y": 4}, [])}
    for name in ("flatten", "flatten_with_path", "lists_to_tuples", "is_nested"):
        assert getattr(denim.tree, name)(nested) == getattr(real_keras.tree, name)(nested)
    seen: list[list[Any]] = [[], []]
    for one, into in zip((denim, real_keras), seen, strict=True):
        one.tree.traverse(into.append, nested, top_down)
    assert seen[0] == seen[1]


def _averaged(keras: Any, callbacks: Any) -> tuple[dict[str, list[float]], list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((32, 3)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
    start = np.random.default_rng(2)
    model.set_weights([start.standard_normal(w.shape) for w in model.weights])
    model.compile(keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8), "mse")
    fit = model.fit(
        x, y, batch_size=8, epochs=3, shuffle=False, verbose=0, validation_data=(x, y), callbacks=callbacks(keras)
    )
    return fit.history, [np.asarray(w.value) for w in model.weights], np.asarray(model.predict(x, verbose=0))


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # Keras itself, in convert_to_numpy
@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_swapped_averages(real_keras: Any, swap_on_epoch: bool) -> None:
    ours, theirs = (
        _averaged(one, lambda keras: [keras.callbacks.SwapEMAWeights(swap_on_epoch)]) for one in (denim, real_keras)
    )
    for name, values in theirs[0].items():
        np.testing.assert_allclose(ours[0][name], values, rtol=1e-4, err_msg=name)
    for mine, other in zip((*ours[1], ours[2]), (*theirs[1], theirs[2]), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=5e-5)


@pytest.mark.filterwarnings("ignore:.*mode:DeprecationWarning")  # Keras itself, in array_to_img
def test_pictures(real_keras: Any, tmp_path: Any) -> None:
    pytest.importorskip("PIL")
    rng = np.random.default_rng(3)
    for channels, scale in itertools.product((1, 3, 4), (True, False)):
        array = rng.uniform(0, 255, (7, 9, channels))
        ours, theirs = (np.asarray(one.utils.array_to_img(array, scale=scale)) for one in (denim, real_keras))
        np.testing.assert_array_equal(ours, theirs)
    path = str(tmp_path / "a.png")
    denim.utils.save_img(path, rng.uniform(0, 255, (11, 17, 3)))
    modes, ways = ("grayscale", "rgb", "rgba"), ("nearest", "bilinear", "lanczos")
    for mode, way, size, kept in itertools.product(modes, ways, (None, (5, 6), (30, 8)), (False, True)):
        ours, theirs = (
            one.utils.img_to_array(one.utils.load_img(path, mode, size, way, kept)) for one in (denim, real_keras)
        )
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def test_split_sizes(real_keras: Any) -> None:
    from keras.src.utils.dataset_utils import _rescale_dataset_split_sizes

    from denim.utils.splitting import _counts

    sizes = (None, 1, 3, 9, 10, 0, -1, 0.25, 0.5, 0.04, 0.99, 1.0, 1.5)
    for left, right in itertools.product(sizes, sizes):
        if left is None and right is None:
            continue
        found = []
        for function in (_counts, _rescale_dataset_split_sizes):
            try:
                found.append(tuple(function(left, right, 10)))
            except ValueError:
                found.append("refused")
        assert found[0] == found[1], (left, right)
