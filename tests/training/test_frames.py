"""Frames of pandas, polars and Arrow: their columns are numbers, inputs by name, or refused by name."""

from __future__ import annotations

import datetime
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import denim as keras

from .conftest import snapshot
from .kinds import canonical, network, numbers, outcome

LIBRARIES = ("pandas", "polars", "pyarrow", "pyarrow batches")
NAMES = ["age", "width", "flag", "old", "far", "kin"]


def frame_of(library: str, columns: dict[str, Any]) -> Any:
    """A frame of columns that are NumPy arrays or lists."""
    if library == "pandas":
        return pytest.importorskip("pandas").DataFrame(columns)
    if library == "polars":
        return pytest.importorskip("polars").DataFrame(columns)
    arrow = pytest.importorskip("pyarrow")
    return (arrow.Table if library == "pyarrow" else arrow.RecordBatch).from_pydict(columns)


def column_of(library: str, values: Any) -> Any:
    """A column by itself."""
    if library in ("pandas", "polars"):
        return pytest.importorskip(library).Series(values)
    arrow = pytest.importorskip("pyarrow")
    return arrow.chunked_array([values[:20], values[20:]]) if library == "pyarrow" else arrow.array(values)


def mixed(x: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of x in many dtypes."""
    kinds = ("int64", "float64", "bool", "uint8", "float32", "int16")
    return {name: x[:, i].astype(kind) for i, (name, kind) in enumerate(zip(NAMES, kinds, strict=True))}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kinds", ["mixed", "int64", "float32"])
def test_frames_and_columns_are_their_numbers(library: str, kinds: str) -> None:
    x, y, weights = numbers()
    columns = mixed(x) if kinds == "mixed" else {name: x[:, i].astype(kinds) for i, name in enumerate(NAMES)}
    given = frame_of(library, columns), column_of(library, y), column_of(library, weights.astype("float64"))
    assert outcome(*given) == outcome(*map(canonical, (x, y, weights)))


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_frame_of_targets(library: str) -> None:
    x, y, _ = numbers()
    both = np.eye(2)[y]
    frame = frame_of(library, {"no": both[:, 0], "yes": both[:, 1]})
    histories = [network(loss="categorical_crossentropy").fit(x, t, verbose=0).history for t in (frame, both)]
    assert histories[0] == histories[1]


@pytest.mark.parametrize("dtypes", ["nullable", "arrow", "object-free numpy"])
def test_columns_of_pandas_that_could_have_gaps(dtypes: str) -> None:
    pd = pytest.importorskip("pandas")
    if dtypes == "arrow":
        pytest.importorskip("pyarrow")
    x, y, weights = numbers()
    kinds = {
        "nullable": ("Int64", "Float64", "boolean", "UInt8", "Float32", "Int16"),
        "arrow": tuple(f"{kind}[pyarrow]" for kind in ("int64", "double", "bool", "uint8", "float", "int16")),
        "object-free numpy": ("int64", "float64", "bool", "uint8", "float32", "int16"),
    }[dtypes]
    frame = pd.DataFrame({n: pd.Series(x[:, i]).astype(k) for i, (n, k) in enumerate(zip(NAMES, kinds, strict=True))})
    given = frame, pd.Series(y).astype(kinds[0]), pd.Series(weights).astype(kinds[1])
    assert outcome(*given) == outcome(*map(canonical, (x, y, weights)))


@pytest.mark.parametrize("kind", ["Int64", "Float64", "boolean"])
def test_a_gap_is_refused_by_fit_and_predicted_as_nan(kind: str) -> None:
    pd = pytest.importorskip("pandas")
    x, y, _ = numbers()
    frame = pd.DataFrame(x, columns=NAMES).astype({"flag": kind})
    frame.loc[4, "flag"] = pd.NA
    model = network()
    with pytest.raises(ValueError, match="NaN at row 4, column 2; 1 of 48 rows are not finite"):
        model.fit(frame, y, verbose=0)
    assert np.isnan(model.predict(frame, verbose=0)).any(axis=1).tolist() == [row == 4 for row in range(48)]


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
@pytest.mark.parametrize(
    "values", [[1, None], [True, None], [Decimal("1"), None]], ids=["numbers", "truth", "decimals"]
)
def test_gaps_of_other_libraries_are_nan(library: str, values: list[Any]) -> None:
    frame = frame_of(library, dict.fromkeys(NAMES, values))
    outputs = network().predict(frame, verbose=0)
    assert np.isnan(outputs).any(axis=1).tolist() == [False, True]


def test_a_pandas_frame_of_one_array_is_not_copied() -> None:
    pd = pytest.importorskip("pandas")
    from denim.data.arrays import as_array

    x = np.random.default_rng(0).random((8, 3))
    assert np.shares_memory(as_array(pd.DataFrame(x, copy=False), "x"), x)


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_are_inputs_and_targets_by_name(library: str) -> None:
    x, y, _ = numbers()

    def model() -> Any:
        keras.utils.set_random_seed(7)
        inputs = {"old": keras.Input((1,), name="old"), "age": keras.Input((1,), name="age")}
        hidden = keras.layers.Dense(4, "relu")(keras.layers.Concatenate()(list(inputs.values())))
        outputs = {"yes": keras.layers.Dense(1, name="yes")(hidden), "sum": keras.layers.Dense(1, name="sum")(hidden)}
        made = keras.Model(inputs, outputs)
        made.compile("sgd", "mse")
        return made

    columns, targets = mixed(x), {"sum": x.sum(axis=1), "yes": y.astype("float32")}
    by_name = {name: canonical(columns[name])[:, None] for name in ("age", "old")}
    plain, framed = model(), model()
    histories = [
        plain.fit(by_name, targets, verbose=0, shuffle=False, validation_data=(by_name, targets)).history,
        framed.fit(
            frame_of(library, columns),
            frame_of(library, targets),
            verbose=0,
            shuffle=False,
            validation_data=(frame_of(library, columns), frame_of(library, targets)),
        ).history,
    ]
    assert histories[0] == histories[1]
    frame = frame_of(library, columns)
    predicted = plain.predict(by_name, verbose=0), framed.predict(frame, verbose=0), framed(frame)
    for name in targets:
        np.testing.assert_array_equal(predicted[0][name], predicted[1][name])
        np.testing.assert_array_equal(predicted[0][name], predicted[2][name])
    with pytest.raises(ValueError, match=r"Missing data for \"age\" in `x`.*keys: "):
        framed.predict(frame_of(library, {"old": columns["old"]}), verbose=0)
    with pytest.raises(ValueError, match=r"`x\['age'\]` must hold real numbers"):
        framed.predict(frame_of(library, {"old": x[:, 0].tolist(), "age": ["young"] * 48}), verbose=0)


def test_columns_in_lists_and_dicts() -> None:
    pd = pytest.importorskip("pandas")
    x, y, _ = numbers()
    inputs = [keras.Input((1,), name="a"), keras.Input((2,), name="b")]
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(keras.layers.Concatenate()(inputs)))
    model.compile("sgd", "sparse_categorical_crossentropy")
    frame = pd.DataFrame(x, columns=NAMES)
    plain = model.evaluate([x[:, :1], x[:, 1:3]], y, verbose=0)
    assert model.evaluate([frame["age"], frame[["width", "flag"]]], pd.Series(y), verbose=0) == plain
    assert (
        model.evaluate({"a": frame["age"], "b": frame[["width", "flag"]]}, frame_of("pandas", {"y": y}), verbose=0)
        == plain
    )
    with pytest.raises(ValueError, match=r"`x\[1\]` must hold real numbers.*x\[1\] = pandas\.get_dummies\(x\[1\]"):
        model.evaluate([frame["age"], pd.DataFrame({"size": 24 * ["S", "L"], "n": range(48)})], y, verbose=0)


def test_models_of_ones_own_take_frames() -> None:
    pd = pytest.importorskip("pandas")

    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.last = keras.layers.Dense(2, "softmax")

        def call(self, x: Any) -> Any:
            return self.last(x)

    x, y, _ = numbers()
    model = Own()
    model.compile("sgd", "sparse_categorical_crossentropy")
    frame = pd.DataFrame(mixed(x))
    model.fit(frame, y, verbose=0)
    np.testing.assert_array_equal(model.predict(frame, verbose=0), model.predict(canonical(x), verbose=0))
    np.testing.assert_array_equal(model(frame), model(canonical(x)))


@pytest.mark.parametrize("library", LIBRARIES)
def test_layers_are_called_and_adapted_with_frames(library: str) -> None:
    x = numbers()[0]
    frame = frame_of(library, mixed(x))
    layer, plain = keras.layers.Normalization(), keras.layers.Normalization()
    layer.adapt(frame)
    plain.adapt(x)
    np.testing.assert_array_equal(layer(frame), plain(canonical(x)))


FORTY = ["Berlin", "Bonn"] * 24
DATES = [datetime.date(2020, 1, 1 + day % 28) for day in range(48)]
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "texts": (
        "pandas",
        {"age": range(48), "city": FORTY},
        "`x` must hold real numbers. Received: a DataFrame whose column 'city' holds texts, such as 'Berlin'. Make a "
        "column of 0 and 1 for each value: x = pandas.get_dummies(x, columns=['city'], dtype='float32'). Or leave it "
        "out: x = x.drop(columns=['city']).",
    ),
    "several columns": (
        "pandas",
        {"city": FORTY, "when": DATES, "a": FORTY, "b": FORTY, "n": ["1"] * 48},
        "`x` must hold real numbers. Received: a DataFrame with columns of other things: 'city' (texts, such as "
        "'Berlin'), 'when' (dates), 'a' (texts, such as 'Berlin') and 2 more. Make a column of 0 and 1 for each value: "
        "x = pandas.get_dummies(x, columns=['city', 'a', 'b'], "
        "dtype='float32'). Or leave them out: x = x.drop(columns=['city', 'when', 'a', 'b', 'n']).",
    ),
    "numbers as texts": (
        "pandas",
        {"age": ["1", "2"] * 24},
        "`x` must hold real numbers. Received: a DataFrame whose column 'age' holds numbers as texts, such as '1'. "
        "Convert them: x['age'] = pandas.to_numeric(x['age']). Or leave it out: x = x.drop(columns=['age']).",
    ),
    "polars: texts": (
        "polars",
        {"age": range(48), "city": FORTY},
        "`x` must hold real numbers. Received: a DataFrame whose column 'city' holds texts, such as 'Berlin'. Make a "
        "column of 0 and 1 for each value: x = x.to_dummies(['city']). Or leave it out: x = x.drop(['city']).",
    ),
    "polars: dates": (
        "polars",
        {"when": DATES},
        "`x` must hold real numbers. Received: a DataFrame whose column 'when' holds dates. Make numbers of dates, "
        "such as the year and the day of the week: x['when'].dt.year(), x['when'].dt.weekday(). Or leave it out: x = "
        "x.drop(['when']).",
    ),
    "polars: numbers as texts": (
        "polars",
        {"age": ["1", "2"] * 24},
        "`x` must hold real numbers. Received: a DataFrame whose column 'age' holds numbers as texts, such as '1'. "
        "Convert them: x = x.cast({'age': float}). Or leave it out: x = x.drop(['age']).",
    ),
    "polars: lists": (
        "polars",
        {"sizes": [[1, 2], [3]] * 24},
        "`x` must hold real numbers. Received: a DataFrame whose column 'sizes' holds lists. Make one array of them: "
        "np.stack(rows). Or leave it out: x = x.drop(['sizes']).",
    ),
    "Arrow: texts": (
        "pyarrow",
        {"city": FORTY},
        "`x` must hold real numbers. Received: a Table whose column 'city' holds texts, such as 'Berlin'. Make a "
        "column of 0 and 1 for each value: x = pandas.get_dummies(x.to_pandas(), columns=['city'], dtype='float32'). "
        "Or leave it out: x = x.drop_columns(['city']).",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
def test_columns_that_hold_no_numbers(case: str, method: str) -> None:
    library, columns, text = REFUSED[case]
    model, frame = network(), frame_of(library, columns)
    before = snapshot(model)
    with pytest.raises(ValueError) as refusal:
        getattr(model, method)(frame, *([] if method == "predict" else [numbers()[1]]), verbose=0)
    assert str(refusal.value) == text
    assert snapshot(model) == before


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (
            "category",
            "categories, such as 'Berlin'. Make a column of 0 and 1 for each value: x = pandas.get_dummies(x, c",
        ),
        (
            "datetime64[ns]",
            "dates. Make numbers of dates, such as the year and the day of the week: pandas.to_datetime(x['when']).dt.",
        ),
        ("datetime64[ns, UTC]", "dates. Make numbers of dates"),
        ("timedelta64[ns]", "durations. In seconds: x['when'].dt.total_seconds(). Or leave it out"),
        ("complex", "Python objects, such as 1j. Make numbers of them. Or leave it out: x = x.drop(columns=['when'])."),
        ("object", "numbers as objects, such as 0. Convert them: x['when'] = pandas.to_numeric(x['when'])."),
    ],
)
def test_columns_of_pandas_that_hold_no_numbers(kind: str, what: str) -> None:
    pd = pytest.importorskip("pandas")
    values = {"category": FORTY, "complex": [1j] * 48}.get(kind, range(48))
    column = pd.Series(values).astype("object" if kind == "complex" else kind)
    with pytest.raises(ValueError) as refusal:
        network().fit(pd.DataFrame({"age": range(48), "when": column}), numbers()[1], verbose=0)
    assert f"whose column 'when' holds {what}" in str(refusal.value)


@pytest.mark.parametrize("library", LIBRARIES)
def test_texts_as_targets(library: str) -> None:
    x = numbers()[0]
    model = network()
    before = snapshot(model)
    with pytest.raises(ValueError) as refusal:
        model.fit(x, column_of(library, FORTY), verbose=0)
    assert "of texts, such as 'Berlin'. Number the classes: names, y = np.unique(y, return_inverse=True)." in str(
        refusal.value
    )
    with pytest.raises(ValueError) as refusal:
        model.fit(x, frame_of(library, {"city": FORTY}), verbose=0)
    assert "names, y = np.unique(y['city'], return_inverse=True)." in str(refusal.value)
    with pytest.raises(ValueError, match=r"`validation_data`: `y` must hold real numbers"):
        model.fit(x, numbers()[1], validation_data=(x, column_of(library, FORTY)), verbose=0)
    with pytest.raises(ValueError, match=r"`sample_weight` must hold real numbers"):
        model.fit(x, numbers()[1], sample_weight=column_of(library, FORTY), verbose=0)
    assert snapshot(model) == before


def test_categories_of_numbers_are_these_numbers() -> None:
    pd = pytest.importorskip("pandas")
    x, y, weights = numbers()
    given = pd.DataFrame(x, columns=NAMES).astype({"age": "category"}), pd.Series(y).astype("category")
    assert outcome(*given, weights) == outcome(*map(canonical, (x, y, weights)))


def test_a_lazy_frame_is_to_be_collected() -> None:
    pl = pytest.importorskip("polars")
    lazy = pl.DataFrame({"a": [1, 2]}).lazy()
    with pytest.raises(
        ValueError, match=r"`?x=<LazyFrame .* It is lazy, and has not been computed yet\. Pass x\.collect"
    ):
        network().fit(lazy, numbers()[1], verbose=0)
    with pytest.raises(ValueError, match=r"Pass y\.collect\(\)\."):
        network().fit(numbers()[0], lazy, verbose=0)


def test_frames_without_columns_or_rows() -> None:
    pd, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    for empty in (pd.DataFrame(index=range(48)), arrow.table({})):
        with pytest.raises(ValueError, match=r"expected axis -1 of input shape to have value 6|sizes"):
            network().fit(empty, numbers()[1], verbose=0)
    assert network().predict(pd.DataFrame({name: [] for name in NAMES}).astype(float), verbose=0).shape == (0, 2)


def test_no_library_is_imported() -> None:
    """What a frame is, is seen by what it offers."""
    import subprocess

    code = """
import sys, numpy as np, denim as keras
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((9, 2)), np.ones(9), verbose=0)
print([name for name in ("pandas", "polars", "pyarrow", "scipy", "torch", "tensorflow") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
