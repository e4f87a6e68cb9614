"""Losses, metrics, layers and models that look at the whole batch, trained the same way in real Keras and in denim.

Every scene is given the module that plays Keras. Imports neither Keras nor denim.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

Results = dict[str, Any]
Scene = Callable[[Any], Results]

ROWS, BATCH = 24, 10
"""The last batch has 4 rows."""

X = np.random.default_rng(0).normal(size=(ROWS, 5)).astype("float32")
Y = (X[:, :2] * X[:, 1:3] + 0.5).astype("float32")
BITS = (Y > 0.4).astype("float32")
WEIGHTS = np.linspace(0.2, 1.7, ROWS).astype("float32")


def rmse(keras: Any, t: Any, p: Any) -> Any:
    return keras.ops.sqrt(keras.ops.mean(keras.ops.square(t - p)))


def rmse_by_output(keras: Any, t: Any, p: Any) -> Any:
    return keras.ops.sqrt(keras.ops.mean(keras.ops.square(t - p), axis=0))


def unexplained(keras: Any, t: Any, p: Any) -> Any:
    ops = keras.ops
    return ops.sum(ops.square(t - p)) / (ops.sum(ops.square(t - ops.mean(t))) + 1e-7)


def unexplained_by_output(keras: Any, t: Any, p: Any) -> Any:
    ops = keras.ops
    total = ops.sum(ops.square(t - ops.mean(t, axis=0)), axis=0)
    return ops.mean(ops.sum(ops.square(t - p), axis=0) / (total + 1e-7))


def concordance(keras: Any, t: Any, p: Any) -> Any:
    ops = keras.ops
    shared = ops.mean((t - ops.mean(t)) * (p - ops.mean(p)))
    return 1.0 - 2.0 * shared / (ops.var(t) + ops.var(p) + ops.square(ops.mean(t) - ops.mean(p)))


def uncorrelated(keras: Any, t: Any, p: Any) -> Any:
    ops = keras.ops
    a, b = t - ops.mean(t, axis=0, keepdims=True), p - ops.mean(p, axis=0, keepdims=True)
    norms = ops.sqrt(ops.sum(ops.square(a), axis=0) * ops.sum(ops.square(b), axis=0)) + 1e-6
    return 1.0 - ops.mean(ops.sum(a * b, axis=0) / norms)


def soft_f1(keras: Any, t: Any, p: Any) -> Any:
    ops = keras.ops
    hits = ops.sum(t * p, axis=0)
    return 1.0 - ops.mean(2.0 * hits / (ops.sum(t, axis=0) + ops.sum(p, axis=0) + 1e-7))


def worst(keras: Any, t: Any, p: Any) -> Any:
    return keras.ops.max(keras.ops.abs(t - p)) + keras.ops.max(p) - keras.ops.min(p)


def smooth_worst(keras: Any, t: Any, p: Any) -> Any:
    return keras.ops.logsumexp(keras.ops.abs(t - p))


def summed(keras: Any, t: Any, p: Any) -> Any:
    return keras.ops.sum(keras.ops.square(t - p))


def averaged(keras: Any, t: Any, p: Any) -> Any:
    return keras.ops.mean(keras.ops.square(t - p))


def mixed(keras: Any, t: Any, p: Any) -> Any:
    ops = keras.ops
    return 0.5 * ops.mean(ops.square(t - p)) + ops.mean(ops.abs(t - p)) / 4.0 - 0.1 + 0.1 * ops.std(p)


def centred(keras: Any, t: Any, p: Any) -> Any:
    """A value for each sample."""
    return keras.ops.mean(keras.ops.square(t - p - keras.ops.mean(t - p, axis=0)), axis=-1)


LOSSES = (
    rmse,
    rmse_by_output,
    unexplained,
    unexplained_by_output,
    concordance,
    uncorrelated,
    soft_f1,
    worst,
    smooth_worst,
    summed,
    averaged,
    mixed,
    centred,
)

BLIND = (uncorrelated, centred)
"""They do not see the last layer's biases, of whose roundings Adam would make steps."""


def known_weights(model: Any) -> None:
    rng = np.random.default_rng(11)
    model.set_weights([rng.normal(size=weight.shape).astype("float32") * 0.4 for weight in model.weights])


def trained(keras: Any, model: Any, y: Any, *, fit: Any = None, optimizer: Any = None, **compiled: Any) -> Results:
    """Three epochs, and what comes of them; losses are functions of a module, y_true and y_pred."""
    model(X[:2])
    known_weights(model)
    compiled["metrics"] = [_named(keras, each) for each in compiled.get("metrics", ())]
    model.compile(optimizer or keras.optimizers.Adam(0.01), **compiled)
    options = {"batch_size": BATCH, "verbose": 0} | (fit or {})
    history = model.fit(X, y, epochs=3, shuffle=False, validation_data=(X, y), **options).history
    predicted = model.predict(X, batch_size=BATCH, verbose=0)
    several = isinstance(predicted, (list, tuple))
    return {
        "history": {name: [float(v) for v in values] for name, values in history.items()},
        "evaluation": model.evaluate(X, y, batch_size=7, verbose=0, return_dict=True),
        "prediction": [each.tolist() for each in predicted] if several else predicted.tolist(),
        "called": np.asarray(model(X)[0] if several else model(X)).tolist(),
        "weights": [np.asarray(weight).tolist() for weight in model.get_weights()],
    }


def _named(keras: Any, function: Any) -> Any:
    def metric(y_true: Any, y_pred: Any) -> Any:
        return function(keras, y_true, y_pred)

    metric.__name__ = function.__name__
    return metric


