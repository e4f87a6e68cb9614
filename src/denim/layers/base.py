"""Layer: configuration and weights, and how it becomes nodes of a Program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from denim import config, constraints, initializers, regularizers
from denim.data.arrays import converted
from denim.data.structure import flatten
from denim.dtype_policies import DTypePolicy
from denim.layers.activity import penalize
from denim.layers.allotment import first_values
from denim.layers.calling import (
    add_to_loss,
    called,
    emitted,
    is_nested_shape,
    is_python,
    plain_arguments,
    python_key,
    traced_shape,
)
from denim.layers.masks import carry_on, computes_mask, mask_of
from denim.layers.running import run_lowered
from denim.layers.symbolic import INDICES, BatchShape, Call, KerasTensor, batch_shape, known_sizes, sample_shape
from denim.layers.tracking import Tracked, variables
from denim.layers.undoing import unbuilt_if_refused
from denim.naming import auto_name, check_name
from denim.ops.tensor import as_array, tensor
from denim.ops.tracing import current_builder, is_traced
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
        activity_regularizer: a regularizer, or its name, of what the layer makes: its penalty, averaged over the batch,
            is added to the loss.
        input_shape, input_dim, batch_input_shape: the older way to say, on a first layer, what ``Input`` says now.

    Raises:
        ValueError: for a bad name or dtype, or keyword arguments that no layer has.
    """

    min_ndim = 1
    """The fewest axes of an input, the batch axis included."""

    first_call_index = 0
    """The number of the first call, in summaries and configurations."""

    takes_list = False
    """Whether a call takes a list of inputs."""

    computes_with_mask = False
    """Whether Keras's layer of this class computes something else where it is given a mask, which is not done here."""
    keeps_mask = False
    """Whether layers of this class hand on a mask of their input; ``supports_masking`` is this if nothing is set."""

    reads_indices = False
    """Whether the input is read as whole numbers."""

    reads_raw = False
    """Whether a model's inputs are read as they were handed over, before an engine sees them."""

    raw_dtype: str | None = None
    """For such a layer: the dtype of an Input that is made for it."""

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        dtype: str | None = None,
        activity_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        self.first_shape = _first_shape(kwargs)
        self.activity_regularizer = regularizers.get(activity_regularizer)
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
        self._losses: list[Any] = []
        self._internal = frozenset(vars(self))

    # Weights

    def __setattr__(self, name: str, value: Any) -> None:
        holds = "_internal" in vars(self) and not name.startswith("_") and isinstance(value, _HOLDERS)
        if holds:
            # Keras counts what lists hold by now before what is set after it.
            self.tracked_layers()
        super().__setattr__(name, value)
        if holds:
            self.tracked_layers()
            for variable in variables(value):
                if not any(variable is mine for mine in self._variables):
                    self._variables.append(variable)
                    self._learnable += [variable] if variable.trainable else []

    def tracked_layers(self) -> list[Layer]:
        """The layers that this one has as attributes, also in lists and dicts."""
        tracked: Tracked = vars(self).setdefault("_tracked", Tracked())
        return tracked.layers(self)

    def build(self, input_shape: Any) -> None:
        """Create the weights for inputs of this shape, batch axis first. A built layer stays as it is."""
        if self._build_shape is None and not (is_python(type(self)) and is_nested_shape(input_shape)):
            self._build_shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.built = True

    def add_weight(
        self,
        shape: Any = (),
        initializer: Any = None,
        dtype: str | None = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> Variable:
        """A new Variable of this layer; ``initializer`` defaults to glorot_uniform.

        One that is made with ``trainable`` False stays so, whatever the layer is set to. ``autocast`` and the further
        arguments that Keras has are of no account.

        Raises:
            TypeError: for an argument that Keras has not.
        """
        for argument in set(kwargs) - {"aggregation", "synchronization", "overwrite_with_gradient"}:
            raise TypeError(f"{type(self).__name__}.add_weight() got an unexpected keyword argument {argument!r}.")
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        short = auto_name("variable") if name is None else check_name(name, "weight")
        rule = constraints.get(constraint)
        kind = dtype or self.dtype
        path = f"{self._scope}{self.name}/{short}"
        found = initializers.get("glorot_uniform" if initializer is None else initializer)
        values = first_values(found, known_sizes(shape, path), kind, path)
        variable = Variable(values, dtype=kind, trainable=trainable and self._trainable, name=short, path=path)
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
        """All variables: its own, those that can be learnt first, then those of the layers within, each once."""
        return self._collected(lambda layer: layer.weights)

    @property
    def own_weights(self) -> list[Variable]:
        """Its own variables, those that can be learnt first, without those of the layers within."""
        learnable = {id(v) for v in self._learnable}
        own = [v for v in self._variables if id(v) in learnable]
        return own + [v for v in self._variables if id(v) not in learnable]

    def _collected(self, of: Callable[[Layer], list[Variable]]) -> list[Variable]:
        within, own = self.tracked_layers(), self.own_weights
        if not within:
            return own
        return list({id(v): v for v in (*own, *(v for layer in within for v in of(layer)))}.values())

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
        for layer in self.tracked_layers():
            layer.trainable = self._trainable

    is_operation = False
    """Whether it is one use of an operation, which Keras does not count as a layer."""

    @property
    def losses(self) -> list[Any]:
        """What was added to the loss by the last call on arrays, and the penalties of the regularizers of all trainable
        weights, as the weights are now.
        """
        added = [loss for layer in (self, *self._within()) for loss in layer._losses]
        return added + [v.regularizer(v.value) for v in self.trainable_weights if v.regularizer is not None]

    def _within(self) -> Iterator[Layer]:
        for layer in self.tracked_layers():
            yield layer
            yield from layer._within()

    def add_loss(self, loss: Any) -> None:
        """Add a number to the loss: of the weights, or a mean over the batch of what is computed in ``call``.

        Raises:
            NotImplementedError: for a sum over the batch.
        """
        for value in loss if isinstance(loss, (list, tuple)) else [loss]:
            if current_builder() is None and not is_traced(value):
                self._losses.append(tensor(as_array(value)))
            else:
                add_to_loss(value)

    def begin_losses(self) -> None:
        """Forget what earlier calls on arrays added."""
        self._losses = []

    @property
    def parameters(self) -> list[Variable]:
        """The weights that are parameters of a Program: all, unless a layer says otherwise."""
        return self._collected(lambda layer: layer.parameters)

    @property
    def lowering_key(self) -> object:
        """What ``emit`` depends on beside the weights: a model is lowered anew when it changes."""
        if is_python(type(self)):
            return python_key(self)
        within = self.tracked_layers()
        return (self._trainable, *(layer.lowering_key for layer in within)) if within else self._trainable

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

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """On KerasTensors: extend the graph. On arrays: the layer's output as a Tensor, weights created if need be.

        ``training`` says whether dropout and its like act; on KerasTensors it fixes that for good.

        Raises:
            NotImplementedError: for a Python ``call`` that cannot be traced.
            ValueError: for inputs that do not fit.
        """
        return called(self, args, kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """What a layer of one's own computes, by layers and the operations of ``denim.ops``; here, what the class
        emits.
        """
        builder = current_builder()
        inputs, training = plain_arguments(self, args, kwargs)
        if builder is None:
            return self.pack_outputs(self._call_arrays(inputs, bool(training)))
        return emitted(self, builder, inputs, training)

    @property
    def supports_masking(self) -> bool:
        """Whether what the layer makes may have a mask: that of its input, or what ``compute_mask`` says."""
        chosen: bool | None = vars(self).get("_supports_masking")
        return self.keeps_mask or computes_mask(self) if chosen is None else chosen

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        self._supports_masking = bool(value)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of what the layer makes, by those of its inputs; None where all steps count."""
        return previous_mask

    def call_symbolic(self, inputs: Any, training: bool | None) -> Any:
        """Extend the graph by a call on KerasTensors."""
        tensors = tuple(flatten(inputs))
        shapes = tuple(tensor.shape for tensor in tensors)
        self.check_inputs(shapes)
        self.build_for(shapes)
        dtype = self.output_dtype(tensors[0].dtype)
        outputs = tuple(KerasTensor(shape, dtype) for shape in self.output_shapes(shapes))
        call = Call(self, tensors, outputs, len(self._calls) + self.first_call_index, training)
        for output in outputs:
            output.call = call
        self._calls.append(call)
        return self.pack_outputs(list(outputs))

    @property
    def builds_by_call(self) -> bool:
        """Whether ``build`` has nothing to do but what a call does."""
        return False

    def build_for(self, shapes: tuple[BatchShape, ...]) -> None:
        """``build`` for inputs of these shapes, unless it is built."""
        if not self.built:
            self.build(list(shapes) if self.takes_list else shapes[0])
        for layer in self.tracked_layers():
            if not layer.built:  # an activation that is a layer
                layer.enter_scope(self)
                layer.build_for(self.output_shapes(shapes))

    def _call_arrays(self, inputs: Any, training: bool) -> list[np.ndarray]:
        parts = tuple(inputs) if self.takes_list else (inputs,)
        arrays = tuple(converted(part, "x") for part in parts)
        self.check_inputs(tuple(array.shape for array in arrays))
        shapes = [(None, *array.shape[1:]) for array in arrays]
        with unbuilt_if_refused(self):
            self.build_for(tuple(shapes))
            builder = ProgramBuilder(self.dtype)
            dtype = INDICES if self.reads_indices else self.dtype
            sources = tuple(_fed(builder, f"input_{i}", array, dtype) for i, array in enumerate(arrays))
            masks = {source: mask_of(part) for source, part in zip(sources, parts, strict=True)}
            for source, mask in masks.items():
                if mask is not None:
                    builder.set_mask(source, _fed(builder, f"mask_{source}", mask, self.dtype))
                    arrays = (*arrays, np.asarray(mask))
            outputs = run_lowered(builder.lowered(*self.emit_all(builder, sources)), arrays, training)
        return [output.astype(self.output_dtype(arrays[0].dtype.name), copy=False) for output in outputs]

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

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output's shape for inputs of this shape, batch axis first in both."""
        if is_python(type(self)):
            return traced_shape(self, input_shape)
        return batch_shape(input_shape, "input_shape")

    def output_shapes(self, shapes: tuple[BatchShape, ...]) -> tuple[BatchShape, ...]:
        """``compute_output_shape`` for all inputs and outputs."""
        return (self.compute_output_shape(shapes[0]),)

    @property
    def dtype_policy(self) -> DTypePolicy:
        """The policy of its dtype."""
        return DTypePolicy(self.variable_dtype)

    @property
    def variable_dtype(self) -> str:
        """What its weights are made in."""
        return self.dtype

    @property
    def compute_dtype(self) -> str:
        """What it computes in: the same."""
        return self.dtype

    def output_dtype(self, received: str) -> str:
        """The dtype of what a call makes of a first input of dtype ``received``."""
        return self.dtype

    def pack_outputs(self, values: list[Any]) -> Any:
        """What a call returns: the one output, or the list of them."""
        return single_or_list(values)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """Add this layer's nodes, reading nodes ``inputs``; returns the index of the node that is its output."""
        raise NotImplementedError(f"Layer {type(self).__name__} does not have a `call()` method implemented.")

    def emit_all(self, builder: ProgramBuilder, inputs: tuple[int, ...]) -> tuple[int, ...]:
        """``emit`` for all outputs."""
        return (self.emit(builder, *inputs),)

    def emit_call(self, builder: ProgramBuilder, inputs: tuple[int, ...]) -> tuple[int, ...]:
        """``emit_all``, what the activity regularizer adds to the loss, and the masks of the outputs."""
        outputs = self.emit_all(builder, inputs)
        if self.activity_regularizer is not None:
            for output in outputs:
                penalize(builder, self.activity_regularizer, output, self.name)
        carry_on(self, builder, inputs, outputs)
        return outputs

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
        penalty = regularizers.serialize(self.activity_regularizer)
        further = {} if penalty is None else {"activity_regularizer": penalty}
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype, **further}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new layer with this configuration."""
        dtype = config.get("dtype")
        # Keras writes a policy around the dtype's name.
        return cls(**config | ({"dtype": dtype["config"]["name"]} if isinstance(dtype, dict) else {}))

    def get_build_config(self) -> dict[str, Any] | None:
        """The shape the layer was built for."""
        return None if self._build_shape is None else {"input_shape": list(self._build_shape)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build for the shape in what ``get_build_config`` gave, or in what Keras wrote."""
        shape = config.get("input_shape") or next(iter((config.get("shapes_dict") or {}).values()), None)
        if shape is not None and not self.built:
            self.build(shape if is_nested_shape(shape) else tuple(shape))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


_HOLDERS = (Layer, Variable, list, tuple, dict)
"""What an attribute may be that holds layers or variables."""


def single_or_list(values: Sequence[Any]) -> Any:
    """The one value, or a list of several."""
    return values[0] if len(values) == 1 else list(values)


def _fed(builder: ProgramBuilder, name: str, array: Any, dtype: str) -> int:
    sample = known_sizes(sample_shape(array.shape[1:], "The shape of a sample"), name)
    return builder.add(InputNode(name, sample, dtype))


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
