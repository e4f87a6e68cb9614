"""What goes into fit, evaluate and predict, and what comes out: the same calls for Keras and for denim."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

X = np.sin(np.arange(40.0)).reshape(20, 2).astype("float32")
Y = (X @ [[0.7], [-0.4]] + 0.2).astype("float32")
OTHER = np.cos(np.arange(20.0)).reshape(20, 1).astype("float32")
WEIGHTS = np.linspace(0.1, 2.0, 20).astype("float32")
LABELS = np.arange(20) % 2

Outcome = dict[str, Any]


def _dense(keras: Any, name: str, value: float = 0.5, units: int = 1) -> Any:
    return keras.layers.Dense(units, name=name, kernel_initializer=keras.initializers.Constant(value))


def _chain(keras: Any, **options: Any) -> Any:
    keras.utils.clear_session()
    model = keras.Sequential([keras.Input(shape=(2,)), _dense(keras, "d")])
    model.compile(**{"optimizer": "sgd", "loss": "mse", "metrics": ["mae"], **options})
    return model


def _as_dicts(keras: Any, **options: Any) -> Any:
    """Inputs and outputs in dicts that are not in the order of their keys."""
    keras.utils.clear_session()
    a, b = keras.Input(shape=(2,), name="a"), keras.Input(shape=(2,), name="b")
    outputs = {"out": _dense(keras, "d")(a), "aux": _dense(keras, "z", 0.3)(b)}
    model = keras.Model({"b": b, "a": a}, outputs)
    model.compile(optimizer="sgd", **options)
    return model


def _nested(keras: Any, **options: Any) -> Any:
    keras.utils.clear_session()
    a, b = keras.Input(shape=(2,), name="a"), keras.Input(shape=(2,), name="b")
    pair = (_dense(keras, "n2", 0.2)(b), _dense(keras, "n3", 0.3)(b))
    model = keras.Model({"p": a, "q": [b]}, [{"u": _dense(keras, "n1")(a)}, pair])
    model.compile(optimizer="sgd", **options)
    return model


def _as_list(keras: Any, **options: Any) -> Any:
    keras.utils.clear_session()
    a = keras.Input(shape=(2,), name="a")
    model = keras.Model(a, [_dense(keras, "d")(a), _dense(keras, "z", 0.3)(a)])
    model.compile(optimizer="sgd", **options)
    return model


class Diary:
    """Which hooks were called, in order."""

    def __init__(self, keras: Any, with_begins: bool = True) -> None:
        self.lines: list[str] = []
        lines = self.lines

        class Noting(keras.callbacks.Callback):
            def on_train_begin(self, logs: Any = None) -> None:
                lines.append(f"steps {self.params['steps']}")

            def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
                lines.append(f"epoch {epoch}")

            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                lines.append(f"end {batch}")

            def on_test_begin(self, logs: Any = None) -> None:
                lines.append("test")

            def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
                lines.append(f"test {batch}")

            def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
                lines.append(f"predicted {batch}")

        class NotingBegins(Noting):
            def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
                lines.append(f"begin {batch}")

        self.callback = NotingBegins() if with_begins else Noting()


def _batches(sizes: tuple[int, ...], *arrays: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    ends = np.cumsum(sizes)
    return [tuple(a[end - size : end] for a in arrays) for size, end in zip(sizes, ends, strict=True)]


def _dataset(keras: Any, batches: list[Any], diary: list[str], tag: str = "", **options: Any) -> Any:
    class Dataset(keras.utils.PyDataset):
        def __len__(self) -> int:
            return len(batches)

        def __getitem__(self, index: int) -> Any:
            return batches[index]

        def on_epoch_begin(self) -> None:
            diary.append(f"{tag}begin")

        def on_epoch_end(self) -> None:
            diary.append(f"{tag}end")

    return Dataset(**options)


def _endless(batches: list[Any]) -> Iterator[Any]:
    while True:
        yield from batches


def _fit(model: Any, *arguments: Any, **options: Any) -> dict[str, list[float]]:
    return model.fit(*arguments, shuffle=False, verbose=0, **options).history


def _steps(arguments: dict[str, Any]) -> Callable[[Any], Outcome]:
    def case(keras: Any) -> Outcome:
        model, diary = _chain(keras), Diary(keras)
        history = _fit(model, X, Y, callbacks=[diary.callback], **arguments)
        return {"history": history, "diary": diary.lines, "weights": model.get_weights()}

    return case


def _py_dataset(
    sizes: tuple[int, ...], weighted: bool = False, workers: int = 1, **arguments: Any
) -> Callable[[Any], Outcome]:
    def case(keras: Any) -> Outcome:
        model, told = _chain(keras, weighted_metrics=["mae"]), []
        diary = Diary(keras)
        arrays = (X, Y, WEIGHTS) if weighted else (X, Y)
        data = _dataset(keras, _batches(sizes, *arrays), told, workers=workers)
        held_out = _dataset(keras, _batches((3, 5), X, OTHER), told, "v")
        model.train_on_batch(X, Y)
        history = _fit(model, data, epochs=2, validation_data=held_out, callbacks=[diary.callback], **arguments)
        evaluated = model.evaluate(data, verbose=0)
        return {"history": history, "diary": diary.lines, "told": told, "evaluated": evaluated}

    return case


def classes_weigh(keras: Any) -> Outcome:
    model = _chain(keras, weighted_metrics=["mae"])
    data = _dataset(keras, _batches((8, 8, 4), X, LABELS), [])
    return {"history": _fit(model, data, epochs=2, class_weight={0: 0.5, 1: 2.0})}


def no_end(keras: Any) -> Outcome:
    class Endless(keras.utils.PyDataset):
        @property
        def num_batches(self) -> None:
            return None

        def __getitem__(self, index: int) -> Any:
            return X[index % 10 : index % 10 + 4], Y[index % 10 : index % 10 + 4]

    model = _chain(keras)
    history = _fit(model, Endless(), epochs=2, steps_per_epoch=3)
    evaluated = model.evaluate(Endless(), steps=4, verbose=0)
    return {"history": history, "evaluated": evaluated, "predicted": model.predict(Endless(), steps=2, verbose=0)}


def a_generator(keras: Any) -> Outcome:
    model, diary = _chain(keras), Diary(keras)
    batches = _batches((4, 6, 2, 8), X, Y, WEIGHTS)
    history = _fit(
        model,
        _endless(batches),
        epochs=3,
        steps_per_epoch=3,
        validation_data=(X, OTHER),
        validation_batch_size=7,
        validation_steps=2,
        callbacks=[diary.callback],
    )
    return {
        "history": history,
        "diary": diary.lines,
        "evaluated": model.evaluate(_endless(batches), steps=5, verbose=0),
    }


def a_generator_that_ends(keras: Any) -> Outcome:
    model, diary = _chain(keras), Diary(keras, with_begins=False)
    batches = _batches((4, 6, 2, 8), X, Y)
    history = _fit(model, iter_of(batches), callbacks=[diary.callback])
    evaluated = model.evaluate(iter_of(batches), verbose=0, callbacks=[diary.callback])
    predicted = model.predict(iter_of(batches), verbose=0, callbacks=[diary.callback])
    return {"history": history, "diary": diary.lines, "evaluated": evaluated, "predicted": predicted}


def iter_of(batches: list[Any]) -> Iterator[Any]:
    yield from batches


def generator_of_dicts(keras: Any) -> Outcome:
    model = _as_dicts(keras, loss={"out": "mse", "aux": "mae"}, weighted_metrics={"out": ["mse"]})
    batches = [
        ({"a": x, "b": x * 2}, {"out": y, "aux": other}, {"out": w, "aux": w * 2})
        for x, y, other, w in _batches((6, 6, 8), X, Y, OTHER, WEIGHTS)
    ]
    history = _fit(model, _endless(batches), steps_per_epoch=3)
    return {"history": history, "evaluated": model.evaluate(_endless(batches), steps=3, verbose=0)}


def strides(keras: Any) -> Outcome:
    model, diary = _chain(keras, steps_per_execution=3), Diary(keras)
    data = _dataset(keras, _batches((5, 5, 5, 5), X, Y), [])
    return {"history": _fit(model, data, epochs=2, callbacks=[diary.callback]), "diary": diary.lines}


def _structures(
    make: Callable[..., Any], x: Any, y: Any, weights: Any = None, **options: Any
) -> Callable[[Any], Outcome]:
    def case(keras: Any) -> Outcome:
        model = make(keras, **options)
        history = _fit(model, x, y, epochs=2, batch_size=6, sample_weight=weights)
        predicted = model.predict(x, verbose=0)
        return {
            "history": history,
            "evaluated": model.evaluate(x, y, batch_size=6, sample_weight=weights, verbose=0),
            "by name": model.evaluate(x, y, batch_size=6, sample_weight=weights, verbose=0, return_dict=True),
            "predicted": predicted,
            "on a batch": model.train_on_batch(x, y),
            "output names": model.output_names,
            "ends": [model.get_config()["input_layers"], model.get_config()["output_layers"]],
        }

    return case


_DICTS = ({"a": X, "b": X * 2}, {"out": Y, "aux": OTHER})
_NESTED = ({"p": X, "q": [X]}, [{"u": Y}, (OTHER, Y)])
_LIST = (X, [Y, OTHER])


def absolute(y_true: Any, y_pred: Any) -> Any:
    return abs(y_true - y_pred)


def over_all(y_true: Any, y_pred: Any) -> Any:
    return ((y_true - y_pred) ** 2).mean()


def metrics_of_ones_own(keras: Any) -> Outcome:
    model = _chain(keras, metrics=[absolute, "mae", over_all], weighted_metrics=[absolute])
    history = _fit(
        model, X, Y, epochs=2, batch_size=6, sample_weight=WEIGHTS, validation_data=(X, OTHER), validation_batch_size=8
    )
    evaluated = model.evaluate(X, Y, batch_size=6, verbose=0)
    return {"history": history, "evaluated": evaluated, "on a batch": model.train_on_batch(X, Y)}


def metrics_of_ones_own_by_output(keras: Any) -> Outcome:
    model = _as_dicts(keras, loss="mse", metrics={"aux": [absolute, "mae"], "out": "mse"})
    return {"history": _fit(model, *_DICTS, epochs=2, batch_size=6), "evaluated": model.evaluate(*_DICTS, verbose=0)}


def a_clone(keras: Any) -> Outcome:
    model = _as_dicts(keras, loss="mse")
    clone = keras.models.clone_model(model)
    chain = keras.models.clone_model(_chain(keras))
    renamed = keras.models.clone_model(
        _as_list(keras, loss="mse"), clone_function=lambda layer: _dense(keras, layer.name, 0.1)
    )
    return {
        "names": [layer.name for layer in clone.layers] + [layer.name for layer in chain.layers],
        "history": _fit(clone, *_DICTS) | _fit(chain, X, Y),
        "renamed": renamed.predict(X, verbose=0),
        "compiled": [clone.compiled, chain.compiled],
    }


def surgery(keras: Any) -> Outcome:
    keras.utils.clear_session()
    base = keras.Sequential([keras.Input(shape=(2,)), _dense(keras, "one", 0.4, 3), _dense(keras, "two", 0.2, 2)])
    inner = keras.Model(base.inputs, base.layers[0].output)
    longer = keras.Model(inputs=base.inputs, outputs=_dense(keras, "three")(base.layers[-2].output))
    base.trainable = False
    stacked = keras.Sequential([base, _dense(keras, "four")])
    stacked.compile("sgd", "mse")
    history = _fit(stacked, X, Y, epochs=2)
    base.pop()
    base.add(_dense(keras, "five"))
    return {
        "inner": inner.predict(X, verbose=0),
        "longer": longer.predict(X, verbose=0),
        "history": history,
        "trainable": [weight.name for weight in stacked.trainable_weights],
        "popped": [layer.name for layer in base.layers],
        "changed": base.predict(X, verbose=0),
    }


CASES: dict[str, Callable[[Any], Outcome]] = {
    "steps: an epoch is part of a pass": _steps({"epochs": 5, "steps_per_epoch": 2, "batch_size": 4}),
    "steps: batches from steps": _steps({"epochs": 2, "steps_per_epoch": 3}),
    "steps: more than there are": _steps({"epochs": 2, "steps_per_epoch": 7, "batch_size": 6}),
    "steps: from a later epoch": _steps({"epochs": 5, "initial_epoch": 2, "steps_per_epoch": 2, "batch_size": 7}),
    "steps: with a split": _steps(
        {"epochs": 3, "steps_per_epoch": 2, "validation_split": 0.3, "validation_steps": 2, "validation_batch_size": 2}
    ),
    "PyDataset": _py_dataset((4, 6, 2, 8)),
    "PyDataset: weighted": _py_dataset((4, 6, 2, 8), weighted=True),
    "PyDataset: workers": _py_dataset((4, 6, 2, 8), workers=3),
    "PyDataset: steps": _py_dataset((4, 6, 2, 8), steps_per_epoch=3, validation_steps=1),
    "PyDataset: class weights": classes_weigh,
    "PyDataset: no end": no_end,
    "PyDataset: steps_per_execution": strides,
    "generator": a_generator,
    "generator: ends": a_generator_that_ends,
    "generator: dicts": generator_of_dicts,
    "dicts": _structures(_as_dicts, *_DICTS, loss="mse", metrics=[["mae"], ["mse"]]),
    "dicts: by key": _structures(
        _as_dicts,
        *_DICTS,
        {"out": WEIGHTS, "aux": WEIGHTS[::-1].copy()},
        loss={"out": "mse", "aux": "mae"},
        loss_weights={"out": 1.0, "aux": 0.5},
        metrics={"aux": "mae"},
        weighted_metrics={"out": ["mse"], "aux": ["mae"]},
    ),
    "dicts: one judged": _structures(_as_dicts, _DICTS[0], {"out": Y}, loss={"out": "mse"}),
    "dicts: targets in a list": _structures(_as_dicts, _DICTS[0], [OTHER, Y], loss=["mse", "mae"]),
    "dicts: one weight": _structures(_as_dicts, *_DICTS, WEIGHTS, loss="mse", loss_weights=[0.5, 2.0][0]),
    "dicts: further inputs": _structures(_as_dicts, {**_DICTS[0], "z": X}, _DICTS[1], loss="mse"),
    "nested": _structures(_nested, *_NESTED, loss="mse", metrics=[{"u": ["mae"]}, (["mse"], None)]),
    "nested: by place": _structures(_nested, *_NESTED, loss=[{"u": "mse"}, ("mae", "mse")]),
    "nested: flat": _structures(_nested, _NESTED[0], [Y, OTHER, Y], loss=["mse", "mae", "mse"]),
    "list": _structures(_as_list, *_LIST, [WEIGHTS, WEIGHTS**2], loss="mse", weighted_metrics=[["mae"], ["mae"]]),
    "list: targets by name": _structures(_as_list, X, {"d": Y, "z": OTHER}, loss={"z": "mae", "d": "mse"}),
    "list: input by name": _structures(_as_list, {"a": X, "c": X}, (Y, OTHER), loss="mse"),
    "list: one judged": _structures(_as_list, X, [Y], loss=["mse", None]),
    "metrics of one's own": metrics_of_ones_own,
    "metrics of one's own: by output": metrics_of_ones_own_by_output,
    "clone_model": a_clone,
    "surgery": surgery,
}


def run(keras: Any, name: str) -> Any:
    """A case's outcome in lists, dicts, numbers and texts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _plain(CASES[name](keras))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return np.asarray(value).astype("float64").tolist()
