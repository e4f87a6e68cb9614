"""IMDB: 50,000 film reviews as lists of word numbers, and whether they praise.

Source: Maas et al., "Learning Word Vectors for Sentiment Analysis", ACL 2011.
Face: https://keras.io/api/datasets/imdb/
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from denim.datasets.splits import Arrays

__all__ = ["get_word_index", "load_data"]


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> Arrays:
    """Return ``(x_train, y_train), (x_test, y_test)``: arrays of lists, and of 0 and 1, in Keras's order.

    Args:
        path: the file's name in the caches. The places are those of ``mnist.load_data``.
        num_words: words are numbered by how often they occur, and those of this number or above are left out.
        skip_top: words below this number are left out.
        maxlen: texts of this length or above are left out.
        seed: of the order of the texts.
        start_char: what each text begins with; None for nothing.
        oov_char: what stands for a word that is left out; None for nothing.
        index_from: what is added to every word's number.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: if no text is short enough, or for a path that is more than a name.
    """
    from denim.datasets import catalog, npz, sources, splits, texts

    content = sources.content(catalog.IMDB.named(path))
    reviews = [npz.lists(content, name) for name in ("x_train", "x_test")]
    opinions = npz.numbers(content, "y_train", "y_test")
    kept, labels = [], []
    for rows, signs, order in zip(reviews, opinions, splits.orders(seed, *map(len, reviews)), strict=True):
        x, y = texts.shorter(texts.marked([rows[i] for i in order], start_char, index_from), signs[order], maxlen)
        kept.append(x)
        labels.append(y)
    first = len(kept[0])
    x = texts.limited(kept[0] + kept[1], num_words, skip_top, oov_char)
    return (texts.ragged(x[:first]), labels[0]), (texts.ragged(x[first:]), labels[1])


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """Return each word's number, to which ``load_data`` adds ``index_from``.

    Args:
        path: the file's name in the caches.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: for a path that is more than a name.
    """
    from denim.datasets import catalog, sources

    index: dict[str, int] = json.loads(sources.content(catalog.IMDB_WORDS.named(path)))
    return index
