"""Layers that number texts and integers by a vocabulary: StringLookup, IntegerLookup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim.data.texts import TEXTS
from denim.layers.index_lookup import IndexLookup
from denim.layers.lookup_arguments import check_encoding
from denim.layers.symbolic import KerasTensor
from denim.layers.vocabulary import Token


class StringLookup(IndexLookup):
    """Texts as numbers: the place of each in a vocabulary, or rows made of it.

    ``StringLookup(vocabulary=["red", "green"])(["green", "blue"])`` is ``[2, 0]``: 0 stands for unknown texts. As the
    first layer behind an ``Input(shape=(1,), dtype="string")`` it numbers the texts while the data are prepared.

    Args:
        max_tokens: how many numbers there may be; ``adapt`` leaves out the rarest texts.
        num_oov_indices: how many numbers unknown texts have: by a fingerprint, if there are several; with 0 they are an
            error.
        mask_token: a text that stands for a missing one: 0 with output_mode "int", and else no class.
        oov_token: what stands for unknown texts in the vocabulary, and where numbers become texts.
        vocabulary: the texts, a list or array, or the path of a file with one in each line. Left out, ``adapt`` finds
            them.
        idf_weights: for "tf_idf", one for each text.
        invert: whether to go back: from numbers to texts, on arrays.
        output_mode: "int"; "one_hot", a row for each text; "multi_hot", "count", "tf_idf", one row for a sample: 1 for
            those among its texts, how often, or that times its weight.
        pad_to_max_tokens: whether rows are ``max_tokens`` long.
        sparse: only False.
        encoding: of bytes: only "utf-8".
        salt: one or two numbers that change the fingerprints.

    Raises:
        TypeError: for tokens that are no texts.
        ValueError: for arguments that do not fit together.
        NotImplementedError: for sparse, or another encoding.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str | None = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        check_encoding("StringLookup", encoding)
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            pad_to_max_tokens,
            sparse,
            name=name,
            salt=salt,
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "encoding": "utf-8"}


class IntegerLookup(IndexLookup):
    """Whole numbers as places in a vocabulary of them, or rows made of these: for identifiers, years and codes.

    ``IntegerLookup(vocabulary=[12, 36])([36, 7])`` is ``[2, 0]``. As the first layer behind an Input it works while the
    data are prepared.

    Args:
        max_tokens, vocabulary, idf_weights, invert, output_mode, sparse, pad_to_max_tokens: as of StringLookup.
        num_oov_indices: how many numbers unknown ones have: by the remainder, if there are several.
        mask_token: an integer that stands for a missing one.
        oov_token: what stands for unknown ones in the vocabulary.
        vocabulary_dtype: only "int64".
        oov_method: "farmhash" for fingerprints instead of remainders.
        salt: one or two numbers that change these fingerprints.

    Raises:
        TypeError: for tokens that are no integers.
        ValueError: for arguments that do not fit together.
        NotImplementedError: for sparse.

    Source: https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/
    """

    whole = True
    raw_dtype = "int64"

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int | None = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if vocabulary_dtype != "int64":
            raise ValueError(
                "Only `vocabulary_dtype='int64'` is supported at this time. "
                f"Received: vocabulary_dtype={vocabulary_dtype}"
            )
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            pad_to_max_tokens,
            sparse,
            oov_method,
            salt,
            name=name,
            **kwargs,
        )

    def _tokens(self, array: np.ndarray) -> list[Token]:
        flat: list[int] = array.reshape(-1).tolist()
        return flat

    def check_symbolic(self, tensors: Sequence[KerasTensor]) -> None:
        """Numbers."""
        if tensors[0].dtype == TEXTS:
            raise ValueError(
                f"IntegerLookup {self.name!r} reads whole numbers. Received: {tensors[0]!r}. For texts there is "
                "StringLookup."
            )
        if self.invert:
            super().check_symbolic(tensors)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "vocabulary_dtype": "int64"}
