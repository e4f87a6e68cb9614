"""``keras.ops.numpy``: the operations that have NumPy's names, under their longer name."""

from __future__ import annotations

from denim.lazy import bind
from denim.ops import HOMES

_NOT_NUMPYS = """
    cast convert_to_numpy convert_to_tensor dtype erf in_top_k is_tensor logsumexp moments norm rsqrt saturate_cast
    shape slice stop_gradient top_k unstack
"""

__all__ = sorted(
    {"tanh"}
    | {name for home, names in HOMES.items() if home != "neural" for name in names.split()}.difference(
        _NOT_NUMPYS.split()
    )
)

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__, "denim.ops"))
