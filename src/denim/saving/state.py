"""Where each number of a model stands in a file of weights: Keras's groups, counted per class and not by name.

``layers/dense/vars/0`` is the first weight of the first Dense, ``layers/dense_1/vars/0`` that of the second, whatever
they are called; the layer's name is only noted beside them. ``optimizer/vars/0`` is the optimizer's counter.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from denim.layers.base import Layer
from denim.layers.calling import is_python
from denim.naming import snake_case
from denim.saving.errors import ModelFileError
from denim.saving.hdf5 import StoredArray, StoredWeights
from denim.variables import Variable

_OPTIMIZER = "optimizer/vars"

WEIGHTS_OF_TOKENS = "idf_weights"
"""The one array that Keras writes by a name: that of a vocabulary's weights, which are no weights of the model."""


@dataclass(frozen=True)
class Place:
    """A layer, and the group in which its weights are."""

    group: str
    layer: Layer
    variables: Sequence[Variable]


def places(model: Any, stored: StoredWeights | None = None) -> list[Place]:
    """The model's own place and those of all layers within it, each layer once, where it is met first.

    Args:
        model: the model.
        stored: a file that was made of this very model: where the names in it are those of the layers, they say which
            is which, since a graph that was made anew may list its layers in another order.
    """
    if model.is_python:
        found: list[Place] = []
        _visit_attributes(model, "", stored, found, set())
        return found
    found = [Place("vars", model, ())]
    _visit(model, "layers", stored, found, {id(model)})
    return found


def _visit(model: Any, prefix: str, stored: StoredWeights | None, found: list[Place], visited: set[int]) -> None:
    from denim.models.model import Model

    by_class: dict[str, list[Layer]] = {}
    for layer in model.layers:
        by_class.setdefault(_group_name(layer), []).append(layer)
    group_of: dict[int, str] = {}
    for kind, layers in by_class.items():
        groups = [f"{prefix}/{kind}_{i}" if i else f"{prefix}/{kind}" for i in range(len(layers))]
        if stored is not None:
            groups = _by_name(layers, groups, stored)
        group_of.update({id(layer): group for layer, group in zip(layers, groups, strict=True)})
    for layer in model.layers:
        if id(layer) in visited:
            continue
        visited.add(id(layer))
        group, nested = group_of[id(layer)], isinstance(layer, Model)
        if is_python(type(layer)) or (not nested and layer.tracked_layers()):
            visited.remove(id(layer))
            _visit_attributes(layer, f"{group}/", stored, found, visited)
            continue
        found.append(Place(f"{group}/vars", layer, () if nested else layer.weights))
        if nested:
            _visit(layer, f"{group}/layers", stored, found, visited)


def _visit_attributes(
    layer: Layer, prefix: str, stored: StoredWeights | None, found: list[Place], visited: set[int]
) -> None:
    """A layer that has others in its attributes: their groups have the attributes' names, in alphabetical order.

    Those in lists and dicts are counted per class; so are those of a model that only have private names.
    """
    from denim.models.model import Model

    if id(layer) in visited:
        return
    visited.add(id(layer))
    if isinstance(layer, Model) and not layer.is_python:
        found.append(Place(f"{prefix}vars", layer, ()))
        _visit(layer, f"{prefix}layers", stored, found, visited)
        return
    found.append(Place(f"{prefix}vars", layer, layer.own_weights))
    held = {name: value for name, value in vars(layer).items() if name not in vars(layer)["_internal"]}
    if isinstance(layer, Model):
        held["layers"] = layer.tracked_layers()
    for name in sorted(held, key=lambda name: (name.startswith("_"), name)):
        value = held[name]
        if isinstance(value, Layer):
            _visit_attributes(value, f"{prefix}{name}/", stored, found, visited)
        elif isinstance(value, (list, tuple, dict)):
            several = list(value.values()) if isinstance(value, dict) else value
            _visit_several(several, f"{prefix}{name}", stored, found, visited)


def _visit_several(
    layers: Sequence[Any], prefix: str, stored: StoredWeights | None, found: list[Place], visited: set[int]
) -> None:
    used: Counter[str] = Counter()
    for layer in layers:
        if isinstance(layer, Layer):  # Those met before count, too.
            kind = _group_name(layer)
            number = used[kind]
            used[kind] += 1
            _visit_attributes(
                layer, f"{prefix}/{kind}_{number}/" if number else f"{prefix}/{kind}/", stored, found, visited
            )


def _by_name(layers: list[Layer], groups: list[str], stored: StoredWeights) -> list[str]:
    """The groups in the order of the layers, if the names noted in the file are just theirs."""
    noted = {stored.names.get(f"{group}/vars"): group for group in groups}
    names = [layer.name for layer in layers]
    same = len(noted) == len(names) and noted.keys() == set(names)
    return [noted[name] for name in names] if same else groups


def _group_name(layer: Layer) -> str:
    from denim.models.configuration import class_name

    return snake_case(class_name(layer))


def write_state(file: IO[bytes], model: Any) -> None:
    """Write all weights, and the optimizer's state if there is one, as an HDF5 file."""
    import h5py

    with h5py.File(file, "w") as hdf5:
        for place in places(model):
            _write_group(hdf5, place.group, place.layer.name, place.variables)
            weights_of_tokens = getattr(place.layer, WEIGHTS_OF_TOKENS, None)
            if weights_of_tokens is not None:
                hdf5[place.group][WEIGHTS_OF_TOKENS] = np.asarray(weights_of_tokens)
        if model.optimizer is not None:
            _write_group(hdf5, _OPTIMIZER, model.optimizer.name, model.optimizer.variables)


