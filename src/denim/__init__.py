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
        dtype_policies,
        estimators,
        export,
        initializers,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        random,
        regularizers,
        saving,
        tree,
        utils,
        viz,
        wrappers,
    )
    from denim.dtype_policies import DTypePolicy, FloatDTypePolicy
    from denim.initializers import Initializer
    from denim.input_spec import InputSpec
    from denim.layers.base import Layer
    from denim.layers.core import Input
    from denim.layers.symbolic import KerasTensor
    from denim.losses import Loss
    from denim.metrics import Metric
    from denim.models.model import Model
    from denim.models.sequential import Sequential
    from denim.optimizers.optimizer import Optimizer
    from denim.regularizers import Regularizer
    from denim.release import version
    from denim.scopes import device, name_scope
    from denim.variables import Variable

    __version__: str

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Variable",
    "__version__",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "device",
    "dtype_policies",
    "estimators",
    "export",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "tree",
    "utils",
    "version",
    "viz",
    "wrappers",
]

_HOMES = {
    "DTypePolicy": "denim.dtype_policies",
    "FloatDTypePolicy": "denim.dtype_policies",
    "Initializer": "denim.initializers",
    "Input": "denim.layers.core",
    "InputSpec": "denim.input_spec",
    "KerasTensor": "denim.layers.symbolic",
    "Layer": "denim.layers.base",
    "Loss": "denim.losses",
    "Metric": "denim.metrics",
    "Model": "denim.models.model",
    "Optimizer": "denim.optimizers.optimizer",
    "Regularizer": "denim.regularizers",
    "Sequential": "denim.models.sequential",
    "Variable": "denim.variables",
    "__version__": "denim.release",
    "device": "denim.scopes",
    "name_scope": "denim.scopes",
    "version": "denim.release",
}

_EXTENSION = dict.fromkeys(("load_ipython_extension", "unload_ipython_extension"), "denim.dropin.ipython")
"""What IPython asks for at ``%load_ext denim``."""

__getattr__, __dir__ = bind(__name__, {**{name: _HOMES.get(name) for name in __all__}, **_EXTENSION})
