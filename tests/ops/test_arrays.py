"""Operations on arrays give what real Keras gives: values, shapes and dtypes (golden/ops.json, from make_ops.py)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denim import ops
from denim.ops.tensor import Tensor

sys.path.insert(0, str(Path(__file__).parent))

from array_cases import CASES, flat

GOLDEN: list[Any] = json.loads((Path(__file__).parents[1] / "golden" / "ops.json").read_text())


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{n}-{CASES[n][0]}")
def test_an_operation_gives_keras_values_shape_and_dtype(number: int) -> None:
    (name, args, kwargs), (golden_name, expected) = CASES[number], GOLDEN[number]
    assert name == golden_name, "make_ops.py has to be run again"
    if expected is None:
        pytest.skip("Keras refuses this")
    results = flat(getattr(ops, name)(*args, **kwargs))
    assert len(results) == len(expected)
    for result, right in zip(results, expected, strict=True):
        assert isinstance(result, Tensor)
        assert (result.shape, result.dtype.name) == (tuple(right["shape"]), right["dtype"])
        values = np.array([float(v) for v in right["values"]]).reshape(right["shape"])
        np.testing.assert_allclose(result.numpy().astype(float), values, rtol=3e-6, atol=1e-6)


def test_tensors_print_the_digits_of_their_dtype() -> None:
    x = ops.convert_to_tensor(np.array([[1.4714899, 2.7182817], [1, 2]], "float32"))
    assert str(x) == "[[1.4714899 2.7182817]\n [1.        2.       ]]"
    assert repr(x) == "Tensor([[1.4714899, 2.7182817],\n        [1.       , 2.       ]], dtype=float32)"
