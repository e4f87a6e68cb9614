"""Draw small models and trainings from tables: a name that denim gains is one line here.

A case is plain data, and one line of JSON is all of it: what is drawn is written down before it is made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

Options = dict[str, Any]
Shape = tuple[int, ...]
Random = np.random.Generator

EPOCHS = 3
ROWS = (23, 30, 37, 45)
BATCHES = (8, 10, 16)


def new(name: str, /, **options: Any) -> Options:
    """An object of Keras's, as data."""
    return {"new": name, **options}


# Tables. Each entry draws the options of one name; layers are also told the shape of what they read.

ACTIVATIONS = (
    *("linear", "relu", "sigmoid", "tanh", "softmax", "gelu", "leaky_relu", "elu", "selu", "silu", "softplus"),
    *("exponential", "softsign", "hard_sigmoid", "relu6", "mish", "log_softmax", "hard_silu", "celu", "log_sigmoid"),
    *("squareplus", "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink", "sparse_plus", "sparse_sigmoid"),
)

REGULARIZERS: dict[str, Callable[[Random], Options]] = {
    "L1": lambda r: {"l1": _of(r, 0.001, 0.01)},
    "L2": lambda r: {"l2": _of(r, 0.01, 0.05)},
    "L1L2": lambda r: {"l1": 0.002, "l2": _of(r, 0.01, 0.02)},
}

CONSTRAINTS: dict[str, Callable[[Random], Options]] = {
    "MaxNorm": lambda r: {"max_value": _of(r, 0.5, 1.0)},
    "NonNeg": lambda r: {},
    "UnitNorm": lambda r: {},
    "MinMaxNorm": lambda r: {"min_value": 0.4, "max_value": 0.9, "rate": _of(r, 1.0, 0.5)},
}

LAYERS: dict[str, Callable[[Random, Shape], Options | None]] = {
    "Dense": lambda r, shape: _dense(r),
    "EinsumDense": lambda r, shape: _einsum_dense(r, shape),
    "Activation": lambda r, shape: {"activation": _of(r, *ACTIVATIONS, *(["glu"] if shape[-1] % 2 == 0 else []))},
    "ReLU": lambda r, shape: _of(r, {}, {"negative_slope": 0.1}, {"max_value": 1.5}),
    "LeakyReLU": lambda r, shape: {"negative_slope": _of(r, 0.3, 0.05)},
    "ELU": lambda r, shape: {"alpha": _of(r, 1.0, 0.7)},
    "PReLU": lambda r, shape: _of(r, {}, {"shared_axes": [1]}),
    "Softmax": lambda r, shape: _of(r, {}, {"axis": 1}),
    "BatchNormalization": lambda r, shape: {
        "momentum": _of(r, 0.99, 0.6), "epsilon": _of(r, 1e-3, 1e-2), "center": _often(r), "scale": _often(r),
        **_of(r, {}, {"axis": 1}),
    },
    "LayerNormalization": lambda r, shape: {
        "epsilon": _of(r, 1e-3, 1e-2), "center": _often(r), "scale": _often(r),
        **({"axis": _of(r, [1, 2], [1], [2])} if min(shape) > 2 and len(shape) == 2 else {}),
    },
    "GroupNormalization": lambda r, shape: {
        "groups": _of(r, 1, 2 if shape[-1] in (4, 6) else 1), "epsilon": _of(r, 1e-3, 1e-2),
        "center": _often(r), "scale": _often(r),
    },
    "UnitNormalization": lambda r, shape: {},
    "RMSNormalization": lambda r, shape: {"epsilon": _of(r, 1e-6, 1e-2)},
    "Normalization": lambda r, shape: {
        **_of(
            r, {"mean": 0.5, "variance": 2.0}, {"mean": [0.5] * shape[-1], "variance": [0.3] * shape[-1]}
        ),
        "invert": _seldom(r),
    },
    "Rescaling": lambda r, shape: {"scale": _of(r, 0.5, 2.0), "offset": _of(r, 0.0, -0.3)},
    "Identity": lambda r, shape: {},
    "Dropout": lambda r, shape: {"rate": 0.0},
    "GaussianDropout": lambda r, shape: {"rate": 0.0},
    "AlphaDropout": lambda r, shape: {"rate": 0.0},
    "GaussianNoise": lambda r, shape: {"stddev": 0.0},
    "ActivityRegularization": lambda r, shape: {"l1": 0.001, "l2": _of(r, 0.0, 0.01)},
    "Flatten": lambda r, shape: {},
    "Reshape": lambda r, shape: {"target_shape": _of(r, [prod(shape), 1], [-1, 2 - prod(shape) % 2])},
    "Permute": lambda r, shape: {"dims": [2, 1]} if len(shape) == 2 else None,
    "RepeatVector": lambda r, shape: {"n": 2} if len(shape) == 1 else None,
    "GlobalAveragePooling1D": lambda r, shape: {"keepdims": _seldom(r)} if len(shape) == 2 else None,
    "GlobalMaxPooling1D": lambda r, shape: {"keepdims": _seldom(r)} if len(shape) == 2 else None,
    "Discretization": lambda r, shape: {
        "bin_boundaries": [-0.7, 0.1, 0.5], "output_mode": _of(r, "multi_hot", "count")
    } if len(shape) == 1 else None,
}  # fmt: skip
"""Those that read one tensor of floats."""

