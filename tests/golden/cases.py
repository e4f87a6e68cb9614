"""The table of small trainings whose every number is compared with Keras's. Imports neither Keras nor denim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal

Layer = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class New:
    """An object to be made from the module that plays Keras: ``New("losses", "Poisson", {})``.

    Options may themselves be such objects.
    """

    place: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def make(self, keras: Any) -> Any:
        return attrgetter(f"{self.place}.{self.name}")(keras)(**_made(keras, self.options))


@dataclass(frozen=True)
class Function:
    """A function to be taken from the module that plays Keras and passed as it is."""

    place: str
    name: str

    def make(self, keras: Any) -> Any:
        return getattr(getattr(keras, self.place), self.name)


Spec = str | New | Function
Target = Literal["labels", "one_hot", "multilabel", "binary", "regression"]


@dataclass(frozen=True)
class Case:
    """One training: the model, how it is compiled, and what it is given."""

    name: str
    layers: tuple[Layer, ...]
    target: Target
    loss: Spec
    optimizer: Spec = "rmsprop"
    metrics: tuple[Spec, ...] = ()
    weighted_metrics: tuple[Spec, ...] = ()
    input_shape: tuple[int, ...] = (6,)
    input_dtype: str = "float32"
    target_dtype: str = "float32"
    target_column: bool = False
    rows: int = 37
    batch_size: int = 10
    epochs: int = 3
    initial_epoch: int = 0
    weight_scale: float = 0.4
    sample_weight: bool = False
    class_weight: Mapping[int, float] | None = None
    validation: Literal["none", "data", "weighted", "split"] = "none"
    frozen: tuple[int, ...] = ()

    @property
    def outputs(self) -> int:
        return int(next(o["units"] for kind, o in reversed(self.layers) if kind == "Dense"))


def _make(keras: Any, spec: Any) -> Any:
    return spec.make(keras) if isinstance(spec, New | Function) else spec


def _made(keras: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _make(keras, value) for name, value in options.items()}


def build(keras: Any, case: Case) -> Any:
    """The compiled model of a case, in Keras or in whatever has Keras's names."""
    layers = [keras.layers.Input(shape=case.input_shape)]
    for index, (kind, options) in enumerate(case.layers):
        layers.append(getattr(keras.layers, kind)(**_made(keras, options), name=f"layer_{index}"))
    model = keras.Sequential(layers, name="golden")
    for index in case.frozen:
        model.get_layer(f"layer_{index}").trainable = False
    model.compile(
        optimizer=_make(keras, case.optimizer),
        loss=_make(keras, case.loss),
        metrics=[_make(keras, m) for m in case.metrics] or None,
        weighted_metrics=[_make(keras, m) for m in case.weighted_metrics] or None,
    )
    return model


def _dense(units: int, activation: str | None = None, **options: Any) -> Layer:
    return "Dense", {"units": units, "activation": activation, **options}


def _activation(name: str) -> Layer:
    return "Activation", {"activation": name}


def _batch_norm(**options: Any) -> Layer:
    return "BatchNormalization", options


def _layer_norm(**options: Any) -> Layer:
    return "LayerNormalization", options


def _regularizer(name: str, **options: Any) -> New:
    return New("regularizers", name, options)


def _constraint(name: str, **options: Any) -> New:
    return New("constraints", name, options)


def _schedule(name: str, **options: Any) -> New:
    return New("optimizers.schedules", name, options)


def _loss(name: str, **options: Any) -> New:
    return New("losses", name, options)


def _optimizer(name: str, **options: Any) -> New:
    return New("optimizers", name, options)


SOFTMAX_3 = (_dense(5, "relu"), _dense(3, "softmax"))
LOGITS_3 = (_dense(5, "relu"), _dense(3))
SIGMOID_1 = (_dense(5, "tanh"), _dense(1, "sigmoid"))
LOGIT_1 = (_dense(5, "tanh"), _dense(1))
LINEAR_1 = (_dense(5, "relu"), _dense(1))

SPARSE = "sparse_categorical_crossentropy"
CATEGORICAL = "categorical_crossentropy"
BINARY = "binary_crossentropy"

ACTIVATIONS = (
    "linear",
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "gelu",
    "leaky_relu",
    "elu",
    "selu",
    "silu",
    "softplus",
)


def _labels(name: str, **changes: Any) -> Case:
    given = {"layers": SOFTMAX_3, "loss": SPARSE, "target_dtype": "int64"} | changes
    return Case(name=name, target="labels", **given)


