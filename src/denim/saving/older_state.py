"""Where each number stands in an `.h5` file: a group for each layer, by its name, and lists that give the order."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from denim.layers.base import Layer
from denim.saving.errors import ModelFileError
from denim.saving.hdf5 import StoredArray, StoredWeights
from denim.saving.older_names import Names
from denim.saving.state import Place, matched, take_up
from denim.variables import Variable

WEIGHTS = "model_weights"
_OPTIMIZER, _TOP = "optimizer_weights", "top_level_model_weights"
LAYERS, _ARRAYS = "layer_names", "weight_names"

_PART = 64512
"""The most bytes of one list: what the header of an HDF5 object takes. Longer lists are written in parts."""

_SLOTS = {
    "m": "momentum",
    "v": "velocity",
    "vhat": "velocity_hat",
    "rms": "velocity",
    "mg": "average_gradient",
    **{name: name for name in ("momentum", "velocity", "average_gradient", "accumulator")},
}
"""What Keras 2 called an optimizer's slots."""

_COUNTERS = ("iter", "iterations", "iteration")


def write_older_state(hdf5: Any, model: Any, with_optimizer: bool) -> None:
    """Write all weights, and with ``with_optimizer`` the optimizer's state, into a file that is open."""
    weights = hdf5.create_group(WEIGHTS)
    _write_names(weights, LAYERS, [layer.name for layer in model.layers])
    for layer in sorted(model.layers, key=lambda layer: layer.name):
        _write_group(weights, layer.name, _ordered(layer))
    _write_group(weights, _TOP, ())
    if with_optimizer and model.optimizer is not None:
        _write_group(hdf5, _OPTIMIZER, model.optimizer.variables)


def _write_group(parent: Any, name: str, variables: Sequence[Variable]) -> None:
    group = parent.create_group(name)
    _write_names(group, _ARRAYS, [variable.path for variable in variables])
    for variable in variables:
        group[variable.path] = variable.value


def _write_names(group: Any, attribute: str, names: Sequence[str]) -> None:
    whole = np.array([name.encode("utf-8") for name in names])
    count = 1
    while any(part.nbytes > _PART for part in np.array_split(whole, count)):
        count += 1
    for i, part in enumerate(np.array_split(whole, count)):
        group.attrs[attribute if count == 1 else f"{attribute}{i}"] = part


def load_older_state(
    model: Any,
    stored: StoredWeights,
    names: Names,
    root: str,
    *,
    same_model: bool = False,
    by_name: bool = False,
    skip_mismatch: bool = False,
) -> None:
    """Give a model the numbers of a file, once all are seen to fit.

    Args:
        model: built.
        stored: the file.
        names: its lists.
        root: the group that holds the layers' groups.
        same_model: whether the file was made of this very model: then its names say which layer is which, and the
            optimizer's state is taken up, too.
        by_name: layers take the weights of the layer of their name, and the others stay as they are; else the layers
            that have weights take those of the file's in their order.
        skip_mismatch: leave layers as they are whose weights do not fit, and warn.

    Raises:
        ModelFileError: if weights do not fit; nothing is then changed.
    """
    listed = {name: _arrays(stored, names, f"{root}/{name}".lstrip("/")) for name in _layers(stored, names, root)}
    if same_model and {name for name, arrays in listed.items() if arrays} == {
        y.name for y in model.layers if y.weights
    }:
        by_name = True
    found = _by_name(model, listed) if by_name else _in_order(model, listed)
    fitting = matched(model, found, skip_mismatch)
    if same_model and _OPTIMIZER in stored.groups and model.optimizer is not None:
        order = [variable for place, _ in found for variable in place.variables]
        fitting += _optimizer(model, order, names.of(_OPTIMIZER, _ARRAYS), _arrays(stored, names, _OPTIMIZER))
    take_up(fitting)


def _layers(stored: StoredWeights, names: Names, root: str) -> list[str]:
    if root not in stored.groups:
        raise ModelFileError(f"A model's weights are in the group {root!r}. Received: a file without it.")
    found = names.of(root, LAYERS)
    for name in found:
        if f"{root}/{name}".lstrip("/") not in stored.groups:
            raise ModelFileError(f"The file lists a layer {name!r}, and has no group for it.")
    return found