MERGES: dict[str, Callable[[Random], Options]] = {
    "Concatenate": lambda r: {},
    "Add": lambda r: {},
    "Subtract": lambda r: {},
    "Multiply": lambda r: {},
    "Average": lambda r: {},
    "Maximum": lambda r: {},
    "Minimum": lambda r: {},
    "Dot": lambda r: {"axes": 1, "normalize": _seldom(r)},
}
"""Those that read two of one shape; all but ``Dot`` also read three."""

ENCODERS: dict[str, Callable[[Random, int], Options]] = {
    "Embedding": lambda r, classes: {"input_dim": classes, "output_dim": _of(r, 2, 3)},
    "CategoryEncoding": lambda r, classes: {"num_tokens": classes, "output_mode": _of(r, "multi_hot", "count")},
}
"""Those that read class numbers."""

OPTIMIZERS: dict[str, Callable[[Random], Options]] = {
    "SGD": lambda r: {"learning_rate": 0.05, **_of(r, {}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True})},
    "RMSprop": lambda r: {
        "learning_rate": _of(r, 0.001, 0.01), "rho": _of(r, 0.9, 0.8),
        **_of(r, {}, {"momentum": 0.5}, {"centered": True}),
    },
    "Adam": lambda r: {"learning_rate": _of(r, 0.001, 0.01), "amsgrad": _seldom(r), "beta_2": _of(r, 0.999, 0.99)},
    "AdamW": lambda r: {"learning_rate": 0.01, "weight_decay": _of(r, 0.004, 0.05)},
    "Nadam": lambda r: {"learning_rate": 0.01, "beta_1": _of(r, 0.9, 0.8)},
    "Adamax": lambda r: {"learning_rate": 0.01},
    "Adagrad": lambda r: {"learning_rate": 0.05, "initial_accumulator_value": _of(r, 0.1, 0.3)},
    "Adadelta": lambda r: {"learning_rate": _of(r, 0.5, 1.0), "rho": 0.9},
    "Ftrl": lambda r: {"learning_rate": 0.05, "l1_regularization_strength": _of(r, 0.0, 0.01)},
    "Lion": lambda r: {"learning_rate": 0.003},
    "Lamb": lambda r: {"learning_rate": 0.01},
}  # fmt: skip

SCHEDULES: dict[str, Callable[[Random], Options]] = {
    "ExponentialDecay": lambda r: {"decay_steps": 3, "decay_rate": 0.8, "staircase": _seldom(r)},
    "PiecewiseConstantDecay": lambda r: {"boundaries": [2, 5], "values": [0.02, 0.01, 0.005]},
    "InverseTimeDecay": lambda r: {"decay_steps": 2, "decay_rate": 0.5},
    "PolynomialDecay": lambda r: {"decay_steps": 6, "power": _of(r, 1.0, 2.0), "cycle": _seldom(r)},
    "CosineDecay": lambda r: {"decay_steps": 7, "alpha": _of(r, 0.0, 0.1)},
    "CosineDecayRestarts": lambda r: {"first_decay_steps": 3},
}

