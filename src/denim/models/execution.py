"""Where a model's numbers live while engines work on them, and which programs it has been lowered to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from denim.engines.protocol import Executable, State, Steps, Totals, flat_buffer
from denim.engines.selection import compile_program, engine_name
from denim.models.graph import Graph
from denim.models.shortcut import PredictFew, Shortcut, allows_shortcut, packed, unknown
from denim.optimizers import Optimizer
from denim.program.builder import Lowered
from denim.program.nodes import Node
from denim.program.program import Program
from denim.program.random import draw_key
from denim.program.specs import Head


class Execution:
    """One model's flat parameter buffer and its compiled programs.

    The model's variables move into the buffer before an engine runs and stay there; a layer that two models share moves
    to the one that runs. A copy of it starts empty: buffers and executables belong to one model.

    Attributes:
        predict_few, call_few: the shortcuts of ``predict`` and of a call, where the last one has left one.
    """

    def __init__(self) -> None:
        self._residents: tuple[Any, ...] = ()
        self._state: State | None = None
        self._views: list[np.ndarray] = []
        self._known: tuple[Lowered | None, ...] = ()
        self._family: object = None
        self._programs: dict[tuple[Any, ...], Program] = {}
        self._executables: dict[tuple[str, int], Executable] = {}
        self.predict_few: PredictFew = unknown
        self.call_few: PredictFew = unknown

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[()]]:
        return Execution, ()

    def program(
        self,
        lowered: Lowered,
        heads: tuple[Head, ...] = (),
        optimizer: Optimizer | None = None,
        further: tuple[Node, ...] = (),
    ) -> Program:
        """The lowered model with these heads and this update rule; the same object as long as nothing changes.

        ``further`` nodes, which the heads read, come after the model's own.

        Raises:
            ValueError: for a description that cannot be run.
        """
        if not any(lowered is known for known in self._known):
            if lowered.family is None or lowered.family is not self._family:
                self._family, self._known, self._programs, self._executables = lowered.family, (), {}, {}
            self._known = (*self._known, lowered, lowered.inference)
        rule, parameters = None, lowered.parameters
        if optimizer is not None:
            rule = optimizer.spec()
            if rule.weight_decay is not None:
                pairs = zip(parameters, lowered.variables, strict=True)
                parameters = tuple(replace(p, decays=optimizer.decays(variable)) for p, variable in pairs)
        key = (id(lowered), heads, rule, parameters, further)
        if key not in self._programs:
            whole = replace(lowered, nodes=lowered.nodes + further, parameters=parameters)
            self._programs[key] = whole.program(heads, rule)
        return self._programs[key]

    def executable(self, program: Program) -> Executable:
        """The program compiled by the engine in force.

        Raises:
            NotImplementedError: if that engine cannot run it.
        """
        key = (engine_name(), id(program))
        if key not in self._executables:
            self._executables[key] = compile_program(program)
        return self._executables[key]

    def state(self, lowered: Lowered, program: Program) -> State:
        """The state with the variables' present values as its parameters."""
        residents = lowered.variables
        same = len(residents) == len(self._residents) and all(map(_same, residents, self._residents))
        if self._state is None or not same or self._state.parameters.dtype != program.dtype:
            self._state = State(flat_buffer(program))
            self._views = program.views(self._state.parameters)
            self._residents = residents
        for variable, view in zip(self._residents, self._views, strict=True):
            if variable.value is not view:
                variable.home(view)
        if program.always_draws:
            self._state.key = draw_key()
        return self._state

    def shortcut(
        self,
        graph: Graph,
        lowered: Lowered,
        program: Program,
        pack: Callable[[list[Any]], Any],
        array_type: type[np.ndarray] = np.ndarray,
    ) -> PredictFew:
        """The short way of the next predictions for few rows, where there is one.

        ``pack`` is what makes a model's result of its outputs.
        """
        if not allows_shortcut(graph):
            return unknown
        rows = self.executable(program).few_rows(self.state(lowered, program), array_type)
        if rows is None:
            return unknown
        return Shortcut(graph, self._residents, self._views, packed(rows, pack)).predict

    def train(self, lowered: Lowered, program: Program, optimizer: Optimizer, key: int, **stretch: Any) -> Totals:
        """``Executable.train`` on the model's variables and the optimizer's slots, counter and learning rate.

        They are up to date, to the last whole step, also when this raises.
        """
        state = self.state(lowered, program)
        state.slots = optimizer.buffers(program)
        state.iterations = int(optimizer.steps.value)
        state.key = key
        first, last = stretch.get("first_step", 0), stretch.get("last_step")
        steps = Steps(stretch["feed"].rows, stretch["batch_size"], first, last)
        rates = optimizer.scheduled_rates(steps.stop - steps.first)
        if rates is None:
            state.learning_rate = float(optimizer.learning_rate)
        else:
            stretch["learning_rates"] = rates
        try:
            return self.executable(program).train(state, **stretch)
        finally:
            optimizer.steps.assign(state.iterations)


def _same(a: object, b: object) -> bool:
    return a is b