def _one_hot(name: str, **changes: Any) -> Case:
    return Case(name=name, target="one_hot", **({"layers": SOFTMAX_3, "loss": CATEGORICAL} | changes))


def _binary(name: str, **changes: Any) -> Case:
    return Case(name=name, target="binary", **({"layers": SIGMOID_1, "loss": BINARY} | changes))


def _regression(name: str, **changes: Any) -> Case:
    return Case(name=name, target="regression", **({"layers": LINEAR_1, "loss": "mse"} | changes))


_HIDDEN = tuple(
    _labels(f"hidden_{name}", layers=(_dense(7, name), _dense(3, "softmax")), metrics=("accuracy",))
    for name in ACTIVATIONS
)

_ACTIVATION_LAYERS = (
    *(
        _regression(
            f"activation_layer_{name}",
            layers=(_dense(6), _activation(name), _dense(1)),
            optimizer=_optimizer("SGD", learning_rate=0.05),
            metrics=("mae",),
        )
        for name in ("relu", "softmax", "gelu", "elu", "softplus")
    ),
    _labels(
        "activation_layer_output",
        layers=(_dense(5), _activation("sigmoid"), _dense(3), _activation("softmax")),
        metrics=("accuracy",),
    ),
)

_LOSSES = (
    _labels("sparse_string", metrics=("accuracy",)),
    _labels("sparse_function", loss=Function("losses", SPARSE)),
    _labels("sparse_class", loss=_loss("SparseCategoricalCrossentropy")),
    _labels(
        "sparse_logits",
        layers=LOGITS_3,
        loss=_loss("SparseCategoricalCrossentropy", from_logits=True),
        metrics=("accuracy", "sparse_categorical_accuracy"),
    ),
    _one_hot("categorical_string", metrics=("accuracy",)),
    _one_hot("categorical_function", loss=Function("losses", CATEGORICAL)),
    _one_hot(
        "categorical_logits",
        layers=LOGITS_3,
        loss=_loss("CategoricalCrossentropy", from_logits=True),
        metrics=("categorical_accuracy",),
    ),
    _one_hot("categorical_smoothed", loss=_loss("CategoricalCrossentropy", label_smoothing=0.1)),
    _one_hot(
        "categorical_logits_smoothed",
        layers=LOGITS_3,
        loss=_loss("CategoricalCrossentropy", from_logits=True, label_smoothing=0.2),
    ),
    _one_hot(
        "categorical_not_normalised",
        layers=(_dense(5, "relu"), _dense(3, "sigmoid")),
        metrics=("accuracy", "mse"),
    ),
    _binary("binary_string", metrics=("accuracy",)),
    _binary("binary_function", loss=Function("losses", BINARY), target_dtype="int32"),
    _binary(
        "binary_logits",
        layers=LOGIT_1,
        loss=_loss("BinaryCrossentropy", from_logits=True),
        metrics=("accuracy",),
    ),
    _binary("binary_smoothed", loss=_loss("BinaryCrossentropy", label_smoothing=0.1)),
    _binary(
        "binary_logits_smoothed",
        layers=LOGIT_1,
        loss=_loss("BinaryCrossentropy", from_logits=True, label_smoothing=0.2),
        target_column=True,
        metrics=("binary_accuracy",),
    ),
    Case(
        name="binary_multilabel",
        layers=(_dense(5, "relu"), _dense(4, "sigmoid")),
        target="multilabel",
        loss=BINARY,
        metrics=("accuracy", "binary_accuracy"),
    ),
    _regression("mse_string", metrics=("mae", "mse")),
    _regression(
        "mse_function",
        loss=Function("losses", "mean_squared_error"),
        target_column=True,
        metrics=(Function("metrics", "mean_absolute_error"),),
    ),
    _regression("mse_class", loss=_loss("MeanSquaredError"), target_dtype="float64"),
    _regression("mse_sum", loss=_loss("MeanSquaredError", reduction="sum")),
    _regression("mae_string", loss="mae", metrics=("mse",)),
    _regression("mae_class", loss=_loss("MeanAbsoluteError"), target_dtype="int32"),
    _regression("mse_three_outputs", layers=(_dense(5, "relu"), _dense(3)), metrics=("mae", "accuracy")),
)

