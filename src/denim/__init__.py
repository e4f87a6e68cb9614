"""Denim: dense neural networks with Keras's names and numbers.

``import denim as keras`` and go on as in Keras. Names are bound on first use, so that the import itself costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim import (
        activations,
        backend,
        callbacks,
        config,
        constraints,
        datasets,
        initializers,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        regularizers,
        saving,
        utils,
        viz,
    )
    from denim.initializers import Initializer
    from denim.layers.base import Layer
    from denim.layers.core import Input
    from denim.layers.symbolic import KerasTensor
    from denim.models.model import Model
    from denim.models.sequential import Sequential
    from denim.optimizers.optimizer import Optimizer
    from denim.variables import Variable

    __version__: str

__all__ = [
    "Initializer",
    "Input",
    "KerasTensor",
    "Layer",
    "Model",
    "Optimizer",
    "Sequential",
    "Variable",
    "__version__",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "regularizers",
    "saving",
    "utils",
    "viz",
]

_HOMES = {
    "Initializer": "denim.initializers",
    "Input": "denim.layers.core",
    "KerasTensor": "denim.layers.symbolic",
    "Layer": "denim.layers.base",
    "Model": "denim.models.model",
    "Optimizer": "denim.optimizers.optimizer",
    "Sequential": "denim.models.sequential",
    "Variable": "denim.variables",
    "__version__": "denim.version",
}

_EXTENSION = dict.fromkeys(("load_ipython_extension", "unload_ipython_extension"), "denim.dropin.ipython")
"""What IPython asks for at ``%load_ext denim``."""

__getattr__, __dir__ = bind(__name__, {**{name: _HOMES.get(name) for name in __all__}, **_EXTENSION})
