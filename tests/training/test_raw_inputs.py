"""Models whose inputs are texts, or integers to be looked up: what is learnt is what is learnt from their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.data import stored

ROWS = 60
COLORS = ["red", "green", "blue"]


@pytest.fixture(autouse=True)
def _fresh(fresh_session: None) -> None:
    keras.utils.set_random_seed(3)


@pytest.fixture
def table() -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    return {
        "color": random.choice([*COLORS, "mauve"], ROWS),
        "shop": random.choice([100, 250, -3], ROWS),
        "size": random.normal(size=ROWS),
    }


Y = np.arange(ROWS) % 2 * 1.0


def ends(by_name: bool) -> tuple[Any, Any]:
    """The inputs, and what they become: two look-ups of one input among it."""
    color = keras.Input((1,), dtype="string", name="color")
    shop = keras.Input((1,), dtype="int64", name="shop")
    size = keras.Input((1,), name="size")
    numbers = layers.StringLookup(vocabulary=COLORS)(color)
    features = layers.Concatenate()(
        [
            layers.Flatten()(layers.Embedding(4, 2, name="table")(numbers)),
            layers.StringLookup(vocabulary=["blue"], output_mode="one_hot")(color),
            layers.IntegerLookup(vocabulary=[100, 250], output_mode="multi_hot")(shop),
            layers.Rescaling(0.01)(shop),
            size,
        ]
    )
    inputs = [color, shop, size]
    return {tensor.name: tensor for tensor in inputs} if by_name else inputs, features


def model(by_name: bool = True) -> Any:
    inputs, features = ends(by_name)
    made = keras.Model(inputs, layers.Dense(1, "sigmoid", name="last")(features))
    made.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    return made


def test_it_learns_what_is_learnt_from_the_numbers(table: dict[str, np.ndarray]) -> None:
    whole = model()
    number_of = {color: i + 1 for i, color in enumerate(COLORS)}
    blue = table["color"] == "blue"
    known = np.stack([~np.isin(table["shop"], [100, 250]), table["shop"] == 100, table["shop"] == 250], 1)
    numbers = keras.Input((1,), dtype="int32")
    others = keras.Input((7,))
    flat = layers.Flatten()(layers.Embedding(4, 2)(numbers))
    plain = keras.Model([numbers, others], layers.Dense(1, "sigmoid")(layers.Concatenate()([flat, others])))
    plain.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    plain.set_weights(whole.get_weights())
    x = [
        np.array([number_of.get(color, 0) for color in table["color"]]),
        np.column_stack([~blue, blue, known, table["shop"] * 0.01, table["size"]]),
    ]
    histories = []
    for each, given in ((whole, table), (plain, x)):
        keras.utils.set_random_seed(1)
        histories.append(each.fit(given, Y, epochs=3, batch_size=7, validation_split=0.25, verbose=0).history)
    for name, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][name], rtol=1e-5)
    np.testing.assert_allclose(whole.predict(table, verbose=0), plain.predict(x, verbose=0), rtol=1e-5)


def test_every_way_to_hand_them_over(table: dict[str, np.ndarray]) -> None:
    pandas = pytest.importorskip("pandas")
    made, listed = model(), model(by_name=False)
    listed.set_weights(made.get_weights())
    right = made.predict(table, verbose=0)
    frame = pandas.DataFrame(table)
    columns = {name: values[:, None] for name, values in table.items()}
    objects = {**table, "color": table["color"].astype(object)}
    categories = frame.assign(color=frame["color"].astype("category"))
    for x in (frame, categories, dict(frame), columns, objects):
        np.testing.assert_array_equal(made.predict(x, verbose=0), right)
    np.testing.assert_array_equal(made(columns), right)
    np.testing.assert_array_equal(made.predict_on_batch(table), right)
    np.testing.assert_array_equal(listed.predict(list(table.values()), verbose=0), right)
    few = {name: values[:2] for name, values in table.items()}
    for _ in range(3):
        np.testing.assert_array_equal(made.predict(few, verbose=0), right[:2])
    evaluated = made.evaluate(frame, Y, verbose=0)
    assert made.test_on_batch(table, Y) == pytest.approx(evaluated)


def test_batches_and_validation_data(table: dict[str, np.ndarray]) -> None:
    made = model()

    def batches() -> Any:
        while True:
            yield {name: values[:20] for name, values in table.items()}, Y[:20]

    history = made.fit(batches(), steps_per_epoch=2, validation_data=(table, Y), verbose=0).history
    assert history["val_loss"][0] == pytest.approx(made.evaluate(table, Y, verbose=0)[0])
    made.fit(table, Y, class_weight={0: 1.0, 1: 3.0}, verbose=0)
    made.train_on_batch(table, Y, sample_weight=np.ones(ROWS))


@pytest.mark.parametrize("with_input", [True, False], ids=["with an Input", "without"])
@pytest.mark.parametrize("shape", [(ROWS,), (ROWS, 1)], ids=["(rows,)", "(rows, 1)"])
def test_a_chain(table: dict[str, np.ndarray], with_input: bool, shape: tuple[int, ...]) -> None:
    chain = [layers.StringLookup(vocabulary=COLORS), layers.Embedding(4, 3), layers.Flatten(), layers.Dense(1)]
    first = [keras.Input((1,), dtype="string")] if with_input else []
    x = table["color"].reshape(shape)
    made = keras.Sequential([*first, *chain])
    made.compile("adam", "mse")
    if not with_input and len(shape) == 1:
        x = x.reshape(-1, 1)
    before = made.predict(x, verbose=0)
    made.fit(x, Y, epochs=2, verbose=0)
    assert before.shape == (ROWS, 1)
    assert not np.array_equal(made.predict(x, verbose=0), before)


def test_models_within_models(table: dict[str, np.ndarray]) -> None:
    inputs, features = ends(False)
    preparing = keras.Model(inputs, features)
    outer = [keras.Input(each.shape[1:], dtype=each.dtype) for each in inputs]
    body = keras.Sequential([layers.Dense(3, "relu"), layers.Dense(1)])
    whole = keras.Model(outer, body(preparing(outer)))
    x = list(table.values())
    right = body.predict(preparing.predict(x, verbose=0), verbose=0)
    np.testing.assert_allclose(whole.predict(x, verbose=0), right, rtol=1e-5)

    learner = keras.Model(features, layers.Dense(1)(features))
    assert learner.input_shape == (None, 9)


def test_a_vocabulary_that_is_learnt_later(table: dict[str, np.ndarray]) -> None:
    lookup = layers.StringLookup()
    made = keras.Sequential([keras.Input((1,), dtype="string"), lookup])
    with pytest.raises(RuntimeError, match="has no vocabulary yet"):
        made.predict(table["color"], verbose=0)
    lookup.adapt(["mauve", "red", "mauve"])
    assert made.predict(np.array(["red", "mauve"]), verbose=0).tolist() == [[2], [1]]
    lookup.set_vocabulary(["red"])
    assert made.predict(np.array(["red", "mauve"]), verbose=0).tolist() == [[1], [0]]

    rows = layers.StringLookup(output_mode="one_hot")
    rows.adapt(["a"])
    keras.Sequential([keras.Input((1,), dtype="string"), rows])
    with pytest.raises(RuntimeError, match="Old vocab size is 2, new vocab size is 3"):
        rows.adapt(["a", "b"])


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count", "tf_idf"])
def test_rows_are_those_of_the_layer_alone(mode: str) -> None:
    x = np.array([["a", "b", "a"], ["c", "q", "m"]])
    lookup = layers.StringLookup(output_mode=mode, mask_token="m")
    lookup.adapt(np.array([["a", "b", "c"], ["a", "a", "b"]]))
    made = keras.Sequential([keras.Input((3,), dtype="string"), lookup])
    np.testing.assert_allclose(made.predict(x, verbose=0), lookup(x), rtol=1e-6)
    assert made.output_shape == (None, *lookup(x).shape[1:])


@pytest.mark.parametrize("mode", ["multi_hot", "count", "tf_idf"])
def test_wide_rows_of_texts_window_by_window(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = np.array([" ".join(["cat", "dog", "ran", "sat"][: i % 5]) for i in range(ROWS)])
    vectorize = layers.TextVectorization(output_mode=mode)
    vectorize.adapt(texts)
    made = keras.Sequential([keras.Input((1,), dtype="string"), vectorize, layers.Dense(1)])
    made.compile("sgd", "mse")
    right = np.asarray(vectorize(texts), "float32") @ made.get_weights()[0]
    np.testing.assert_allclose(made.predict(texts, verbose=0), right, rtol=1e-5, atol=1e-6)
    loss = made.evaluate(texts, Y, verbose=0)
    for module in (stored, __import__("denim.data.columns", fromlist=["columns"])):
        monkeypatch.setattr(module, "WHOLE_BYTES", 64)
        monkeypatch.setattr(module, "WINDOW_BYTES", 64)
    np.testing.assert_allclose(made.predict(texts, verbose=0), right, rtol=1e-5, atol=1e-6)
    assert made.evaluate(texts, Y, verbose=0) == pytest.approx(loss)
    made.fit(texts, Y, epochs=2, verbose=0)


def test_texts_as_rows_of_words() -> None:
    texts = np.array(["the cat", "a dog that ran", ""])
    vectorize = layers.TextVectorization(output_sequence_length=3, vocabulary=["cat", "dog"])
    made = keras.Sequential([keras.Input((1,), dtype="string"), vectorize, layers.Embedding(4, 2), layers.Flatten()])
    assert made.predict(texts, verbose=0).shape == (3, 6)
    with pytest.raises(NotImplementedError, match="Pass output_sequence_length"):
        layers.TextVectorization(vocabulary=["cat"])(keras.Input((1,), dtype="string"))


def test_hashed_features(table: dict[str, np.ndarray]) -> None:
    color, shop = keras.Input((1,), dtype="string"), keras.Input((1,), dtype="int64")
    hashing, crossing = layers.Hashing(5, output_mode="one_hot"), layers.HashedCrossing(11)
    made = keras.Model([color, shop], [hashing(color), crossing([color, shop]), layers.Hashing(3)(shop)])
    x = [table["color"][:, None], table["shop"][:, None]]
    found = made.predict(x, verbose=0)
    np.testing.assert_array_equal(found[0], hashing(x[0]))
    np.testing.assert_array_equal(found[1], crossing(x))
    assert [each.dtype.name for each in found] == ["float32", "int64", "int64"]


def string_input() -> Any:
    return keras.Input((1,), dtype="string", name="color")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.Dense(1)(string_input()), ValueError, "Dense 'dense.*' reads numbers"),
        (lambda: string_input() + 1, ValueError, "reads numbers"),
        (lambda: layers.StringLookup(vocabulary=["a"])(keras.Input((1,))), ValueError, "reads texts"),
        (lambda: layers.IntegerLookup(vocabulary=[1])(string_input()), ValueError, "there is StringLookup"),
        (lambda: layers.StringLookup(vocabulary=["a"], invert=True)(keras.Input((1,))), NotImplementedError, "invert"),
        (lambda: layers.StringLookup(output_mode="one_hot")(string_input()), RuntimeError, "call `adapt`"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_layers_that_do_not_fit(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_inputs_that_do_not_fit(table: dict[str, np.ndarray]) -> None:
    made = model()
    weights = made.get_weights()
    numbers = {**table, "color": table["size"]}
    missing = {**table, "color": np.array([None] * ROWS, object)}
    wide = {**table, "color": np.array([["a", "b"]] * ROWS)}
    holes = {**table, "shop": np.full(ROWS, np.nan)}
    for x, message in (
        (numbers, r"`x\['color'\]` must hold texts\. Received an array of dtype float64"),
        (missing, "none of them missing"),
        (wide, "Input 'color' of the model is incompatible with x"),
        (holes, "`shop` must hold whole numbers"),
    ):
        for call in (lambda x=x: made.fit(x, Y, verbose=0), lambda x=x: made.predict(x, verbose=0)):
            with pytest.raises(ValueError, match=message):
                call()
    for before, after in zip(weights, made.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    color = string_input()
    with pytest.raises(ValueError, match="which a model gives back"):
        keras.Model(color, color).predict(table["color"], verbose=0)
    shop = keras.Input((1,))
    behind = keras.Model(shop, layers.IntegerLookup(vocabulary=[1])(layers.Rescaling(2.0)(shop)))
    with pytest.raises(NotImplementedError, match="right behind an Input"):
        behind.predict(table["shop"], verbose=0)


def test_exports_say_where_to_cut(table: dict[str, np.ndarray], tmp_path: Any) -> None:
    for name in ("model.onnx", "model.c"):
        with pytest.raises(NotImplementedError, match="Export what is behind them"):
            model().export(tmp_path / name)
