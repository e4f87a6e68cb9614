"""Dense, Identity, and where data comes in: Input and InputLayer."""

from __future__ import annotations

from typing import Any

from denim import activations, config, constraints, initializers, regularizers
from denim.data.texts import TEXTS
from denim.layers.base import Layer
from denim.layers.symbolic import INTEGERS, BatchShape, Call, KerasTensor, batch_shape, sample_shape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Dense as DenseNode
from denim.variables import Variable


class Dense(Layer):
    """``activation(x @ kernel + bias)`` over the last axis: shape (batch, ..., n) to (batch, ..., units).

    Args:
        units: the size of the output's last axis.
        activation: a function of ``denim.activations`` or its name; None leaves the sum as it is.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: an initializer or its name.
        kernel_regularizer, bias_regularizer: a regularizer or its name.
        kernel_constraint, bias_constraint: of ``denim.constraints``, or their names.
        activity_regularizer: a regularizer or its name, of what the layer makes.

    Raises:
        ValueError: if units is not a positive integer, or a name is unknown.

    Source: https://keras.io/api/layers/core_layers/dense/
    """

    min_ndim = 2
    keeps_mask = True

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = _positive_integer(units)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.kernel: Variable | None = None
        self.bias: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Create the kernel, shape (n, units), and the bias, shape (units,)."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        super().check_inputs((shape,))
        self.kernel = self.add_weight(
            (shape[-1], self.units),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input of at least two axes, the last of the size the kernel was made for."""
        super().check_inputs(shapes)
        if self.kernel is not None and shapes[0][-1] != self.kernel.shape[0]:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected axis -1 of input shape to '
                f"have value {self.kernel.shape[0]}, but received input with shape {shapes[0]}"
            )

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """(batch, ..., units)."""
        return (*batch_shape(input_shape, "input_shape")[:-1], self.units)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A Dense node and, unless linear, an Activation node."""
        assert self.kernel is not None
        kernel = builder.parameter(self.kernel)
        bias = None if self.bias is None else builder.parameter(self.bias)
        dense = builder.add(DenseNode(self.name, inputs[0], self.units, kernel, bias))
        return activations.emit(self.activation, builder, dense, f"{self.name}/activation")

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


class Identity(Layer):
    """What comes in goes out."""

    keeps_mask = True

    def output_dtype(self, received: str) -> str:
        """Integers stay integers."""
        return self.dtype if "float" in received else received

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """No node."""
        return inputs[0]


class InputLayer(Layer):
    """The entrance of a model. Arguments as ``Input``; ``output`` is the KerasTensor that ``Input`` returns."""

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: str | None = None,
        sparse: Any = None,
        ragged: Any = None,
        batch_shape: Any = None,
        input_tensor: None = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if sparse or ragged or input_tensor is not None or optional:
            raise NotImplementedError(
                "Input: sparse, ragged, tensor and optional are not supported; leave them out. Sparse matrices of "
                "SciPy can be passed to `fit` and `predict` as they are."
            )
        shape = kwargs.pop("input_shape", None) if shape is None else shape
        batch_shape = kwargs.pop("batch_input_shape", None) if batch_shape is None else batch_shape
        full = _input_shape(shape, batch_size, batch_shape)
        kind = _input_dtype(dtype)
        super().__init__(name=name, dtype=None if kind in (*INTEGERS, TEXTS) else kind, **kwargs)
        self.dtype = kind
        self.batch_shape = full
        tensor = KerasTensor(full, self.dtype, self.name)
        tensor.call = Call(self, (), (tensor,))
        self._calls.append(tensor.call)
        super().build(full)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "batch_shape": list(self.batch_shape),
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": False,
        }


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    sparse: Any = None,
    ragged: Any = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: None = None,
    optional: bool = False,
) -> KerasTensor:
    """The entrance of a model, as a KerasTensor.

    Args:
        shape: of one sample, without the batch axis, such as (784,); None for a size that the data have, such as the
            length of sequences, (None,).
        batch_size: a fixed number of rows; any number if left out.
        dtype: "float32" or "float64", what the arithmetic sees, or an integer dtype such as "int32", for whole numbers,
            which may be indices of an Embedding; arrays of other dtypes are converted as they are read. "string" for
            texts, which StringLookup, Hashing and TextVectorization make numbers of.
        batch_shape: instead of shape and batch_size, such as (None, 784).
        name: of its InputLayer.
        sparse, ragged, tensor, optional: Keras's arguments, only at their defaults.

    Raises:
        ValueError: for a shape that is not a tuple of positive sizes, or given twice, or not at all; for another dtype.
        NotImplementedError: for a sparse, ragged or optional input.

    Source: https://keras.io/api/layers/core_layers/input/
    """
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        input_tensor=tensor,
        optional=optional,
        name=name,
    )
    output: KerasTensor = layer.output
    return output


def _input_dtype(dtype: Any) -> str:
    name = getattr(dtype, "__name__", None) or getattr(dtype, "name", None) or dtype
    if name in INTEGERS:
        return str(name)
    if name in (TEXTS, "str"):
        return TEXTS
    return config.standardize_dtype(dtype)


def _input_shape(shape: Any, batch_size: int | None, full: Any) -> BatchShape:
    if full is not None:
        if shape is not None or batch_size is not None:
            raise ValueError(
                "Pass either `batch_shape`, or `shape` and `batch_size`, not both. "
                f"Received: batch_shape={full!r}, shape={shape!r}, batch_size={batch_size!r}"
            )
        return batch_shape(full, "Input: batch_shape")
    if shape is None:
        raise ValueError("You must pass a `shape` argument to Input, such as shape=(784,).")
    sample = sample_shape(shape, "Input: shape")
    return batch_shape((batch_size, *sample), "Input: batch_size")


def _positive_integer(units: Any) -> int:
    if isinstance(units, bool) or not hasattr(units, "__index__") or units < 1:
        whole = isinstance(units, float) and units >= 1 and units.is_integer()
        hint = f". Did you mean {int(units)}?" if whole else ""
        raise ValueError(f"Dense: `units` must be a positive integer. Received: units={units!r}{hint}")
    return int(units)