COMMON: tuple[Options, ...] = (
    {"clipnorm": 0.5},
    {"clipvalue": 0.05},
    {"global_clipnorm": 0.5},
    {"weight_decay": 0.01},
    {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 4},
    {"gradient_accumulation_steps": 2},
)
"""What every optimizer can be given besides."""

# Kinds of targets -> losses with their options, the activation of the last layer, and the metrics that go with them.
LOSSES: dict[str, tuple[tuple[str, str, Callable[[Random], Options]], ...]] = {
    "labels": (
        ("SparseCategoricalCrossentropy", "softmax", lambda r: {}),
        ("SparseCategoricalCrossentropy", "linear", lambda r: {"from_logits": True}),
        ("CategoricalGeneralizedCrossEntropy", "softmax", lambda r: {"q": _of(r, 0.5, 0.8)}),
    ),
    "one_hot": (
        ("CategoricalCrossentropy", "softmax", lambda r: {"label_smoothing": _of(r, 0.0, 0.1)}),
        ("CategoricalCrossentropy", "linear", lambda r: {"from_logits": True}),
        ("CategoricalFocalCrossentropy", "softmax", lambda r: {"gamma": _of(r, 2.0, 1.0)}),
        ("KLDivergence", "softmax", lambda r: {}),
        ("CategoricalHinge", "linear", lambda r: {}),
        ("CosineSimilarity", "linear", lambda r: {}),
        ("Dice", "softmax", lambda r: {"axis": -1}),
        ("Tversky", "softmax", lambda r: {"axis": -1, "alpha": _of(r, 0.5, 0.3)}),
    ),
    "binary": (
        ("BinaryCrossentropy", "sigmoid", lambda r: {"label_smoothing": _of(r, 0.0, 0.2)}),
        ("BinaryCrossentropy", "linear", lambda r: {"from_logits": True}),
        ("BinaryFocalCrossentropy", "sigmoid", lambda r: {"apply_class_balancing": _seldom(r)}),
        ("Hinge", "tanh", lambda r: {}),
        ("SquaredHinge", "linear", lambda r: {}),
    ),
    "multilabel": (
        ("BinaryCrossentropy", "sigmoid", lambda r: {}),
        ("BinaryFocalCrossentropy", "sigmoid", lambda r: {"gamma": 1.0}),
        ("Dice", "sigmoid", lambda r: {"axis": -1}),
        ("Tversky", "sigmoid", lambda r: {"axis": -1, "beta": 0.7}),
    ),
    "regression": (
        ("MeanSquaredError", "linear", lambda r: {}),
        ("MeanAbsoluteError", "linear", lambda r: {}),
        ("Huber", "linear", lambda r: {"delta": _of(r, 1.0, 0.5)}),
        ("LogCosh", "linear", lambda r: {}),
        ("MeanSquaredError", "tanh", lambda r: {"reduction": "sum"}),
    ),
    "positive": (
        ("Poisson", "softplus", lambda r: {}),
        ("MeanSquaredLogarithmicError", "softplus", lambda r: {}),
        ("MeanAbsolutePercentageError", "softplus", lambda r: {}),
    ),
}  # fmt: skip

WIDTH = "as many as there are"

