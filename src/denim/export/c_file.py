"""C: a model as one file of C99, whose results have the native engine's bits."""

from __future__ import annotations

from denim.export import c_text
from denim.export.c_runtime import needed
from denim.export.c_steps import Steps, input_name, output_name
from denim.export.inference import Inference
from denim.release import __version__

_HEADS = {
    "float32": ("float", "uint32_t", "int32_t", "fmaf", 23, 127),
    "float64": ("double", "uint64_t", "int64_t", "fma", 52, 1023),
}
_BYTES = {"float32": 4, "float64": 8}


def c_text_of(inference: Inference) -> str:
    """The file's whole text.

    Raises:
        NotImplementedError: for a node that C does not have.
    """
    steps = Steps(inference)
    precision = _HEADS[inference.program.dtype][0]
    body = "\n\n".join([*steps.tables, _function(inference, steps)])
    parts = [_comment(inference, steps), _head(inference), needed(body, precision), body, _main(inference)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _inputs(inference: Inference) -> list[tuple[str, str, int, tuple[int, ...]]]:
    """Name in C, the model's name for it, how many numbers, and their shape."""
    return [
        (input_name(inference, place), name, _size(inference, i), inference.shape(i))
        for place, (i, name) in enumerate(zip(inference.program.inputs, inference.inputs, strict=True))
    ]


def _outputs(inference: Inference) -> list[tuple[str, str, int, tuple[int, ...]]]:
    return [
        (output_name(inference, place), name, _size(inference, i), inference.shape(i))
        for place, (i, name) in enumerate(zip(inference.program.outputs, inference.outputs, strict=True))
    ]


def _size(inference: Inference, index: int) -> int:
    size = 1
    for length in inference.shape(index):
        size *= length
    return size


def _signature(inference: Inference) -> str:
    fed = [f"const real *{name}" for name, *_ in _inputs(inference)]
    made = [f"real *{name}" for name, *_ in _outputs(inference)]
    return f"void {c_text.identifier(inference.name)}_predict({', '.join([*fed, *made])})"


def _comment(inference: Inference, steps: Steps) -> str:
    name = c_text.identifier(inference.name)
    precision = _HEADS[inference.program.dtype][0]
    ends = [
        f"       {end:<6} {size} numbers: {c_text.remark(f'{called} {shape}')}"
        for end, called, size, shape in (*_inputs(inference), *_outputs(inference))
    ]
    stack = sum(steps.buffers) * _BYTES[inference.program.dtype]
    weights = sum(array.size for array in inference.parameters)
    signature = _signature(inference).replace("real *", f"{precision} *")
    return "\n".join(
        [
            f"/* {c_text.remark(inference.name)}: a neural network of {weights} weights, made by denim "
            f"{c_text.remark(__version__)}.",
            "",
            f"   {signature};",
            "",
            "   computes one sample. Arrays are in C order and must not overlap:",
            "",
            *ends,
            "",
            f"   It keeps nothing between calls, takes no heap and about {stack} bytes of stack.",
            "",
            "   Results are those of denim's native engine to the last bit, whatever the compiler is told (not on the",
            "   x87 of 32-bit PCs):",
            "",
            f"       cc -std=c99 -O2 -c {name}.c       then link with -lm",
            "",
            "   (-O3 -march=native, or whatever else gives fused multiply-adds in hardware, makes it fast.)",
            f"   With -D{name.upper()}_MAIN it is a program that reads samples from standard input, number by number,",
            "   and prints a line of outputs for each. */",
        ]
    )


def _head(inference: Inference) -> str:
    real, word, whole, fma, fraction, bias = _HEADS[inference.program.dtype]
    return f"""#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "Fast mathematics reorder sums and drop infinities: compile without -ffast-math or -Ofast."
#elif defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#elif defined(_MSC_VER)
#pragma fp_contract(off)
#endif

typedef {real} real;
typedef {word} word;
typedef {whole} whole;
#define R(x) ((real)(x))
#define FMA {fma}
#define FRACTION {fraction}
#define BIAS {bias}"""


def _function(inference: Inference, steps: Steps) -> str:
    buffers = [f"real t_{i}[{size}];" for i, size in enumerate(steps.buffers)]
    lines = "\n".join(f"    {line}" for line in [*buffers, *steps.lines])
    signature = _signature(inference)
    return f'#ifdef __cplusplus\nextern "C"\n#endif\n{signature};\n\n{signature} {{\n{lines}\n}}'


def _main(inference: Inference) -> str:
    name = c_text.identifier(inference.name)
    read, shown = ("%f", "%.9g") if inference.program.dtype == "float32" else ("%lf", "%.17g")
    taken, made = ([size for _, _, size, _ in ends(inference)] for ends in (_inputs, _outputs))
    pointers = [f"x + {sum(taken[:i])}" for i in range(len(taken))]
    pointers += [f"y + {sum(made[:i])}" for i in range(len(made))]
    return f"""#ifdef {name.upper()}_MAIN
#include <stdio.h>

int main(void) {{
    static real x[{max(sum(taken), 1)}], y[{max(sum(made), 1)}];
    for (;;) {{
        int count = 0;
        while (count < {sum(taken)} && scanf("{read}", &x[count]) == 1) ++count;
        if (count == 0 && feof(stdin)) return 0;
        if (count < {sum(taken)}) {{
            fprintf(stderr, "A sample has {sum(taken)} numbers. Received: %d.\\n", count);
            return 1;
        }}
        {name}_predict({", ".join(pointers)});
        for (int i = 0; i < {sum(made)}; ++i) printf("%s{shown}", i ? " " : "", (double)y[i]);
        printf("\\n");
    }}
}}
#endif"""
