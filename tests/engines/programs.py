"""Small programs with feeds and initial states, for comparing engines. Seeded; no engine is mentioned.

A case trains three steps, the last of them with a short batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle

import numpy as np

from denim.data.feed import Feed
from denim.engines.protocol import State
from denim.program.buffer import flat_buffer
from denim.program.formulas.optimizers import initial_slots
from denim.program.nodes import (
    Activation,
    AffineScaling,
    BatchNormalization,
    Dense,
    Dropout,
    Embedding,
    Input,
    LayerNormalization,
    Node,
    Reshape,
    Weight,
)
from denim.program.program import Program
from denim.program.random import Permutation, RandomStream
from denim.program.specs import Head, Loss, Metric, Optimizer, Parameter, Regularizer

WIDTHS = (1, 2, 3, 7, 8, 9, 16, 17, 24, 25, 31, 33, 100, 130)
BATCHES = (1, 2, 5, 32, 33)


@dataclass(frozen=True)
class Case:
    """A program, rows for it and where its training begins."""

    name: str
    program: Program
    feed: Feed
    batch_size: int
    order: Permutation | None
    state: State
    learning_rates: np.ndarray | None = None

    def fresh_state(self) -> State:
        """A copy of the initial state, in aligned buffers of its own."""
        parameters = flat_buffer(self.program)
        parameters[...] = self.state.parameters
        slots = tuple(flat_buffer(self.program) for _ in self.state.slots)
        for copy, slot in zip(slots, self.state.slots, strict=True):
            copy[...] = slot
        return State(parameters, slots, self.state.iterations, self.state.learning_rate, self.state.key)


@dataclass
class Draft:
    """Nodes and parameters while a program is being written; each method returns a node's index."""

    dtype: str = "float32"
    nodes: list[Node] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    widths: list[tuple[int, ...]] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    sites: int = 0

    def add_node(self, node: Node, shape: tuple[int, ...]) -> int:
        """Any node whose tensor has this shape."""
        return self._add(node, shape)

    def _add(self, node: Node, shape: tuple[int, ...]) -> int:
        self.nodes.append(node)
        self.widths.append(shape)
        return len(self.nodes) - 1

    def input(self, *shape: int, dtype: str | None = None) -> int:
        return self._add(Input(f"input_{len(self.nodes)}", shape, dtype or self.dtype), shape)

    def parameter(
        self,
        shape: tuple[int, ...],
        trainable: bool = True,
        regularizer: Regularizer | None = None,
        decays: bool = True,
    ) -> int:
        name = f"parameter_{len(self.parameters)}"
        self.parameters.append(Parameter(name, shape, trainable, regularizer, decays))
        return len(self.parameters) - 1

    def dense(
        self,
        x: int,
        units: int,
        *,
        bias: bool = True,
        trainable: bool = True,
        kernel_regularizer: Regularizer | None = None,
        bias_regularizer: Regularizer | None = None,
        bias_decays: bool = True,
    ) -> int:
        shape = self.widths[x]
        kernel = self.parameter((shape[-1], units), trainable, kernel_regularizer)
        offset = self.parameter((units,), trainable, bias_regularizer, bias_decays) if bias else None
        return self._add(Dense(f"dense_{len(self.nodes)}", x, units, kernel, offset), (*shape[:-1], units))

    def again(self, dense: int, x: int) -> int:
        """The Dense node ``dense`` applied once more, with the same kernel."""
        node = self.nodes[dense]
        assert isinstance(node, Dense)
        shape = (*self.widths[x][:-1], node.units)
        return self._add(Dense(f"{node.name}_again", x, node.units, node.kernel, node.bias), shape)

    def activation(self, x: int, function: str, alpha: float | None = None) -> int:
        return self._add(Activation(f"{function}_{len(self.nodes)}", x, function, alpha), self.widths[x])

    def dropout(self, x: int, rate: float, seed: int | None = None) -> int:
        self.sites += 1
        stream = RandomStream(self.sites - 1, seed)
        return self._add(Dropout(f"dropout_{len(self.nodes)}", x, rate, stream), self.widths[x])

    def reshape(self, x: int, *shape: int) -> int:
        return self._add(Reshape(f"reshape_{len(self.nodes)}", x, shape), shape)

    def scaling(self, x: int, **constants: float | tuple[float, ...]) -> int:
        return self._add(AffineScaling(f"scaling_{len(self.nodes)}", x, **constants), self.widths[x])

    def batch_norm(
        self, x: int, *, gamma: bool = True, beta: bool = True, trainable: bool = True, **settings: float | bool
    ) -> int:
        shape = self.widths[x][-1:]
        scale, offset = (self.parameter(shape, trainable) if wanted else None for wanted in (gamma, beta))
        mean, variance = self.parameter(shape, False), self.parameter(shape, False)
        name = f"batch_norm_{len(self.nodes)}"
        return self._add(BatchNormalization(name, x, mean, variance, scale, offset, **settings), self.widths[x])

    def batch_norm_again(self, node: int, x: int) -> int:
        """The BatchNormalization node ``node`` applied once more, with the same parameters."""
        first = self.nodes[node]
        assert isinstance(first, BatchNormalization)
        return self._add(replace(first, name=f"{first.name}_again", input=x), self.widths[x])

    def layer_norm(self, x: int, *, gamma: bool = True, beta: bool = True, epsilon: float = 1e-3) -> int:
        shape = self.widths[x][-1:]
        scale, offset = (self.parameter(shape) if wanted else None for wanted in (gamma, beta))
        name = f"layer_norm_{len(self.nodes)}"
        return self._add(LayerNormalization(name, x, scale, offset, epsilon), self.widths[x])

    def program(self, heads: Sequence[Head], optimizer: Optimizer, outputs: Sequence[int] | None = None) -> Program:
        chosen = tuple(head.output for head in heads) if outputs is None else tuple(outputs)
        parts = (tuple(self.nodes), tuple(self.parameters), chosen, tuple(heads), optimizer)
        return Program(*parts, self.dtype, tuple(self.added))