METRICS: dict[str, tuple[tuple[str, Options], ...]] = {
    "labels": (
        ("SparseCategoricalAccuracy", {}), ("SparseTopKCategoricalAccuracy", {"k": 2}),
        ("SparseCategoricalCrossentropy", {}), ("SparseCategoricalCrossentropy", {"from_logits": True}),
        ("MeanIoU", {"num_classes": WIDTH, "sparse_y_pred": False}),
        ("IoU", {"num_classes": WIDTH, "target_class_ids": [0, 2], "sparse_y_pred": False}),
    ),
    "one_hot": (
        ("CategoricalAccuracy", {}), ("MeanSquaredError", {}), ("TopKCategoricalAccuracy", {"k": 2}),
        ("F1Score", {"average": "macro"}), ("Precision", {}), ("Recall", {"class_id": 1}), ("AUC", {}),
        ("CosineSimilarity", {}), ("CategoricalHinge", {}), ("CategoricalCrossentropy", {"label_smoothing": 0.1}),
        ("CategoricalCrossentropy", {"from_logits": True}), ("KLDivergence", {}), ("PearsonCorrelation", {}),
        ("ConcordanceCorrelation", {}),
        ("OneHotIoU", {"num_classes": WIDTH, "target_class_ids": [1]}), ("OneHotMeanIoU", {"num_classes": WIDTH}),
        ("FBetaScore", {"average": "weighted", "beta": 2.0}),
    ),
    "binary": (
        ("BinaryAccuracy", {"threshold": 0.4}), ("MeanAbsoluteError", {}), ("Precision", {}), ("Recall", {}),
        ("AUC", {}), ("AUC", {"curve": "PR", "num_thresholds": 50}), ("TruePositives", {}), ("FalseNegatives", {}),
        ("Hinge", {}), ("SquaredHinge", {}), ("PrecisionAtRecall", {"recall": 0.5}),
        ("RecallAtPrecision", {"precision": 0.4}), ("SensitivityAtSpecificity", {"specificity": 0.5}),
        ("SpecificityAtSensitivity", {"sensitivity": 0.5, "num_thresholds": 30}), ("MeanSquaredError", {}),
        ("BinaryCrossentropy", {"from_logits": True}), ("AUC", {"from_logits": True, "num_thresholds": 40}),
        ("TrueNegatives", {}), ("FalsePositives", {"thresholds": [0.3, 0.6]}),
        ("BinaryIoU", {"target_class_ids": [0, 1], "threshold": 0.45}),
    ),
    "multilabel": (
        ("BinaryAccuracy", {}), ("Precision", {"top_k": 2}), ("F1Score", {"average": "micro", "threshold": 0.5}),
        ("AUC", {"multi_label": True, "num_thresholds": 20}), ("FBetaScore", {"beta": 0.5, "threshold": 0.4}),
        ("MeanSquaredError", {}), ("Recall", {"thresholds": 0.3}), ("Precision", {"class_id": 2}),
    ),
    "regression": (
        ("MeanSquaredError", {}), ("MeanAbsoluteError", {}), ("RootMeanSquaredError", {}), ("R2Score", {}),
        ("LogCoshError", {}), ("CosineSimilarity", {}), ("R2Score", {"class_aggregation": "variance_weighted_average"}),
    ),
    "positive": (
        ("MeanAbsolutePercentageError", {}), ("MeanSquaredLogarithmicError", {}), ("Poisson", {}),
        ("RootMeanSquaredError", {}),
    ),
}  # fmt: skip

BY_NAME = {
    "labels": ("sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy"),
    "one_hot": ("categorical_crossentropy", "mse", "cosine_similarity"),
    "binary": ("binary_accuracy", "mse", "squared_hinge"),
    "multilabel": ("mae", "mean_squared_error"),
    "regression": ("mse", "mean_absolute_error", "cosine_similarity"),
    "positive": ("mape", "msle", "poisson"),
}
"""Metrics that are given as texts."""

BY_SHAPE = ("labels", "one_hot", "binary", "multilabel")
"""Kinds of targets for which "accuracy" means something."""

OF_LENGTH_ONE = ("UnitNormalization", "RMSNormalization", "GroupNormalization")
"""Of a vector with one number that is not 0, these have a gradient of nothing but round-off."""

IN_ROWS = (
    *("Dense", "EinsumDense", "Permute", "GlobalAveragePooling1D", "GlobalMaxPooling1D"),
    *("LayerNormalization", "BatchNormalization", "PReLU", "Softmax"),
)
"""Those that have more to do where a sample has two axes."""