_OPTIMIZERS = tuple(
    _labels(f"optimizer_{name}", layers=SOFTMAX_3, optimizer=spec, metrics=("accuracy",))
    for name, spec in {
        "sgd_string": "sgd",
        "sgd_rate": _optimizer("SGD", learning_rate=0.1),
        "sgd_momentum": _optimizer("SGD", learning_rate=0.05, momentum=0.9),
        "sgd_nesterov": _optimizer("SGD", learning_rate=0.05, momentum=0.9, nesterov=True),
        "rmsprop_class": _optimizer("RMSprop"),
        "rmsprop_rate_rho": _optimizer("RMSprop", learning_rate=0.01, rho=0.8),
        "rmsprop_momentum": _optimizer("RMSprop", learning_rate=0.005, momentum=0.5),
        "rmsprop_centered": _optimizer("RMSprop", learning_rate=0.005, centered=True),
        "adagrad_string": "adagrad",
        "adagrad_rate": _optimizer("Adagrad", learning_rate=0.1, initial_accumulator_value=0.2),
        "adam_string": "adam",
        "adam_rate": _optimizer("Adam", learning_rate=0.01, beta_1=0.8, beta_2=0.99),
        "adam_amsgrad": _optimizer("Adam", learning_rate=0.02, amsgrad=True),
        "adamax_string": "adamax",
        "adamax_class": _optimizer("Adamax", learning_rate=0.02, beta_1=0.8, beta_2=0.99),
        "adadelta_string": "adadelta",
        "adadelta_class": _optimizer("Adadelta", learning_rate=1.0, rho=0.9, epsilon=1e-4),
        "ftrl_string": "ftrl",
        "ftrl_class": _optimizer(
            "Ftrl",
            learning_rate=0.2,
            learning_rate_power=-0.7,
            initial_accumulator_value=0.2,
            l1_regularization_strength=0.01,
            l2_regularization_strength=0.02,
            l2_shrinkage_regularization_strength=0.03,
            beta=0.5,
        ),
        "lion_string": "lion",
        "lion_class": _optimizer("Lion", learning_rate=0.003, beta_1=0.8, beta_2=0.9, weight_decay=0.1),
    }.items()
)

_METRICS = (
    _labels("metrics_sparse", metrics=("acc", "sparse_categorical_accuracy")),
    _one_hot("metrics_categorical", metrics=("accuracy", "categorical_accuracy", "mse", "mae")),
    _binary("metrics_binary", metrics=("accuracy", "binary_accuracy", "mse", "mae")),
    _binary(
        "metrics_binary_classes",
        metrics=(
            New("metrics", "BinaryAccuracy", {"threshold": 0.4, "name": "low"}),
            New("metrics", "MeanSquaredError"),
        ),
    ),
    _labels(
        "weighted_metrics",
        metrics=("accuracy",),
        weighted_metrics=("accuracy", "sparse_categorical_accuracy"),
        sample_weight=True,
    ),
    _labels("weighted_metrics_unweighted", weighted_metrics=("accuracy",)),
)

_WEIGHTS = (
    _regression("sample_weight_regression", metrics=("mae",), sample_weight=True),
    _binary("sample_weight_binary", metrics=("accuracy",), sample_weight=True),
    _one_hot("sample_weight_categorical", weighted_metrics=("accuracy", "mae"), sample_weight=True),
    _labels(
        "class_weight_labels",
        class_weight={0: 1.0, 1: 3.0, 2: 0.5},
        metrics=("accuracy",),
        weighted_metrics=("accuracy",),
    ),
    _one_hot("class_weight_one_hot", class_weight={0: 2.0, 2: 0.25}, metrics=("accuracy",)),
    _binary("class_weight_binary", class_weight={0: 0.5, 1: 4.0}, target_dtype="int64"),
)

_VALIDATION = (
    _labels("validation_data", validation="data", metrics=("accuracy",)),
    _labels(
        "validation_weighted",
        validation="weighted",
        metrics=("accuracy",),
        weighted_metrics=("accuracy",),
    ),
    _labels("validation_split", validation="split", metrics=("accuracy",)),
    _regression(
        "validation_split_weighted",
        validation="split",
        sample_weight=True,
        metrics=("mae",),
        weighted_metrics=("mae",),
    ),
    _labels(
        "validation_class_weight",
        validation="data",
        class_weight={0: 1.0, 1: 3.0, 2: 0.5},
        weighted_metrics=("accuracy",),
    ),
    _labels("initial_epoch", initial_epoch=1, metrics=("accuracy",), optimizer="adam"),
)

