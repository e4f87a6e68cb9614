"""Model: a graph of layers, trained and run as one."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.data.arrays import converted, is_array_like
from denim.data.ends import Ends
from denim.data.feeding import shape_advice
from denim.data.frames import is_frame
from denim.data.structure import flatten, is_nested, map_structure, pack_as
from denim.data.texts import TEXTS, text_array
from denim.layers.base import Layer, single_or_list
from denim.layers.calling import add_own_penalties, input_node, is_python, python_key
from denim.layers.lengths import is_open, samples_made
from denim.layers.raw import Entries, Entry, Raw
from denim.layers.running import run
from denim.layers.symbolic import BatchShape, KerasTensor, common_dtype
from denim.layers.undoing import unbuilt_if_refused
from denim.models import configuration
from denim.models.entering import entered
from denim.models.graph import Graph, reads_raw, trace
from denim.models.lowerings import Lowerings, fed_samples
from denim.models.shortcut import FEW_ROWS
from denim.models.subclassing import connected, inputs_like, inputs_of, output_names
from denim.models.training import Trainer
from denim.naming import auto_name
from denim.ops.operators import Symbolic
from denim.ops.tensor import Tensor
from denim.ops.tensor import tensor as as_tensor
from denim.ops.traced import WithoutNumbers
from denim.ops.tracing import current_builder
from denim.program.builder import Lowered, ProgramBuilder
from denim.program.nodes import Shape
from denim.saving.custom_objects import custom_object_scope
from denim.suggest import did_you_mean
from denim.variables import Variable

if TYPE_CHECKING:
    from denim.export.int8_report import Int8Report


class Model(Layer, Trainer):
    """Everything between some inputs and some outputs.

    Args:
        inputs: a KerasTensor, usually from ``Input``, or a list of them.
        outputs: a KerasTensor made from them, or a list of them.
        name: counted up from "functional" if left out.
        trainable: whether training changes the layers' weights.

    Raises:
        TypeError: for inputs or outputs that are no KerasTensors.
        ValueError: if an output does not come from the inputs, or layers share a name or differ in dtype.

    Source: https://keras.io/api/models/model/
    """

    def __init__(
        self, inputs: Any = None, outputs: Any = None, name: str | None = None, *, trainable: bool = True, **kwargs: Any
    ) -> None:
        self._lowered = Lowerings()
        self._entries: list[Entry] | None = None
        self._graph: Graph | None = None
        if inputs is None and outputs is None and type(self) is not Model:
            Layer.__init__(self, name=name, trainable=trainable, **kwargs)
            Trainer.__init__(self)
            self._internal = frozenset(vars(self))
            return
        if inputs is None or outputs is None:
            raise ValueError(
                f"{type(self).__name__}() needs `inputs` and `outputs`, or a class of its own with a `call`. Received: "
                f"inputs={inputs!r}, outputs={outputs!r}"
            )
        graph = trace(_tensors(inputs, "inputs"), _tensors(outputs, "outputs"))
        _warn_of_other_names(inputs)
        dtype = common_dtype(graph.layers)
        if name is None and type(self) is Model:
            name = auto_name("functional")
        Layer.__init__(self, name=name, dtype=dtype, **kwargs)
        Trainer.__init__(self)
        self._graph = graph
        self.nesting = (map_structure(_itself, inputs), map_structure(_itself, outputs))
        self.built = True
        if not trainable:
            self.trainable = False

    first_call_index = 1
    """Keras counts a functional model's own graph as its first call."""

    preparation: Any = None
    """A ``denim.preparation.Preparation`` where the model knows what its inputs are made of; saved with it."""

    @property
    def graph(self) -> Graph:
        """The graph.

        Raises:
            AttributeError: if there is none yet, as when Keras is asked for the inputs of an unbuilt model.
        """
        if self._graph is None:
            raise AttributeError(
                f"{type(self).__name__} model {self.name!r} has no defined inputs yet: its input shape is unknown. "
                "Begin it with `Input(shape=...)`, call `build(input_shape)`, or call it on data."
            )
        return self._graph

    nesting: tuple[Any, Any] = (None, None)
    """The inputs and the outputs, in the containers that they were given in."""

    # Structure

    @property
    def layers(self) -> list[Layer]:
        """Every layer once, InputLayers included; of a model with a ``call``, those in its attributes."""
        if self.is_python:
            return self.tracked_layers()
        return [layer for layer in self.graph.layers if not layer.is_operation]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError(
            f"`{type(self).__name__}.layers` attribute is reserved and should not be used. Please use another name."
        )

    @property
    def is_python(self) -> bool:
        """Whether the model computes by a Python ``call``."""
        return is_python(type(self))

    def tracked_layers(self) -> list[Layer]:
        """``layers``, and what else stands in attributes."""
        within = super().tracked_layers()
        graph = [] if self._graph is None or self.is_python else list(self._graph.layers)
        return list({id(layer): layer for layer in (*graph, *within)}.values())

    @property
    def inputs(self) -> list[KerasTensor]:
        """The tensors that are fed."""
        return list(self.graph.inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The tensors that come back."""
        return list(self.graph.outputs)

    @property
    def input(self) -> Any:
        """The input, or the inputs in the containers that they were given in."""
        return pack_as(self.nesting[0], self.inputs)

    @property
    def output(self) -> Any:
        """The output, or the outputs in the containers that they were given in."""
        return pack_as(self.nesting[1], self.outputs)

    @property
    def input_ends(self) -> Ends:
        """What the inputs are called and how they are nested."""
        if not self.built:
            return Ends(("x",), self.nesting[0], frozenset({0} if self._begins_with_texts else ()))
        texts = frozenset(i for i, tensor in enumerate(self.inputs) if tensor.dtype == TEXTS)
        return Ends(tuple(tensor.name for tensor in self.inputs), self.nesting[0], texts)

    @property
    def _begins_with_texts(self) -> bool:
        return not self.is_python and bool(self.layers) and self.layers[0].raw_dtype == TEXTS

    @property
    def output_ends(self) -> Ends:
        """What the outputs are called and how they are nested."""
        names = self.output_names if self.built else [layer.name for layer in self.layers[-1:]] or ["y"]
        return Ends(tuple(names), self.nesting[1], numbered=self.is_python and not isinstance(self.nesting[1], Mapping))

    @property
    def input_shape(self) -> Any:
        """The input's shape with None for the batch; a list for several inputs."""
        return single_or_list([tensor.shape for tensor in self.inputs])

    @property
    def output_shape(self) -> Any:
        """The output's shape with None for the batch; a list for several outputs."""
        return single_or_list([tensor.shape for tensor in self.outputs])

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that make the outputs."""
        if self.is_python:
            return output_names(self, self.nesting[1])
        return [tensor.name if tensor.call is None else tensor.call.layer.name for tensor in self.outputs]

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [tensor.name for tensor in self.inputs]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of this name, or at this place in ``layers``.

        Raises:
            ValueError: if there is none, or not exactly one of name and index is given.
        """
        if (name is None) == (index is None):
            raise ValueError(f"Provide either a layer name or a layer index. Received: name={name!r}, index={index!r}")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model {self.name!r} only has {len(layers)} "
                    "layers."
                )
            return layers[index]
        names = [layer.name for layer in layers]
        if name not in names:
            raise ValueError(f"No such layer: {name}. Existing layers are: {names}.{did_you_mean(name, names)}")
        return layers[names.index(name)]

    # Weights

    @property
    def weights(self) -> list[Variable]:
        """All variables of all layers, each once, in the order of ``layers``."""
        return self._collected(lambda layer: layer.weights)

    @property
    def lowering_key(self) -> object:
        """That of every layer."""
        if self.is_python:
            return python_key(self)
        return tuple(layer.lowering_key for layer in self.layers)

    # Running

    @property
    def reads_raw(self) -> bool:  # type: ignore[override]
        """Whether its inputs may be texts, which a layer within reads."""
        return not self.is_python

    @property
    def prepares_inputs(self) -> bool:
        """Whether a layer reads inputs as they were handed over, so that its Program is fed with something else."""
        return reads_raw(self.layers) if self._graph is None else self._graph.reads_raw

    @property
    def entries(self) -> list[Entry] | None:
        """What each of its Program's inputs is fed with; None where that is the model's inputs."""
        if not self.prepares_inputs:
            return None
        self.lower()
        return self._entries

    def lower(self, shapes: Sequence[tuple[int, ...]] | None = None) -> Lowered:
        """The model as nodes and parameters; the same object until its graph, a flag or a layer's constants change.

        Its ``inference`` is another Program where a ``call`` asks whether it is training.

        Args:
            shapes: of the arrays that come in, for inputs with a size that is None: there is a Program for each.

        Raises:
            ValueError: for arrays that do not fit, or without shapes where a size is None.
        """
        graph, parameters = self.graph, self.parameters
        samples = fed_samples(graph.inputs, shapes)
        key = (graph, self.lowering_key, tuple((id(v), v.trainable) for v in parameters))
        return self._lowered.get(key, samples, self._lowered_for)

    def _lowered_for(self, samples: tuple[Shape, ...]) -> Lowered:
        lowered, reads_phase, self._entries = self._lowered_in(True, samples)
        return replace(lowered, inference=self._lowered_in(False, samples)[0]) if reads_phase else lowered

    def _lowered_in(self, phase: bool, samples: tuple[Shape, ...]) -> tuple[Lowered, bool, list[Entry] | None]:
        """The nodes for training or for predicting, whether something asked for which, and the entries."""
        builder = ProgramBuilder(self.dtype, phase)
        for variable in self.parameters:
            builder.parameter(variable)
        inputs, entries = self._input_nodes(builder, samples)
        outputs = self.graph.emit(builder, inputs)
        add_own_penalties(builder, self.parameters)
        builder.use_all_parameters()
        return builder.lowered(*outputs), builder.reads_phase, entries

    def _input_nodes(self, builder: ProgramBuilder, samples: Sequence[Shape]) -> tuple[list[Any], list[Entry] | None]:
        """A node for each input, or, where layers read them raw, what knows how to make one, and the entries made."""
        graph = self.graph
        fed = [(x, sample, graph.holds_indices(x)) for x, sample in zip(graph.inputs, samples, strict=True)]
        if not graph.reads_raw:
            return [builder.add(input_node(x, sample, self.dtype, indices)) for x, sample, indices in fed], None
        entries = Entries(builder)
        return [Raw(entries, i, *each) for i, each in enumerate(fed)], entries.found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """On KerasTensors: extend the graph. On arrays: the model's outputs as Tensors; see ``Layer``."""
        training = kwargs.get("training") if kwargs else None
        if training is None or training is False:
            if len(args) == 1:
                shortcut = self._execution.call_few
                few = shortcut(self._graph, args[0])
                if few is not None:
                    return few
            if self.is_python and self._runs_whole(args, kwargs):
                return self._on_arrays(args[0], False)
        elif training is True and self.is_python and self._runs_whole(args, kwargs):
            return self._on_arrays(args[0], True)
        if args and self.built and not self.is_python and any(isinstance(x, KerasTensor) for x in flatten(args[0])):
            args = (single_or_list(self.input_ends.arranged(args[0], "inputs")), *args[1:])
        return super().__call__(*args, **kwargs)

    def _runs_whole(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a call with a Python ``call`` is one of arrays alone, which the engine runs."""
        arrays = flatten(args)
        return (
            len(args) == 1
            and not set(kwargs) - {"training"}
            and current_builder() is None
            and not any(isinstance(each, (Symbolic, WithoutNumbers)) for each in arrays)
        )

    def _on_arrays(self, inputs: Any, training: bool) -> Any:
        with unbuilt_if_refused(self):
            self.meet(inputs)
            return self.pack_outputs([as_tensor(y) for y in self._call_arrays(inputs, training)])

    def meet(self, inputs: Any) -> None:
        """Let a model with a ``call`` find its graph from the first arrays it sees; others know theirs or are built."""
        if self._graph is None and self.is_python:
            nested = is_nested(inputs) and any(is_array_like(leaf) for leaf in flatten(inputs))
            self._connect_python(inputs_like(inputs if nested else converted(inputs, "x"), self.dtype))

    def _connect_python(self, inputs: Any) -> None:
        self._graph, taken, made = connected(self, inputs)
        self.nesting = (taken, made)
        self.built = True

    def _call_arrays(self, inputs: Any, training: bool) -> list[np.ndarray]:
        texts = self.input_ends.texts
        arrays = tuple(
            text_array(part, "x") if i in texts else converted(part, "x") for i, part in enumerate(self._parts(inputs))
        )
        self.check_inputs(tuple(array.shape for array in arrays))
        with unbuilt_if_refused(self):
            if not self.built:
                self.build((None, *arrays[0].shape[1:]))
            if len({len(array) for array in arrays}) > 1:
                raise ValueError(f"All inputs must have the same number of rows. Received: {[len(a) for a in arrays]}")
            lowered = self.lower([array.shape for array in arrays])
            lowered = lowered if training else lowered.predicting
            program = self._execution.program(lowered)
            parameters = self._execution.state(lowered, program).parameters
            entries = self.entries
            fed = arrays if entries is None else entered(entries, arrays)
            outputs = run(self._execution.executable(program), parameters, fed, training)
            if len(arrays[0]) <= FEW_ROWS and not training:
                execution = self._execution
                execution.call_few = execution.shortcut(self.graph, lowered, program, self.pack_outputs, Tensor)
            return self.graph.typed(outputs)

    def _parts(self, inputs: Any) -> list[Any]:
        """The arrays for the inputs; lists of numbers are one array, where there is one input and no list."""
        nested = self.built and (len(self.inputs) > 1 or isinstance(inputs, Mapping) or is_nested(self.nesting[0]))
        if not nested or not (is_nested(inputs) or is_frame(inputs)):
            return [inputs]
        return self.input_ends.arranged(inputs, "inputs")

    def build(self, input_shape: Any = None) -> None:
        """Create the weights of a model with a ``call``, for inputs of this shape or these shapes, batch axis first.

        A functional model is built already.
        """
        if self.is_python and self._graph is None and not self.built:
            if input_shape is None:
                raise ValueError(f"{self.name!r}: build() needs an input_shape, such as (None, 784).")
            self._connect_python(inputs_of(input_shape, self.dtype))

    @property
    def builds_by_call(self) -> bool:
        """Whether only the layers within are to be built, which a call does."""
        return type(self).build is Model.build

    def build_from(self, x_shape: tuple[int, ...]) -> None:
        """``build`` for an array of this shape: any number of rows."""
        self.build((None, *x_shape[1:]))

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """As many inputs as the model has, each of its shape; any number of rows."""
        expected = self.inputs
        if len(shapes) != len(expected):
            raise ValueError(
                f"Model {self.name!r} expects {len(expected)} input(s) {[t.name for t in expected]}, but it received "
                f"{len(shapes)}."
            )
        for tensor, shape in zip(expected, shapes, strict=True):
            if not _fits(shape, tensor.shape):
                raise ValueError(
                    f"{type(self).__name__} {self.name!r} was passed incompatible inputs. For input {tensor.name!r}, "
                    f"expected shape {tensor.shape}, but received instead a tensor with shape {shape}."
                    + shape_advice(shape, tensor.shape[1:])
                )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output's shape; lists of shapes for several inputs or outputs."""
        several = len(self.inputs) > 1
        return single_or_list(list(self.output_shapes(tuple(input_shape) if several else (tuple(input_shape),))))

    def output_shapes(self, shapes: tuple[BatchShape, ...]) -> tuple[BatchShape, ...]:
        """The outputs' shapes with the inputs' batch size."""
        samples = [tensor.shape[1:] for tensor in self.outputs]
        if any(is_open(tensor.shape) for tensor in self.outputs):
            samples = samples_made(shapes, self._samples_made)
        return tuple((shapes[0][0], *sample) for sample in samples)

    def _samples_made(self, samples: list[Shape]) -> list[Shape]:
        builder = ProgramBuilder(self.dtype)
        return [builder.shape(node) for node in self.graph.emit(builder, self._input_nodes(builder, samples)[0])]

    def pack_outputs(self, values: list[Any]) -> Any:
        """The outputs in the containers that the model was made with; as in Keras, an array is not alone in a list."""
        nesting = self.nesting[1]
        if nesting is None or type(nesting) is KerasTensor:
            return values[0]
        packed = pack_as(nesting, values)
        if self.is_python:
            return packed
        if isinstance(packed, (list, tuple)) and len(packed) == 1 and not isinstance(values[0], KerasTensor):
            return packed[0]
        return packed

    def emit_all(self, builder: ProgramBuilder, inputs: tuple[int, ...]) -> tuple[int, ...]:
        """The nodes of every layer: within another model it is as if they stood there themselves."""
        return self.graph.emit(builder, inputs)

    # Looking

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print a table of the layers, their output shapes and numbers of parameters.

        Args:
            line_length: columns of the table; 88 or what the terminal has, if that is less.
            positions: where each column ends, as a fraction of the line.
            print_fn: called once with the whole text instead of printing it.
            expand_nested: list the layers of models within.
            show_trainable: add a column that says Y or N.
            layer_range: names (or patterns) of the first and the last layer to list.

        Raises:
            ValueError: if the line is too short or a name of layer_range matches no layer.
        """
        from denim.models.summary import print_summary

        print_summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)

    # Saving

    def save(
        self, filepath: str | os.PathLike[str], overwrite: bool = True, zipped: bool | None = None, **further: Any
    ) -> None:
        """Write the whole model to a ".keras" or ".h5" file, which Keras opens too: see ``saving.save_model``."""
        from denim.saving.model_files import save_model

        save_model(self, filepath, overwrite, zipped, **further)

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the weights to a ".weights.h5" file: see ``saving.save_weights``."""
        from denim.saving.weight_files import save_weights

        save_weights(self, filepath, overwrite)

    def load_weights(
        self, filepath: str | os.PathLike[str], skip_mismatch: bool = False, by_name: bool | None = None
    ) -> None:
        """Take weights from a ".weights.h5", ".keras" or ".h5" file: see ``saving.load_weights``."""
        from denim.saving.weight_files import load_weights

        load_weights(self, filepath, skip_mismatch, by_name=by_name)

    def to_json(self, **options: Any) -> str:
        """The configuration as JSON, for ``models.model_from_json``; ``options`` are those of ``json.dumps``."""
        from denim.saving.model_files import model_to_json

        return model_to_json(self, **options)

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str | None = None,
        verbose: bool | None = None,
        *,
        weights: str | None = None,
        data: Any = None,
    ) -> Int8Report | None:
        """Write what the model computes, as ONNX (".onnx") or as C (".c"): see ``export.files.export_model``."""
        from denim.export.files import export_model

        return export_model(self, filepath, format, verbose, weights=weights, data=data)

    def to_keras(self, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The same model in Keras itself, where it is installed: see ``export.keras_model.to_keras``."""
        from denim.export.keras_model import to_keras

        return to_keras(self, custom_objects)

    # Configuration

    def get_build_config(self) -> dict[str, Any] | None:
        """Nothing that a graph would not say itself; of a model with a ``call`` the shapes it was built for."""
        if self.is_python:
            return None if self._graph is None else {"input_shape": map_structure(_shape_of, self.nesting[0])}
        return {"input_shape": None}

    def get_config(self) -> dict[str, Any]:
        """Layers and connections, as data; of a model with a ``call`` what every layer has."""
        if self.is_python:
            return super().get_config()
        return configuration.functional_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """A new model of this configuration, with new weights; ``custom_objects`` are classes by name."""
        with custom_object_scope(custom_objects or {}):
            if is_python(cls) or "layers" not in config:
                return super().from_config(config)
            return configuration.functional_from_config(cls, config)


def _fits(shape: BatchShape, expected: BatchShape) -> bool:
    """Whether each size is the one that is expected, the batch's apart; None is any."""
    return len(shape) == len(expected) and all(
        a == b or None in (a, b) for a, b in zip(shape[1:], expected[1:], strict=True)
    )


def _shape_of(tensor: KerasTensor) -> list[int | None]:
    return list(tensor.shape)


def _tensors(value: Any, what: str) -> list[KerasTensor]:
    values = flatten(value)
    for item in values:
        if not isinstance(item, KerasTensor):
            hint = ""
            if isinstance(item, Layer):
                hint = f" Pass `{item.name}.output`, or what calling the layer returned."
            raise TypeError(
                f"Model: `{what}` must be KerasTensors, such as Input(...) returns. Received: {item!r}.{hint}"
            )
    if not values:
        raise ValueError(f"Model: `{what}` must hold at least one KerasTensor. Received: {value!r}")
    if len({id(item) for item in values}) < len(values) and what == "inputs":
        raise ValueError(f"Model: every tensor of `inputs` must be there once. Received: {value!r}")
    return values


def _itself(tensor: KerasTensor) -> KerasTensor:
    return tensor


def _warn_of_other_names(inputs: Any) -> None:
    """Keras takes data by the keys of a dict of inputs, and says so where the inputs have other names."""
    for key, tensor in inputs.items() if isinstance(inputs, Mapping) else ():
        if isinstance(tensor, KerasTensor) and key != tensor.name:
            warnings.warn(
                "When providing `inputs` as a dict, all keys in the dict must match the names of the corresponding "
                f"tensors. Received key {key!r} for {tensor!r}. Name it so: Input(..., name={key!r}).",
                stacklevel=3,
            )