WITH_PENALTIES = ("Dense", "EinsumDense", "PReLU", "LayerNormalization")
"""Those of which some get an ``activity_regularizer``."""

WITH_WEIGHTS = ("Dense", "EinsumDense", "PReLU", "LayerNormalization", "BatchNormalization", "GroupNormalization")
"""Those of which some are frozen."""

NOT_IN_A_CALL = ("=", "Normalization")
"""What is not drawn in a model's own ``call``: Keras on JAX fails where a ``Normalization`` is built there."""

UNSTABLE = ("Lion", "UnitNorm")
"""Where the sign of a number decides, or a length near 0: round-off is the result then."""


class Table:
    """The names of the tables that a package has.

    Args:
        keras: denim, or Keras.
    """

    def __init__(self, keras: Any) -> None:
        def there(room: str, names: Sequence[str]) -> list[str]:
            return [name for name in names if hasattr(getattr(keras, room, None), name)]

        self.layers = there("layers", list(LAYERS))
        self.merges = there("layers", list(MERGES))
        self.encoders = there("layers", list(ENCODERS))
        self.constraints = there("constraints", list(CONSTRAINTS))
        self.optimizers = there("optimizers", list(OPTIMIZERS))
        self.common = [options for options in COMMON if _has(keras.optimizers.SGD, options)]
        self.losses = {
            kind: [loss for loss in losses if hasattr(keras.losses, loss[0])] for kind, losses in LOSSES.items()
        }
        self.metrics = {
            kind: [metric for metric in metrics if hasattr(keras.metrics, metric[0])]
            for kind, metrics in METRICS.items()
        }


def _has(kind: Any, options: Options) -> bool:
    try:
        kind(**options)
    except NotImplementedError:
        return False
    return True


def draw(seed: int, table: Table) -> Options:
    """The case of this number."""
    return _Drawing(np.random.default_rng([20261122, seed]), table).case(seed)


def line_of(case: Options) -> str:
    """The case in one line."""
    return json.dumps(case, separators=(",", ":"))


