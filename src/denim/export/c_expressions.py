"""What functions of elements are in C, in the order of operations of the native engine.

``a``, ``b`` and ``c`` are the operands, ``alpha`` an activation's number; names with ``v_`` are those of ``runtime.c``.
"""

from __future__ import annotations

ACTIVATIONS = {
    "relu": "{a} < R(0.0) ? R(0.0) : {a}",
    "sigmoid": "v_sigmoid({a})",
    "tanh": "v_tanh({a})",
    "exponential": "v_exp({a})",
    "leaky_relu": "{a} * ({a} >= R(0.0) ? R(1.0) : {alpha})",
    "elu": "v_elu({a}, {alpha})",
    "selu": "v_selu({a})",
    "silu": "{a} * v_sigmoid({a})",
    "softplus": "v_softplus({a})",
    "gelu": "{a} * v_normal_cdf({a})",
    "gelu_tanh": "v_gelu_tanh({a})",
    "softsign": "{a} / (R(1.0) + v_abs({a}))",
    "hard_sigmoid": "v_hard_sigmoid({a})",
    "relu6": "v_relu6({a}, {alpha})",
    "mish": "v_mish({a})",
    "hard_silu": "{a} * v_hard_sigmoid({a})",
    "celu": "v_celu({a}, {alpha})",
    "log_sigmoid": "-v_softplus(-{a})",
}
"""By name; the softmaxes, which are functions of rows, are not among them."""

ELEMENTWISE = {
    "negative": "-{a}",
    "abs": "v_abs({a})",
    "square": "{a} * {a}",
    "sqrt": "v_sqrt({a})",
    "rsqrt": "R(1.0) / v_sqrt({a})",
    "reciprocal": "R(1.0) / {a}",
    "exp": "v_exp({a})",
    "expm1": "v_expm1({a})",
    "log": "v_log({a})",
    "log1p": "v_log1p({a})",
    "sin": "v_sin_cos({a}, 0)",
    "cos": "v_sin_cos({a}, 1)",
    "erf": "v_erf({a})",
    "sign": "v_sign({a})",
    "floor": "v_floor({a})",
    "ceil": "v_ceil({a})",
    "round": "v_round({a})",
    "trunc": "v_trunc({a})",
    "isnan": "{a} != {a} ? R(1.0) : R(0.0)",
    "isfinite": "v_abs({a}) < R(INFINITY) ? R(1.0) : R(0.0)",
    "logical_not": "{a} == R(0.0) ? R(1.0) : R(0.0)",
    "add": "{a} + {b}",
    "subtract": "{a} - {b}",
    "multiply": "{a} * {b}",
    "divide": "{a} / {b}",
    "power": "v_power({a}, {b})",
    "maximum": "{a} > {b} || {a} != {a} ? {a} : {b}",
    "minimum": "{a} < {b} || {a} != {a} ? {a} : {b}",
    "equal": "{a} == {b} ? R(1.0) : R(0.0)",
    "not_equal": "{a} != {b} ? R(1.0) : R(0.0)",
    "less": "{a} < {b} ? R(1.0) : R(0.0)",
    "less_equal": "{a} <= {b} ? R(1.0) : R(0.0)",
    "greater": "{a} > {b} ? R(1.0) : R(0.0)",
    "greater_equal": "{a} >= {b} ? R(1.0) : R(0.0)",
    "logical_and": "{a} != R(0.0) && {b} != R(0.0) ? R(1.0) : R(0.0)",
    "logical_or": "{a} != R(0.0) || {b} != R(0.0) ? R(1.0) : R(0.0)",
    "floor_divide": "v_floor({a} / {b})",
    "where": "{a} != R(0.0) ? {b} : {c}",
}