def labels(output: int, *metrics: Metric, last: bool = False, **settings: object) -> Head:
    """A sparse crossentropy head with its accuracy."""
    loss = Loss("sparse_categorical_crossentropy", **settings)  # type: ignore[arg-type]
    accuracy = Metric("sparse_categorical_accuracy", "accuracy")
    return Head(output, loss, 1.0, (accuracy, *metrics), (1,) if last else ())


def feed_for(
    program: Program, rows: int, rng: np.random.Generator, dtypes: Sequence[str] = ("float32",), weighted: bool = False
) -> Feed:
    """Random rows: input i is of dtype ``dtypes[i % len]``; targets suit each head."""
    kinds = cycle(dtypes)
    tables = {
        node.input: program.parameters[node.table].shape[0] for node in program.nodes if isinstance(node, Embedding)
    }
    inputs = tuple(
        rng.integers(0, tables[i], (rows, *program.shapes[i])).astype(next(kinds))
        if i in tables
        else _numbers((rows, *program.shapes[i]), next(kinds), rng)
        for i in program.inputs
    )
    targets = tuple(_target(program, head, rows, rng) for head in program.heads)
    weights = tuple(rng.uniform(0.1, 2.0, rows).astype("float32") for _ in program.heads) if weighted else ()
    return Feed(rows, inputs, targets, weights)


def _numbers(shape: tuple[int, ...], dtype: str, rng: np.random.Generator) -> np.ndarray:
    if dtype == "uint8":
        return rng.integers(0, 256, shape).astype("uint8")
    if np.dtype(dtype).kind in "iu":
        return rng.integers(-3 if np.dtype(dtype).kind == "i" else 0, 4, shape).astype(dtype)
    if dtype == "bool":
        return rng.random(shape) < 0.5
    return rng.normal(size=shape).astype(dtype)


