"""What the process remembers from model to model, forgotten."""

from __future__ import annotations

from denim import config, naming
from denim.random import seeds


def clear_session(free_memory: bool = True) -> None:
    """Start afresh: automatic names, the layers' dtype policy, and the generator of unseeded random arrays.

    Args:
        free_memory: accepted as in Keras; Python frees what nobody holds.
    """
    naming.forget()
    config.forget_dtype_policy()
    seeds.forget()
