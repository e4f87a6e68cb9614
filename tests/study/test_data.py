from __future__ import annotations

import numpy as np

from denim.study.data import Split, digits


def test_digits_keep_every_picture_once() -> None:
    found = digits()

    assert found.train_input.dtype == np.uint8
    assert found.train_input.shape == (1437, 8, 8)
    assert found.test_input.shape == (360, 8, 8)
    assert found.train_input.max() == found.white == 16
    together = np.concatenate([found.train_input, found.test_input]).reshape(1797, -1)
    from sklearn.datasets import load_digits

    assert sorted(map(bytes, together)) == sorted(map(bytes, load_digits().data.astype(np.uint8)))


def test_split_is_the_tutorials() -> None:
    from sklearn.model_selection import train_test_split

    pictures = digits()
    scaled = (pictures.train_input / 16.0).reshape(-1, 64)
    train, val, train_target, val_target = train_test_split(
        scaled, pictures.train_target, test_size=0.2, random_state=42
    )
    split = Split.of(pictures)

    assert split.train_input.dtype == split.val_input.dtype == split.test_input.dtype == np.float32
    np.testing.assert_array_equal(split.train_input, train.astype(np.float32))
    np.testing.assert_array_equal(split.val_input, val.astype(np.float32))
    np.testing.assert_array_equal(split.train_target, train_target)
    np.testing.assert_array_equal(split.val_target, val_target)
    assert split.test_input.shape == (360, 64)
    assert split.classes == 10
