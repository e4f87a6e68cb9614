"""Every layer in a small model, that real Keras and denim both build and train. Imports neither.

A case is trained for two epochs, between a Dense layer before it, whose gradients pass through it, and a mean squared
error behind it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROWS = 6
Array = NDArray[Any]


@dataclass(frozen=True)
class LayerCase:
    """One layer.

    Attributes:
        layer: its name in ``layers``.
        options: the arguments of its constructor; ``{"from": (module, name, options)}`` is an object made from Keras.
        shapes: of its inputs, without the batch axis; several for a layer that takes a list.
        below: the least number that is no index, for inputs of whole numbers.
        adapt: whether it learns from the inputs first.
        trains: whether it is trained too.
    """

    layer: str
    options: Mapping[str, Any] = field(default_factory=dict)
    shapes: tuple[tuple[int, ...], ...] = ((4,),)
    below: int | None = None
    adapt: bool = False
    trains: bool = True

    @property
    def key(self) -> str:
        said = ",".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.layer}({said}){'x'.join(map(str, self.shapes))}".replace(" ", "")

    def inputs(self) -> list[Array]:
        """What goes in: normal numbers, or whole ones."""
        random = np.random.default_rng(zlib.crc32(self.key.encode()))
        if self.below is not None:
            return [random.integers(0, self.below, (ROWS, *shape)).astype("int32") for shape in self.shapes]
        return [random.standard_normal((ROWS, *shape)).astype("float32") for shape in self.shapes]

    def make(self, keras: Any) -> Any:
        """The layer, adapted where it is to be, with the automatic name."""
        layer = getattr(keras.layers, self.layer)(**{name: _made(keras, v) for name, v in self.options.items()})
        if self.adapt and hasattr(layer, "update_state"):  # Keras's Discretization.adapt asks for TensorFlow.
            layer.update_state(self.inputs()[0])
            layer.finalize_state()
        elif self.adapt:
            layer.adapt(self.inputs()[0])
        return layer

    def call(self, layer: Any, tensors: list[Any]) -> Any:
        """The layer called on its one input, or on the list of them."""
        return layer(tensors if len(self.shapes) > 1 else tensors[0])

    def model(self, keras: Any, layer: Any) -> Any:
        """Inputs, a Dense on each unless they are whole numbers, the layer, and all numbers in a row."""
        dtype = "float32" if self.below is None else "int32"
        entrances = [keras.Input(shape, dtype=dtype, name=f"in_{i}") for i, shape in enumerate(self.shapes)]
        tensors = entrances
        if self.below is None:
            tensors = [
                keras.layers.Dense(shape[-1], name=f"d_{i}")(x)
                for i, (x, shape) in enumerate(zip(entrances, self.shapes, strict=True))
            ]
        model = keras.Model(entrances, keras.layers.Flatten(name="flat")(self.call(layer, tensors)), name="m")
        model.compile(keras.optimizers.SGD(0.05), "mse")
        return model


def fill(weights: list[Any]) -> None:
    """Give the weights fixed numbers, those of variances positive; what was adapted stays."""
    for i, weight in enumerate(weight for weight in weights if weight.trainable or "moving" in weight.name):
        random = np.random.default_rng([9, i])
        values = 0.5 * random.standard_normal(weight.shape)
        weight.assign((np.exp(values) if "variance" in weight.name else values).astype("float32"))


def _made(keras: Any, value: Any) -> Any:
    if isinstance(value, Mapping) and "from" in value:
        module, name, options = value["from"]
        return getattr(getattr(keras, module), name)(**options)
    return value


def _case(layer: str, *shapes: tuple[int, ...], **options: Any) -> LayerCase:
    settings = {name: options.pop(name) for name in ("below", "adapt", "trains") if name in options}
    return LayerCase(layer, options, shapes or ((4,),), **settings)


L1L2 = {"from": ("regularizers", "L1L2", {"l1": 0.1, "l2": 0.2})}
CUBE = (2, 3, 4)

CASES = {
    case.key: case
    for case in (
        _case("Dense", units=3, activity_regularizer="l2"),
        _case("Dense", CUBE, units=3, activity_regularizer=L1L2, activation="tanh"),
        _case("Identity", CUBE),
        _case("Flatten", CUBE),
        _case("Reshape", (12,), target_shape=(3, -1)),
        _case("Reshape", CUBE, target_shape=(4, 6)),
        _case("Permute", CUBE, dims=(3, 1, 2)),
        _case("RepeatVector", (3,), n=4),
        _case("Embedding", (3,), below=7, input_dim=7, output_dim=2),
        _case("Embedding", (2, 3), below=5, input_dim=5, output_dim=4, embeddings_regularizer="l2"),
        _case("Embedding", (), below=5, input_dim=5, output_dim=3),
        *(
            _case(name, *shapes)
            for name in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
            for shapes in ([(4,), (4,)], [(2, 3), (2, 3), (2, 3)])
        ),
        *(
            _case(name, *shapes)
            for name in ("Add", "Multiply", "Average", "Maximum")
            for shapes in ([(4,), (3, 4)], [(3, 1), (1, 4)], [(2, 3, 4), (4,), (3, 4)])
        ),
        _case("Subtract", (4,), (4,)),
        _case("Subtract", (2, 1), (3,)),
        _case("Concatenate", (2, 3), (4, 3), axis=1),
        _case("Concatenate", (2, 3), (2, 1), (2, 2), axis=2),
        _case("Concatenate", (2, 3, 2), (2, 1, 2), axis=-2),
        _case("Dot", (4,), (4,), axes=1),
        _case("Dot", (4,), (4,), axes=-1, normalize=True),
        _case("Dot", (3, 5), (2, 3), axes=(1, 2)),
        _case("Dot", (3, 4), (4,), axes=(2, 1)),
        _case("Dot", (2, 3, 4), (4, 3), axes=(2, 2), normalize=True),
        _case("Dot", (4,), (2, 4, 3), axes=(1, -2)),
        _case("Dropout", rate=0.0),
        _case("GaussianNoise", stddev=0.0),
        _case("GaussianDropout", rate=0.0),
        _case("AlphaDropout", rate=0.0),
        _case("ActivityRegularization", l1=0.3, l2=0.1),
        _case("ActivityRegularization", CUBE, l2=0.1),
        _case("Activation", activation="relu"),
        *(
            _case("Activation", (3, 4), activation=name)
            for name in [
                "hard_shrink",
                "hard_tanh",
                "soft_shrink",
                "sparse_plus",
                "sparse_sigmoid",
                "squareplus",
                "tanh_shrink",
                "mish",
                "celu",
            ]
        ),
        _case("ReLU", (3, 4)),
        _case("ReLU", (3, 4), max_value=0.5),
        _case("ReLU", (3, 4), negative_slope=0.3),
        _case("ReLU", (3, 4), threshold=0.4),
        _case("ReLU", (3, 4), max_value=0.5, negative_slope=0.3, threshold=0.2),
        _case("ReLU", (3, 4), max_value=0.5, negative_slope=0.1),
        _case("LeakyReLU", negative_slope=0.1),
        _case("ELU", alpha=0.5),
        _case("PReLU", (3, 4)),
        _case("PReLU", CUBE, shared_axes=[1, 3], alpha_initializer="ones", alpha_regularizer="l2"),
        _case("Softmax", (3, 4)),
        _case("Softmax", (3, 4), axis=1),
        _case("Softmax", CUBE, axis=[1, 3]),
        _case("BatchNormalization", (3, 4)),
        _case("BatchNormalization", CUBE, axis=2, momentum=0.8),
        _case("BatchNormalization", (3, 4), axis=1, scale=False),
        _case("LayerNormalization", (3, 4)),
        _case("LayerNormalization", (3, 4), axis=1),
        _case("LayerNormalization", CUBE, axis=[1, 2]),
        _case("LayerNormalization", CUBE, axis=(-1, -2), center=False),
        _case("GroupNormalization", (3, 4), groups=2),
        _case("GroupNormalization", CUBE, groups=3, axis=2),
        _case("GroupNormalization", (3, 4), groups=-1, center=False),
        _case("RMSNormalization", (3, 4)),
        _case("RMSNormalization", CUBE, axis=[2, 3], epsilon=0.01),
        _case("UnitNormalization", (3, 4)),
        _case("UnitNormalization", CUBE, axis=[1, 3]),
        _case("Normalization", adapt=True),
        _case("Normalization", CUBE, axis=2, adapt=True),
        _case("Normalization", CUBE, axis=(1, -1), adapt=True),
        _case("Normalization", (3, 4), axis=None, adapt=True, invert=True),
        _case("Normalization", (3, 4), axis=1, mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0]),
        _case("Rescaling", scale=0.5, offset=-1.0),
        _case("Rescaling", (3, 4), scale=[0.5, 1.0, 2.0, 3.0], offset=[[1.0], [2.0], [3.0]]),
        _case("CategoryEncoding", (3,), below=5, num_tokens=5),
        _case("CategoryEncoding", (1,), below=5, num_tokens=5, output_mode="one_hot"),
        _case("CategoryEncoding", (3,), below=5, num_tokens=5, output_mode="one_hot"),
        _case("CategoryEncoding", (3,), below=5, num_tokens=5, output_mode="count"),
        _case("Discretization", (3,), bin_boundaries=[-0.5, 0.0, 0.7], trains=False),
        _case("Discretization", (3,), num_bins=4, adapt=True, trains=False),
        *(
            _case("Discretization", (3,), bin_boundaries=[-0.5, 0.0, 0.7], output_mode=mode, trains=False)
            for mode in ("one_hot", "multi_hot", "count")
        ),
        _case("Discretization", (1,), num_bins=3, adapt=True, output_mode="one_hot", trains=False),
        _case("GlobalAveragePooling1D", (3, 4)),
        _case("GlobalAveragePooling1D", (3, 4), data_format="channels_first", keepdims=True),
        _case("GlobalMaxPooling1D", (3, 4)),
        _case("GlobalMaxPooling1D", (3, 4), keepdims=True),
        _case("EinsumDense", (4,), equation="ab,bc->ac", output_shape=3, bias_axes="c"),
        _case("EinsumDense", (3, 4), equation="abc,cd->abd", output_shape=(3, 5), bias_axes="d", activation="relu"),
        _case("EinsumDense", (3, 4), equation="...x,xy->...y", output_shape=5),
        _case("EinsumDense", (3, 4), equation="abc,cde->abde", output_shape=(3, 2, 5), bias_axes="de"),
        _case("EinsumDense", (3, 2, 5), equation="abcd,cde->abe", output_shape=(3, 4), bias_axes="e"),
        _case("EinsumDense", (3, 4), equation="abc,bcd->abd", output_shape=(3, 2), bias_axes="bd"),
    )
}
"""By key."""
