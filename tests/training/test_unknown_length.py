"""Models whose inputs have a size that is None: trained, judged and used at every length that the data have."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers


def words(rows: int, steps: int) -> np.ndarray:
    return np.random.default_rng(steps).integers(1, 9, (rows, steps))


def network(**options: Any) -> keras.Model:
    inputs = keras.Input(shape=(None,), dtype="int64")
    x = layers.GlobalAveragePooling1D()(layers.Embedding(9, 4, **options)(inputs))
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


def test_the_sizes_are_shown_and_kept(tmp_path: Path) -> None:
    model = network()
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    model.fit(words(8, 5), np.ones(8), verbose=0)
    model.save(tmp_path / "m.keras")
    other = keras.models.load_model(tmp_path / "m.keras")

    assert "(None, None, 4)" in "".join(lines)
    for each in (other, keras.models.clone_model(model), keras.Model.from_config(model.get_config())):
        assert each.input_shape == (None, None)
        assert [layer.output.shape for layer in each.layers] == [(None, None), (None, None, 4), (None, 4), (None, 1)]
    for steps in (5, 2):
        np.testing.assert_array_equal(
            other.predict(words(3, steps), verbose=0), model.predict(words(3, steps), verbose=0)
        )


def test_weights_and_optimizer_go_on_at_another_length() -> None:
    several, alike = network(), network()
    alike.set_weights(several.get_weights())
    rows, target = words(8, 3), np.arange(8.0)
    for x in (rows, np.hstack([rows, rows]), rows):  # the mean of a sequence twice is the sequence's
        several.fit(x, target, shuffle=False, verbose=0)
    alike.fit(rows, target, epochs=3, shuffle=False, verbose=0)

    assert int(several.optimizer.iterations.numpy()) == 3
    for one, other in zip(several.get_weights(), alike.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_validation_data_of_another_length() -> None:
    model = network()
    history = model.fit(words(8, 5), np.ones(8), validation_data=(words(4, 2), np.ones(4)), epochs=2, verbose=0).history

    assert history["val_loss"][-1] == pytest.approx(model.evaluate(words(4, 2), np.ones(4), verbose=0))


def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for steps in (3, 5, 3):
        yield words(4, steps), np.ones(4)


def test_batches_of_differing_length() -> None:
    model, by_hand = network(), network()
    by_hand.set_weights(model.get_weights())
    losses = [by_hand.train_on_batch(x, y) for x, y in batches()]
    history = model.fit(batches(), verbose=0).history

    assert history["loss"] == pytest.approx([np.mean(losses)])
    for one, other in zip(model.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    expected = np.vstack([model.predict_on_batch(x) for x, _ in batches()])
    np.testing.assert_array_equal(model.predict((x for x, _ in batches()), verbose=0), expected)


def test_predictions_of_differing_length_are_no_array() -> None:
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, layers.Dense(1)(layers.Embedding(9, 4)(inputs)))

    assert model.predict(words(2, 3), verbose=0).shape == (2, 3, 1)
    with pytest.raises(ValueError, match=r"must be of one shape.*Pad the sequences"):
        model.predict((x for x, _ in batches()), verbose=0)


def test_many_lengths() -> None:
    model = network()
    whole = model.predict(np.tile(words(2, 1), 70), verbose=0)
    for steps in range(1, 70):
        np.testing.assert_allclose(model.predict(np.tile(words(2, 1), steps), verbose=0), whole, rtol=1e-4, atol=1e-6)


def test_copies_are_trained_by_themselves() -> None:
    model = network()
    model.fit(words(8, 5), np.ones(8), verbose=0)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other.predict(words(3, 2), verbose=0), model.predict(words(3, 2), verbose=0))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        pytest.param(lambda: layers.Dense(3)(keras.Input((None,))), r"shape=\(None, 3\) for variable path", id="dense"),
        pytest.param(
            lambda: layers.Dense(3)(layers.Flatten()(keras.Input((None, 2)))), "fully-defined", id="flattened"
        ),
        pytest.param(lambda: layers.LayerNormalization()(keras.Input((None,))), "fully-defined", id="normalized"),
        pytest.param(lambda: layers.PReLU()(keras.Input((None, 2))), "fully-defined", id="prelu"),
        pytest.param(lambda: layers.Normalization()(keras.Input((None,))), "must have a known shape", id="adapted"),
        pytest.param(lambda: network().export("m.c"), "must be known here", id="export"),
        pytest.param(lambda: network().predict(np.ones((2, 3, 4)), verbose=0), "expected shape", id="axes"),
        pytest.param(lambda: network().predict(np.ones((2, 0)), verbose=0), "has no steps", id="empty"),
    ],
)
def test_what_needs_the_size_says_so(make: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        make()


def test_shapes_follow_the_data() -> None:
    x = keras.Input((None, 4))
    made = {
        "flattened": layers.Flatten()(x),
        "reshaped": layers.Reshape((-1, 2))(x),
        "turned": layers.Permute((2, 1))(x),
        "joined": layers.Concatenate(axis=1)([x, keras.Input((3, 4))]),
        "added": layers.Add()([x, keras.Input((3, 1))]),
        "cut": x[:, 1:],
        "product": layers.Dot(1)([x, x]),
        "within": keras.Model(x, layers.Dense(2)(x))(keras.Input((7, 4))),
    }

    assert {name: tensor.shape for name, tensor in made.items()} == {
        "flattened": (None, None),
        "reshaped": (None, None, 2),
        "turned": (None, 4, None),
        "joined": (None, None, 4),
        "added": (None, None, 4),
        "cut": (None, None, 4),
        "product": (None, 4, 4),
        "within": (None, 7, 2),
    }