_DATA = (
    _labels(
        "flatten_images",
        input_shape=(4, 4),
        layers=(("Flatten", {}), _dense(5, "relu"), _dense(3, "softmax")),
        metrics=("accuracy",),
    ),
    _labels(
        "flatten_uint8_images",
        input_shape=(4, 4),
        input_dtype="uint8",
        target_dtype="uint8",
        weight_scale=0.02,
        layers=(("Flatten", {}), _dense(5, "relu"), _dense(3, "softmax")),
        metrics=("accuracy",),
    ),
    _labels("input_float64", input_dtype="float64", metrics=("accuracy",)),
    _labels("input_int32", input_dtype="int32", weight_scale=0.1),
    _labels("target_int32", target_dtype="int32", metrics=("accuracy",)),
    _labels("target_float", target_dtype="float32", metrics=("accuracy",)),
    _labels("target_column", target_column=True, metrics=("accuracy",)),
    _regression("target_int64", target_dtype="int64", metrics=("mae",)),
    _one_hot("target_one_hot_int", target_dtype="int64", metrics=("accuracy",)),
)

_SHAPES = (
    _labels("one_layer", layers=(_dense(3, "softmax"),), metrics=("accuracy",)),
    _labels(
        "three_layers",
        layers=(_dense(9, "relu"), _dense(6, "tanh"), _dense(3, "softmax")),
        optimizer="adam",
        metrics=("accuracy",),
    ),
    _regression(
        "four_layers",
        layers=(_dense(9, "elu"), _dense(7, "sigmoid"), _dense(4, "gelu"), _dense(1)),
        optimizer=_optimizer("SGD", learning_rate=0.05, momentum=0.5),
        metrics=("mae",),
    ),
    _labels(
        "no_bias",
        layers=(_dense(5, "relu", use_bias=False), _dense(3, "softmax", use_bias=False)),
        metrics=("accuracy",),
    ),
    _labels("batch_1", batch_size=1, rows=13, metrics=("accuracy",)),
    _labels("batch_all", batch_size=64, metrics=("accuracy",)),
    _labels("batch_exact", rows=32, batch_size=8, metrics=("accuracy",)),
    _labels("batch_last_single", rows=33, batch_size=16, validation="split", metrics=("accuracy",)),
    _labels(
        "wide_units",
        layers=(_dense(33, "relu"), _dense(17, "relu"), _dense(3, "softmax")),
        input_shape=(21,),
        metrics=("accuracy",),
    ),
)

# No bias where a batch normalization follows: its gradient would be round-off.
NORMALIZED_3 = (_dense(7, use_bias=False), _batch_norm(), _activation("relu"), _dense(3, "softmax"))
LAYER_NORMALIZED_3 = (_dense(7), _layer_norm(), _activation("relu"), _dense(3, "softmax"))