def _write_group(hdf5: Any, path: str, name: str, variables: Sequence[Variable]) -> None:
    group = hdf5.create_group(path)
    group.attrs["name"] = name
    for i, variable in enumerate(variables):
        group[str(i)] = variable.value


def load_state(
    model: Any, stored: StoredWeights, *, same_model: bool = False, skip_mismatch: bool = False, older: bool = False
) -> None:
    """Give a model the numbers of a file, once all are seen to fit.

    Args:
        model: built.
        stored: the file.
        same_model: whether the file was made of this very model.
        skip_mismatch: leave layers as they are whose weights do not fit, and warn.
        older: whether Keras 2 wrote it.

    Raises:
        ModelFileError: if weights do not fit; nothing is then changed.
    """
    found = [
        (place, stored.group(place.group, without=WEIGHTS_OF_TOKENS))
        for place in places(model, stored if same_model else None)
    ]
    fitting = matched(model, found, skip_mismatch)
    fitting += _optimizer_state(model, stored.group(_OPTIMIZER), skip_mismatch, older)
    take_up(fitting)


def matched(
    model: Any, found: Sequence[tuple[Place, Sequence[StoredArray]]], skip_mismatch: bool
) -> list[tuple[Variable, StoredArray]]:
    """The variables of the places with the arrays that a file has for each.

    Raises:
        ModelFileError: if some do not fit. With ``skip_mismatch`` these places are left out, and a warning says so.
    """
    fitting: list[tuple[Variable, StoredArray]] = []
    problems: list[str] = []
    for place, arrays in found:
        problem = _misfit(place, arrays)
        if problem is None:
            fitting += zip(place.variables, arrays, strict=True)
        else:
            problems.append(problem)
    if problems:
        message = (
            f"{len(problems)} of the model's layers do not fit what the file has for them:\n"
            + "\n".join(f"- {problem}" for problem in problems)
            + f"\nThe file was saved from a model of other layers than {model.name!r}."
        )
        if not skip_mismatch:
            raise ModelFileError(f"{message} Pass skip_mismatch=True to load_weights() to load what fits.")
        warnings.warn(f"{message} They keep the weights they have.", stacklevel=5)
    return fitting


def take_up(fitting: Sequence[tuple[Variable, StoredArray]]) -> None:
    """Give the variables their arrays' numbers, all of which are read first.

    Raises:
        ModelFileError: if some cannot be read; nothing is then changed.
    """
    values = [(variable, _converted(array)) for variable, array in fitting]
    for variable, value in values:
        with np.errstate(over="ignore"):
            variable.assign(value)


def _misfit(place: Place, arrays: Sequence[StoredArray]) -> str | None:
    """What is wrong with these arrays for this layer; None if nothing is."""
    layer = f"Layer {place.layer.name!r} ({type(place.layer).__name__}, {place.group})"
    if len(arrays) != len(place.variables):
        unbuilt = "" if place.layer.built or not arrays else "; it is not built yet"
        return (
            f"{layer} expected {len(place.variables)} variables, but the file has {len(arrays)} for it{unbuilt}. "
            f"Expected: {[variable.name for variable in place.variables]}, shapes "
            f"{[variable.shape for variable in place.variables]}; in the file: {[array.shape for array in arrays]}"
        )
    for variable, array in zip(place.variables, arrays, strict=True):
        problem = _unlike(variable, array)
        if problem is not None:
            return f"{layer}: {problem}"
    return None


def _unlike(variable: Variable, array: StoredArray) -> str | None:
    if variable.shape != array.shape:
        return f"{variable.name!r} has shape {variable.shape}, in the file it has shape {array.shape}"
    is_float = np.dtype(variable.dtype).kind == "f"
    if is_float != (array.dtype.kind == "f"):
        return f"{variable.name!r} is of dtype {variable.dtype}, in the file of dtype {array.dtype}"
    return None


def _optimizer_state(
    model: Any, arrays: Sequence[StoredArray], skip_mismatch: bool, older: bool
) -> list[tuple[Variable, StoredArray]]:
    """The optimizer's variables with their arrays; none, and a warning, if their numbers differ, as in Keras.

    Raises:
        ModelFileError: if an array is not like its variable.
    """
    optimizer = model.optimizer
    if optimizer is None or not arrays:
        return []
    if not optimizer.built and len(arrays) > len(optimizer.variables):
        optimizer.build(model.trainable_weights)
    variables = optimizer.variables
    if older and len(arrays) < len(variables):
        variables = [variable for variable in variables if variable.name != "learning_rate"]
    problem = None
    if len(variables) != len(arrays):
        problem = f"it has {len(variables)} variables whereas the saved optimizer has {len(arrays)} variables"
    elif skip_mismatch or older:
        problem = next(filter(None, map(_unlike, variables, arrays)), None)
    if problem is not None:
        warnings.warn(f"Skipping variable loading for optimizer {optimizer.name!r}, because {problem}.", stacklevel=5)
        return []
    for variable, array in zip(variables, arrays, strict=True):
        unlike = _unlike(variable, array)
        if unlike is not None:
            raise ModelFileError(
                f"Optimizer {optimizer.name!r} ({array.path}): {unlike}. Compile the model with the optimizer that the "
                "file was saved with, or with a new one after loading."
            )
    return list(zip(variables, arrays, strict=True))


def _converted(array: StoredArray) -> np.ndarray:
    """The numbers; integers must fit 32 bits."""
    values = array.read()
    limits = np.iinfo(np.int32)
    if values.dtype.kind in "iu" and values.size and not limits.min <= values.min() <= values.max() <= limits.max:
        raise ModelFileError(f"Counters have 32 bits. Received: {array.path!r} with {values.max()}.")
    return values
