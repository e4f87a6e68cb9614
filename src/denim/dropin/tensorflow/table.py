"""Which of ``denim.ops`` stands for which of TensorFlow's functions: ``tf.name`` -> ``ops.name``."""

_SAME_MATH = """
    abs add argsort cos cosh equal exp eye floor greater greater_equal less less_equal
    linspace logical_and logical_not logical_or maximum minimum multiply not_equal ones ones_like repeat reshape
    round shape sigmoid sign sin sinh size sort sqrt square squeeze stack subtract tan tanh tensordot tile trace
    unstack where zeros zeros_like
"""
MATH = {
    **{name: name for name in _SAME_MATH.split()},
    "argmax": "argmax",
    "argmin": "argmin",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "cast": "cast",
    "clip_by_value": "clip",
    "concat": "concatenate",
    "cumsum": "cumsum",
    "divide": "divide",
    "expand_dims": "expand_dims",
    "fill": "full",
    "gather": "take",
    "identity": "copy",
    "norm": "norm",
    "one_hot": "one_hot",
    "pow": "power",
    "range": "arange",
    "rank": "ndim",
    "reduce_all": "all",
    "reduce_any": "any",
    "reduce_max": "max",
    "reduce_mean": "mean",
    "reduce_min": "min",
    "reduce_prod": "prod",
    "reduce_sum": "sum",
    "transpose": "transpose",
    "truediv": "true_divide",
}
"""Of ``tf`` itself."""

ONLY_MATH = {
    "ceil": "ceil",
    "count_nonzero": "count_nonzero",
    "divide_no_nan": "divide_no_nan",
    "erf": "erf",
    "is_finite": "isfinite",
    "is_inf": "isinf",
    "is_nan": "isnan",
    "log": "log",
    "log1p": "log1p",
    "log_sigmoid": "log_sigmoid",
    "reciprocal": "reciprocal",
    "reduce_logsumexp": "logsumexp",
    "reduce_std": "std",
    "reduce_variance": "var",
    "rsqrt": "rsqrt",
    "softplus": "softplus",
    "top_k": "top_k",
}
"""Of ``tf.math`` alone, which has most of ``tf``'s too."""

ACTIVATIONS = (
    "elu",
    "gelu",
    "leaky_relu",
    "log_softmax",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
)
"""Of ``tf.nn``: ``denim.activations``'s own, which a layer takes."""

FUNCTIONS = ("matmul", "squared_difference")
"""Of ``tf`` and ``tf.math``: those of ``functions``."""

NN_FUNCTIONS = (
    "bias_add",
    "l2_loss",
    "l2_normalize",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
    "weighted_cross_entropy_with_logits",
)
"""Of ``tf.nn``: those of ``functions``."""
