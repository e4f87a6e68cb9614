"""Texts as numbers: ``Tokenizer`` and its kin, which ``tf.keras.preprocessing.text`` still has.

Source: https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/text
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from denim.lazy import bind

__all__ = ["Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"]

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_MODES = ("binary", "count", "tfidf", "freq")


def text_to_word_sequence(text: str, filters: str = _FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text.

    Args:
        text: the text.
        filters: characters that part words.
        lower: in small letters.
        split: what stands between words.
    """
    text = text.lower() if lower else text
    parted: dict[str, str | int | None] = dict.fromkeys(filters, split)
    return [word for word in text.translate(str.maketrans(parted)).split(split) if word]


def one_hot(
    text: str,
    n: int,
    filters: str = _FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], list[str]] | None = None,
) -> list[int]:
    """The words as numbers from 1 to n - 1, by Python's ``hash``: they are others in each process."""
    return hashing_trick(text, n, hash, filters, lower, split, analyzer)


def hashing_trick(
    text: str,
    n: int,
    hash_function: Any = None,
    filters: str = _FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], list[str]] | None = None,
) -> list[int]:
    """The words as numbers from 1 to n - 1; different words may share one.

    Args:
        text: the text.
        n: how many numbers there are, the 0 included.
        hash_function: "md5", the same in each process, or a function of a word; None is Python's ``hash``.
        filters, lower, split: as of ``text_to_word_sequence``.
        analyzer: parts the text in its place.
    """
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    number = _md5 if hash_function == "md5" else hash_function or hash
    return [number(word) % (n - 1) + 1 for word in words]


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


class Tokenizer:
    """Gives each word a number, the most frequent 1, and makes sequences and matrices of texts.

    Args:
        num_words: only the ``num_words - 1`` most frequent words are kept in what is made of texts.
        filters, lower, split: as of ``text_to_word_sequence``.
        char_level: every character is a word.
        oov_token: stands for words that are not known, as number 1; they are left out otherwise.
        analyzer: parts a text in place of these.

    Attributes:
        word_counts: how often each word was met, in the order of their first places.
        word_docs: in how many texts.
        word_index: word -> number.
        index_word: number -> word.
        index_docs: number -> in how many texts.
        document_count: the number of texts.
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = _FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], list[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.document_count = int(kwargs.pop("document_count", 0))
        if kwargs:
            raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts: OrderedDict[str, int] = OrderedDict()
        self.word_docs: Counter[str] = Counter()
        self.index_docs: Counter[int] = Counter()
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Meet these texts, or lists of words; the numbers follow from all texts met so far."""
        for text in texts:
            words = self._words(text)
            self.document_count += 1
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            self.word_docs.update(set(words))
        ranked = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        known = ranked if self.oov_token is None else [self.oov_token, *ranked]
        self.word_index = {word: number for number, word in enumerate(known, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        self.index_docs = Counter({self.word_index[word]: count for word, count in self.word_docs.items()})

    def fit_on_sequences(self, sequences: Iterable[Sequence[int]]) -> None:
        """Meet sequences of numbers, for ``sequences_to_matrix`` alone."""
        for sequence in sequences:
            self.document_count += 1
            self.index_docs.update(set(sequence))

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Each text as the numbers of its words."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """The same, one by one."""
        unknown = None if self.oov_token is None else self.word_index.get(self.oov_token)
        for text in texts:
            numbers = (self.word_index.get(word) for word in self._words(text))
            kept = (n if n is not None and (not self.num_words or n < self.num_words) else unknown for n in numbers)
            yield [n for n in kept if n is not None]

    def sequences_to_texts(self, sequences: Iterable[Sequence[int]]) -> list[str]:
        """Each sequence as its words, with spaces between."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Sequence[int]]) -> Iterator[str]:
        """The same, one by one."""
        for sequence in sequences:
            words = (
                word if word is not None and (not self.num_words or n < self.num_words) else self.oov_token
                for n, word in ((n, self.index_word.get(n)) for n in sequence)
            )
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """``sequences_to_matrix`` of texts."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Sequence[Sequence[int]], mode: str = "binary") -> np.ndarray:
        """Each sequence as a row with a place for each number.

        Args:
            sequences: numbers below ``num_words``; others are left out.
            mode: what stands there: "binary", "count", "freq" (share of the sequence) or "tfidf".

        Raises:
            ValueError: for another mode, if nothing says how many numbers there are, or, for "tfidf", if nothing was
                fitted.
        """
        if mode not in _MODES:
            raise ValueError(f"`mode` must be one of {', '.join(_MODES)}. Received: mode={mode!r}")
        if not self.num_words and not self.word_index:
            raise ValueError("Specify a dimension (`num_words` argument), or fit on some text data first.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Fit the Tokenizer on some data before using tfidf mode.")
        matrix = np.zeros((len(sequences), self.num_words or len(self.word_index) + 1))
        for row, sequence in zip(matrix, sequences, strict=True):
            for number, count in Counter(n for n in sequence if n < len(row)).items():
                row[number] = self._entry(mode, number, count, len(sequence))
        return matrix

    def _entry(self, mode: str, number: int, count: int, length: int) -> float:
        if mode == "binary":
            return 1.0
        if mode == "tfidf":
            rarity: float = np.log(1 + self.document_count / (1 + self.index_docs.get(number, 0)))
            return (1 + float(np.log(count))) * rarity
        return count if mode == "count" else count / length

    def get_config(self) -> dict[str, Any]:
        """Settings and what was met, with the tables as JSON."""
        tables = {
            name: json.dumps(getattr(self, name))
            for name in ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        }
        settings = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        return {**{name: getattr(self, name) for name in settings}, **tables}

    def to_json(self, **kwargs: Any) -> str:
        """The configuration as JSON, for ``tokenizer_from_json``."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)

    def _words(self, text: Any) -> Sequence[str]:
        if self.char_level or not isinstance(text, str):
            return [word.lower() if self.lower else word for word in text]
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """A Tokenizer from its ``to_json``."""
    config: Mapping[str, Any] = json.loads(json_string)["config"]
    tables = {name: json.loads(value) for name, value in config.items() if name.startswith(("word_", "index_"))}
    made = Tokenizer(**{name: value for name, value in config.items() if name not in tables})
    made.word_counts = OrderedDict(tables["word_counts"])
    made.word_docs = Counter(tables["word_docs"])
    made.word_index = tables["word_index"]
    made.index_docs = Counter({int(number): count for number, count in tables["index_docs"].items()})
    made.index_word = {int(number): word for number, word in tables["index_word"].items()}
    return made


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
