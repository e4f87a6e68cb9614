"""Operations by Keras's names, on arrays, and on what layers, losses and metrics are traced with.

On arrays NumPy computes them. Where a layer, a loss or a metric of one's own is lowered, they add nodes to its Program.

Source: https://keras.io/api/ops/
"""

from __future__ import annotations

from denim.lazy import bind

HOMES = {
    "elementwise": """
        abs absolute add cbrt ceil clip cos cosh divide divide_no_nan erf exp exp2 expm1 floor floor_divide hypot log
        log10 log1p log2 logaddexp maximum minimum mod multiply negative power reciprocal round rsqrt sign sin sinh sqrt
        square stop_gradient subtract tan true_divide trunc
    """,
    "comparison": """
        equal greater greater_equal isclose isfinite isinf isnan less less_equal logical_and logical_not logical_or
        logical_xor nan_to_num not_equal where
    """,
    "reductions": """
        all amax amin any argmax argmin average count_nonzero cumsum logsumexp max mean min moments norm prod ptp std
        sum trace var
    """,
    "shaping": """
        append broadcast_to concatenate diag diagonal expand_dims flip get_item hstack moveaxis pad ravel repeat reshape
        roll slice split squeeze stack swapaxes take tile transpose tril triu unstack vstack
    """,
    "linear_algebra": "dot einsum inner matmul outer tensordot vdot",
    "neural": """
        batch_normalization binary_crossentropy categorical_crossentropy celu elu gelu glu hard_shrink hard_sigmoid
        hard_silu hard_swish hard_tanh layer_normalization leaky_relu log_sigmoid log_softmax multi_hot normalize
        one_hot relu relu6 rms_normalization selu sigmoid silu soft_shrink softmax softplus softsign
        sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
    """,
    "conversion": """
        array cast convert_to_numpy convert_to_tensor copy dtype is_tensor ndim saturate_cast shape size
    """,
    "creation": """
        arange empty empty_like eye full full_like identity linspace meshgrid ones ones_like tri zeros zeros_like
    """,
    "arrays": """
        allclose arccos arcsin arctan arctan2 argsort bincount cumprod diff histogram in_top_k median nonzero quantile
        searchsorted sort take_along_axis top_k
    """,
}
"""Module -> the operations it defines."""

_EXPORTS: dict[str, str | None] = {
    name: f"denim.ops.{module}" for module, names in HOMES.items() for name in names.split()
}

__all__ = list(_EXPORTS)

__getattr__, __dir__ = bind(__name__, {**_EXPORTS, "nn": None, "numpy": None})
