"""What goes wrong in a first hour with neural networks, and the whole text that each mistake is answered with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers, optimizers
from denim.naming import snake_case
from denim.saving import known_classes

from .conftest import snapshot

RNG = np.random.default_rng(5)
X = RNG.standard_normal((50, 6)).astype("float32")
Y = np.arange(50) % 3
HOLES = X.copy()
HOLES[7, 2], HOLES[9, 1] = np.nan, np.inf

SPARSE = "sparse_categorical_crossentropy"


def model(
    units: int = 3,
    activation: str | None = "softmax",
    loss: Any = SPARSE,
    shape: tuple[int, ...] = (6,),
    **options: Any,
) -> Any:
    flatten = [layers.Flatten()] if len(shape) > 1 else []
    made = keras.Sequential([keras.Input(shape=shape), *flatten, layers.Dense(units, activation)])
    made.compile(loss=loss, **options)
    return made


def sigmoid() -> Any:
    return model(1, "sigmoid", "binary_crossentropy")


def uncompiled() -> Any:
    return keras.Sequential([keras.Input(shape=(6,)), layers.Dense(3)])


NOT_COMPILED = (
    "You must call `compile()` before using the model. For classes 0, 1, 2, ...: "
    "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])."
)
CARDINALITY = "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples."
MISFIT = "Input 'input_layer' of the model is incompatible with x: expected "
RESHAPE = "Each row has the right number of elements in another shape: pass "
ONE_UNIT = (
    "One unit cannot tell 10 classes apart: end the model with Dense(10, activation='softmax') and use "
    "loss='categorical_crossentropy' for one-hot targets, or 'sparse_categorical_crossentropy' for class numbers."
)
FILL = "or fill in the gaps, for example with np.nan_to_num"
LOSSES = f"Known: {', '.join(sorted(keras.losses.FUNCTIONS))}."
METRICS = f"Known: {', '.join(sorted({snake_case(name) for name in known_classes._METRICS}))}."

DATA: dict[str, tuple[Callable[[], Any], tuple[Any, Any], str]] = {
    "train_test_split in another order": (
        lambda: model(shape=(8,)),
        (np.zeros((48, 8)), np.zeros((12, 8))),
        f"{CARDINALITY}'x' sizes: 48\n'y' sizes: 12\nx has shape (48, 8) and y has shape (12, 8): the same kind of "
        "rows. "
        "Were the results of train_test_split swapped? Its order is x_train, x_test, y_train, y_test.",
    ),
    "x and y swapped": (
        model,
        (Y, X),
        f"{MISFIT}shape (None, 6), but received input with shape (50,). y has the shape that x should have: were x and "
        "y swapped? x comes first.",
    ),
    "labels from 1": (
        model,
        (X, Y + 1),
        "The labels of 'dense' must be integers from 0 to 2, because its output has 3 classes. Received: 3 "
        "at row 2. Are the labels counted from 1? Then subtract 1.",
    ),
    "compile forgotten": (uncompiled, (X, Y), NOT_COMPILED),
    "images into rows": (
        lambda: model(shape=(784,)),
        (np.zeros((5, 28, 28)), Y[:5]),
        f"{MISFIT}axis -1 of input shape to have value 784, but received input with shape (5, 28, 28). {RESHAPE}"
        "x.reshape(-1, 784), or begin the model with Input(shape=(28, 28)) and Flatten().",
    ),
    "rows into images": (
        lambda: model(shape=(28, 28)),
        (np.zeros((5, 784)), Y[:5]),
        f"{MISFIT}axis -1 of input shape to have value 28, but received input with shape (5, 784). {RESHAPE}"
        "x.reshape(-1, 28, 28).",
    ),
    "one-hot with the sparse loss": (
        model,
        (X, np.eye(3)[Y]),
        "Arguments `target` and `output` must have the same shape up until the last dimension: target.shape=(50, 3), "
        "output.shape=(50, 3) (sparse_categorical_crossentropy takes class numbers). The targets look like one-hot "
        "rows, such as utils.to_categorical() makes: these go with 'categorical_crossentropy' and "
        "'categorical_accuracy'. Or make them class numbers: y.argmax(axis=-1).",
    ),
    "class numbers with the one-hot loss": (
        lambda: model(loss="categorical_crossentropy"),
        (X, Y),
        "Arguments `target` and `output` must have the same shape. Received: target.shape=(50,), output.shape=(50, 3) "
        "(categorical_crossentropy). The targets look like class numbers: these go with "
        "'sparse_categorical_crossentropy', or make them one-hot with utils.to_categorical().",
    ),
    "one sigmoid for ten classes": (
        sigmoid,
        (X, np.arange(50) % 10),
        "The targets of 'dense' must be from 0 to 1 for binary_crossentropy. Received: 2 at row 2. For the "
        "classes 0 to "
        "9 end the model with Dense(10, activation='softmax') and compile it with "
        "loss='sparse_categorical_crossentropy'.",
    ),
    "one-hot targets of one unit": (
        sigmoid,
        (X, np.eye(10)[Y]),
        "Arguments `target` and `output` must have the same shape. Received: target.shape=(50, 10), output.shape=(50, "
        f"1) (binary_crossentropy). {ONE_UNIT}",
    ),
    "one-hot targets of one unit with the one-hot loss": (
        lambda: model(1, "sigmoid", "categorical_crossentropy"),
        (X, np.eye(10)[Y]),
        "Arguments `target` and `output` must have the same shape. Received: target.shape=(50, 10), output.shape=(50, "
        f"1) (categorical_crossentropy). {ONE_UNIT}",
    ),
    "one-hot targets of one unit with the sparse loss": (
        lambda: model(1, "sigmoid"),
        (X, np.eye(10)[Y]),
        "Arguments `target` and `output` must have the same shape up until the last dimension: target.shape=(50, 10), "
        f"output.shape=(50, 1) (sparse_categorical_crossentropy takes class numbers). {ONE_UNIT}",
    ),
    "three classes of one unit": (
        lambda: model(1, None),
        (X, Y),
        "The labels of 'dense' must be integers from 0 to 0, because its output has 1 class. Received: 1 at row 1. One "
        "unit cannot tell 3 classes apart: end the model with Dense(3, activation='softmax') and keep "
        "loss='sparse_categorical_crossentropy'.",
    ),
    "two classes of one unit with the sparse loss": (
        lambda: model(1, "sigmoid"),
        (X, Y % 2),
        "The labels of 'dense' must be integers from 0 to 0, because its output has 1 class. Received: 1 at row 1. For "
        "two classes end the model with Dense(1, activation='sigmoid') and use loss='binary_crossentropy', or with "
        "Dense(2, activation='softmax') and keep the loss.",
    ),
    "class numbers with the binary loss": (
        lambda: model(loss="binary_crossentropy"),
        (X, Y),
        "Arguments `target` and `output` must have the same shape. Received: target.shape=(50,), output.shape=(50, 3) "
        "(binary_crossentropy). The targets look like class numbers: these go with 'sparse_categorical_crossentropy', "
        "or make them one-hot with utils.to_categorical().",
    ),
    "x too large for float32": (
        model,
        (np.where(np.arange(300).reshape(50, 6) < 20, 1.0, -1e300), Y),
        "`x` must hold numbers that are not too large for float32, at most 3.4e+38. Received: -1e+300 at row 3, column "
        "2; 47 of 50 rows are too large. Scale it, for example x / np.abs(x).max().",
    ),
    "y too large for float32": (
        lambda: model(1, None, "mse"),
        (X, np.where(Y == 2, 1e39, 0.0)),
        "`y` must hold numbers that are not too large for float32, at most 3.4e+38. Received: 1e+39 at row 2; 16 of 50 "
        "rows are too large. Scale it, for example y / np.abs(y).max().",
    ),
    "NaN in float64": (
        model,
        (HOLES.astype("float64"), Y),
        "`x` must hold finite numbers. Received: NaN at row 7, column 2; 2 of 50 rows are not finite. Keep the rows "
        f"where np.isfinite(x).all(axis=1) is true, {FILL}(x).",
    ),
    "classes -1 and 1": (
        sigmoid,
        (X, np.where(Y, 1, -1)),
        "The targets of 'dense' must be from 0 to 1 for binary_crossentropy. Received: -1 at row 0. Are the two "
        "classes "
        "-1 and 1? Then pass (y + 1) / 2.",
    ),
    "classes 1 and 2": (
        sigmoid,
        (X, np.where(Y, 1, 2)),
        "The targets of 'dense' must be from 0 to 1 for binary_crossentropy. Received: 2 at row 0. Are the two classes "
        "numbered 1 and 2? Then pass y - 1.",
    ),
    "a sigmoid for measured numbers": (
        sigmoid,
        (X, np.full(50, 2.5)),
        "The targets of 'dense' must be from 0 to 1 for binary_crossentropy. Received: 2.5 at row 0. For measured "
        "numbers end the model with Dense(1), without an activation, and use loss='mse'.",
    ),
    "pixels as targets": (
        lambda: model(6, "sigmoid", "binary_crossentropy"),
        (X, np.full((50, 6), 255, "uint8")),
        "The targets of 'dense' must be from 0 to 1 for binary_crossentropy. Received: 255 at row 0. Scale them, for "
        "example y / 255.",
    ),
    "names of classes": (
        model,
        (X, np.array(["cat", "dog"] * 25)),
        "`y` must hold real numbers. Received an array of dtype <U3 and shape (50,), such as 'cat'. Number the "
        "classes: "
        "names, y = np.unique(y, return_inverse=True), or use scikit-learn's LabelEncoder.",
    ),
    "names of classes as objects": (
        model,
        (X, np.array(["cat", "dog"] * 25, dtype=object)),
        "`y` must hold real numbers. Received an array of dtype object and shape (50,), such as 'cat'. Number the "
        "classes: names, y = np.unique(y, return_inverse=True), or use scikit-learn's LabelEncoder.",
    ),
    "texts in x": (
        model,
        (np.full((50, 6), "1.5"), Y),
        "`x` must hold real numbers. Received an array of dtype <U3 and shape (50, 6), such as '1.5'. Texts must "
        "become "
        "numbers first, for example x.astype('float32') for digits.",
    ),
    "rows of different lengths": (
        model,
        (np.array([[1, 2], [1]] * 25, dtype=object), Y),
        "`x` must hold real numbers. Received an array of dtype object and shape (50,): its rows are objects of their "
        "own, perhaps of different lengths. Make one array: np.stack(rows).",
    ),
    "None in x": (
        model,
        (np.array([[1.0, None]] * 50, dtype=object), Y),
        "`x` must hold real numbers. Received an array of dtype object and shape (50, 2) with None (of type <class "
        "'NoneType'>) in it. Convert it: x.astype('float32').",
    ),
    "complex x": (
        model,
        (X.astype("complex64"), Y),
        "`x` must hold real numbers. Received an array of dtype complex64 and shape (50, 6). Take its real part, "
        "x.real, or its size, np.abs(x).",
    ),
    "NaN in x": (
        model,
        (HOLES, Y),
        "`x` must hold finite numbers. Received: NaN at row 7, column 2; 2 of 50 rows are not finite. Keep the rows "
        f"where np.isfinite(x).all(axis=1) is true, {FILL}(x).",
    ),
    "infinity in x": (
        model,
        (HOLES[8:], Y[8:]),
        "`x` must hold finite numbers. Received: infinity at row 1, column 1; 1 of 42 rows are not finite. Keep the "
        f"rows where np.isfinite(x).all(axis=1) is true, {FILL}(x).",
    ),
    "NaN in an image": (
        lambda: model(shape=(2, 3)),
        (HOLES.reshape(50, 2, 3).astype("float16"), Y),
        "`x` must hold finite numbers. Received: NaN at row 7, position (0, 2); 2 of 50 rows are not finite. Keep the "
        f"rows where np.isfinite(x).all(axis=(1, 2)) is true, {FILL}(x).",
    ),
    "NaN in y": (
        lambda: model(1, None, "mse"),
        (X, HOLES[:, 2]),
        "`y` must hold finite numbers. Received: NaN at row 7; 1 of 50 rows are not finite. Keep the rows where "
        f"np.isfinite(y) is true, {FILL}(y).",
    ),
    "NaN among labels": (
        model,
        (X, np.where(Y == 2, np.nan, Y)),
        "`y` must hold finite numbers. Received: NaN at row 2; 16 of 50 rows are not finite. Keep the rows where "
        f"np.isfinite(y) is true, {FILL}(y).",
    ),
    "labels that are not whole": (
        model,
        (X, Y + 0.5),
        "Class numbers must be whole numbers. Received y[0]=0.5 in an array of dtype float64. For measured numbers use "
        "a loss of regression, such as 'mse', and an output without softmax.",
    ),
    "no samples": (model, (X[:0], Y[:0]), "There are no samples: x has shape (0, 6)."),
    "a list of numbers": (
        model,
        ([1, 2, 3], Y),
        "Unrecognized data type: x=[1, 2, 3] (of type <class 'list'>). Pass a NumPy array, for example np.array(x).",
    ),
}


@pytest.mark.parametrize("case", DATA)
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_data(case: str, method: str) -> None:
    make, (x, y), text = DATA[case]
    judged = make()
    before = snapshot(judged)
    with pytest.raises(ValueError) as refusal:
        getattr(judged, method)(x, y)
    assert str(refusal.value) == text
    assert snapshot(judged) == before


ARGUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "batch_size": (
        {"batch_size": 0},
        "`batch_size` must be a whole number of at least 1. Received: batch_size=0",
    ),
    "sample_weight": (
        {"sample_weight": np.ones(9)},
        f"{CARDINALITY}'x' sizes: 50\n'y' sizes: 50\n'sample_weight' sizes: 9\n",
    ),
    "sample_weight NaN": (
        {"sample_weight": HOLES[:, 2]},
        "`sample_weight` must hold finite numbers. Received: NaN at row 7; 1 of 50 rows are not finite. Keep the rows "
        f"where np.isfinite(sample_weight) is true, {FILL}(sample_weight).",
    ),
    "class_weight unknown": (
        {"class_weight": {0: 1.0, 3: 2.0}},
        "The keys of `class_weight` must be from 0 to 2, the output's classes. Received: 3 in class_weight={0: 1.0, 3: "
        "2.0}.",
    ),
    "class_weight negative": (
        {"class_weight": {-1: 2.0}},
        "The keys of `class_weight` must be from 0 to 2, the output's classes. Received: -1 in class_weight={-1: 2.0}.",
    ),
    "class_weight list": (
        {"class_weight": [1.0, 2.0]},
        "`class_weight` must be a dict from class numbers to weights, such as {0: 1.0, 1: 5.0}. Received: "
        "class_weight=[1.0, 2.0]",
    ),
    "NaN in the rows split off": (
        {"x": np.concatenate([X[:44], HOLES[6:12]]), "validation_split": 0.2},
        "`x` must hold finite numbers. Received: NaN at row 45, column 2; 2 of 50 rows are not finite. Keep the rows "
        f"where np.isfinite(x).all(axis=1) is true, {FILL}(x).",
    ),
    "a label in the rows split off": (
        {"y": np.where(np.arange(50) == 48, 3, Y), "validation_split": 0.2},
        "The labels of 'dense' must be integers from 0 to 2, because its output has 3 classes. Received: 3 at row 48. "
        "Is the output too narrow? It would need 4 units.",
    ),
    "sample_weight in the rows split off": (
        {"sample_weight": np.where(np.arange(50) == 48, np.nan, 1.0), "validation_split": 0.2},
        "`sample_weight` must hold finite numbers. Received: NaN at row 48; 1 of 50 rows are not finite. Keep the rows "
        f"where np.isfinite(sample_weight) is true, {FILL}(sample_weight).",
    ),
    "validation_data of another width": (
        {"validation_data": (X[:, :4], Y)},
        f"`validation_data`: {MISFIT}axis -1 of input shape to have value 6, but received input with shape (50, 4).",
    ),
    "validation_data of two lengths": (
        {"validation_data": (X, Y[:9])},
        f"`validation_data`: {CARDINALITY}'x' sizes: 50\n'y' sizes: 9\n",
    ),
    "validation_data with holes": (
        {"validation_data": (HOLES, Y)},
        "`validation_data`: `x` must hold finite numbers. Received: NaN at row 7, column 2; 2 of 50 rows are not "
        f"finite. Keep the rows where np.isfinite(x).all(axis=1) is true, {FILL}(x).",
    ),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments_of_fit(case: str) -> None:
    arguments, text = ARGUMENTS[case]
    judged = model()
    before = snapshot(judged)
    with pytest.raises(ValueError) as refusal:
        judged.fit(**{"x": X, "y": Y} | arguments)
    assert str(refusal.value) == text
    assert snapshot(judged) == before


def test_classes_without_a_weight_weigh_1() -> None:
    some, every = model(), model()
    every.set_weights(some.get_weights())
    for judged, weights in ((some, {1: 3.0}), (every, {0: 1.0, 1: 3.0, 2: 1.0})):
        judged.fit(X, Y, class_weight=weights, shuffle=False, verbose=0)
    np.testing.assert_array_equal(some.get_weights()[0], every.get_weights()[0])


MADE: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "dataset": (
        lambda: keras.datasets.fasion_mnist,
        AttributeError,
        "module 'denim.datasets' has no attribute 'fasion_mnist'; did you mean 'fashion_mnist'?",
    ),
    "no layers": (
        lambda: keras.Sequential(name="empty").predict(X),
        ValueError,
        "Sequential model 'empty' cannot be built because it has no layers. Call `model.add(layer)`.",
    ),
    "weights before they are made": (
        lambda: keras.Sequential([layers.Dense(3)], name="early").count_params(),
        ValueError,
        "You tried to call `count_params` on 'early', but it isn't built: its input shape is unknown. Call it, or "
        "`early.build(input_shape)`, first.",
    ),
    "loss": (
        lambda: model(loss="sparse_categorical_crosentropy"),
        ValueError,
        "Could not interpret loss identifier: sparse_categorical_crosentropy. Did you mean "
        f"'sparse_categorical_crossentropy'? {LOSSES}",
    ),
    "optimizer": (
        lambda: model(optimizer="adma"),
        ValueError,
        "Could not interpret optimizer identifier: adma. Did you mean 'adam'? Known: SGD, RMSprop, Adagrad, "
        "Adadelta, Adam, AdamW, Adamax, Nadam, Ftrl, Lion.",
    ),
    "metric": (
        lambda: model(metrics=["acuracy"]),
        ValueError,
        f"Could not interpret metric identifier: acuracy. Did you mean 'accuracy'? {METRICS}",
    ),
    "metric without a list": (
        lambda: model(metrics="accuracy"),
        ValueError,
        "Expected `metrics` argument to be a list, tuple, or dict. Received instead: metrics=accuracy of type <class "
        "'str'>. Write metrics=['accuracy'].",
    ),
    "activation": (
        lambda: layers.Dense(3, "rleu"),
        ValueError,
        "Could not interpret activation function identifier: rleu. Did you mean 'relu'?",
    ),
    "initializer": (
        lambda: layers.Dense(3, kernel_initializer="glorot_unifrom"),
        ValueError,
        "Could not interpret initializer identifier: glorot_unifrom. Did you mean 'glorot_uniform'?",
    ),
    "a layer's class as activation": (
        lambda: layers.Dense(3, layers.LeakyReLU),
        ValueError,
        "Could not interpret activation function identifier: <class 'denim.layers.activation.LeakyReLU'>. This is the "
        "class; pass a layer of it: LeakyReLU().",
    ),
    "a class as layer": (
        lambda: keras.Sequential([layers.Flatten]),
        ValueError,
        "Only instances of `keras.Layer` can be added to a Sequential model. Received: <class "
        "'denim.layers.reshaping.Flatten'> (of type <class 'type'>). This is the class; make a layer of it: "
        "Flatten(...).",
    ),
    "a class as callback": (
        lambda: model().fit(X, Y, callbacks=[keras.callbacks.History]),
        TypeError,
        "A callback must be an instance. Received the class History: add ().",
    ),
    "a class as schedule": (
        lambda: optimizers.Adam(optimizers.schedules.CosineDecay),
        ValueError,
        "Argument `learning_rate` should be float, or an instance of LearningRateSchedule. Received the class "
        "CosineDecay: make a schedule of it, CosineDecay(...).",
    ),
    "units": (
        lambda: layers.Dense(10.0),  # type: ignore[arg-type]
        ValueError,
        "Dense: `units` must be a positive integer. Received: units=10.0. Did you mean 10?",
    ),
    "units of two": (
        lambda: layers.Dense(10.5),  # type: ignore[arg-type]
        ValueError,
        "Dense: `units` must be a positive integer. Received: units=10.5",
    ),
    "learning rate": (
        lambda: optimizers.Adam(1),
        ValueError,
        "Argument `learning_rate` should be float, or an instance of LearningRateSchedule. Received instead: "
        "learning_rate=1. Did you mean 1.0?",
    ),
    "learning rate as text": (
        lambda: optimizers.Adam("0.1"),
        ValueError,
        "Argument `learning_rate` should be float, or an instance of LearningRateSchedule. Received instead: "
        "learning_rate='0.1'.",
    ),
    "two clips": (
        lambda: optimizers.Adam(clipnorm=1.0, clipvalue=0.5),
        ValueError,
        "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: clipnorm=1.0, clipvalue=0.5, "
        "global_clipnorm=None",
    ),
}


@pytest.mark.parametrize("case", MADE)
def test_names_and_objects(case: str) -> None:
    make, error, text = MADE[case]
    with pytest.raises(error) as refusal:
        make()
    assert str(refusal.value) == text


def test_classes_stand_for_their_objects() -> None:
    made = model(
        loss=keras.losses.SparseCategoricalCrossentropy,
        optimizer=optimizers.Nadam,
        metrics=[keras.metrics.SparseCategoricalAccuracy],
    )
    assert sorted(made.fit(X, Y, verbose=0).history) == ["loss", "sparse_categorical_accuracy"]


def test_predicting_needs_neither_compile_nor_a_known_shape() -> None:
    assert uncompiled().predict(X, verbose=0).shape == (50, 3)
    assert keras.Sequential([layers.Dense(3)]).predict(X, verbose=0).shape == (50, 3)


# Hints: what Keras accepts in silence is run, and talked about.

PIXELS = RNG.integers(0, 256, (50, 6)).astype("uint8")
PIXEL_HINT = (
    "Hint: x holds whole numbers from 0 to 255, like pixels that were never scaled. Networks learn better from numbers "
    "between 0 and 1: divide by 255.0 wherever data are passed, or begin the model with layers.Rescaling(1 / 255)."
)


def hints(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("Hint: ")]


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_pixels_are_pointed_out_once(dtype: str, capsys: pytest.CaptureFixture[str]) -> None:
    x = PIXELS.astype(dtype)
    judged = model()
    judged.fit(x, Y, verbose=0)
    judged.evaluate(x, Y, verbose=2)
    assert hints(capsys) == []
    judged.fit(x, Y, verbose=2)
    assert hints(capsys) == [PIXEL_HINT]
    judged.fit(x, Y, verbose=2)
    assert hints(capsys) == []


@pytest.mark.parametrize(
    "x", [PIXELS / 255.0, PIXELS + 0.5, PIXELS * 2.0, PIXELS - 300.0, PIXELS // 200, X], ids=lambda x: str(x[0, 0])
)
def test_other_numbers_are_not(x: np.ndarray, capsys: pytest.CaptureFixture[str]) -> None:
    model().fit(x, Y, verbose=2)
    assert hints(capsys) == []


@pytest.mark.parametrize(
    "scaling", [lambda: layers.Rescaling(1 / 255), lambda: layers.Normalization(), lambda: layers.BatchNormalization()]
)
def test_pixels_are_fine_where_the_model_scales_them(
    scaling: Callable[[], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    made = keras.Sequential([keras.Input(shape=(6,)), scaling(), layers.Dense(3, "softmax")])
    made.compile(loss=SPARSE)
    made.fit(PIXELS, Y, verbose=2)
    assert hints(capsys) == []


def test_a_softmax_of_one_unit(capsys: pytest.CaptureFixture[str]) -> None:
    model(1, loss="binary_crossentropy").fit(X, Y > 1, verbose=2)
    assert hints(capsys) == [
        "Hint: the softmax of 'dense' has one unit, so its output is always 1.0 and nothing can be learnt. For two "
        "classes use Dense(1, activation='sigmoid') and loss='binary_crossentropy'; for more, one unit for each class."
    ]


@pytest.mark.parametrize(
    ("scale", "further"),
    [
        (1.0, ""),
        (
            100.0,
            "x has values up to 250: scale it, for example with a layers.Normalization that has been adapted to it. ",
        ),
    ],
)
def test_a_loss_that_is_lost(scale: float, further: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = model(1, None, "mse", optimizer=optimizers.SGD(1e30))
    made.fit(np.linspace(-2.5, 2.5, 300, dtype="float32").reshape(50, 6) * scale, X[:, 0], epochs=4, verbose=2)
    (hint,) = hints(capsys)
    assert hint.startswith("Hint: the loss became ")
    assert hint.partition(" in epoch ")[2][1:] == (
        f". {further}The learning rate, 1e+30 now, may be too high: try a tenth of it, or an optimizer with "
        "clipnorm=1.0. The weights are lost: build the model again."
    )
    made.fit(X, X[:, 0], verbose=0)
    assert hints(capsys) == []


@pytest.mark.parametrize("clip", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_clipping_is_not_proposed_to_those_who_clip(clip: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = model(1, None, "mse", optimizer=optimizers.SGD(1e38, **{clip: 1e38}))
    made.fit(X, X[:, 0], epochs=4, verbose=2)
    (hint,) = hints(capsys)
    assert hint.endswith("may be too high: try a tenth of it. The weights are lost: build the model again.")


@pytest.mark.parametrize("loss", ["mse", "mae"])
@pytest.mark.parametrize(
    ("y", "text"),
    [
        (
            Y,
            "Hint: y has values from 0 to 2, but the sigmoid of 'dense' stays between 0 and 1. For the classes 0 to 2 "
            "use Dense(3, activation='softmax') and loss='sparse_categorical_crossentropy'; for measured numbers use "
            "Dense without an activation.",
        ),
        (
            Y - 0.5,
            "Hint: y has values from -0.5 to 1.5, but the sigmoid of 'dense' stays between 0 and 1. For measured "
            "numbers use Dense without an activation.",
        ),
        (Y / 2, None),
    ],
)
def test_a_sigmoid_that_cannot_reach_its_targets(
    loss: str, y: np.ndarray, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    model(1, "sigmoid", loss).fit(X, y, verbose=2)
    assert hints(capsys) == ([] if text is None else [text])


def test_float64_models_take_numbers_that_float32_cannot_hold() -> None:
    keras.config.set_floatx("float64")
    try:
        made = model(1, None, "mae")
    finally:
        keras.config.set_floatx("float32")
    assert np.isfinite(made.evaluate(X.astype("float64") * 1e300, Y, verbose=0))


def test_large_finite_numbers_are_finite() -> None:
    """Their sum overflows, so that each of them has to be looked at."""
    model(1, None, "mae").evaluate(np.full((50, 6), 3e38, "float32"), Y, verbose=0)


def test_hints_go_where_messages_go(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    keras.config.disable_interactive_logging()
    try:
        with caplog.at_level("INFO", "denim"):
            model().fit(PIXELS, Y)
    finally:
        keras.config.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert PIXEL_HINT in caplog.messages
