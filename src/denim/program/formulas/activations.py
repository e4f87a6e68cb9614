"""Activation functions and their gradients.

Forward and gradient stand side by side. Arrays keep their dtype; overflow gives infinities, without a warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
_SQRT_2 = math.sqrt(2.0)
_SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)
_INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)
_GELU_CUBIC = 0.044715

_Forward = Callable[[np.ndarray, float], np.ndarray]
_Gradient = Callable[[np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]


@dataclass(frozen=True)
class ActivationFormula:
    """One activation: its Keras name, what it computes and how gradients pass back through it.

    ``default_alpha`` is None for a function without a number of its own.
    """

    name: str
    _forward: _Forward
    _gradient: _Gradient
    default_alpha: float | None = None

    def forward(self, x: np.ndarray, alpha: float | None = None) -> np.ndarray:
        """The function of x, elementwise or (the softmaxes) over the last axis; ``alpha`` None means the default."""
        with np.errstate(all="ignore"):
            return self._forward(x, self._alpha(alpha))

    def gradient(self, x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float | None = None) -> np.ndarray:
        """The loss's gradient by x, given y = forward(x) and the loss's gradient by y."""
        with np.errstate(all="ignore"):
            return self._gradient(x, y, dy, self._alpha(alpha))

    def _alpha(self, alpha: float | None) -> float:
        if alpha is not None:
            return float(alpha)
        return 0.0 if self.default_alpha is None else self.default_alpha


def relu(x: np.ndarray, negative_slope: float, max_value: float | None, threshold: float) -> np.ndarray:
    """x, at most ``max_value``, where it is above ``threshold``, else negative_slope * (x - threshold)."""
    above = x if max_value is None else np.clip(x, 0.0, max_value)
    below = negative_slope * (x - threshold) if negative_slope else np.zeros_like(x)
    return np.where(x <= threshold, below, above)  # so that NaN stays NaN


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), exact in both tails."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def softplus(x: np.ndarray) -> np.ndarray:
    """log(1 + exp(x)), without overflow."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def softmax(x: np.ndarray) -> np.ndarray:
    """exp(x) normalised to sum 1 over the last axis."""
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def log_softmax(x: np.ndarray) -> np.ndarray:
    """log(softmax(x)), exact where a probability would be zero."""
    shifted = x - np.max(x, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


_erf_float64 = np.vectorize(math.erf, otypes=[np.float64])


def erf(x: np.ndarray) -> np.ndarray:
    """The error function, to the last digits of the C library's."""
    return np.asarray(_erf_float64(x)).astype(x.dtype)


def _softmax_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return y * (dy - np.sum(dy * y, axis=-1, keepdims=True))


def _log_softmax_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return dy - np.exp(y) * np.sum(dy, axis=-1, keepdims=True)


def _gelu(x: np.ndarray, alpha: float) -> np.ndarray:
    return x * (0.5 * (1.0 + erf(x / _SQRT_2)))


def _gelu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    density = _INV_SQRT_2PI * np.exp(-0.5 * x * x)
    return dy * (0.5 * (1.0 + erf(x / _SQRT_2)) + x * density)


def _gelu_tanh(x: np.ndarray, alpha: float) -> np.ndarray:
    return 0.5 * x * (1.0 + np.tanh(_SQRT_2_OVER_PI * (x + _GELU_CUBIC * x * x * x)))


def _gelu_tanh_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    t = np.tanh(_SQRT_2_OVER_PI * (x + _GELU_CUBIC * x * x * x))
    slope = _SQRT_2_OVER_PI * (1.0 + 3.0 * _GELU_CUBIC * x * x)
    return dy * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * slope)


def _leaky_relu(x: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x >= 0, x, alpha * x)


def _leaky_relu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x >= 0, dy, alpha * dy)


def _elu(x: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def _elu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x > 0, dy, dy * (alpha * np.exp(np.minimum(x, 0.0))))


def _celu(x: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0) / alpha))


def _celu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(x > 0, dy, dy * np.exp(np.minimum(x, 0.0) / alpha))


