"""Layers, by Keras's names."""

from denim.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from denim.layers.base import Layer
from denim.layers.core import Dense, Identity, Input, InputLayer
from denim.layers.normalization import BatchNormalization, LayerNormalization
from denim.layers.preprocessing import Normalization, Rescaling
from denim.layers.regularization import Dropout
from denim.layers.reshaping import Flatten
from denim.lazy import bind

__all__ = [
    "ELU",
    "Activation",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Flatten",
    "Identity",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Normalization",
    "ReLU",
    "Rescaling",
    "Softmax",
]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
