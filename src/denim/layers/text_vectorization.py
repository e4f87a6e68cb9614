"""TextVectorization: whole texts as the numbers of their words, or as counts of these."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from denim import config
from denim.data.arrays import is_array_like
from denim.data.sparse_rows import SparseRows
from denim.data.structure import is_nested
from denim.data.texts import plain_texts, text_array
from denim.layers.categories import SUMMED, check_dense, mode_of
from denim.layers.lookup import StringLookup
from denim.layers.lookup_arguments import check_encoding, check_vocabulary_in_config
from denim.layers.raw import RawLayer
from denim.layers.symbolic import INDICES, BatchShape, KerasTensor, batch_shape
from denim.layers.vocabulary import TokenCounts

_STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
_SPLIT = ("whitespace", "character")
_LOWER: dict[int, str | None] = {ord(letter): letter.lower() for letter in string.ascii_uppercase}
_STRIPPED: dict[int, str | None] = dict.fromkeys(map(ord, string.punctuation))
_TABLES: dict[Any, dict[int, str | None]] = {
    "lower": _LOWER,
    "strip_punctuation": _STRIPPED,
    "lower_and_strip_punctuation": {**_LOWER, **_STRIPPED},
}
_WORDS = re.compile(r"[^ \t\n\r\x0b\x0c]+")
_ROWS = 1 << 12
"""So many texts are cut up at a time."""


class TextVectorization(RawLayer):
    """Texts, one a sample, as the numbers of their words in a vocabulary, or as one row of counts.

    As the first layer behind an ``Input(shape=(1,), dtype="string")`` it works while the data are prepared.

    Args:
        max_tokens: how many numbers there may be; ``adapt`` leaves out the rarest words.
        standardize: "lower_and_strip_punctuation", "lower" (A to Z), "strip_punctuation", None, or a function from an
            array of texts to another.
        split: "whitespace", "character", or None for samples that are tokens already, of shape (samples, tokens).
        ngrams: a number n, for runs of 1 to n words, or a tuple of such lengths.
        output_mode: "int", a row of numbers, 0 where the text has ended; "multi_hot", "count", "tf_idf": as of
            StringLookup.
        output_sequence_length: for "int" how long rows are; as long as the longest if left out, which only a call on
            arrays can be.
        pad_to_max_tokens: whether the other rows are ``max_tokens`` long.
        vocabulary, idf_weights: as of StringLookup.
        sparse, ragged: only False.
        encoding: of bytes: only "utf-8".

    Raises:
        ValueError: for arguments that do not fit together.
        NotImplementedError: for sparse, ragged, another encoding or a split of your own.

    Source: https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        vocabulary_size: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        check_dense("TextVectorization", sparse)
        check_encoding("TextVectorization", encoding)
        if ragged:
            raise NotImplementedError("TextVectorization: ragged=True is not supported; leave it out.")
        if not (standardize is None or standardize in _STANDARDIZE or callable(standardize)):
            raise ValueError(_one_of("standardize", standardize, _STANDARDIZE))
        if callable(split):
            raise NotImplementedError(
                "TextVectorization: a function of your own for `split` is not supported. Cut the texts up yourself, "
                "and pass arrays of tokens to a layer with split=None."
            )
        if not (split is None or split in _SPLIT):
            raise ValueError(_one_of("split", split, _SPLIT))
        self.output_mode = mode_of("TextVectorization", output_mode, ("int", *SUMMED))
        length = output_sequence_length
        if length is not None and (self.output_mode != "int" or type(length) is not int):
            raise ValueError(
                "`output_sequence_length` must be either None or an integer, and None if `output_mode` is not 'int'. "
                f"Received: output_sequence_length={length} and output_mode={output_mode!r}"
            )
        if length is not None and length < 1:
            raise ValueError(f"`output_sequence_length` must be positive. Received: output_sequence_length={length}")
        self.standardize, self.split, self.output_sequence_length = standardize, split, length
        self.ngrams, self._widths = ngrams, _widths(ngrams)
        self._lookup_layer = StringLookup(
            max_tokens,
            1,
            "",
            "[UNK]",
            vocabulary,
            idf_weights,
            False,
            self.output_mode,
            pad_to_max_tokens,
            vocabulary_size=vocabulary_size if self.output_mode != "int" else None,
        )
        self._lookup_layer.built = True

    # The vocabulary

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """As of StringLookup."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """As of StringLookup."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """As of StringLookup."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def load_vocabulary(self, lines: Sequence[str], weights: np.ndarray | None) -> None:
        """As of StringLookup."""
        self._lookup_layer.load_vocabulary(lines, weights)

    @property
    def vocabulary_in_config(self) -> bool:
        """As of StringLookup."""
        return self._lookup_layer.vocabulary_in_config

    @property
    def idf_weights(self) -> np.ndarray | None:
        """As of StringLookup."""
        return self._lookup_layer.idf_weights

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take the vocabulary from texts: the most frequent words first.

        Args:
            data: an array, a list or a column of texts, or an iterable of such, batch by batch.
            batch_size: Keras's; of no account.
            steps: how many batches of an iterable to take; all if left out.

        Raises:
            ValueError: for a layer that was given a vocabulary, for other data than texts, or without any words.
                Nothing is then changed.
        """
        self._lookup_layer.check_adaptable(self.name)
        counts = TokenCounts(self.output_mode == "tf_idf")
        if is_array_like(data) or isinstance(data, (list, tuple, str, bytes)):
            batches: Any = [data]
        elif not hasattr(data, "__iter__") or is_nested(data):
            raise TypeError(
                f"adapt() takes an array, a list, or an iterable of arrays of texts, batch by batch. Received: "
                f"{type(data)}"
            )
        else:
            batches = islice(data, steps)
        for batch in batches:
            array = text_array(batch, "data")
            for rows in self._cut_up(array.reshape(-1, 1) if array.ndim < 2 and self.split is None else array):
                counts.add(rows)
        self._lookup_layer.learn(counts)

    # Words

    def _cut_up(self, array: np.ndarray) -> Iterator[list[list[str]]]:
        """The words of each text, some rows at a time."""
        if self.split is not None and array.ndim > 1:
            if array.shape[-1] != 1:
                raise ValueError(
                    "When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape "
                    f"dimension must be 1. Received: an array of shape {array.shape}"
                )
            array = array.reshape(array.shape[:-1])
        array = array.reshape(1) if array.ndim == 0 else array
        for start in range(0, len(array), _ROWS):
            part = array[start : start + _ROWS]
            yield [self._runs(words) for words in self._words(self._standardized(part), part.shape)]

    def _standardized(self, array: np.ndarray) -> list[str]:
        if callable(self.standardize):
            made = np.asarray(self.standardize(np.array(plain_texts(array)).reshape(array.shape)))
            return plain_texts(text_array(made, "What `standardize` returns"))
        texts = plain_texts(array)
        table = _TABLES.get(self.standardize)
        return texts if table is None else [text.translate(table) for text in texts]

    def _words(self, texts: list[str], shape: tuple[int, ...]) -> list[list[str]]:
        if self.split is None:
            width = shape[-1] if len(shape) > 1 else 1
            return [texts[at : at + width] for at in range(0, len(texts), width)]
        cut: Callable[[str], list[str]] = list if self.split == "character" else _WORDS.findall
        return [cut(text) for text in texts]

    def _runs(self, words: list[str]) -> list[str]:
        if self._widths is None:
            return words
        return [" ".join(words[at : at + n]) for n in self._widths for at in range(len(words) - n + 1)]

    # Numbers

    def prepared(self, *arrays: np.ndarray) -> Any:
        """Rows of numbers, or of counts without their zeros."""
        if self.output_mode != "int":
            return self._counted(arrays[0])
        parts = [[self._lookup_layer.numbers(words) for words in rows] for rows in self._cut_up(arrays[0])]
        numbers = [each for part in parts for each in part]
        length = self.output_sequence_length
        length = max(map(len, numbers), default=0) if length is None else length
        padded = np.zeros((len(numbers), length), np.int64)
        for row, each in zip(padded, numbers, strict=True):
            row[: len(each)] = each[:length]
        return padded

    def _counted(self, array: np.ndarray) -> SparseRows:
        lookup = self._lookup_layer
        indptr, indices, counts = [0], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for rows in self._cut_up(array):
            for words in rows:
                found, times = np.unique(lookup.numbers(words), return_counts=True)
                known = (found >= 0) & (found < lookup.depth)
                indices.append(found[known])
                counts.append(times[known])
                indptr.append(indptr[-1] + int(known.sum()))
        columns, data = np.concatenate(indices), np.concatenate(counts)
        if self.output_mode == "multi_hot":
            data = np.ones_like(data)
        weights = lookup.idf_weights
        data = data.astype(np.float32) if weights is None else data * weights[columns]
        return SparseRows(lookup.depth, np.array(indptr), columns, data)

    def output_of(self, prepared: Any) -> np.ndarray:
        """Numbers or counts as int64, or weighted counts."""
        if isinstance(prepared, SparseRows):
            return prepared.toarray().astype("int64" if self.idf_weights is None else config.floatx())
        numbers: np.ndarray = prepared
        return numbers

    def _call_arrays(self, inputs: Any, training: bool) -> list[np.ndarray]:
        outputs = super()._call_arrays(inputs, training)
        return [output[0] for output in outputs] if np.ndim(inputs) == 0 else outputs

    # In a model

    def check_symbolic(self, tensors: Sequence[KerasTensor]) -> None:
        """Texts, of which it is known how long their rows are."""
        super().check_symbolic(tensors)
        if self.output_mode == "int" and self.output_sequence_length is None:
            raise NotImplementedError(
                f"TextVectorization {self.name!r} in a model needs to know how long its rows are. Pass "
                "output_sequence_length, for example 200: longer texts are cut off, shorter ones end with zeros."
            )

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """One row a sample."""
        shape = batch_shape(input_shape, "input_shape")
        if len(shape) > 2 or (self.split is not None and shape[1:] not in ((), (1,))):
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected one text a sample, shape '
                f"(batch,) or (batch, 1), but received input with shape {shape}"
            )
        width = self.output_sequence_length if self.output_mode == "int" else self._lookup_layer.depth
        return (shape[0], width)

    def output_dtype(self, received: str) -> str:
        """Whole numbers, or rows of the arithmetic's dtype."""
        return "int64" if self.output_mode == "int" else self.dtype

    def fed(self, shapes: tuple[BatchShape, ...]) -> tuple[BatchShape, str]:
        """The output itself."""
        return self.compute_output_shape(shapes[0]), INDICES if self.output_mode == "int" else self.dtype

    @property
    def lowering_key(self) -> object:
        """The rows' length, where it follows from the vocabulary."""
        return self._lookup_layer.depth if self._calls and self.output_mode != "int" else 0

    # Configuration

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; a vocabulary that was learnt or set later is no part of it."""
        inner = self._lookup_layer.get_config()
        return {
            **super().get_config(),
            **{key: inner[key] for key in ("max_tokens", "pad_to_max_tokens", "vocabulary", "idf_weights", "encoding")},
            "standardize": self.standardize,
            "split": self.split,
            "ngrams": self.ngrams,
            "output_mode": self.output_mode,
            "output_sequence_length": self.output_sequence_length,
            "sparse": False,
            "ragged": False,
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of this configuration, in which a vocabulary is a list: no file is opened for one."""
        check_vocabulary_in_config(cls.__name__, config)
        ngrams = config.get("ngrams")
        return super().from_config({**config, "ngrams": tuple(ngrams) if isinstance(ngrams, list) else ngrams})


def _one_of(name: str, value: Any, known: tuple[str, ...]) -> str:
    return (
        f"TextVectorization: `{name}` must be one of {', '.join(map(repr, known))}, or None. Received: {name}={value!r}"
    )


def _widths(ngrams: Any) -> tuple[int, ...] | None:
    if ngrams is None:
        return None
    widths = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
    plain = isinstance(widths, tuple) and all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in widths)
    if not plain or not widths:
        raise ValueError(f"`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams={ngrams}")
    return widths