def _target(program: Program, head: Head, rows: int, rng: np.random.Generator) -> np.ndarray:
    shape, out = (rows, *head.target_shape), program.shapes[head.output]
    names = {metric.function for metric in head.metrics} | ({head.loss.function} if head.loss else set())
    if any(name.startswith("sparse") for name in names):
        return rng.integers(0, out[-1], shape)
    if any(name.startswith("categorical") for name in names):
        return np.eye(out[-1], dtype="float32")[rng.integers(0, out[-1], shape[:-1])]
    if any(name.startswith("binary") for name in names):
        return rng.integers(0, 2, shape)
    return rng.normal(size=shape)


def state_for(program: Program, feed: Feed, rng: np.random.Generator, iterations: int = 0) -> State:
    """Weights that keep activations near 1 whatever the inputs' range."""
    parameters = flat_buffer(program)
    views = program.views(parameters)
    reach = {
        i: max(1.0, float(np.abs(a).max(initial=0.0)) / 2) for i, a in zip(program.inputs, feed.inputs, strict=True)
    }
    for node in program.nodes:
        if isinstance(node, Dense):
            source = node.input
            while isinstance(program.nodes[source], (Reshape, Dropout)):
                source = program.nodes[source].inputs[0]
            scale = np.sqrt(1.0 / program.shapes[node.input][-1]) / reach.get(source, 1.0)
            if not views[node.kernel].any():
                views[node.kernel][...] = rng.normal(scale=scale, size=views[node.kernel].shape)
            if node.bias is not None and not views[node.bias].any():
                views[node.bias][...] = rng.normal(scale=0.1, size=views[node.bias].shape)
        elif isinstance(node, (Embedding, Weight)):
            (index,) = node.parameters
            views[index][...] = rng.normal(size=views[index].shape)
        elif isinstance(node, (BatchNormalization, LayerNormalization)):
            _begin_normalization(node, views, rng)
    assert program.optimizer is not None
    slots = initial_slots(program.optimizer, program)
    return State(
        parameters, slots, iterations, learning_rate=0.01 / max(reach.values()), key=int(rng.integers(0, 2**63))
    )


def _begin_normalization(
    node: BatchNormalization | LayerNormalization, views: list[np.ndarray], rng: np.random.Generator
) -> None:
    """Scales and moving variances near 1, offsets and moving means near 0."""
    moving = (node.mean, node.variance) if isinstance(node, BatchNormalization) else (None, None)
    for near, indices in ((0.0, (node.beta, moving[0])), (1.0, (node.gamma, moving[1]))):
        for index in indices:
            if index is not None:
                views[index][...] = near + rng.uniform(-0.4, 0.4, views[index].shape)


def case(
    name: str,
    program: Program,
    *,
    seed: int,
    batch_size: int = 5,
    dtypes: Sequence[str] = ("float32",),
    weighted: bool = False,
    shuffled: bool = True,
    iterations: int = 0,
    learning_rates: np.ndarray | None = None,
) -> Case:
    """A Case with rows for two full batches and a short one (three of one row where the batch is 1)."""
    rng = np.random.default_rng(seed)
    rows = 3 if batch_size == 1 else 2 * batch_size + 1 + seed % (batch_size - 1)
    feed = feed_for(program, rows, rng, dtypes, weighted)
    order = Permutation(rows, int(rng.integers(0, 2**63)), seed) if shuffled else None
    state = state_for(program, feed, rng, iterations)
    return Case(name, program, feed, batch_size, order, state, learning_rates)


def chain(
    widths: Sequence[int],
    optimizer: Optimizer,
    *,
    hidden: str = "relu",
    alpha: float | None = None,
    rates: Sequence[float] = (),
    dtype: str = "float32",
) -> Program:
    """Dense layers of these widths, the first being the input's, with a softmax at the end."""
    draft = Draft(dtype)
    x = draft.input(widths[0])
    drops = iter(rates)
    for width in widths[1:-1]:
        x = draft.activation(draft.dense(x, width), hidden, alpha)
        rate = next(drops, None)
        if rate is not None:
            x = draft.dropout(x, rate)
    x = draft.activation(draft.dense(x, widths[-1]), "softmax")
    return draft.program([labels(x)], optimizer)
