"""Layer: configuration and weights, and how it becomes nodes of a Program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim import config, constraints, initializers, regularizers
from denim.layers.allotment import first_values
from denim.layers.running import run_lowered
from denim.layers.symbolic import BatchShape, Call, KerasTensor, batch_shape, sample_shape
from denim.layers.undoing import unbuilt_if_refused
from denim.naming import auto_name, check_name
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Input as InputNode
from denim.suggest import did_you_mean
from denim.variables import Variable


class Layer:
    """The base of all layers.

    Args:
        name: unique within a model, without a slash; counted up from the class name if left out.
        trainable: whether training changes its weights.
        dtype: "float32" or "float64"; ``config.floatx()`` if left out.
        input_shape, input_dim, batch_input_shape: the older way to say, on a first layer, what ``Input`` says now.

    Raises:
        ValueError: for a bad name or dtype, or keyword arguments that no layer has.
    """

    min_ndim = 1
    """The fewest axes of an input, the batch axis included."""

    first_call_index = 0
    """The number of the first call, in summaries and configurations."""

    def __init__(
        self, *, name: str | None = None, trainable: bool = True, dtype: str | None = None, **kwargs: Any
    ) -> None:
        self.first_shape = _first_shape(kwargs)
        if kwargs.pop("activity_regularizer", None) is not None:
            raise NotImplementedError(f"{type(self).__name__}: activity_regularizer is not supported yet.")
        if kwargs:
            known = ("name", "trainable", "dtype", "input_shape", "input_dim", *_arguments(type(self)))
            raise ValueError(
                f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}."
                + "".join(did_you_mean(key, known) for key in kwargs)
            )
        self.dtype = config.standardize_dtype(dtype)
        self.name = auto_name(type(self).__name__) if name is None else check_name(name, "layer")
        self.built = False
        self._trainable = bool(trainable)
        self._scope = ""
        self._variables: list[Variable] = []
        self._learnable: list[Variable] = []
        self._calls: list[Call] = []
        self._build_shape: BatchShape | None = None

    # Weights

    def build(self, input_shape: Any) -> None:
        """Create the weights for inputs of this shape, batch axis first. A built layer stays as it is."""
        self._build_shape = self._build_shape or batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.built = True

    def add_weight(
        self,
        shape: tuple[int, ...] = (),
        initializer: Any = None,
        dtype: str | None = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """A new Variable of this layer; ``initializer`` defaults to glorot_uniform.

        One that is made with ``trainable`` False stays so, whatever the layer is set to.
        """
        short = "variable" if name is None else check_name(name, "weight")
        rule = constraints.get(constraint)
        kind = dtype or self.dtype
        path = f"{self._scope}{self.name}/{short}"
        values = first_values(initializers.get(initializer or "glorot_uniform"), shape, kind, path)
        variable = Variable(values, short, path, trainable and self._trainable, kind)
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = rule
        self._variables.append(variable)
        if trainable:
            self._learnable.append(variable)
        return variable

    def enter_scope(self, owner: Layer) -> None:
        """Weights made from now on have ``owner``'s path before theirs; a built layer keeps its paths."""
        if not self.built:
            self._scope = f"{owner._scope}{owner.name}/"

    @property
    def weights(self) -> list[Variable]:
        """All variables, in the order of creation."""
        return list(self._variables)

    @property
    def trainable_weights(self) -> list[Variable]:
        """Those that training changes."""
        return [v for v in self.weights if v.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """Those that training leaves alone."""
        return [v for v in self.weights if not v.trainable]

    @property
    def variables(self) -> list[Variable]:
        """The same as ``weights``."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Variable]:
        """The same as ``trainable_weights``."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The same as ``non_trainable_weights``."""
        return self.non_trainable_weights

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; setting it sets the flag of every weight that can be learnt."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in self._learnable:
            variable.trainable = self._trainable

    @property
    def losses(self) -> list[Any]:
        """The penalties of the regularizers of all trainable weights, as the weights are now."""
        return [v.regularizer(v.value) for v in self.trainable_weights if v.regularizer is not None]

    @property
    def parameters(self) -> list[Variable]:
        """The weights that are parameters of a Program: all, unless a layer says otherwise."""
        return self.weights

    @property
    def lowering_key(self) -> object:
        """What ``emit`` depends on beside the weights: a model is lowered anew when it changes."""
        return self._trainable

    def count_params(self) -> int:
        """The number of elements of all weights.

        Raises:
            ValueError: if there are none yet.
        """
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on {self.name!r}, but it isn't built: its input shape is unknown. "
                f"Call it, or `{self.name}.build(input_shape)`, first."
            )
        return sum(v.size for v in self.weights)

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights' values, in the order of ``weights``."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Replace all values.

        Raises:
            TypeError: for arrays of no real dtype.
            ValueError: if the number or a shape differs. Nothing is then changed, nor after a TypeError.
        """
        mine, values = self.weights, [np.asarray(w) for w in weights]
        if len(mine) != len(values):
            raise ValueError(
                f"You called `set_weights(weights)` on {self.name!r} with a list of {len(values)} arrays, but it has "
                f"{len(mine)} weights"
                + (f": {', '.join(v.path for v in mine)}." if mine else ".")
                + ("" if self.built else " It isn't built yet: call it on data first.")
            )
        for variable, value in zip(mine, values, strict=True):
            if value.dtype.kind not in "biuf":
                raise TypeError(
                    f"Weight {variable.path!r} of {self.name!r} must be given real numbers. Received: an array of "
                    f"dtype {value.dtype}."
                )
            if variable.shape != value.shape:
                raise ValueError(
                    f"Weight {variable.path!r} of {self.name!r} has shape {variable.shape}, which is not compatible "
                    f"with the provided array of shape {value.shape}."
                )
        for variable, value in zip(mine, values, strict=True):
            variable.assign(value)

    # Calling

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:
        """On KerasTensors: extend the graph. On arrays: the layer's output as an array, weights created if need be.

        Raises:
            NotImplementedError: for a subclass with a Python ``call`` of its own.
            ValueError: for inputs that do not fit.
        """
        if hasattr(self, "call") and type(self).emit is Layer.emit:
            self.emit(ProgramBuilder(self.dtype))
        several = isinstance(inputs, (list, tuple)) and any(isinstance(x, KerasTensor) for x in inputs)
        tensors = list(inputs) if several else [inputs]
        if isinstance(tensors[0], KerasTensor):
            if training is not None:
                raise NotImplementedError(
                    f"{self.name!r} was called on a KerasTensor with training={training}: fixing the mode within a "
                    "model is not supported. Pass `training` when the model is called."
                )
            return self.pack_outputs(list(self._call_symbolic(tuple(tensors))))
        return self.pack_outputs(self._call_arrays(inputs, bool(training)))

    def _call_symbolic(self, tensors: tuple[KerasTensor, ...]) -> tuple[KerasTensor, ...]:
        shapes = tuple(tensor.shape for tensor in tensors)
        self.check_inputs(shapes)
        if not self.built:
            self.build(*shapes)
        outputs = tuple(KerasTensor(shape, self.dtype) for shape in self.output_shapes(shapes))
        call = Call(self, tensors, outputs, len(self._calls) + self.first_call_index)
        for output in outputs:
            output.call = call
        self._calls.append(call)
        return outputs

    def _call_arrays(self, inputs: Any, training: bool) -> list[np.ndarray]:
        array = np.asarray(inputs)
        self.check_inputs((array.shape,))
        with unbuilt_if_refused(self):
            if not self.built:
                self.build((None, *array.shape[1:]))
            builder = ProgramBuilder(self.dtype)
            source = builder.add(InputNode("input", sample_shape(array.shape[1:], "The shape of a sample"), self.dtype))
            return run_lowered(builder.lowered(*self.emit_all(builder, (source,))), array, training)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """Refuse inputs this layer cannot take.

        Raises:
            ValueError: naming the rule, the layer and the shape received.
        """
        if len(shapes) != 1:
            raise ValueError(f"Layer {self.name!r} expects 1 input, but it received {len(shapes)} input tensors.")
        if len(shapes[0]) < self.min_ndim:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected min_ndim={self.min_ndim}, '
                f"found ndim={len(shapes[0])}. Full shape received: {shapes[0]}"
                + (". The first axis is the batch: one sample x is passed as x[None]." if len(shapes[0]) else "")
            )

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """The output's shape for inputs of this shape, batch axis first in both."""
        return batch_shape(input_shape, "input_shape")

    def output_shapes(self, shapes: tuple[BatchShape, ...]) -> tuple[BatchShape, ...]:
        """``compute_output_shape`` for all inputs and outputs."""
        return (self.compute_output_shape(shapes[0]),)

    def pack_outputs(self, values: list[Any]) -> Any:
        """What a call returns: the one output, or the list of them."""
        return single_or_list(values)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """Add this layer's nodes, reading nodes ``inputs``; returns the index of the node that is its output."""
        raise NotImplementedError(
            f"{type(self).__name__}: layers of your own, written in Python with a `call`, are not supported yet. Build "
            "the model from the layers in denim.layers, or wrap several of them in a Sequential."
        )

    def emit_all(self, builder: ProgramBuilder, inputs: tuple[int, ...]) -> tuple[int, ...]:
        """``emit`` for all outputs."""
        return (self.emit(builder, *inputs),)

    # Place in a graph

    @property
    def input(self) -> Any:
        """The KerasTensor of the layer's first call (a list of them if it takes several)."""
        return single_or_list(self._first_call("input").inputs)

    @property
    def output(self) -> Any:
        """The KerasTensor that the layer's first call made."""
        return single_or_list(self._first_call("output").outputs)

    def last_output_shapes(self) -> tuple[BatchShape, ...] | None:
        """What the latest call made, or would make for the shape the layer was built for; None if neither is known."""
        if self._calls:
            return tuple(tensor.shape for tensor in self._calls[-1].outputs)
        return None if self._build_shape is None else self.output_shapes((self._build_shape,))

    def _first_call(self, what: str) -> Call:
        if not self._calls:
            raise AttributeError(f"The layer {self.name!r} has never been called and thus has no defined {what}.")
        return self._calls[0]

    # Configuration

    def get_config(self) -> dict[str, Any]:
        """What ``from_config`` makes an equal, unbuilt layer from."""
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new layer with this configuration."""
        dtype = config.get("dtype")
        # Keras writes a policy around the dtype's name.
        return cls(**config | ({"dtype": dtype["config"]["name"]} if isinstance(dtype, dict) else {}))

    def get_build_config(self) -> dict[str, Any] | None:
        """The shape the layer was built for."""
        return None if self._build_shape is None else {"input_shape": list(self._build_shape)}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def single_or_list(values: Sequence[Any]) -> Any:
    """The one value, or a list of several."""
    return values[0] if len(values) == 1 else list(values)


def _arguments(cls: type) -> list[str]:
    code = cls.__init__.__code__  # type: ignore[misc]
    return [name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name != "self"]


def _first_shape(kwargs: dict[str, Any]) -> BatchShape | None:
    """Take the older shape arguments out of ``kwargs``."""
    if "batch_input_shape" in kwargs:
        return batch_shape(kwargs.pop("batch_input_shape"), "batch_input_shape")
    if "input_shape" in kwargs:
        return (None, *sample_shape(kwargs.pop("input_shape"), "input_shape"))
    if "input_dim" in kwargs:
        return (None, *sample_shape((kwargs.pop("input_dim"),), "input_dim"))
    return None
