"""Layers, models, activations, regularizers, constraints and metrics of a user's own, trained the same way in real
Keras and in denim.

Every scene is given the module that plays Keras. Imports neither Keras nor denim.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Results = dict[str, Any]
SCENES: dict[str, Callable[[Any], Results]] = {}


def scene(function: Callable[[Any], Results]) -> Callable[[Any], Results]:
    SCENES[function.__name__] = function
    return function


def data(width: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(seed).normal(size=(24, width)).astype("float32")
    return x, x[:, :1] * x[:, 1:2] + 0.5


def known_weights(model: Any) -> None:
    """Weights that depend on their order and shape alone; those of moving statistics stay."""
    rng = np.random.default_rng(11)
    values = []
    for weight in model.weights:
        fixed = "moving" in weight.path
        values.append(np.array(weight) if fixed else rng.normal(size=weight.shape).astype("float32") * 0.4)
    model.set_weights(values)


def trained(
    model: Any, x: Any, y: Any, *, optimizer: Any = "sgd", loss: Any = "mse", compiled: Any = None, **fit: Any
) -> Results:
    rows = next(iter(x.values())) if isinstance(x, dict) else x[0] if isinstance(x, (list, tuple)) else x
    model(_first(x, 2))
    known_weights(model)
    model.compile(optimizer, loss, **(compiled or {}))
    options = {"epochs": 2, "batch_size": 8, "shuffle": False, "verbose": 0, "validation_data": (x, y)} | fit
    history = model.fit(x, y, **options).history
    assert len(rows) == 24
    return {
        "history": {name: [float(v) for v in values] for name, values in history.items()},
        "evaluation": _listed(model.evaluate(x, y, verbose=0)),
        "prediction": _listed(model.predict(_first(x, 3), verbose=0)),
        "called": _listed(model(_first(x, 3))),
        "paths": [w.path for w in model.weights],
        "trainable": [w.path for w in model.trainable_weights],
        "weights": [np.asarray(w).tolist() for w in model.get_weights()],
        "parameters": model.count_params(),
    }


def _first(x: Any, n: int) -> Any:
    if isinstance(x, dict):
        return {key: value[:n] for key, value in x.items()}
    return type(x)(each[:n] for each in x) if isinstance(x, (list, tuple)) else x[:n]


def _listed(y: Any) -> Any:
    if isinstance(y, dict):
        return {key: _listed(value) for key, value in y.items()}
    return [_listed(each) for each in y] if isinstance(y, (list, tuple)) else np.asarray(y).tolist()


def linear_class(keras: Any) -> Any:
    class Linear(keras.layers.Layer):
        def __init__(self, units: int = 4, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="w")
            self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True, name="b")

        def call(self, inputs: Any) -> Any:
            return keras.ops.matmul(inputs, self.w) + self.b

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    return Linear


@scene
def a_layer_in_a_sequential(keras: Any) -> Results:
    linear = linear_class(keras)
    model = keras.Sequential([keras.Input((5,)), linear(6), keras.layers.ReLU(), linear(1)], name="chain")
    return trained(model, *data(), optimizer="adam")


@scene
def a_layer_of_layers(keras: Any) -> Results:
    ops, linear = keras.ops, linear_class(keras)

    class Block(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="block")
            self.parts = [linear(6, name="one")]
            self.norm = keras.layers.BatchNormalization()
            self.parts.append(keras.layers.Dense(3, kernel_regularizer="l2", name="two"))
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
            self.steps = self.add_weight(shape=(3,), initializer="zeros", trainable=False, name="steps")

        def call(self, x: Any, training: Any = None) -> Any:
            for part in self.parts:
                x = ops.tanh(part(x))
            return self.norm(x * self.scale, training=training) + self.steps

    inputs = keras.Input((5,), name="x")
    model = keras.Model(inputs, keras.layers.Dense(1, name="out")(Block()(inputs)))
    return trained(model, *data())


@scene
def a_model_with_a_call(keras: Any) -> Results:
    class MLP(keras.Model):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.hidden = keras.layers.Dense(7, activation="relu", name="hidden")
            self.drop = keras.layers.Dropout(0.0)
            self.out = keras.layers.Dense(1, name="out")

        def call(self, inputs: Any, training: Any = None) -> Any:
            return self.out(self.drop(self.hidden(inputs), training=training))

    return trained(MLP(name="mlp"), *data(), optimizer="rmsprop")


@scene
def a_call_that_asks_whether_it_trains(keras: Any) -> Results:
    class Asking(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="asking")
            self.out = keras.layers.Dense(1, name="out")

        def call(self, x: Any, training: Any = False) -> Any:
            if training:
                x = x * 1.5
            return self.out(x)

    return trained(Asking(), *data())


@scene
def losses_added_in_call(keras: Any) -> Results:
    ops = keras.ops

    class Sparse(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            self.add_loss(0.1 * ops.mean(ops.abs(x)))
            return x

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.first = keras.layers.Dense(4, activation="tanh", name="first")
            self.sparse = Sparse(name="sparse")
            self.out = keras.layers.Dense(1, name="out")

        def call(self, x: Any) -> Any:
            h = self.sparse(self.first(x))
            y = self.out(h)
            self.add_loss(0.01 * ops.sum(ops.square(self.out.kernel)))
            return y

    return trained(Net(), *data())


@scene
def operations_on_symbolic_tensors(keras: Any) -> Results:
    ops = keras.ops
    x = keras.Input((5,), name="x")
    h = keras.layers.Dense(4, name="h")(x)
    h = ops.concatenate([ops.square(h)[:, :2], x[:, 1:] / 2.0], axis=-1)
    h = 1.0 - ops.mean(h, axis=-1, keepdims=True) * h + ops.sin(x[:, :1])
    h = ops.where(h > 0.3, h, 0.1 * h)
    h = keras.activations.gelu(ops.matmul(h, np.full((6, 3), 0.25, "float32")))
    return trained(keras.Model(x, keras.layers.Dense(1, name="out")(h), name="graph"), *data())


@scene
def functions_as_layers_and_activations(keras: Any) -> Results:
    ops = keras.ops

    def bent(x: Any) -> Any:
        return ops.log(1.0 + ops.exp(x)) - 0.5 * ops.sigmoid(x)

    model = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Lambda(lambda t: t * 2.0 - ops.max(t, axis=-1, keepdims=True)),
            keras.layers.Dense(6, activation=bent, name="a"),
            keras.layers.Dense(4, activation=keras.layers.LeakyReLU(negative_slope=0.2), name="b"),
            keras.layers.Activation(lambda t: ops.maximum(t, 0.1 * t)),
            keras.layers.Dense(1, name="c"),
        ],
        name="functions",
    )
    return trained(model, *data(), optimizer="adam")


@scene
def regularizers_of_ones_own(keras: Any) -> Results:
    ops = keras.ops

    class Smooth(keras.regularizers.Regularizer):
        def __init__(self, strength: float) -> None:
            self.strength = strength

        def __call__(self, w: Any) -> Any:
            return self.strength * ops.sum(ops.square(w[1:] - w[:-1]))

    model = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(4, activation="relu", kernel_regularizer=Smooth(0.05), name="a"),
            keras.layers.Dense(1, bias_regularizer=lambda b: 0.3 * ops.sum(ops.abs(b - 1.0)), name="b"),
        ],
        name="regularized",
    )
    return trained(model, *data())


def constrained(keras: Any, optimizer: Any, **further: Any) -> Results:
    ops = keras.ops

    class Columns(keras.constraints.Constraint):
        def __init__(self, norm: float) -> None:
            self.norm = norm

        def __call__(self, w: Any) -> Any:
            return self.norm * w / ops.maximum(ops.norm(w, axis=0, keepdims=True), 0.5)

    class Shrunk(keras.constraints.MaxNorm):
        def __call__(self, w: Any) -> Any:
            return keras.constraints.NonNeg()(super().__call__(w)) * 0.97

    def positive(w: Any) -> Any:
        w = ops.convert_to_tensor(w)
        return ops.where(w < 0.0, ops.zeros_like(w), w)

    shared = keras.layers.Dense(3, activation="tanh", kernel_constraint=lambda w: ops.clip(w, -0.3, 0.4), name="shared")
    x = keras.Input((5,), name="x")
    h = keras.layers.Dense(
        19, activation="relu", kernel_constraint=Columns(0.8), bias_constraint=lambda b: b - ops.mean(b), name="a"
    )(x)
    h = keras.layers.LayerNormalization(gamma_constraint=lambda g: g / ops.norm(g), name="n")(h)
    h = keras.layers.Dense(3, kernel_constraint=positive, name="b")(h)
    frozen = keras.layers.Dense(3, kernel_constraint=lambda w: w * 0.0, name="frozen")
    h = shared(frozen(shared(h)))
    frozen.trainable = False
    model = keras.Model(x, keras.layers.Dense(1, kernel_constraint=Shrunk(0.5), name="out")(h), name="constrained")
    return trained(model, *data(), optimizer=optimizer, epochs=3, batch_size=7, **further)


@scene
def constraints_of_ones_own(keras: Any) -> Results:
    return constrained(keras, keras.optimizers.Adam(0.02))


@scene
def constraints_of_ones_own_after_clipped_gradients(keras: Any) -> Results:
    return constrained(keras, keras.optimizers.SGD(0.1, global_clipnorm=0.5, weight_decay=0.1))


@scene
def constraints_of_ones_own_and_averages(keras: Any) -> Results:
    return constrained(keras, keras.optimizers.RMSprop(0.01, use_ema=True, ema_overwrite_frequency=3))


@scene
def constraints_of_ones_own_and_gathered_gradients(keras: Any) -> Results:
    return constrained(keras, keras.optimizers.SGD(0.1, momentum=0.9, gradient_accumulation_steps=3))


WEIGHTS = np.linspace(0.5, 2.0, 24).astype("float32")


@scene
def a_model_that_computes_metrics(keras: Any) -> Results:
    class Computing(keras.Sequential):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.doubled = keras.metrics.MeanAbsoluteError(name="doubled")

        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            results = super().compute_metrics(x, y, y_pred, sample_weight)
            self.doubled.update_state(y * 2.0, y_pred, sample_weight)
            results["doubled"] = self.doubled.result()
            results["largest"] = keras.ops.max(keras.ops.abs(y - y_pred)) + keras.ops.mean(x)
            return results

    model = Computing([keras.Input((5,)), keras.layers.Dense(3, name="a"), keras.layers.Dense(1, name="b")], name="c")
    compiled = {"metrics": ["mae"], "weighted_metrics": ["mse"]}
    return trained(model, *data(), compiled=compiled, sample_weight=WEIGHTS, epochs=3)


@scene
def metrics_of_other_numbers(keras: Any) -> Results:
    class Computing(keras.Sequential):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.held = [keras.metrics.MeanAbsoluteError(name="held")]

        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            results = super().compute_metrics(x, y, y_pred * 0.5, None)
            self.held[0].update_state(y, y_pred)
            return results

    model = Computing([keras.Input((5,)), keras.layers.Dense(1, name="b")], name="c")
    return trained(model, *data(), compiled={"metrics": ["mae"]}, sample_weight=WEIGHTS, epochs=3)


@scene
def nothing_but_ones_own_metric(keras: Any) -> Results:
    class Computing(keras.Sequential):
        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            return {"only": keras.ops.mean(keras.ops.square(y - y_pred))}

    model = Computing([keras.Input((5,)), keras.layers.Dense(1, name="b")], name="c")
    return trained(model, *data(), epochs=3)


@scene
def metrics_of_several_outputs(keras: Any) -> Results:
    class Computing(keras.Model):
        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            results = super().compute_metrics(x, y, y_pred, sample_weight)
            return {
                **results,
                "apart": keras.ops.mean(keras.ops.abs(y_pred["p"] - y_pred["q"])) + keras.ops.mean(y["q"]),
            }

    x = keras.Input((5,), name="x")
    outputs = {name: keras.layers.Dense(1, name=name)(x) for name in ("p", "q")}
    inputs, y = data()
    compiled = {"metrics": {"p": ["mae"], "q": ["mse", "mae"]}}
    return trained(Computing(x, outputs, name="two"), inputs, {"p": y, "q": -y}, compiled=compiled)


@scene
def metrics_that_are_held_alone(keras: Any) -> Results:
    class Holding(keras.Sequential):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.held = keras.metrics.Mean(name="held")

    model = Holding([keras.Input((5,)), keras.layers.Dense(1, name="b")], name="c")
    return trained(model, *data(), compiled={"metrics": ["mae"]})


@scene
def inputs_in_a_list(keras: Any) -> Results:
    class Two(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="two")
            self.left = keras.layers.Dense(3, name="left")
            self.right = keras.layers.Dense(3, name="right")
            self.out = keras.layers.Dense(1, name="out")

        def call(self, inputs: Any) -> Any:
            a, b = inputs
            return self.out(keras.ops.tanh(self.left(a)) * self.right(b))

    x, y = data()
    return trained(Two(), [x, x[:, :2]], y)


@scene
def inputs_in_a_dict(keras: Any) -> Results:
    class Named(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="named")
            self.deep = keras.layers.Dense(3, activation="relu", name="deep")
            self.out = keras.layers.Dense(1, name="out")

        def call(self, inputs: Any) -> Any:
            return self.out(keras.ops.concatenate([inputs["wide"], self.deep(inputs["deep"])], axis=-1))

    x, y = data()
    return trained(Named(), {"wide": x[:, :2], "deep": x}, y)


@scene
def a_layer_of_two_arguments(keras: Any) -> Results:
    ops = keras.ops

    class Mix(keras.layers.Layer):
        def build(self, a_shape: Any, b_shape: Any) -> None:
            self.w = self.add_weight(shape=(a_shape[-1], b_shape[-1]), name="w")

        def call(self, a: Any, b: Any, factor: float = 1.0) -> Any:
            return ops.sum((a @ self.w) * b, axis=-1, keepdims=True) * factor

    x = keras.Input((5,), name="x")
    h = keras.layers.Dense(3, activation="tanh", name="h")(x)
    return trained(keras.Model(x, Mix(name="mix")(x, h, factor=0.5), name="mixed"), *data())


@scene
def models_within_models(keras: Any) -> Results:
    class Inner(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="inner")
            self.a = keras.layers.Dense(4, activation="relu", name="a")

        def call(self, x: Any) -> Any:
            return self.a(x)

    class Outer(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="outer")
            self.inner = Inner()
            self.tail = keras.Sequential(
                [keras.layers.Dense(3, name="t"), keras.layers.Dense(1, name="u")], name="tail"
            )

        def call(self, x: Any) -> Any:
            return self.tail(self.inner(x))

    return trained(Outer(), *data())


@scene
def a_frozen_normalization(keras: Any) -> Results:
    class Frozen(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="frozen")
            self.norm = keras.layers.BatchNormalization(name="norm")
            self.drop = keras.layers.Dropout(0.5)
            self.out = keras.layers.Dense(1, name="out")

        def call(self, x: Any, training: Any = None) -> Any:
            return self.out(self.drop(self.norm(x, training=False), training=False))

    return trained(Frozen(), *data())


@scene
def a_functional_model_of_ones_own_class(keras: Any) -> Results:
    class Mine(keras.Model):
        def __init__(self, width: int) -> None:
            x = keras.Input((5,), name="x")
            h = keras.layers.Dense(width, activation="relu", name="h")(x)
            super().__init__(inputs=x, outputs=keras.layers.Dense(1, name="out")(h), name="mine")

    return trained(Mine(4), *data())


@scene
def a_dense_layer_extended(keras: Any) -> Results:
    class Scaled(keras.layers.Dense):
        def call(self, inputs: Any) -> Any:
            return super().call(inputs) * 0.5 + 0.1

    model = keras.Sequential(
        [keras.Input((5,)), Scaled(4, activation="relu", name="s"), Scaled(1, name="t")], name="ext"
    )
    return trained(model, *data())


@scene
def a_freeze(keras: Any) -> Results:
    linear = linear_class(keras)

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.base = linear(4, name="base")
            self.base.trainable = False
            self.out = keras.layers.Dense(1, name="out")

        def call(self, x: Any) -> Any:
            return self.out(keras.ops.relu(self.base(x)))

    return trained(Net(), *data())


@scene
def activity_regularizers(keras: Any) -> Results:
    ops = keras.ops
    linear = linear_class(keras)
    model = keras.Sequential(
        [
            keras.Input((5,)),
            linear(4, activity_regularizer="l2", name="a"),
            keras.layers.Dense(3, activity_regularizer=lambda x: 0.02 * ops.sum(ops.abs(x)), name="b"),
            keras.layers.Dense(1, name="c"),
        ],
        name="active",
    )
    return trained(model, *data())


@scene
def learnt_activations_and_weights_in_formulas(keras: Any) -> Results:
    ops = keras.ops

    class Tied(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="tied")
            self.code = keras.layers.Dense(3, activation=keras.layers.PReLU(name="p"), name="code")

        def build(self, input_shape: Any) -> None:
            self.code.build(input_shape)
            self.bias = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="bias")

        def call(self, x: Any) -> Any:
            return ops.matmul(self.code(x), ops.transpose(self.code.kernel)) + self.bias

    x, _ = data()
    return trained(Tied(), x, x)