_NORMALIZATION = (
    _labels("batch_norm_before_activation", layers=NORMALIZED_3, metrics=("accuracy",)),
    _labels(
        "batch_norm_after_activation",
        layers=(_dense(7, "tanh"), _batch_norm(), _dense(3, "softmax")),
        optimizer="adam",
        metrics=("accuracy",),
    ),
    _labels("batch_norm_first", layers=(_batch_norm(), *SOFTMAX_3), metrics=("accuracy",)),
    _labels("batch_norm_no_center", layers=(_dense(7, use_bias=False), _batch_norm(center=False), *SOFTMAX_3)),
    _labels("batch_norm_no_scale", layers=(_dense(7, use_bias=False), _batch_norm(scale=False), *SOFTMAX_3)),
    _labels("batch_norm_neither", layers=(_dense(7, "elu"), _batch_norm(center=False, scale=False), *SOFTMAX_3)),
    _labels(
        "batch_norm_momentum_epsilon",
        layers=(_dense(7, use_bias=False), _batch_norm(momentum=0.5, epsilon=0.01), *SOFTMAX_3),
        metrics=("accuracy",),
    ),
    _labels("batch_norm_frozen", layers=NORMALIZED_3, frozen=(1,), validation="data", metrics=("accuracy",)),
    _labels("batch_norm_sample_weight", layers=NORMALIZED_3, sample_weight=True, weighted_metrics=("accuracy",)),
    _labels("batch_norm_validation_data", layers=NORMALIZED_3, validation="data", metrics=("accuracy",)),
    _regression(
        "batch_norm_validation_split",
        layers=(_dense(7, use_bias=False), _batch_norm(momentum=0.8), _activation("relu"), _dense(1)),
        validation="split",
        metrics=("mae",),
    ),
    _labels("batch_norm_last_of_one_row", layers=NORMALIZED_3, batch_size=12, optimizer="sgd", metrics=("accuracy",)),
    _labels(
        "batch_norm_positions",
        input_shape=(4, 3),
        layers=(_dense(5, use_bias=False), _batch_norm(momentum=0.9), ("Flatten", {}), *SOFTMAX_3),
        metrics=("accuracy",),
    ),
    _binary(
        "batch_norm_twice",
        layers=(
            _dense(8, use_bias=False),
            _batch_norm(momentum=0.9),
            _activation("relu"),
            _dense(6, use_bias=False),
            _batch_norm(momentum=0.9),
            _activation("tanh"),
            _dense(1, "sigmoid"),
        ),
        optimizer=_optimizer("SGD", learning_rate=0.05, momentum=0.9),
        metrics=("accuracy",),
    ),
    _labels("layer_norm", layers=LAYER_NORMALIZED_3, metrics=("accuracy",)),
    _labels("layer_norm_adam", layers=LAYER_NORMALIZED_3, optimizer="adam", validation="data"),
    _labels("layer_norm_neither", layers=(_dense(7), _layer_norm(center=False, scale=False), *SOFTMAX_3)),
    _labels("layer_norm_epsilon_first", layers=(_layer_norm(epsilon=0.1), *SOFTMAX_3), metrics=("accuracy",)),
    _labels(
        "layer_norm_positions",
        input_shape=(4, 3),
        layers=(_dense(5), _layer_norm(), ("Flatten", {}), *SOFTMAX_3),
        metrics=("accuracy",),
    ),
    _labels(
        "rescaling_uint8",
        input_shape=(4, 4),
        input_dtype="uint8",
        layers=(("Rescaling", {"scale": 1 / 255}), ("Flatten", {}), *SOFTMAX_3),
        metrics=("accuracy",),
    ),
    _labels(
        "rescaling_uint8_offset",
        input_dtype="uint8",
        layers=(("Rescaling", {"scale": 1 / 127.5, "offset": -1.0}), *SOFTMAX_3),
        metrics=("accuracy",),
    ),
    _regression(
        "normalization_given",
        layers=(
            (
                "Normalization",
                {"mean": [0.5, -1.0, 0.0, 2.0, 0.25, -0.75], "variance": [1.0, 4.0, 0.25, 2.0, 0.5, 9.0]},
            ),
            *LINEAR_1,
        ),
        metrics=("mae",),
    ),
    _labels(
        "normalization_given_uint8",
        input_dtype="uint8",
        layers=(("Normalization", {"axis": None, "mean": 127.0, "variance": 5400.0}), *SOFTMAX_3),
        metrics=("accuracy",),
    ),
)

_REGULARIZERS = (
    _labels(
        "regularizer_l1",
        layers=(_dense(5, "relu", kernel_regularizer=_regularizer("L1", l1=0.02)), _dense(3, "softmax")),
        metrics=("accuracy",),
    ),
    _labels(
        "regularizer_l2",
        layers=(_dense(5, "relu", kernel_regularizer="l2"), _dense(3, "softmax", kernel_regularizer="l2")),
        optimizer="adam",
        validation="data",
        metrics=("accuracy",),
    ),
    _regression(
        "regularizer_l1_l2",
        layers=(
            _dense(
                5,
                "relu",
                kernel_regularizer=_regularizer("L1L2", l1=0.01, l2=0.02),
                bias_regularizer=_regularizer("L2", l2=0.1),
            ),
            _dense(1, bias_regularizer=_regularizer("L1", l1=0.05)),
        ),
        optimizer=_optimizer("SGD", learning_rate=0.05),
        validation="split",
        metrics=("mae",),
    ),
    _labels(
        "regularizer_gamma",
        layers=(
            _dense(5, use_bias=False),
            _batch_norm(
                gamma_regularizer=_regularizer("L2", l2=0.1), beta_regularizer=_regularizer("L1", l1=0.02), momentum=0.9
            ),
            *SOFTMAX_3,
        ),
        validation="data",
    ),
    _labels(
        "regularizer_frozen",
        layers=(_dense(5, "relu", kernel_regularizer="l2"), _dense(3, "softmax", kernel_regularizer="l1")),
        frozen=(0,),
        metrics=("accuracy",),
    ),
)

