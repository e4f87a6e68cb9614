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
