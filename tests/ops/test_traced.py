"""Traced operations give what the same operations give on arrays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim
from denim import ops
from denim.engines.native import NativeEngine
from denim.engines.reference import ReferenceEngine
from denim.program.nodes import BatchReduce

sys.path.insert(0, str(Path(__file__).parent))

from array_cases import CASES, F, P
from tracing import values, weight

ENGINES = (ReferenceEngine(), NativeEngine())


@pytest.fixture(autouse=True)
def _float64() -> Any:
    denim.config.set_floatx("float64")
    yield
    denim.config.set_floatx("float32")


def _batch(array: np.ndarray) -> np.ndarray:
    """Three samples, the first of them the array."""
    kind = array.dtype.kind
    more = [array, array[..., ::-1], np.roll(array, 1, axis=0) if array.ndim > 1 else array]
    return np.stack(more).astype("float64" if kind == "f" else array.dtype)


UNARY = [
    "abs",
    "absolute",
    "cos",
    "cosh",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "ceil",
    "negative",
    "sign",
    "sin",
    "sinh",
    "square",
    "tan",
    "trunc",
    "round",
    "log",
    "log10",
    "log1p",
    "log2",
    "sqrt",
    "rsqrt",
    "reciprocal",
    "cbrt",
    "isnan",
    "isfinite",
    "isinf",
    "logical_not",
    "nan_to_num",
    "relu",
    "relu6",
    "sigmoid",
    "softplus",
    "softsign",
    "silu",
    "swish",
    "log_sigmoid",
    "leaky_relu",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "elu",
    "selu",
    "gelu",
    "celu",
    "tanh",
    "hard_tanh",
    "hard_shrink",
    "soft_shrink",
    "tanh_shrink",
    "sparse_plus",
    "squareplus",
    "softmax",
    "log_softmax",
    "glu",
    "threshold",
    "clip",
    "round",
    "one_hot",
    "normalize",
    "cast",
    "zeros_like",
    "ones_like",
    "full_like",
    "power",
    "floor_divide",
    "mod",
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "minimum",
    "equal",
    "less",
    "greater",
    "logical_and",
    "rms_normalization",
    "layer_normalization",
]


@pytest.mark.parametrize(
    "number",
    [
        i
        for i, (name, args, kwargs) in enumerate(CASES)
        if name in UNARY and "axis" not in kwargs and isinstance(args[0], np.ndarray) and args[0].ndim >= 2
    ],
    ids=lambda n: f"{n}-{CASES[n][0]}",
)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_operation_on_samples(number: int, engine: Any) -> None:
    name, args, kwargs = CASES[number]
    x = _batch(args[0])
    rest = [a[0] if isinstance(a, np.ndarray) and a.ndim > 1 else a for a in args[1:]]
    function = getattr(ops, name)
    found = values(lambda t: function(t, *rest, **kwargs), x, engine=engine)
    np.testing.assert_allclose(found, function(x, *rest, **kwargs).astype(float), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ops.sum(x, axis=-1),
        lambda x: ops.sum(x, axis=1),
        lambda x: ops.mean(x, axis=(1, 2)),
        lambda x: ops.max(x, axis=1, keepdims=True),
        lambda x: ops.min(x, axis=-1, keepdims=True),
        lambda x: ops.prod(x, axis=-1),
        lambda x: ops.var(x, axis=-1),
        lambda x: ops.std(x, axis=1),
        lambda x: ops.any(x > 1, axis=-1),
        lambda x: ops.all(x > 0, axis=1),
        lambda x: ops.argmax(x, axis=-1),
        lambda x: ops.argmin(x, axis=1),
        lambda x: ops.logsumexp(x, axis=-1),
        lambda x: ops.logsumexp(x, axis=1, keepdims=True),
        lambda x: ops.norm(x, axis=-1),
        lambda x: ops.norm(x, ord=1, axis=1),
        lambda x: ops.norm(x, ord=3, axis=1),
        lambda x: ops.average(x, axis=-1, weights=np.array([1.0, 2.0, 3.0, 4.0])),
        lambda x: ops.cumsum(x, axis=1),
        lambda x: ops.count_nonzero(x > 1, axis=-1),
        lambda x: ops.reshape(x, (-1, 4, 3)),
        lambda x: ops.reshape(x, (x.shape[0], -1)),
        lambda x: ops.transpose(x, (0, 2, 1)),
        lambda x: ops.swapaxes(x, 1, -1),
        lambda x: ops.flip(x, axis=-1),
        lambda x: ops.roll(x, 1, axis=2),
        lambda x: ops.repeat(x, 2, axis=1),
        lambda x: ops.tile(x, (1, 2, 1)),
        lambda x: ops.expand_dims(x, 1),
        lambda x: ops.squeeze(ops.expand_dims(x, -1), -1),
        lambda x: ops.take(x, [2, 0, 2], axis=-1),
        lambda x: ops.concatenate([x, 2 * x], axis=-1),
        lambda x: ops.stack([x, 2 * x], axis=1),
        lambda x: ops.split(x, 2, axis=-1)[1],
        lambda x: ops.unstack(x, axis=1)[2],
        lambda x: ops.pad(x, ((0, 0), (1, 0), (0, 2)), constant_values=3.0),
        lambda x: ops.tril(x),
        lambda x: ops.diagonal(x, axis1=1, axis2=2),
        lambda x: ops.trace(x, axis1=1, axis2=2),
        lambda x: x[:, 0],
        lambda x: x[..., 1:],
        lambda x: x[:, None, :, ::2],
        lambda x: x[:, [2, 0]],
        lambda x: x[:, -1, 1:3],
        lambda x: x @ np.ones((4, 2)),
        lambda x: x @ np.arange(4.0),
        lambda x: np.ones((2, 3)) @ x,
        lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1))),
        lambda x: ops.matmul(x[:, 0], np.ones((4, 2))),
        lambda x: ops.matmul(x[:, 0], np.arange(4.0)),
        lambda x: ops.dot(x, np.ones((4, 2))),
        lambda x: ops.tensordot(x, np.ones((3, 4, 2)), axes=2),
        lambda x: ops.einsum("bij,ki->bkj", x, np.ones((2, 3))),
        lambda x: ops.einsum("bij,jk->bik", x, np.ones((4, 2))),
        lambda x: ops.einsum("bij,bij->b", x, x),
        lambda x: x + np.arange(4.0),
        lambda x: np.arange(12.0).reshape(3, 4) - x,
        lambda x: x * np.arange(3.0)[:, None],
        lambda x: np.arange(1.0, 5.0) / x,
        lambda x: x / 3,
        lambda x: 3 / x,
        lambda x: 2.0**x,
        lambda x: x**0.5,
        lambda x: x**3,
        lambda x: -x + abs(x) % 0.75 + x // 0.5,
        lambda x: (x > 1) & ~(x > 2) | (x == 3.5),
        lambda x: ops.where(x > 1, x, -1.0),
        lambda x: ops.where(x[:, :1] > 1, x, np.ones(4)),
        lambda x: x - ops.mean(x, axis=1, keepdims=True),
        lambda x: ops.one_hot(ops.argmax(x, axis=-1), 4),
        lambda x: ops.cast(x * 3, "int32"),
        lambda x: ops.zeros(ops.shape(x)) + x,
        lambda x: ops.softmax(x, axis=1),
        lambda x: ops.normalize(x, axis=1),
        lambda x: ops.broadcast_to(x[:, :1], ops.shape(x)),
        lambda x: ops.categorical_crossentropy(ops.one_hot(ops.argmax(-x, axis=-1), 4), x),
        lambda x: ops.sparse_categorical_crossentropy(ops.argmax(-x, axis=-1), x, from_logits=True),
        lambda x: ops.binary_crossentropy(x > 1, x / 4),
        lambda x: ops.moments(x, axes=[1])[1],
        lambda x: ops.multi_hot(ops.argmax(x, axis=-1), 4),
        lambda x: sum(ops.unstack(x, axis=1)),
        lambda x: ops.power(x, ops.cast(x > 1, "float64")),
        lambda x: (x > 1) + (x > 2),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_expression_on_samples(function: Any, engine: Any) -> None:
    x = _batch(P)
    np.testing.assert_allclose(
        values(function, x, engine=engine), np.asarray(function(ops.array(x))).astype(float), rtol=1e-11, atol=1e-11
    )


def test_weights_are_parameters() -> None:
    w, b, scale = weight(F.T[:, :2]), weight([0.5, -1.0], "b"), weight(2.0, "scale")
    x = _batch(F[:, :4])[:, 0]

    def function(x: Any) -> Any:
        h = x @ w + b
        return ops.tanh(h) * scale + ops.sum(w) + (x @ w) @ ops.transpose(w)[:, :2]

    low = __import__("tracing").lowered(function, [x])[0]
    assert [type(node).__name__ for node in low.nodes].count("Dense") == 2
    assert low.variables == (w, b, scale)
    np.testing.assert_allclose(values(function, x), np.asarray(function(ops.array(x))), rtol=1e-12)


GRADIENTS = [
    lambda x, w: ops.tanh(x @ w),
    lambda x, w: ops.log(ops.exp(x @ w) + 2.0),
    lambda x, w: ops.softmax(x @ w, axis=-1)[:, ::-1],
    lambda x, w: ops.sqrt(ops.square(x @ w) + 0.3) / ops.sum(ops.abs(w)),
    lambda x, w: ops.logsumexp(x @ w, axis=-1, keepdims=True) * w[0, 0],
    lambda x, w: ops.normalize(x @ w),
    lambda x, w: ops.matmul(ops.expand_dims(x @ w, -1), ops.expand_dims(x, 1)),
    lambda x, w: ops.concatenate([x @ w, ops.sin(x) * w[:, 0]], axis=-1),
    lambda x, w: ops.cumsum(x @ w, axis=1) ** 3,
    lambda x, w: ops.where(x @ w > 0, ops.erf(x @ w), ops.expm1(x @ w)),
    lambda x, w: ops.max(x @ w, axis=-1) * ops.var(w) + ops.prod(x @ w, axis=-1),
    lambda x, w: ops.power(ops.abs(w[:, :1]) + 0.1, 1.7) @ ops.ones((1, 2)) + ops.expand_dims(x @ w, 1),
    lambda x, w: ops.layer_normalization(x @ w, gamma=w[0], epsilon=0.1),
    lambda x, w: ops.einsum("bi,ij->bij", x, w) - ops.stop_gradient(x @ ops.ones((4, 1)))[:, None],
    lambda x, w: ops.logaddexp(x @ w, 0.5) + ops.rsqrt(ops.square(w[1]) + 1.0),
]


@pytest.mark.parametrize("number", range(len(GRADIENTS)))
def test_gradients_of_expressions(number: int) -> None:
    from tracing import lowered

    from denim.engines.interpreter import Draws, backward, forward

    function = GRADIENTS[number]
    x, w = _batch(F)[:, 0], weight(F.T[:, :2] + 0.05)
    low, _ = lowered(lambda t: function(t, w), [x])
    program, draws = low.program(), Draws(0, 0)

    def parameters(kernel: np.ndarray) -> list[np.ndarray]:
        return [kernel if variable is w else variable.value for variable in low.variables]

    def total(kernel: np.ndarray) -> float:
        return float(forward(program, parameters(kernel), [x], [], draws)[low.outputs[0]].sum())

    tensors = forward(program, parameters(w.value), [x], [], draws)
    y = low.outputs[0]
    gradients = backward(program, parameters(w.value), tensors, {y: np.ones_like(tensors[y])}, draws)
    gradient = gradients[low.variables.index(w)]
    numeric = np.zeros_like(w.value)
    for place in np.ndindex(*w.shape):
        step = np.zeros_like(w.value)
        step[place] = 1e-6
        numeric[place] = (total(w.value + step) - total(w.value - step)) / 2e-6
    np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-6)


def _traced(array: np.ndarray, function: Any) -> Any:
    from tracing import lowered

    kept: list[Any] = []

    def keep(x: Any) -> Any:
        kept.append(function(x))
        return x

    lowered(keep, [array])
    return kept[0]


def test_a_sum_of_means_over_the_batch_is_one_mean() -> None:
    x = _batch(P)
    builder = []

    def combined(t: Any) -> Any:
        builder.append(t.builder)
        return 0.5 * ops.mean(ops.square(t)) + ops.mean(t) / 3 - 1.0

    value = _traced(x, combined)
    assert not any(isinstance(builder[0].node(i), BatchReduce) for i in range(value.samples.node + 1))
    assert (value.function, value.shape) == ("mean", ())


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ops.sqrt(ops.mean(ops.square(x))),
        lambda x: x - ops.mean(x),
        lambda x: (x - ops.mean(x, axis=0, keepdims=True)) / (ops.std(x, axis=0) + 0.1),
        lambda x: ops.mean(x) + ops.sum(x) - ops.max(x) * ops.min(x, axis=0),
        lambda x: ops.exp(x - ops.logsumexp(x, axis=0)),
        lambda x: sum([ops.sum(x), ops.sum(x[:, 0])]),
        lambda x: 2.0 / ops.mean(x, axis=(0, 2)),
        lambda x: ops.any(x > 1, axis=0),
    ],
    ids=["root", "centred", "standardized", "several", "softmax", "sums", "quotient", "any"],
)
def test_what_a_batch_has_in_common_is_as_on_arrays(function: Callable[[Any], Any]) -> None:
    x = _batch(P)
    np.testing.assert_allclose(values(function, x), np.asarray(function(ops.convert_to_tensor(x))), rtol=1e-12)


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda x: ops.prod(x), "ops.prod over the batch axis.*sum, mean, max, min.*axis=-1"),
        (lambda x: ops.transpose(x), "ops.transpose would move, repeat or leave out samples"),
        (lambda x: ops.flip(x), "ops.flip would move"),
        (lambda x: ops.expand_dims(x, 0), "ops.expand_dims would move"),
        (lambda x: ops.repeat(x, 2, axis=0), "ops.repeat would move"),
        (lambda x: ops.concatenate([x, x], axis=0), "ops.concatenate would move"),
        (lambda x: x[0], r"write x\[:, \.\.\.\]"),
        (lambda x: x[1:], r"write x\[:, \.\.\.\]"),
        (lambda x: x[:, ops.argmax(x)], "over the batch"),
        (lambda x: x[x > 1], "ops.where"),
        (lambda x: 1 if ops.any(x > 1, axis=-1) else 0, "ops.where"),
        (lambda x: float(x[:, 0, 0]), r"float\(\)"),
        (lambda x: np.exp(x), "Write ops.exp"),
        (lambda x: np.mean(x), "Write ops.mean"),
        (lambda x: np.asarray(x), "denim.ops"),
        (lambda x: x.numpy(), r"numpy\(\)"),
        (lambda x: list(x), "ops.unstack"),
        (lambda x: len(x), r"len\(\)"),
        (lambda x: ops.top_k(x, 2), "ops.top_k works on arrays"),
        (lambda x: ops.sort(x), "ops.sort works on arrays"),
        (lambda x: x[:, 0] @ x[:, 0], "sum over the batch"),
        (lambda x: ops.reshape(x, (4, -1)), "begin the shape with -1"),
        (lambda x: ops.reshape(x, (-1,)), r"\(-1, 12\) would fit"),
        (lambda x: x + x[:, 0], "equally many axes"),
        (lambda x: x @ np.ones((3, 2)), "do not go together"),
        (lambda x: ops.concatenate([x, x[:, :, :1]], axis=1), "sizes may differ along axis 1 alone"),
    ],
)
def test_what_cannot_be_traced_says_what_to_write(function: Any, text: str) -> None:
    with pytest.raises((NotImplementedError, ValueError), match=text):
        _traced(_batch(P), function)


def test_a_method_that_there_is_not_is_answered_with_the_operation() -> None:
    with pytest.raises(AttributeError, match=r"write ops.sum\(x\)"):
        _traced(_batch(P), lambda x: x.sum())
