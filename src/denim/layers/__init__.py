"""Layers, by Keras's names."""

from denim.layers.activation import Activation
from denim.layers.base import Layer
from denim.layers.core import Dense, Input, InputLayer
from denim.layers.regularization import Dropout
from denim.layers.reshaping import Flatten
from denim.lazy import bind

__all__ = ["Activation", "Dense", "Dropout", "Flatten", "Input", "InputLayer", "Layer"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
