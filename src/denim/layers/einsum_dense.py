"""EinsumDense: a Dense layer whose sums an equation describes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from string import ascii_letters
from typing import Any

from denim import activations, constraints, initializers, ops, regularizers
from denim.layers.formula import FormulaLayer
from denim.layers.symbolic import BatchShape, batch_shape, known_sizes
from denim.variables import Variable

_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


@dataclass(frozen=True)
class _Plan:
    """An equation for inputs of one shape: letters for all axes, and the shapes of kernel, bias and output."""

    subscripts: str
    kernel: tuple[int, ...]
    bias: tuple[int, ...] | None
    output: BatchShape
    fans: tuple[tuple[int, ...], tuple[int, ...]]


class EinsumDense(FormulaLayer):
    """``activation(einsum(equation, x, kernel) + bias)``.

    Args:
        equation: such as "ab,bc->ac", "...x,xy->...y" or "abc,cde->abde"; the first letter of both sides is the batch.
        output_shape: the output's sizes without the batch axis and those that "..." stands for; None where the input
            says it. One number where there is one.
        activation: a function of ``denim.activations`` or its name; None leaves the sum as it is.
        bias_axes: the letters of the output's axes along which there is a bias; None for no bias.
        kernel_initializer, bias_initializer: an initializer or its name.
        kernel_regularizer, bias_regularizer: a regularizer or its name.
        kernel_constraint, bias_constraint: of ``denim.constraints``, or their names.

    Raises:
        ValueError: for what is no such equation, or does not fit the shapes, once the input's is known.
        NotImplementedError: for the arguments of Keras that quantize.

    Source: https://keras.io/api/layers/core_layers/einsum_dense/
    """

    min_ndim = 2

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: None = None,
        lora_alpha: None = None,
        gptq_unpacked_column_size: None = None,
        quantization_config: None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if any(each is not None for each in (lora_rank, lora_alpha, gptq_unpacked_column_size, quantization_config)):
            raise NotImplementedError("EinsumDense: lora and quantization are not supported; leave them out.")
        self.equation = equation
        self.partial_output_shape = tuple(output_shape) if isinstance(output_shape, Sequence) else (output_shape,)
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.kernel: Variable | None = None
        self.bias: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Create the kernel, and the bias where there is one."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        plan = self._plan(shape)
        self.kernel = self.add_weight(
            plan.kernel,
            self._first_kernel(plan),
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if plan.bias is not None:
            self.bias = self.add_weight(
                plan.bias,
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input that fits the equation, and the kernel that there is."""
        super().check_inputs(shapes)
        plan = self._plan(shapes[0])
        if self.kernel is not None and plan.kernel != self.kernel.shape:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: its kernel has shape '
                f"{self.kernel.shape}, but received input with shape {shapes[0]}"
            )

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """What the equation makes of it."""
        return self._plan(batch_shape(input_shape, "input_shape")).output

    def formula(self, *inputs: Any) -> Any:
        """Products and their sums, the bias, the activation."""
        plan = self._plan(inputs[0].shape)
        x, kernel, result = re.split(",|->", plan.subscripts)
        plain = len(kernel) == 2 and kernel[0] == x[-1] and result == x[:-1] + kernel[1]
        y = ops.matmul(inputs[0], self.kernel) if plain else ops.einsum(plan.subscripts, inputs[0], self.kernel)
        return self.activation(y if self.bias is None else ops.add(y, self.bias))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "output_shape": self.partial_output_shape,
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }

    def _plan(self, shape: BatchShape) -> _Plan:
        found = _EQUATION.fullmatch(self.equation.replace(" ", ""))
        sides = None if found is None else found.group(1, 5), found and found.group(3, 7)
        if found is None or any(len(set(map(bool, side))) > 1 for side in sides) or all(map(any, sides)):  # type: ignore[arg-type]
            raise ValueError(
                f"Invalid einsum equation {self.equation!r}. Equations must be in the form [X],[Y]->[Z], "
                "...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...."
            )
        x, kernel, y = found.group(2, 4, 6)
        left, right = bool(found.group(1)), bool(found.group(3))
        elided = len(shape) - len(x)
        if elided < 0 or (elided and not left and not right):
            raise ValueError(
                f"EinsumDense: {self.equation!r} does not fit an input of {len(shape)} axes. Received: input shape "
                f"{shape}"
            )
        spare = "".join(c for c in ascii_letters if c not in x + kernel + y)[:elided]
        x, y = (f"{spare}{letters}" if left else f"{letters}{spare}" for letters in (x, y))
        sizes = dict(zip(x, shape, strict=True))
        if y[0] != x[0] or x[0] in kernel:
            raise ValueError(f"EinsumDense: the first axis of {self.equation!r} must be the batch on both sides.")
        own = [c for c in y[1:] if c not in spare]
        if len(own) != len(self.partial_output_shape):
            raise ValueError(
                f"EinsumDense: output_shape must have {len(own)} sizes for {self.equation!r}, those of "
                f"{', '.join(own)}. Received: output_shape={self.partial_output_shape}"
            )
        for letter, size in zip(own, self.partial_output_shape, strict=True):
            if size is not None and sizes.setdefault(letter, size) != size:
                raise ValueError(
                    f"Input shape and output shape do not match at shared dimension {letter!r}. Input shape is "
                    f"{sizes[letter]}, and output shape is {size}."
                )
        unknown = [c for c in kernel + y if c not in sizes]
        if unknown:
            raise ValueError(
                f"EinsumDense: {self.equation!r} with output_shape={self.partial_output_shape} does not say the size "
                f"of {unknown[0]!r}."
            )
        return _Plan(
            f"{x},{kernel}->{y}",
            known_sizes((sizes[c] for c in kernel), f"{self.name}/kernel"),
            self._bias_shape(y, sizes),
            tuple(sizes[c] for c in y),
            (
                tuple(i for i, c in enumerate(kernel) if c not in y),
                tuple(i for i, c in enumerate(kernel) if c in y),
            ),
        )

    def _bias_shape(self, y: str, sizes: dict[str, int | None]) -> tuple[int, ...] | None:
        if self.bias_axes is None:
            return None
        strange = [c for c in self.bias_axes if c not in y]
        if strange or not self.bias_axes:
            raise ValueError(
                f"Bias dimension {(strange or [''])[0]!r} was requested, but is not part of the output spec {y!r}"
            )
        first = min(y.index(c) for c in self.bias_axes)
        return known_sizes((sizes[c] if c in self.bias_axes else 1 for c in y[first:]), f"{self.name}/bias")

    def _first_kernel(self, plan: _Plan) -> Any:
        """The initializer, which counts the axes that are summed over as those that come in, whatever their place."""
        given = self.kernel_initializer
        if not isinstance(given, initializers.VarianceScaling) or None not in (given.input_axes, given.output_axes):
            return given
        counting = copy(given)
        counting.input_axes, counting.output_axes = plan.fans
        return counting
