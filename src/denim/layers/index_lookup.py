"""What StringLookup and IntegerLookup have in common: tokens become their places in a vocabulary, or rows of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from denim import config
from denim.data.arrays import is_array_like
from denim.data.structure import is_nested
from denim.data.texts import plain_texts
from denim.layers.categories import SUMMED, check_dense, emit_encoded, encoded, encoded_shape, mode_of
from denim.layers.fingerprints import bucket, salted
from denim.layers.lookup_arguments import (
    check_size,
    check_token,
    check_vocabulary_in_config,
    given_weights,
    no_weights,
)
from denim.layers.raw import RawLayer, whole_numbers
from denim.layers.symbolic import BatchShape, KerasTensor, batch_shape
from denim.layers.vocabulary import Token, TokenCounts, Vocabulary, listed, numbers_of, read_lines, repeated
from denim.program.builder import ProgramBuilder

_MODES = ("int", "one_hot", *SUMMED)


class IndexLookup(RawLayer):
    """What both have in common. Arguments are theirs."""

    whole = False

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: Token | None = None,
        oov_token: Token | None = None,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        vocabulary_size: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = type(self).__name__
        check_size(owner, "max_tokens", max_tokens, 2)
        check_size(owner, "num_oov_indices", num_oov_indices, 0)
        check_size(owner, "vocabulary_size", vocabulary_size, 0)
        if num_oov_indices is None:
            raise ValueError(f"{owner}: `num_oov_indices` must be a whole number. Received: num_oov_indices=None")
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(f"If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens={max_tokens}")
        check_dense(owner, sparse)
        self.output_mode = mode_of(owner, output_mode, _MODES)
        if invert and self.output_mode != "int":
            raise ValueError(
                f"`output_mode` must be `'int'` when `invert` is true. Received: output_mode={output_mode}"
            )
        if oov_method not in ("floormod", "farmhash"):
            raise ValueError(
                f"{owner}: `oov_method` must be 'floormod' or 'farmhash'. Received: oov_method={oov_method!r}"
            )
        if salt is not None and self.whole and oov_method != "farmhash":
            raise ValueError(f"`salt` can only be used when `oov_method='farmhash'`. Received: oov_method={oov_method}")
        if idf_weights is not None and self.output_mode != "tf_idf":
            raise ValueError(no_weights(self.output_mode, idf_weights))
        for name, token in (("mask_token", mask_token), ("oov_token", oov_token)):
            if token is not None:
                check_token(owner, name, token, self.whole)
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert, self.pad_to_max_tokens = bool(invert), bool(pad_to_max_tokens)
        self.oov_method, self.salt = oov_method, salted(owner, salt)
        self._given = vocabulary is not None
        self._kept: tuple[Any, Any] = (None, None)
        self._vocabulary: Vocabulary | None = None
        self._promised_size = vocabulary_size
        self._internal |= {"_kept"}  # long, and there is no layer in it
        if vocabulary is None:
            return
        if self.output_mode == "tf_idf" and idf_weights is None:
            raise ValueError(
                "When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` argument must "
                "also be provided."
            )
        self._promised_size = None
        self.set_vocabulary(vocabulary, idf_weights)
        if not isinstance(vocabulary, str):
            kept = listed(vocabulary, self.whole, owner)
            self._kept = kept, None if idf_weights is None else np.asarray(idf_weights, np.float64).tolist()

    # The vocabulary

    @property
    def _mask_size(self) -> int:
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def _start(self) -> int:
        """The number of the first token: those that stand for missing and unknown ones are before it."""
        return self._mask_size + self.num_oov_indices

    def _special(self) -> list[Token | None]:
        return [self.mask_token] * self._mask_size + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Token]:
        """The tokens in the order of their numbers; those for missing and unknown ones may be left out."""
        tokens = [] if self._vocabulary is None else list(self._vocabulary.tokens)
        return [*self._special(), *tokens] if include_special_tokens else tokens

    def vocabulary_size(self) -> int:
        """How many numbers there are, those for missing and unknown tokens included."""
        return self._start if self._vocabulary is None else len(self._vocabulary)

    @property
    def vocabulary_in_config(self) -> bool:
        """Whether the configuration holds it: as it was passed, or since lines of a file cannot."""
        return self._kept[0] is not None or not self._fits_lines

    @property
    def _fits_lines(self) -> bool:
        tokens = () if self._vocabulary is None or self.whole else self._vocabulary.tokens
        return not any(len(f"{token}.".splitlines()) > 1 for token in tokens) and "" not in tokens[-1:]

    def load_vocabulary(self, lines: Sequence[str], weights: np.ndarray | None) -> None:
        """Take the vocabulary from the lines of a model's file, with those for missing and unknown tokens.

        Raises:
            RuntimeError, TypeError, ValueError: for one that does not fit the layer.
        """
        tokens: list[Token] = list(lines)
        if tokens[: self._start] == list(map(str, self._special())):
            tokens = tokens[self._start :]
        if not tokens and self._promised_size in (None, self._start):
            return
        tokens = listed(numbers_of(tokens, "the file"), True, "IntegerLookup") if self.whole else tokens
        self._check_tokens(tokens, self._special())
        self._check_length(self._start + len(tokens))
        if self.output_mode == "tf_idf":
            size = self._start + len(tokens)
            size = self.max_tokens if self.pad_to_max_tokens and self.max_tokens is not None else size
            if weights is None or weights.shape != (size,) or not np.isfinite(weights).all():
                shown = "none" if weights is None else f"an array of shape {weights.shape}"
                raise ValueError(f"`idf_weights` must be {size} finite numbers. Received: {shown}")
        self._take(Vocabulary(tuple(tokens), self._start, weights if self.output_mode == "tf_idf" else None))

    @property
    def idf_weights(self) -> np.ndarray | None:
        """For "tf_idf" the weight of each number."""
        return None if self._vocabulary is None else self._vocabulary.weights

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Number these tokens, in their order, instead of those before.

        Args:
            vocabulary: a list or array of them, each once, or the path of a text file with one in each line; with those
                for missing and unknown tokens at its beginning, or without.
            idf_weights: for "tf_idf", one for each.

        Raises:
            TypeError: for tokens of another type.
            ValueError: for none or too many of them, one that is there twice, a file that is not there, or weights that
                do not fit.
            RuntimeError: for another number of tokens, where a model was made for rows of the first one.
        """
        owner = type(self).__name__
        if (idf_weights is None) == (self.output_mode == "tf_idf"):
            if idf_weights is None:
                raise ValueError("`idf_weights` must be set if output_mode is 'tf_idf'.")
            raise ValueError(no_weights(self.output_mode, idf_weights))
        if isinstance(vocabulary, str):
            if self.output_mode == "tf_idf":
                raise ValueError("output_mode `'tf_idf'` does not support loading a vocabulary from file.")
            tokens = read_lines(vocabulary, self.whole)
        else:
            tokens = listed(vocabulary, self.whole, owner)
        if not tokens:
            raise ValueError(f"Cannot set an empty vocabulary. Received: vocabulary={vocabulary}")
        count, special = len(tokens), self._special()
        found_special = tokens[: self._start] == special
        tokens = tokens[self._start :] if found_special else tokens
        self._check_tokens(tokens, special)
        self._check_length(self._start + len(tokens))
        weights = None
        if idf_weights is not None:
            weights = given_weights(idf_weights, count)
            front = 0 if found_special else self._start
            weights = np.concatenate([np.full(front, weights.mean()), weights]).astype(config.floatx())
            weights = self._padded(weights)
        self._take(Vocabulary(tuple(tokens), self._start, weights))
        self._kept = (None, None)

    def _check_tokens(self, tokens: Sequence[Token], special: list[Token | None]) -> None:
        twice = repeated(tokens)
        if twice:
            shown = f"{twice[:10]}{' and more' if len(twice) > 10 else ''}"
            raise ValueError(
                "The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated "
                f"terms are: {shown}"
            )
        reserved = {"mask": self.mask_token, "OOV": self.oov_token if self.invert else None}
        for kind, token in reserved.items():
            if token is not None and token in tokens:
                raise ValueError(
                    f"Found reserved {kind} token at unexpected location in `vocabulary`. It need not be in it; if it "
                    f"is, the vocabulary begins with precisely {special}. Received: {token!r} at index "
                    f"{tokens.index(token)} behind them."
                )

    def _check_length(self, size: int) -> None:
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(
                "Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary size is "
                f"{size}; `max_tokens` is {self.max_tokens}."
            )

    def _padded(self, weights: np.ndarray) -> np.ndarray:
        missing = self.max_tokens - len(weights) if self.pad_to_max_tokens and self.max_tokens is not None else 0
        return np.pad(weights, (0, max(0, missing)))

    def _take(self, vocabulary: Vocabulary) -> None:
        """This vocabulary from now on."""
        old = self._promised_size
        if old is None and self._vocabulary is not None and self._calls:
            old = len(self._vocabulary)
        fixed = self.output_mode != "int" and not self.pad_to_max_tokens
        if fixed and old is not None and old != len(vocabulary):
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, the vocabulary size "
                f"cannot be changed after the layer is called. Old vocab size is {old}, new vocab size is "
                f"{len(vocabulary)}. Make a new layer and model, or pass max_tokens and pad_to_max_tokens=True."
            )
        self._vocabulary = vocabulary

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Take the vocabulary from ``data``: the most frequent tokens first.

        Args:
            data: an array, a list or a column, or an iterable of such, batch by batch.
            steps: how many batches of an iterable to take; all if left out.

        Raises:
            ValueError: for a layer that was given a vocabulary, for other data than it reads, or without any. Nothing
                is then changed.
            RuntimeError: as of ``set_vocabulary``.
        """
        self.check_adaptable(self.name)
        counts = TokenCounts(self.output_mode == "tf_idf")
        for batch in self._batches(data, steps):
            counts.add(self._rows(batch))
        self.learn(counts)

    def check_adaptable(self, name: str) -> None:
        """Refuse to learn a vocabulary where one was given.

        Raises:
            ValueError: naming the layer.
        """
        if self._given:
            raise ValueError(
                f"Cannot adapt layer '{name}' after setting a static vocabulary via `vocabulary` argument or "
                "`set_vocabulary()` method."
            )

    def learn(self, counts: TokenCounts) -> None:
        """Take the vocabulary from counted tokens.

        Raises:
            ValueError: if there are none.
        """
        if not counts.tokens:
            raise ValueError("adapt() needs at least one token. Received: data without any.")
        at_most = None if self.max_tokens is None else max(0, self.max_tokens - self._start)
        tokens = counts.most_common(at_most, (self.mask_token, self.oov_token))
        weights = None
        if self.output_mode == "tf_idf":
            weights = self._padded(counts.weights(tokens, self._start, config.floatx()))
        self._take(Vocabulary(tuple(tokens), self._start, weights))

    def _batches(self, data: Any, steps: int | None) -> Iterator[np.ndarray]:
        """The data's arrays, each of rows of tokens."""
        if is_array_like(data) or isinstance(data, (list, tuple, str, bytes, int)):
            array = self.received(data, "data")
            yield array.reshape(-1, 1) if array.ndim < 2 else array
            return
        if not hasattr(data, "__iter__") or is_nested(data):
            raise TypeError(
                f"adapt() takes an array, a list, or an iterable of arrays, batch by batch. Received: {type(data)}. Of "
                "a table pass one column: layer.adapt(table['city'])."
            )
        for batch in islice(data, steps):
            array = self.received(batch, "data")
            yield array.reshape(1, -1) if array.ndim < 2 else array

    def _rows(self, array: np.ndarray) -> Iterator[list[Token]]:
        width = array.shape[-1]
        flat = self._tokens(array)
        return (flat[at : at + width] for at in range(0, len(flat), max(width, 1)))

    def _tokens(self, array: np.ndarray) -> list[Token]:
        return plain_texts(array)

    # Numbers

    def received(self, data: Any, role: str) -> np.ndarray:
        """Whole numbers for those who go back; texts or integers for the others."""
        return whole_numbers(data, role) if self.invert or self.whole else super().received(data, role)

    def prepared(self, *arrays: np.ndarray) -> np.ndarray:
        """The number of each token.

        Raises:
            RuntimeError: without a vocabulary.
            ValueError: for a token without a number, if there is none for unknown ones.
        """
        return self.numbers(self._tokens(arrays[0])).reshape(arrays[0].shape)

    def numbers(self, tokens: Sequence[Token]) -> np.ndarray:
        """The number of each token of a list; -1 for one that counts for nothing."""
        numbers = self._ready().numbers(tokens)
        masked = np.zeros(len(tokens), bool)
        if self.mask_token is not None:
            masked = np.fromiter((token == self.mask_token for token in tokens), bool, len(tokens))
            numbers[masked] = 0 if self.output_mode == "int" else -1
        unknown = (numbers < 0) & ~masked
        if unknown.any():
            numbers[unknown] = self._numbers_of_unknown([tokens[int(i)] for i in np.flatnonzero(unknown)])
        return numbers

    def _numbers_of_unknown(self, tokens: Sequence[Token]) -> Any:
        buckets = self.num_oov_indices
        if buckets == 0:
            shown = sorted(set(tokens))
            raise ValueError(
                "When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values "
                f"{shown[:10]}{' and more' if len(shown) > 10 else ''}, consider setting `num_oov_indices=1`."
            )
        if buckets == 1:
            return self._mask_size
        if self.whole and self.oov_method != "farmhash":
            return self._mask_size + np.array(tokens) % buckets
        found = {token: bucket(token, buckets, self.salt) for token in set(tokens)}
        return self._mask_size + np.array([found[token] for token in tokens])

    def _ready(self) -> Vocabulary:
        if self._vocabulary is None:
            raise RuntimeError(
                f"{type(self).__name__} {self.name!r} has no vocabulary yet. Either pass a `vocabulary` argument to "
                "the layer, or call `adapt` with some sample data."
            )
        return self._vocabulary

    def tokens_of(self, numbers: np.ndarray) -> np.ndarray:
        """The token of each number; that for unknown ones where there is none."""
        tokens = np.array([*self._special(), *self._ready().tokens, self.oov_token], np.int64 if self.whole else None)
        if not self.whole:
            tokens = tokens.astype(str)
        known = (numbers >= 0) & (numbers < len(tokens) - 1)
        found: np.ndarray = tokens[np.where(known, numbers, len(tokens) - 1)]
        return found

    @property
    def depth(self) -> int:
        """How long a row is.

        Raises:
            RuntimeError: without a vocabulary.
        """
        if self.pad_to_max_tokens and self.max_tokens is not None:
            return self.max_tokens
        if self._vocabulary is None and self._promised_size is not None:
            return self._promised_size
        if self._vocabulary is None:
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, you must set the layer's "
                "vocabulary before calling it. Either pass a `vocabulary` argument to the layer, or call `adapt` with "
                "some sample data."
            )
        return len(self._vocabulary)

    def output_of(self, prepared: Any) -> np.ndarray:
        """Numbers, rows of 0 and 1 or counts as int64, or weighted counts."""
        if self.output_mode == "int":
            numbers: np.ndarray = prepared
            return numbers
        weights = self.idf_weights
        rows = encoded(prepared, self.output_mode, self.depth, "int64" if weights is None else str(weights.dtype))
        return rows if weights is None else rows * weights

    def _call_arrays(self, inputs: Any, training: bool) -> list[np.ndarray]:
        if self.invert:
            return [self.tokens_of(self.received(inputs, "x"))]
        return super()._call_arrays(inputs, training)

    # In a model

    def check_symbolic(self, tensors: Sequence[KerasTensor]) -> None:
        """Texts for StringLookup, numbers for IntegerLookup; nothing where tokens are to come out."""
        if self.invert:
            raise NotImplementedError(
                f"{type(self).__name__} {self.name!r} with invert=True gives tokens, which no layer of a model reads. "
                "Leave it out of the model and call it on what the model predicts."
            )
        super().check_symbolic(tensors)

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """That of the numbers, or rows for them."""
        shape = batch_shape(input_shape, "input_shape")
        if self.output_mode == "int":
            return shape
        if self.output_mode in SUMMED and len(shape) < 2:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: output_mode={self.output_mode!r} '
                f"takes samples of several tokens, at least 2 axes. Received: input shape {shape}"
            )
        return encoded_shape(shape, self.output_mode, self.depth)

    def output_dtype(self, received: str) -> str:
        """Whole numbers, or rows of the arithmetic's dtype."""
        return "int64" if self.output_mode == "int" else self.dtype

    def finished(self, builder: ProgramBuilder, node: int) -> int:
        """The rows for the numbers."""
        return emit_encoded(builder, node, self.output_mode, self.depth_of_rows, self.idf_weights)

    @property
    def depth_of_rows(self) -> int:
        """``depth``, where there are rows."""
        return 0 if self.output_mode == "int" else self.depth

    @property
    def lowering_key(self) -> object:
        """What the nodes depend on: the rows' length and the weights."""
        weights = self.idf_weights
        return self.depth_of_rows if self._calls else 0, None if weights is None else weights.tobytes()

    # Configuration

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; a vocabulary that was learnt or set later is no part of it."""
        kept, weights = self._kept
        if not self._fits_lines:
            kept = self.get_vocabulary()
            weights = None if self.idf_weights is None else self.idf_weights[: len(kept)].tolist()
        settings: dict[str, Any] = {
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": False,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "idf_weights": weights,
            "vocabulary": kept,
            "vocabulary_size": self._promised_size if self._vocabulary is None else len(self._vocabulary),
            "oov_method": self.oov_method,
            "salt": self.salt,
        }
        return {**super().get_config(), **settings}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of this configuration, in which a vocabulary is a list: no file is opened for one."""
        check_vocabulary_in_config(cls.__name__, config)
        return super().from_config(config)

    def get_build_config(self) -> dict[str, Any]:
        """Nothing: there is nothing to build."""
        return {}