_GRADIENT_RULES = tuple(
    _labels(f"optimizer_{name}", layers=SOFTMAX_3, optimizer=spec, metrics=("accuracy",))
    for name, spec in {
        "sgd_clipnorm": _optimizer("SGD", learning_rate=0.1, clipnorm=0.05),
        "sgd_clipvalue": _optimizer("SGD", learning_rate=0.1, clipvalue=0.02),
        "sgd_global_clipnorm": _optimizer("SGD", learning_rate=0.1, global_clipnorm=0.1),
        "sgd_weight_decay": _optimizer("SGD", learning_rate=0.1, momentum=0.9, weight_decay=0.1),
        "rmsprop_clipnorm_weight_decay": _optimizer("RMSprop", learning_rate=0.01, clipnorm=0.05, weight_decay=0.05),
        "adagrad_clipvalue": _optimizer("Adagrad", learning_rate=0.1, clipvalue=0.02),
        "adam_global_clipnorm": _optimizer("Adam", learning_rate=0.01, global_clipnorm=0.05),
        "adam_weight_decay": _optimizer("Adam", learning_rate=0.01, weight_decay=0.2),
        "adamw_string": "adamw",
        "adamw_class": _optimizer("AdamW", learning_rate=0.005, weight_decay=0.1, clipvalue=0.05),
        "nadam_string": "nadam",
        "nadam_class": _optimizer("Nadam", learning_rate=0.01, beta_1=0.8, beta_2=0.99, weight_decay=0.1),
    }.items()
)

_AVERAGES = tuple(
    _labels(f"average_{name}", layers=SOFTMAX_3, optimizer=spec, metrics=("accuracy",), validation="data")
    for name, spec in {
        "sgd": _optimizer("SGD", learning_rate=0.1, use_ema=True),
        "adam": _optimizer("Adam", learning_rate=0.02, use_ema=True, ema_momentum=0.8),
        "in_place": _optimizer(
            "RMSprop", learning_rate=0.01, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=3
        ),
        "always": _optimizer("SGD", learning_rate=0.2, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=1),
    }.items()
)

_ACCUMULATION = tuple(
    _labels(f"accumulation_{name}", layers=layers, optimizer=spec, metrics=("accuracy",))
    for name, layers, spec in (
        ("sgd", SOFTMAX_3, _optimizer("SGD", learning_rate=0.2, momentum=0.9, gradient_accumulation_steps=2)),
        ("beyond_the_end", SOFTMAX_3, _optimizer("Adam", learning_rate=0.02, gradient_accumulation_steps=5)),
        (
            "clipnorm_decay",
            SOFTMAX_3,
            _optimizer("RMSprop", learning_rate=0.02, gradient_accumulation_steps=3, clipnorm=0.05, weight_decay=0.1),
        ),
        (
            "average",
            SOFTMAX_3,
            _optimizer(
                "Nadam",
                learning_rate=0.02,
                gradient_accumulation_steps=2,
                use_ema=True,
                ema_momentum=0.7,
                ema_overwrite_frequency=2,
            ),
        ),
        (
            "schedule",
            SOFTMAX_3,
            _optimizer(
                "Adamax",
                learning_rate=_schedule("ExponentialDecay", initial_learning_rate=0.05, decay_steps=2, decay_rate=0.7),
                gradient_accumulation_steps=3,
                loss_scale_factor=64.0,
            ),
        ),
        (
            "penalty_and_constraint",
            (
                _dense(5, "relu", kernel_regularizer="l2", kernel_constraint=_constraint("MaxNorm", max_value=0.6)),
                _dense(3, "softmax", kernel_regularizer="l1"),
            ),
            _optimizer("SGD", learning_rate=0.2, gradient_accumulation_steps=2),
        ),
        (
            "batch_norm",
            (_dense(7, use_bias=False), _batch_norm(momentum=0.9), _activation("relu"), _dense(3, "softmax")),
            _optimizer("Adagrad", learning_rate=0.1, gradient_accumulation_steps=4),
        ),
    )
)

