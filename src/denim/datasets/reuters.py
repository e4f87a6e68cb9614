"""Reuters: 11,228 newswires of 1987 as lists of word numbers, and which of 46 topics they are about.

Source: Lewis, Reuters-21578; prepared by F. Chollet.
Face: https://keras.io/api/datasets/reuters/
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from denim.datasets.splits import Arrays

__all__ = ["get_label_names", "get_word_index", "load_data"]

_TOPICS = """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass crude
    nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi iron-steel
    rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead
"""


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> Arrays:
    """Return ``(x_train, y_train), (x_test, y_test)``: arrays of lists, and of topics' numbers, in Keras's order.

    Args:
        path: the file's name in the caches. The places are those of ``mnist.load_data``.
        num_words: words are numbered by how often they occur, and those of this number or above are left out.
        skip_top: words below this number are left out.
        maxlen: texts of this length or above are left out.
        test_split: the share of texts for testing.
        seed: of the order before the split.
        start_char: what each text begins with; None for nothing.
        oov_char: what stands for a word that is left out; None for nothing.
        index_from: what is added to every word's number.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: if no text is short enough, or for a path that is more than a name.
    """
    from denim.datasets import catalog, npz, sources, splits, texts

    content = sources.content(catalog.REUTERS.named(path))
    wires, (topics,) = npz.lists(content, "x"), npz.numbers(content, "y")
    (order,) = splits.orders(seed, len(wires))
    x, y = texts.shorter(texts.marked([wires[i] for i in order], start_char, index_from), topics[order], maxlen)
    x = texts.limited(x, num_words, skip_top, oov_char)
    first = int(len(x) * (1 - test_split))
    return (texts.ragged(x[:first]), y[:first]), (texts.ragged(x[first:]), y[first:])


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """Return each word's number, to which ``load_data`` adds ``index_from``.

    Args:
        path: the file's name in the caches.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: for a path that is more than a name.
    """
    from denim.datasets import catalog, sources

    index: dict[str, int] = json.loads(sources.content(catalog.REUTERS_WORDS.named(path)))
    return index


def get_label_names() -> tuple[str, ...]:
    """Return the topics' names, by their numbers."""
    return tuple(_TOPICS.split())
