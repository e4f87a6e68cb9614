"""Write golden.json and golden.npz: the numbers of real Keras. Needs Keras 3 on JAX, and not denim.

KERAS_BACKEND=jax python tests/golden/make_golden.py            all of it, which takes minutes
KERAS_BACKEND=jax python tests/golden/make_golden.py --missing  what the files have not yet

Names in the file: ``case/<case>/<array>`` for trainings, ``activation/<key>/value`` and ``/gradient``,
``loss/<key>/rows``, ``/<reduction>`` and ``/gradient`` (of sum_over_batch_size with respect to y_pred).
"""

from __future__ import annotations

import argparse
import os
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np
from cases import CASES
from formulas import (
    ACTIVATION_CASES,
    LOSS_CASES,
    REDUCTIONS,
    ROW_COTANGENT,
    ActivationCase,
    LossCase,
)
from storage import Array, read, write
from trajectory import draw, draw_weights, train


def training(name: str) -> tuple[dict[str, Any], dict[str, Array]]:
    case = CASES[name]
    arrays = draw(case)
    weights = draw_weights(case, keras)
    outcome = train(keras, case, arrays, weights)
    numbers = {f"data/{key}": value for key, value in arrays.items()}
    numbers |= {f"initial/{i}": w for i, w in enumerate(weights)}
    numbers |= {f"final/{i}": w for i, w in enumerate(outcome.weights)}
    numbers |= {f"optimizer/{i}": v for i, v in enumerate(outcome.optimizer_values)}
    numbers["prediction"] = outcome.prediction
    record = {
        "history": outcome.history,
        "evaluation": outcome.evaluation,
        "optimizer_names": outcome.optimizer_names,
    }
    return record, {f"case/{name}/{key}": value for key, value in numbers.items()}


def activation(case: ActivationCase) -> dict[str, Array]:
    function = getattr(keras.activations, case.name)
    x = jnp.asarray(case.inputs())

    def total(x: Any) -> Any:
        y = function(x, **case.options)
        return jnp.sum(y * ROW_COTANGENT) if case.rowwise else jnp.sum(y)

    prefix = f"activation/{case.key}"
    return {
        f"{prefix}/input": case.inputs(),
        f"{prefix}/value": np.asarray(function(x, **case.options)),
        f"{prefix}/gradient": np.asarray(jax.grad(total)(x)),
    }


def loss(case: LossCase) -> dict[str, Array]:
    y, p, w = case.true(), jnp.asarray(case.pred()), case.sample_weight()
    make = getattr(keras.losses, case.name)
    prefix = f"loss/{case.key}"
    numbers = {
        f"{prefix}/{reduction}": np.asarray(make(**case.options, reduction=reduction)(y, p, sample_weight=w))
        for reduction in REDUCTIONS
    }
    rows = getattr(keras.losses, case.function)(y, p, **case.options)
    numbers[f"{prefix}/rows"] = np.asarray(rows)
    scalar = make(**case.options)
    gradient = jax.grad(lambda p: scalar(y, p, sample_weight=w))(p)
    numbers[f"{prefix}/gradient"] = np.asarray(gradient)
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--missing", action="store_true")
    stored, there = read() if parser.parse_args().missing else ({"cases": {}}, {})

    def kept(prefix: str) -> dict[str, Array]:
        return {name: array for name, array in there.items() if name.startswith(prefix)}

    records: dict[str, Any] = {}
    arrays: dict[str, Array] = {}
    for name in CASES:
        if name in stored["cases"]:
            records[name], numbers = stored["cases"][name], kept(f"case/{name}/")
        else:
            records[name], numbers = training(name)
        arrays |= numbers
    for activation_case in ACTIVATION_CASES:
        arrays |= kept(f"activation/{activation_case.key}/") or activation(activation_case)
    for loss_case in LOSS_CASES:
        arrays |= kept(f"loss/{loss_case.key}/") or loss(loss_case)
    document = {
        "keras": keras.__version__,
        "jax": jax.__version__,
        "numpy": np.__version__,
        "cases": records,
    }
    write(document, arrays)
    print(f"{len(records)} trainings, {len(arrays)} arrays")


if __name__ == "__main__":
    main()