def _arrays(stored: StoredWeights, names: Names, group: str) -> list[StoredArray]:
    found = []
    for name in names.of(group, _ARRAYS):
        path = f"{group}/{name}"
        if path not in stored.arrays:
            raise ModelFileError(f"The file lists an array {name!r} in {group!r}, and has no such array.")
        found.append(stored.arrays[path])
    return found


def _ordered(layer: Layer) -> list[Variable]:
    """The weights in the order of these files: those that are trained first."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _by_name(model: Any, listed: dict[str, list[StoredArray]]) -> list[tuple[Place, Sequence[StoredArray]]]:
    layers = {layer.name: layer for layer in model.layers}
    return [
        (Place(name, layers[name], _ordered(layers[name])), arrays) for name, arrays in listed.items() if name in layers
    ]


def _in_order(model: Any, listed: dict[str, list[StoredArray]]) -> list[tuple[Place, Sequence[StoredArray]]]:
    layers = [layer for layer in model.layers if layer.weights]
    saved = {name: arrays for name, arrays in listed.items() if arrays}
    if len(layers) != len(saved):
        raise ModelFileError(
            f"Layer count mismatch when loading weights from file. Model expected {len(layers)} layers, found "
            f"{len(saved)} saved layers. The model's: {[layer.name for layer in layers][:20]}; the file's: "
            f"{list(saved)[:20]}. Pass by_name=True to load those that have the same names."
        )
    return [
        (Place(name, layer, _ordered(layer)), arrays)
        for layer, (name, arrays) in zip(layers, saved.items(), strict=True)
    ]


def _optimizer(
    model: Any, order: Sequence[Variable], names: list[str], arrays: list[StoredArray]
) -> list[tuple[Variable, StoredArray]]:
    """The optimizer's variables with their arrays; none, and a warning, if they do not fit.

    Args:
        model: compiled.
        order: the model's weights in the file's order, which is that of the optimizer's slots for them.
        names, arrays: the optimizer's.
    """
    optimizer, trained = model.optimizer, model.trainable_weights
    if not optimizer.built:
        optimizer.build(trained)
    variables = optimizer.variables
    at = {id(variable): i for i, variable in enumerate(trained)}
    places = list(dict.fromkeys(at[id(variable)] for variable in order if id(variable) in at))
    kinds = {variable.name: [variable] for variable in variables}
    kind_of = {variable.name: variable.name for variable in variables}
    for slot in optimizer.spec().slots:
        # Adagrad's slots end as the accumulators of gradients do.
        owners = {f"{variable.path.replace('/', '_')}_{slot}" for variable in trained}
        mine = [variable for variable in variables if variable.name in owners]
        kinds[slot] = [mine[i] for i in places] if len(mine) == len(places) else mine
        kind_of.update((variable.name, slot) for variable in mine)
    older = any(name.endswith(":0") for name in names)
    if older:
        listed = [_kind(name.removesuffix(":0").split("/")) for name in names]
        needed = [v for v in variables if kind_of[v.name] in ("iteration", *optimizer.spec().slots)]
    else:
        listed, needed = [kind_of[variable.name] for variable in variables], variables
    pairs = list(_paired(listed, arrays, kinds)) if len(listed) == len(arrays) else []
    pairs = [pair for pair, kind in zip(pairs, listed, strict=False) if kind in kinds]
    met = {id(variable) for variable, array in pairs if variable is not None and variable.shape == array.shape}
    if len(met) < len(pairs) or any(id(variable) not in met for variable in needed):
        warnings.warn(
            "Error in loading the saved optimizer state. As a result, your model is starting with a freshly "
            f"initialized optimizer. Received: {len(arrays)} arrays for {len(variables)} variables.",
            stacklevel=5,
        )
        return []
    return [(variable, array) for variable, array in pairs if variable is not None]


def _paired(
    listed: Sequence[str], arrays: Sequence[StoredArray], kinds: dict[str, list[Variable]]
) -> Iterator[tuple[Variable | None, StoredArray]]:
    """Each array with the next variable of its kind; None where there is no more."""
    left = {kind: iter(variables) for kind, variables in kinds.items()}
    for kind, array in zip(listed, arrays, strict=True):
        yield next(left.get(kind, iter(())), None), array


def _kind(parts: list[str]) -> str:
    """What an array of Keras 2's optimizers is: "iteration", "learning_rate", or a slot."""
    last = parts[-1]
    if last in _COUNTERS:
        return "iteration"
    return next((_SLOTS[part] for part in (last, *parts[:2]) if part in _SLOTS), last)
