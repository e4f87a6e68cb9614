"""``model.to_keras()``: the model in Keras itself computes the same, and trains on from there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim
import layer_zoo

from .models import CASES, VALUES, Case, X
from .test_model_files import assert_alike, predicted, skip_unless_keras_opens_its_own

pytestmark = [
    pytest.mark.parity,
    # Keras's own variables, under NumPy 2.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # Masking before Flatten, in both.
    pytest.mark.filterwarnings("ignore:.*does not support masking:UserWarning"),
]


@pytest.mark.parametrize("name", layer_zoo.NAMES)
def test_every_layer_goes_over(real_keras: Any, name: str) -> None:
    model, inputs = layer_zoo.model_of(denim, name), layer_zoo.rows_for(name)
    theirs = model.to_keras()
    assert isinstance(theirs, real_keras.Model)
    assert [layer.name for layer in theirs.layers] == [layer.name for layer in model.layers]
    fed = inputs if len(inputs) > 1 else inputs[0]
    found, expected = theirs.predict(fed, verbose=0), model.predict(fed, verbose=0)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", [name for name in layer_zoo.NAMES if "Discretization" not in name])
def test_every_layer_goes_on_learning(real_keras: Any, name: str) -> None:
    """One step of a trained state more, on both sides."""
    first, inputs = layer_zoo.model_of(denim, name), layer_zoo.rows_for(name)
    if "Dropout" in name or "Noise" in name:
        pytest.skip("it draws other random numbers than Keras when it trains")
    model = denim.Model(first.inputs, denim.layers.Dense(2)(denim.layers.Flatten()(_wide(first.outputs[0]))))
    model.compile(denim.optimizers.Adam(0.01), "mse", metrics=["mae"])
    fed = inputs if len(inputs) > 1 else inputs[0]
    y = np.random.default_rng(0).normal(size=(len(inputs[0]), 2)).astype("float32")
    model.train_on_batch(fed, y)
    theirs = model.to_keras()
    found, expected = theirs.train_on_batch(fed, y), model.train_on_batch(fed, y)
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)
    for one, other in zip(theirs.weights, model.weights, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=2e-3, atol=2e-4, err_msg=other.path)


def _wide(tensor: Any) -> Any:
    """With an axis to flatten, where a sample is a single number."""
    return tensor if len(tensor.shape) > 1 else denim.layers.Reshape((1,))(tensor)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_training_goes_on_in_keras(real_keras: Any, case: Case) -> None:
    skip_unless_keras_opens_its_own(case)
    model = case.make(denim)
    case.fit(model)
    assert_alike(model, model.to_keras(), case)


def test_what_has_not_been_trained_goes_over_without_a_word(real_keras: Any, recwarn: pytest.WarningsRecorder) -> None:
    case = CASES[0]
    model = case.make(denim)
    theirs = model.to_keras()
    assert theirs.optimizer.learning_rate.numpy() == np.float32(0.001)
    np.testing.assert_allclose(predicted(theirs, case), predicted(model, case), rtol=1e-5, atol=1e-6)
    case.fit(model)
    case.fit(theirs)
    assert_alike(model, theirs, case)
    bare = denim.Sequential([denim.Input((6,)), denim.layers.Dense(2)]).to_keras()
    assert not bare.compiled
    assert [w for w in recwarn if "__array__" not in str(w.message)] == []


def test_what_keras_cannot_make_is_said(real_keras: Any) -> None:
    (case,) = (case for case in CASES if not case.keras_opens_its_own)
    with pytest.raises(ValueError, match=r"Keras does not make model .* anew: .*save_weights\('model.weights.h5'\)"):
        case.make(denim).to_keras()


def test_code_of_ones_own_has_a_counterpart_in_keras(real_keras: Any) -> None:
    keras = real_keras

    def squared(package: Any) -> Any:
        def own_loss(y: Any, p: Any) -> Any:
            return package.ops.mean(package.ops.square(y - p), axis=-1)

        return own_loss

    def scale(package: Any) -> type:
        class Scale(package.layers.Layer):
            def build(self, shape: Any) -> None:
                self.factor = self.add_weight(shape=(shape[-1],), initializer="ones", name="factor")
                self.built = True

            def call(self, x: Any) -> Any:
                return x * self.factor

        return Scale

    ours, own_loss = scale(denim), squared(denim)
    model = denim.Sequential([denim.Input((6,)), ours(name="scale"), denim.layers.Dense(1)])
    with denim.saving.custom_object_scope({"own_loss": own_loss}):
        model.compile("adam", own_loss)
    case = Case("own", lambda _: model, X, VALUES)
    case.fit(model)
    with pytest.raises(ValueError, match=r"code of your own.*the class Scale, the function own_loss"):
        model.to_keras()
    with pytest.raises(ValueError, match=r"the function own_loss.*custom_objects=\{'own_loss': \.\.\.\}"):
        model.to_keras({"Scale": scale(keras)})
    with pytest.raises(TypeError, match=r"Scale must derive from a class of Keras's.*which is denim's"):
        model.to_keras({"Scale": ours, "own_loss": own_loss})
    theirs = model.to_keras({"Scale": scale(keras), "own_loss": squared(keras)})
    assert_alike(model, theirs, case)


def test_a_registered_class_goes_by_its_name_alone(real_keras: Any) -> None:
    @denim.saving.register_keras_serializable("mine")
    class Doubled(denim.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 2.0

    class KerasDoubled(real_keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 2.0

    model = denim.Sequential([denim.Input((6,)), Doubled()])
    np.testing.assert_array_equal(model.to_keras({"Doubled": KerasDoubled}).predict(X, verbose=0), X * 2)
    real_keras.saving.register_keras_serializable("mine", "Doubled")(KerasDoubled)
    np.testing.assert_array_equal(model.to_keras().predict(X, verbose=0), X * 2)


def test_a_model_with_a_call_goes_where_keras_has_its_class(real_keras: Any) -> None:
    def branched(package: Any) -> type:
        class Branched(package.Model):
            def __init__(self, **kwargs: Any) -> None:
                super().__init__(**kwargs)
                self.hidden = package.layers.Dense(8, activation="tanh")
                self.out = package.layers.Dense(1)

            def call(self, x: Any) -> Any:
                return self.out(self.hidden(x)) + package.ops.sum(x, axis=-1, keepdims=True)

        return Branched

    model = branched(denim)(name="b")
    model.compile("rmsprop", "mse")
    case = Case("call", lambda _: model, X, VALUES)
    case.fit(model)
    with pytest.raises(ValueError, match=r"the class Branched"):
        model.to_keras()
    assert_alike(model, model.to_keras({"Branched": branched(real_keras)}), case)


def test_float64_stays_float64_or_is_refused(real_keras: Any) -> None:
    x = denim.Input((6,), dtype="float64")
    model = denim.Model(x, denim.layers.Dense(2, dtype="float64")(x))
    if real_keras.config.backend() == "jax":
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(ValueError, match=r"of float64, which became float32. On JAX, set JAX_ENABLE_X64=1"):
                model.to_keras()
    else:
        theirs = model.to_keras()
        np.testing.assert_allclose(theirs.predict(X, verbose=0), predicted(model, Case("", None, X, None)), rtol=1e-12)


def test_in_a_script_that_means_denim_by_keras_it_is_keras_itself(real_keras: Any, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import numpy as np\n"
        "import keras\n"
        "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
        "theirs = model.to_keras()\n"
        "import keras as again\n"
        "print(type(model).__module__.split('.')[0], type(theirs).__module__.split('.')[0], again is keras)\n"
        "print(again.__name__, abs(model.predict(np.ones((1, 3)), verbose=0) - theirs.predict(\n"
        "    np.ones((1, 3)), verbose=0)).max() < 1e-6)\n"
    )
    run = [sys.executable, "-m", "denim.cli", "run", "script.py"]
    place = {**os.environ, "PYTHONPATH": str(Path(denim.__file__).parents[1])}
    done = subprocess.run(run, cwd=tmp_path, env=place, capture_output=True, text=True, check=False)
    assert done.stdout == "denim keras True\ndenim True\n", done.stderr