_CONSTRAINTS = (
    _labels(
        "constraint_strings",
        layers=(
            _dense(5, "relu", kernel_constraint="max_norm", bias_constraint="non_neg"),
            _dense(3, "softmax", kernel_constraint="unit_norm", bias_constraint="min_max_norm"),
        ),
        metrics=("accuracy",),
    ),
    _labels(
        "constraint_max_norm",
        layers=(
            _dense(5, "relu", kernel_constraint=_constraint("MaxNorm", max_value=0.5)),
            _dense(3, "softmax", kernel_constraint=_constraint("MaxNorm", max_value=0.4, axis=1)),
        ),
        optimizer=_optimizer("Adam", learning_rate=0.02),
        metrics=("accuracy",),
    ),
    _regression(
        "constraint_min_max_norm",
        layers=(
            _dense(
                5,
                "tanh",
                kernel_constraint=_constraint("MinMaxNorm", min_value=0.3, max_value=0.5, rate=0.4),
                bias_constraint=_constraint("MaxNorm", max_value=0.1),
            ),
            _dense(1, kernel_constraint=_constraint("UnitNorm", axis=[0, 1])),
        ),
        optimizer=_optimizer("SGD", learning_rate=0.05, clipnorm=0.5),
        metrics=("mae",),
    ),
    _labels(
        "constraint_gamma",
        layers=(
            _dense(7, use_bias=False),
            _batch_norm(gamma_constraint="unit_norm", beta_constraint="non_neg", momentum=0.9),
            _activation("relu"),
            _dense(5),
            _layer_norm(gamma_constraint=_constraint("MaxNorm", max_value=1.5), beta_constraint="non_neg"),
            _dense(3, "softmax"),
        ),
        optimizer=_optimizer("SGD", learning_rate=0.1, momentum=0.5),
        metrics=("accuracy",),
    ),
    _labels(
        "constraint_frozen",
        layers=(_dense(5, "relu", kernel_constraint="unit_norm"), _dense(3, "softmax", kernel_constraint="non_neg")),
        frozen=(0,),
        optimizer=_optimizer("SGD", learning_rate=0.1, use_ema=True, ema_momentum=0.6),
    ),
)

_SCHEDULES = tuple(
    _labels(f"schedule_{name}", layers=SOFTMAX_3, optimizer=_optimizer(kind, learning_rate=schedule))
    for name, kind, schedule in (
        (
            "exponential",
            "SGD",
            _schedule("ExponentialDecay", initial_learning_rate=0.2, decay_steps=3, decay_rate=0.8),
        ),
        (
            "exponential_staircase",
            "Adam",
            _schedule("ExponentialDecay", initial_learning_rate=0.005, decay_steps=5, decay_rate=0.5, staircase=True),
        ),
        (
            "piecewise_constant",
            "RMSprop",
            _schedule("PiecewiseConstantDecay", boundaries=[2, 7], values=[0.02, 0.005, 0.001]),
        ),
        (
            "inverse_time",
            "SGD",
            _schedule("InverseTimeDecay", initial_learning_rate=0.2, decay_steps=2, decay_rate=0.5),
        ),
        (
            "cosine",
            "RMSprop",
            _schedule("CosineDecay", initial_learning_rate=0.02, decay_steps=9, alpha=0.1),
        ),
        (
            "cosine_warmup",
            "Nadam",
            _schedule("CosineDecay", initial_learning_rate=0.0, decay_steps=6, warmup_target=0.02, warmup_steps=4),
        ),
        (
            "polynomial",
            "AdamW",
            _schedule("PolynomialDecay", initial_learning_rate=0.02, decay_steps=8, end_learning_rate=0.001, power=2.0),
        ),
        (
            "polynomial_cycle",
            "SGD",
            _schedule("PolynomialDecay", initial_learning_rate=0.2, decay_steps=5, cycle=True),
        ),
        (
            "cosine_restarts",
            "Adamax",
            _schedule(
                "CosineDecayRestarts", initial_learning_rate=0.05, first_decay_steps=4, t_mul=1.5, m_mul=0.8, alpha=0.1
            ),
        ),
    )
)

CASES: dict[str, Case] = {
    case.name: case
    for case in (
        *_HIDDEN,
        *_ACTIVATION_LAYERS,
        *_LOSSES,
        *_OPTIMIZERS,
        *_METRICS,
        *_WEIGHTS,
        *_VALIDATION,
        *_DATA,
        *_SHAPES,
        *_NORMALIZATION,
        *_REGULARIZERS,
        *_GRADIENT_RULES,
        *_AVERAGES,
        *_ACCUMULATION,
        *_CONSTRAINTS,
        *_SCHEDULES,
    )
}
