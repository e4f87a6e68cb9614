"""Sequential: a chain of layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from denim.layers.base import Layer
from denim.layers.core import InputLayer
from denim.layers.raw import Entry
from denim.layers.symbolic import BatchShape, KerasTensor, batch_shape, common_dtype
from denim.layers.undoing import unbuilt_if_refused
from denim.models import configuration
from denim.models.graph import Graph, trace
from denim.models.lowerings import Lowerings
from denim.models.model import Model
from denim.models.training import Trainer
from denim.naming import auto_name
from denim.saving.custom_objects import custom_object_scope


class Sequential(Model):
    """Layers one after the other: each reads what the one before it made.

    Args:
        layers: layers, or first an ``Input``. Without an Input the weights are made at the first call or fit.
        trainable: whether training changes the layers' weights.
        name: counted up from "sequential" if left out.

    Raises:
        ValueError: for something that is not a layer, a second Input, or a name used twice.

    Source: https://keras.io/api/models/sequential/
    """

    first_call_index = 0

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None) -> None:
        if isinstance(layers, (Layer, KerasTensor)):
            raise ValueError(f"Sequential takes a list of layers. Received: {layers!r}. Write Sequential([...]).")
        chain: list[Layer] = []
        for item in layers or ():
            chain = _extended(chain, item, name or "sequential")
        Layer.__init__(self, name=name)
        Trainer.__init__(self)
        self._chain: list[Layer] = []
        self._graph: Graph | None = None
        self._lowered = Lowerings()
        self._entries: list[Entry] | None = None
        self._rebuild(chain)
        if not trainable:
            self.trainable = False

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the InputLayer."""
        return [layer for layer in self._chain if not isinstance(layer, InputLayer)]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError(
            "`Sequential.layers` attribute is reserved and should not be used. Use `add()` and `pop()` to change the "
            "layers in this model."
        )

    def tracked_layers(self) -> list[Layer]:
        """``layers``."""
        return self.layers if "_chain" in vars(self) else []

    @property
    def chain(self) -> list[Layer]:
        """The layers in order, with the InputLayer if there is one."""
        return list(self._chain)

    def add(self, layer: Any) -> None:
        """Append a layer.

        Raises:
            ValueError: if it is not a layer, its name is taken, or it cannot take what the last layer makes. The model
                is then unchanged.
        """
        self._rebuild(_extended(self._chain, layer, self.name))

    def pop(self) -> Layer:
        """Take the last layer away and return it.

        Raises:
            ValueError: if there is none.
        """
        if not self.layers:
            raise ValueError(f"Sequential model {self.name!r} has no layers to pop.")
        last = self._chain[-1]
        self._rebuild(self._chain[:-1])
        return last

    def build(self, input_shape: Any = None) -> None:
        """Create the weights for inputs of this shape, batch axis first.

        Raises:
            ValueError: if the model has no layers or was built for another shape.
        """
        if not self.layers:
            raise ValueError(
                f"Sequential model {self.name!r} cannot be built because it has no layers. Call `model.add(layer)`."
            )
        if input_shape is None:
            if not self.built:
                raise ValueError(f"Sequential model {self.name!r}: build() needs an input_shape, such as (None, 784).")
            return
        shape = batch_shape(input_shape, "input_shape")
        if self.built:
            if shape[1:] != self.input_shape[1:]:
                raise ValueError(
                    f"Sequential model {self.name!r} has already been configured to use input shape "
                    f"{self.input_shape}. You cannot build it with input_shape {shape}."
                )
            return
        self._rebuild([_entrance(shape, self.layers[0]), *self._chain])

    def build_from(self, x_shape: tuple[int, ...]) -> None:
        """``build`` for an array of this shape: any number of rows."""
        self.build((None, *x_shape[1:]))

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """Any single input before it is built; then one of the shape it was built for."""
        if self.built:
            super().check_inputs(shapes)
        else:
            Layer.check_inputs(self, shapes)

    def _rebuild(self, chain: list[Layer]) -> None:
        """Connect the layers anew, if the input's shape is known."""
        graph = None
        with unbuilt_if_refused(self, *chain):
            if len(chain) > 1 and isinstance(chain[0], InputLayer):
                graph = self._connect(chain)
            elif chain and isinstance(chain[0], Model) and chain[0].built:
                chain = [InputLayer(batch_shape=chain[0].input_shape, dtype=chain[0].dtype), *chain]
                graph = self._connect(chain)
        self._chain, self._graph, self.built = chain, graph, graph is not None

    def _connect(self, chain: list[Layer]) -> Graph:
        dtype = common_dtype(chain)
        auto_name("functional")  # Keras numbers the functional model within, so that later ones are named alike.
        first = chain[0].output
        tensor = first
        for layer in chain[1:]:
            layer.enter_scope(self)
            tensor = layer(tensor)
        self.dtype = dtype
        return trace([first], [tensor])

    def get_build_config(self) -> dict[str, Any] | None:
        """The shape the model was built for."""
        return {"input_shape": list(self.input_shape)} if self.built else None

    def get_config(self) -> dict[str, Any]:
        """The layers' configurations, and the input's shape."""
        return configuration.sequential_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """A new model of this configuration, with new weights; ``custom_objects`` are classes by name."""
        with custom_object_scope(custom_objects or {}):
            return configuration.sequential_from_config(cls, config)


def _extended(chain: list[Layer], item: Any, name: str) -> list[Layer]:
    """The chain with one more layer."""
    layer = item
    if isinstance(item, KerasTensor) and item.call is not None and not item.call.inputs:
        layer = item.call.layer
    if not isinstance(layer, Layer):
        raise ValueError(
            f"Only instances of `keras.Layer` can be added to a Sequential model. Received: {item!r} (of type "
            f"{type(item)}).{_hint(item)}"
        )
    if isinstance(layer, InputLayer) and chain:
        if isinstance(chain[0], InputLayer):
            raise ValueError(
                f"Sequential model {name!r} has already been configured to use input shape {chain[0].batch_shape}. You "
                "cannot add a different Input layer to it."
            )
        raise ValueError(f"Sequential model {name!r}: the Input comes first, before {chain[0].name!r}.")
    if any(layer.name == other.name and layer is not other for other in chain):
        raise ValueError(
            f"All layers added to a Sequential model should have unique names. Name {layer.name!r} is already the name "
            "of a layer in this model. Update the `name` argument to pass a unique name."
        )
    if not chain and layer.first_shape is not None:
        return [_entrance(layer.first_shape, layer), layer]
    return [*chain, layer]


def _entrance(shape: BatchShape, first: Layer) -> InputLayer:
    return InputLayer(batch_shape=shape, dtype=first.raw_dtype or first.dtype)


def _hint(item: Any) -> str:
    if isinstance(item, type) and issubclass(item, Layer):
        return f" This is the class; make a layer of it: {item.__name__}(...)."
    if isinstance(item, KerasTensor):
        return " This tensor is what a layer made; pass the layer, or use Model(inputs, outputs)."
    if isinstance(item, (list, tuple)):
        return " Pass the layers one by one, or unpack the list with *."
    return ""