class _Drawing:
    def __init__(self, random: Random, table: Table) -> None:
        self.random = random
        self.table = table
        self.chain = True
        self.inputs = 0
        self.graph: list[list[Any]] = []
        self.shapes: list[Shape] = []

    def case(self, seed: int) -> Options:
        random = self.random
        chain = self.chain = bool(random.random() < 0.45)
        inputs: list[Options] = [{"shape": [int(random.integers(3, 9))]}]
        if not chain:
            while len(inputs) < 3 and random.random() < 0.45:
                inputs.append({"shape": [int(random.integers(2, 6))]})
            if self.table.encoders and random.random() < 0.3:
                inputs.append({"shape": [int(random.integers(1, 4))], "classes": 5})
        self.shapes = [tuple(entry["shape"]) for entry in inputs]
        self.inputs = len(inputs)
        ends = [self._encoded(i, entry) if "classes" in entry else i for i, entry in enumerate(inputs)]
        if chain:
            ends = [self._stack(ends[0], int(random.integers(0, 5)))]
        else:
            ends = self._joined([self._stack(end, int(random.integers(0, 3))) for end in ends])
        count = max(len(ends), 1 if chain or random.random() < 0.6 else 2)
        kinds = [str(_of(random, *LOSSES)) for _ in range(count)]
        outputs = [self._output(end, kind) for kind, end in zip(kinds, (ends * count)[:count], strict=True)]
        case: Options = {
            "seed": seed,
            "inputs": inputs,
            "graph": self.graph,
            "outputs": [output.pop("tensor") for output in outputs],
            "targets": outputs,
            "optimizer": self._optimizer(),
            "fit": self._fit(kinds),
        }
        if chain:
            case["sequential"] = True
        if len(outputs) > 1:
            case["loss_weights"] = [_of(random, 1.0, 0.5, 2.0) for _ in outputs]
            if random.random() < 0.3:
                case["by_name"] = True
        elif random.random() < 0.15 and not any(entry[0].startswith(NOT_IN_A_CALL) for entry in self.graph):
            case["sequential"] = False
            case["subclassed"] = True
        return case

    # The graph: a list of [layer, options, what it reads]; "=3" calls the third entry's layer again.

    def _add(self, name: str, options: Options, reads: list[int], shape: Shape) -> int:
        self.graph.append([name, options, reads])
        self.shapes.append(shape)
        return len(self.shapes) - 1

    def _encoded(self, tensor: int, entry: Options) -> int:
        name = str(_of(self.random, *self.table.encoders))
        options = ENCODERS[name](self.random, entry["classes"])
        (length,) = entry["shape"]
        if name != "Embedding":
            return self._add(name, options, [tensor], (entry["classes"],))
        embedded = self._add(name, options, [tensor], (length, options["output_dim"]))
        return self._add("Flatten", {}, [embedded], (length * options["output_dim"],))

    def _stack(self, tensor: int, depth: int) -> int:
        for _ in range(depth):
            tensor = self._layer(tensor, str(_of(self.random, "Dense", "Dense", *self.table.layers)))
            if len(self.shapes[tensor]) > 1 and self.random.random() < 0.7:
                tensor = self._layer(tensor, str(_of(self.random, *IN_ROWS)))
        return self._flat(tensor)

    def _flat(self, tensor: int) -> int:
        shape = self.shapes[tensor]
        return tensor if len(shape) == 1 else self._add("Flatten", {}, [tensor], (prod(shape),))

    def _layer(self, tensor: int, name: str) -> int:
        if name in OF_LENGTH_ONE:
            tensor = self._dense(self._flat(tensor), int(self.random.integers(3, 7)), "tanh")
        shape = self.shapes[tensor]
        options = LAYERS[name](self.random, shape)
        if options is None:
            return tensor
        if name == "Dense":
            self._with_penalties(options)
            again = self._again(tensor, options)
            if again is not None:
                return again
        elif name == "BatchNormalization" and self.graph and self.graph[-1][0] in ("Dense", "EinsumDense"):
            # The bias before it would have a gradient of nothing but round-off.
            before = self.graph[-1][1]
            if before.pop("bias_axes", None) is None and self.graph[-1][0] == "Dense":
                before["use_bias"] = False
            before["activation"] = "linear"
            before.pop("bias_regularizer", None)
            before.pop("bias_constraint", None)
        elif name == "Discretization" and tensor >= self.inputs:
            return tensor  # round-off would decide which side of a boundary a number is on
        if name in WITH_PENALTIES and self.random.random() < 0.1:
            penalty = str(_of(self.random, *REGULARIZERS))
            options["activity_regularizer"] = new(f"regularizers.{penalty}", **REGULARIZERS[penalty](self.random))
        if name in WITH_WEIGHTS and self.random.random() < 0.07:
            options["trainable"] = False
        after = {
            "Dense": lambda: (*shape[:-1], options["units"]),
            "EinsumDense": lambda: tuple(np.atleast_1d(options["output_shape"]).tolist()),
            "Activation": lambda: (*shape[:-1], shape[-1] // (1 + (options["activation"] == "glu"))),
            "Flatten": lambda: (prod(shape),),
            "Reshape": lambda: tuple(prod(shape) // -prod(options["target_shape"]) if n < 0 else n
                                     for n in options["target_shape"]),
            "Permute": lambda: shape[::-1],
            "RepeatVector": lambda: (options["n"], *shape),
            "GlobalAveragePooling1D": lambda: (1, shape[1]) if options["keepdims"] else shape[1:],
            "GlobalMaxPooling1D": lambda: (1, shape[1]) if options["keepdims"] else shape[1:],
            "Discretization": lambda: (len(options["bin_boundaries"]) + 1,),
        }  # fmt: skip
        return self._add(name, options, [tensor], after[name]() if name in after else shape)

    def _again(self, tensor: int, options: Options) -> int | None:
        """A Dense of the same width as what it reads may be called twice."""
        shape = self.shapes[tensor]
        if self.chain or len(shape) > 1 or self.random.random() > 0.2:
            return None
        options["units"] = shape[-1]
        first = self._add("Dense", options, [tensor], shape)
        return self._add(f"={len(self.graph) - 1}", {}, [first], shape)

    def _with_penalties(self, options: Options) -> None:
        random = self.random
        for weight in ("kernel", "bias"):
            if random.random() < 0.2:
                name = str(_of(random, *REGULARIZERS))
                options[f"{weight}_regularizer"] = new(f"regularizers.{name}", **REGULARIZERS[name](random))
            if self.table.constraints and weight == "kernel" and random.random() < 0.15:
                name = str(_of(random, *(c for c in self.table.constraints if c not in UNSTABLE)))
                options[f"{weight}_constraint"] = new(f"constraints.{name}", **CONSTRAINTS[name](random))
            elif weight == "bias" and random.random() < 0.1:
                options[f"{weight}_constraint"] = new("constraints.NonNeg")

    def _joined(self, ends: list[int]) -> list[int]:
        """One end of several: merged pair by pair."""
        if not self.table.merges:
            return ends
        while len(ends) > 1:
            name = str(_of(self.random, *self.table.merges))
            count = 3 if len(ends) > 2 and name not in ("Dot", "Subtract") and self.random.random() < 0.5 else 2
            read, others = ends[:count], ends[count:]
            if name != "Concatenate":
                width = int(self.random.integers(3, 7))
                kinds = ("tanh",) if name == "Dot" else ("tanh", "relu")
                read = [self._dense(end, width, str(_of(self.random, *kinds))) for end in read]
            if name in ("Dot", "Concatenate", "Add") and self.random.random() < 0.3:
                ends = [self._merged_in_rows(name, read), *others]
                continue
            shapes = [self.shapes[end] for end in read]
            shape = {"Concatenate": (sum(a for (a,) in shapes),), "Dot": (1,)}.get(name, shapes[0])
            ends = [self._add(name, MERGES[name](self.random), read, shape), *others]
        return ends

    def _merged_in_rows(self, name: str, read: list[int]) -> int:
        """Merged with more axes than one; a single row is stretched by ``Add``."""
        width, pairs = 6, []
        for i, end in enumerate(read):
            wide = self._dense(end, width, "tanh")
            shape = [1, 3] if name == "Add" and i else [2, 3]
            narrow = wide if prod(shape) == width else self._dense(wide, prod(shape), "tanh")
            pairs.append(self._add("Reshape", {"target_shape": shape}, [narrow], tuple(shape)))
        if name == "Concatenate":
            axis = int(_of(self.random, 1, 2, -1))
            merged: Shape = (2 * len(read), 3) if axis == 1 else (2, 3 * len(read))
            found = self._add(name, {"axis": axis}, pairs, merged)
        elif name == "Dot":
            axis = int(_of(self.random, 1, 2))
            found = self._add(
                name, {"axes": axis, "normalize": _seldom(self.random)}, pairs, ((3, 3), (2, 2))[axis - 1]
            )
        else:
            found = self._add(name, {}, pairs, (2, 3))
        return self._flat(found)

    def _dense(self, tensor: int, units: int, activation: str) -> int:
        return self._add("Dense", {"units": units, "activation": activation}, [tensor], (units,))

    # What it is trained for

    def _output(self, end: int, kind: str) -> Options:
        random = self.random
        width = {"binary": 1, "regression": int(_of(random, 1, 3)), "positive": 1}.get(kind, int(random.integers(3, 6)))
        loss, activation, options = _of(random, *self.table.losses[kind] or self.table.losses["regression"])
        tensor = self._dense(end, width, activation)
        known = self.table.metrics[kind]
        chosen = [metric for metric in known if random.random() < min(0.4, 2.5 / len(known))]
        chosen = [(name, settings) for name, settings in chosen if _fits(name, settings, activation)]
        metrics: list[Any] = [
            new(f"metrics.{name}", name=f"m{i}", **{k: width if v is WIDTH else v for k, v in settings.items()})
            for i, (name, settings) in enumerate(chosen)
        ]
        if random.random() < 0.2:
            name = str(_of(random, *BY_NAME[kind]))
            metrics += [name] if _fits(name, {}, activation) else []
        if kind in BY_SHAPE and random.random() < 0.6:
            metrics = ["accuracy", *metrics]
        weighted = metrics.pop() if len(metrics) > 1 and random.random() < 0.4 else None
        found = {"tensor": tensor, "kind": kind, "width": width, "loss": new(f"losses.{loss}", **options(random))}
        if random.random() < 0.1:
            found["loss"]["reduction"] = _of(random, "mean", "mean_with_sample_weight")
        elif loss.endswith("Crossentropy") and activation in ("softmax", "sigmoid") and random.random() < 0.2:
            found["loss"] = "crossentropy"
        if metrics:
            found["metrics"] = metrics
        if weighted is not None:
            found["weighted_metrics"] = [weighted]
        return found

    def _optimizer(self) -> Options:
        random = self.random
        name = str(_of(random, *(o for o in self.table.optimizers if o not in UNSTABLE)))
        options = OPTIMIZERS[name](random)
        if random.random() < 0.25:
            schedule = str(_of(random, *SCHEDULES))
            settings = SCHEDULES[schedule](random)
            if name == "Ftrl" and settings.get("alpha") == 0.0:
                settings["alpha"] = 0.1  # Ftrl divides by the rate
            if schedule != "PiecewiseConstantDecay":
                settings = {"initial_learning_rate": options["learning_rate"], **settings}
            options["learning_rate"] = new(f"optimizers.schedules.{schedule}", **settings)
        if random.random() < 0.4:
            options.update(_of(random, *self.table.common))
        return new(f"optimizers.{name}", **options)

    def _fit(self, kinds: list[str]) -> Options:
        random = self.random
        found: Options = {
            "rows": int(_of(random, *ROWS)),
            "batch_size": int(_of(random, *BATCHES)),
            "validation": _of(random, "none", "data", "split", "weighted"),
        }
        if random.random() < 0.3:
            found["sample_weight"] = True
        elif len(kinds) == 1 and kinds[0] in ("labels", "one_hot", "binary") and random.random() < 0.4:
            found["class_weight"] = {"0": 0.5, "1": 2.0}
        if random.random() < 0.1:
            found["initial_epoch"] = 1
        if random.random() < 0.1:
            found["validation_freq"] = 2
        if random.random() < 0.1:
            found["validation_batch_size"] = 5
        return found


def _dense(random: Random) -> Options:
    options: Options = {"units": int(random.integers(1, 9)), "activation": str(_of(random, *ACTIVATIONS))}
    if random.random() < 0.2:
        options["use_bias"] = False
    return options


def _fits(metric: str, settings: Options, activation: str) -> bool:
    """A cross-entropy of what is no probability is cut off where float32 cuts."""
    linear = activation not in ("softmax", "sigmoid")
    return not metric.lower().endswith("crossentropy") or linear == settings.get("from_logits", False)


def _einsum_dense(random: Random, shape: Shape) -> Options:
    units = int(random.integers(1, 7))
    equation, output, axes = _of(
        random,
        *{1: [("ab,bc->ac", [units], ("c",)), ("ab,bcd->acd", [2, units], ("d", "cd"))]}.get(
            len(shape),
            [
                ("abc,cd->abd", [shape[0], units], ("d", "bd")),
                ("abc,bcd->ad", [units], ("d",)),
                ("...c,cd->...d", [shape[0], units], ("d",)),
            ],
        ),
    )
    options: Options = {"equation": equation, "output_shape": output, "activation": str(_of(random, *ACTIVATIONS))}
    if random.random() < 0.8:
        options["bias_axes"] = _of(random, *axes)
    return options


def _of(random: Random, *choices: Any) -> Any:
    return choices[int(random.integers(len(choices)))]


def _often(random: Random) -> bool:
    return bool(random.random() < 0.8)


def _seldom(random: Random) -> bool:
    return bool(random.random() < 0.25)
