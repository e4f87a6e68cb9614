"""Texts as lists of word numbers: Keras's way to mark their beginnings and to leave words out."""

from __future__ import annotations

import numpy as np

Texts = list[list[int]]


def marked(texts: Texts, start_char: int | None, index_from: int) -> Texts:
    """Each text with its words' numbers raised by ``index_from``, after ``start_char`` if that is not None."""
    if start_char is not None:
        return [[start_char, *(word + index_from for word in text)] for text in texts]
    return [[word + index_from for word in text] for text in texts] if index_from else [list(text) for text in texts]


def shorter(texts: Texts, labels: np.ndarray, maxlen: int | None) -> tuple[Texts, np.ndarray]:
    """Those of fewer than ``maxlen`` words, and their labels.

    Raises:
        ValueError: if there are none.
    """
    if not maxlen:
        return texts, labels
    kept = [i for i, text in enumerate(texts) if len(text) < maxlen]
    if not kept:
        raise ValueError(
            f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was kept. Increase maxlen."
        )
    return [texts[i] for i in kept], labels[kept]


def limited(texts: Texts, num_words: int | None, skip_top: int, oov_char: int | None) -> Texts:
    """Each text with ``oov_char`` for words below ``skip_top`` or not below ``num_words``; without them if it is None.

    ``num_words`` None stands for the largest number that there is, which Keras leaves out too.
    """
    most = num_words or max(map(max, texts))
    if oov_char is None:
        return [[word for word in text if skip_top <= word < most] for text in texts]
    return [[word if skip_top <= word < most else oov_char for word in text] for text in texts]


def ragged(texts: Texts) -> np.ndarray:
    """An array of lists."""
    return np.array(texts, dtype=object)