def _selu(x: np.ndarray, alpha: float) -> np.ndarray:
    return SELU_SCALE * _elu(x, SELU_ALPHA)


def _selu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return SELU_SCALE * _elu_gradient(x, y, dy, SELU_ALPHA)


def _silu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    s = sigmoid(x)
    return dy * (s * (1.0 + x * (1.0 - s)))


def _mish(x: np.ndarray, alpha: float) -> np.ndarray:
    return x * np.tanh(softplus(x))


def _mish_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    t = np.tanh(softplus(x))
    return dy * (t + x * (1.0 - t * t) * sigmoid(x))


def _softsign(x: np.ndarray, alpha: float) -> np.ndarray:
    return x / (1.0 + np.abs(x))


def _softsign_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    d = 1.0 + np.abs(x)
    return dy / (d * d)


def _capped_relu(x: np.ndarray, alpha: float) -> np.ndarray:
    return np.minimum(np.maximum(x, 0.0), alpha)


def _capped_relu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return np.where((x > 0) & (x < alpha), dy, 0.0)


def _hard_sigmoid(x: np.ndarray, alpha: float) -> np.ndarray:
    return _capped_relu(x + 3.0, 6.0) / 6.0


def _hard_sigmoid_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return np.where(np.abs(x) < 3.0, dy / 6.0, 0.0)


def _hard_silu(x: np.ndarray, alpha: float) -> np.ndarray:
    return x * _hard_sigmoid(x, alpha)


def _hard_silu_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray, alpha: float) -> np.ndarray:
    return dy * _hard_sigmoid(x, alpha) + x * _hard_sigmoid_gradient(x, y, dy, alpha)


ACTIVATIONS: dict[str, ActivationFormula] = {
    formula.name: formula
    for formula in (
        ActivationFormula("linear", lambda x, a: x, lambda x, y, dy, a: dy),
        ActivationFormula("relu", lambda x, a: np.maximum(x, 0.0), lambda x, y, dy, a: np.where(x > 0, dy, 0.0)),
        ActivationFormula("sigmoid", lambda x, a: sigmoid(x), lambda x, y, dy, a: dy * (y * (1.0 - y))),
        ActivationFormula("tanh", lambda x, a: np.tanh(x), lambda x, y, dy, a: dy * (1.0 - y * y)),
        ActivationFormula("softmax", lambda x, a: softmax(x), _softmax_gradient),
        ActivationFormula("gelu", _gelu, _gelu_gradient),
        ActivationFormula("gelu_tanh", _gelu_tanh, _gelu_tanh_gradient),
        ActivationFormula("leaky_relu", _leaky_relu, _leaky_relu_gradient, default_alpha=0.2),
        ActivationFormula("elu", _elu, _elu_gradient, default_alpha=1.0),
        ActivationFormula("selu", _selu, _selu_gradient),
        ActivationFormula("silu", lambda x, a: x * sigmoid(x), _silu_gradient),
        ActivationFormula("softplus", lambda x, a: softplus(x), lambda x, y, dy, a: dy * sigmoid(x)),
        ActivationFormula("exponential", lambda x, a: np.exp(x), lambda x, y, dy, a: dy * y),
        ActivationFormula("softsign", _softsign, _softsign_gradient),
        ActivationFormula("hard_sigmoid", _hard_sigmoid, _hard_sigmoid_gradient),
        ActivationFormula("relu6", _capped_relu, _capped_relu_gradient, default_alpha=6.0),
        ActivationFormula("mish", _mish, _mish_gradient),
        ActivationFormula("hard_silu", _hard_silu, _hard_silu_gradient),
        ActivationFormula("celu", _celu, _celu_gradient, default_alpha=1.0),
        ActivationFormula("log_sigmoid", lambda x, a: -softplus(-x), lambda x, y, dy, a: dy * sigmoid(-x)),
        ActivationFormula("log_softmax", lambda x, a: log_softmax(x), _log_softmax_gradient),
    )
}
"""By the name that ``program.nodes.Activation.function`` holds: Keras's names; gelu_tanh is its approximate gelu.

relu6's alpha is its largest value, so that relu6 with another alpha is a relu with that ``max_value``.
"""
