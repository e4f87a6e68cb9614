"""Layers, by Keras's names."""

from denim.input_spec import InputSpec
from denim.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from denim.layers.base import Layer
from denim.layers.configurations import deserialize, serialize
from denim.layers.core import Dense, Identity, Input, InputLayer
from denim.layers.einsum_dense import EinsumDense
from denim.layers.embedding import Embedding
from denim.layers.encoding import CategoryEncoding, Discretization
from denim.layers.group_normalization import GroupNormalization
from denim.layers.hashing import HashedCrossing, Hashing
from denim.layers.lambda_layer import Lambda
from denim.layers.lookup import IntegerLookup, StringLookup
from denim.layers.masking import Masking
from denim.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from denim.layers.normalization import BatchNormalization, LayerNormalization
from denim.layers.pooling import GlobalAveragePooling1D, GlobalMaxPooling1D
from denim.layers.preprocessing import Normalization, Rescaling
from denim.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
)
from denim.layers.reshaping import Flatten, Permute, RepeatVector, Reshape
from denim.layers.text_vectorization import TextVectorization
from denim.layers.unit_normalization import RMSNormalization, UnitNormalization
from denim.layers.wrapper import Wrapper
from denim.lazy import bind

GlobalAvgPool1D, GlobalMaxPool1D = GlobalAveragePooling1D, GlobalMaxPooling1D

__all__ = [
    "ELU",
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "BatchNormalization",
    "CategoryEncoding",
    "Concatenate",
    "Dense",
    "Discretization",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAvgPool1D",
    "GlobalMaxPool1D",
    "GlobalMaxPooling1D",
    "GroupNormalization",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "UnitNormalization",
    "Wrapper",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