def net(keras: Any, *between: Any, activation: Any = None) -> Any:
    layers = keras.layers
    hidden = layers.Dense(6, activation="tanh")
    return keras.Sequential([layers.Input((5,)), hidden, *between, layers.Dense(2, activation=activation)])


def _loss(function: Any, keras: Any, reduction: str | None = None, **options: Any) -> Results:
    bits = function is soft_f1
    loss: Any = partial(function, keras)
    if reduction is not None:

        class Own(keras.losses.Loss):  # type: ignore[misc]
            def call(self, y_true: Any, y_pred: Any) -> Any:
                return function(keras, y_true, y_pred)

        loss = Own(reduction=reduction)
    else:
        loss = _named(keras, function)
    if function in BLIND:
        options["optimizer"] = keras.optimizers.SGD(0.05)
    model = net(keras, activation="sigmoid" if bits else None)
    return trained(keras, model, BITS if bits else Y, loss=loss, metrics=[rmse, unexplained, averaged], **options)


def _built_in(name: str, keras: Any) -> Results:
    loss = getattr(keras.losses, name)()
    return trained(keras, net(keras, activation="sigmoid"), BITS, loss=loss, fit={"sample_weight": WEIGHTS})


def _layer(call: Any, keras: Any, **options: Any) -> Results:
    class Own(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return call(keras, self, x)

    return trained(keras, net(keras, Own()), Y, loss="mse", **options)


def centre(keras: Any, layer: Any, x: Any) -> Any:
    return x - keras.ops.mean(x, axis=0)


def standardize(keras: Any, layer: Any, x: Any) -> Any:
    mean, variance = keras.ops.moments(x, axes=[0], keepdims=True)
    return (x - mean) / keras.ops.sqrt(variance + 1e-3)


def softmax_of_batch(keras: Any, layer: Any, x: Any) -> Any:
    return keras.ops.exp(x - keras.ops.logsumexp(x, axis=0, keepdims=True)) * 24.0


def adds_deviation(keras: Any, layer: Any, x: Any) -> Any:
    layer.add_loss(0.1 * keras.ops.std(x))
    layer.add_loss(0.1 * keras.ops.mean(keras.ops.square(x)))
    return x


def adds_by_feature(keras: Any, layer: Any, x: Any) -> Any:
    layer.add_loss(0.1 * keras.ops.square(keras.ops.mean(x, axis=0)))
    return x


def adds_by_sample(keras: Any, layer: Any, x: Any) -> Any:
    layer.add_loss(0.01 * keras.ops.sum(keras.ops.square(x), axis=-1))
    return x


LAYERS = (centre, standardize, softmax_of_batch, adds_deviation, adds_by_feature, adds_by_sample)


def _activity(keras: Any) -> Results:
    penalty = keras.layers.Activation("linear", activity_regularizer=lambda x: 0.5 * keras.ops.std(x))
    return trained(keras, net(keras, penalty), Y, loss="mse")


def _functional(keras: Any) -> Results:
    layers, ops = keras.layers, keras.ops
    x = layers.Input((5,))
    h = layers.Dense(6, activation="tanh")(x)
    h = h - ops.mean(h, axis=0, keepdims=True)
    return trained(keras, keras.Model(x, layers.Dense(2)(h)), Y, loss=_named(keras, rmse))


def _own_model(keras: Any) -> Results:
    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.hidden = keras.layers.Dense(6, activation="tanh")
            self.out = keras.layers.Dense(2)

        def call(self, x: Any) -> Any:
            h = self.hidden(x)
            return self.out((h - keras.ops.mean(h, axis=0)) / (keras.ops.std(h, axis=0) + 0.1))

    return trained(keras, Net(), Y, loss=_named(keras, concordance))


def _several_outputs(keras: Any) -> Results:
    layers = keras.layers
    x = layers.Input((5,))
    h = layers.Dense(6, activation="relu")(x)
    heads = [
        layers.Dense(2, name="a")(h),
        layers.Dense(2, activation="sigmoid", name="b")(h),
        layers.Dense(2, name="c")(h),
    ]
    return trained(
        keras,
        keras.Model(x, heads),
        [Y, BITS, Y],
        loss=[_named(keras, rmse), _named(keras, soft_f1), "mse"],
        loss_weights=[0.5, 2.0, 1.0],
    )


def _optimizer(name: str, keras: Any, **settings: Any) -> Results:
    loss = _named(keras, unexplained)
    return trained(keras, net(keras), Y, loss=loss, optimizer=getattr(keras.optimizers, name)(0.01, **settings))


SCENES: dict[str, Scene] = {
    **{function.__name__: partial(_loss, function) for function in LOSSES},
    **{
        f"{function.__name__}_weighted": partial(_loss, function, fit={"sample_weight": WEIGHTS})
        for function in LOSSES
        if function is not rmse_by_output
    },
    **{
        f"{function.__name__}_{reduction}": partial(_loss, function, reduction=reduction, fit=fit)
        for function in (rmse, averaged, summed)
        for reduction, fit in (
            ("sum", {"sample_weight": WEIGHTS}),
            ("mean_with_sample_weight", {"sample_weight": WEIGHTS}),
            ("mean", {}),
        )
    },
    "rmse_sum_unweighted": partial(_loss, rmse, reduction="sum"),
    "rmse_by_output_sum": partial(_loss, rmse_by_output, reduction="sum"),
    **{name: partial(_built_in, name) for name in ("Dice", "Tversky")},
    **{function.__name__: partial(_layer, function) for function in LAYERS},
    "activity": _activity,
    "functional": _functional,
    "own_model": _own_model,
    "several_outputs": _several_outputs,
    "accumulated": partial(_optimizer, "Adam", gradient_accumulation_steps=2),
    "clipped": partial(_optimizer, "SGD", global_clipnorm=0.1, momentum=0.9),
}
