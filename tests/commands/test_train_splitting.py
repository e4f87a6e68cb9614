from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denim.commands.errors import CommandError
from denim.commands.training.splitting import Split

parts = st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9])


@given(rows=st.integers(20, 200), classes=st.integers(0, 5), validation=parts, test=parts, seed=st.integers(0, 9))
def test_every_row_is_in_one_part(rows: int, classes: int, validation: float, test: float, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(0, classes, rows) if classes else None
    split = Split.of(rows, labels, validation, test, seed)
    assert sorted(np.concatenate([split.train, split.validation, split.test]).tolist()) == list(range(rows))
    assert len(split.train)
    for part, index in ((validation, split.validation), (test, split.test)):
        assert (np.diff(index) > 0).all()
        if not part:
            assert not len(index)
    if labels is None:
        assert len(split.test) == (max(1, round(test * rows)) if test else 0)
    else:
        assert set(labels[split.train]) == set(labels), "every class can be learnt"


def test_each_part_has_its_share_of_every_class() -> None:
    labels = np.repeat([0, 1, 2], [500, 100, 10])
    split = Split.of(610, labels, 0.25, 0.2, 3)
    assert np.bincount(labels[split.test]).tolist() == [100, 20, 2]
    assert np.bincount(labels[split.validation]).tolist() == [100, 20, 2]


def test_the_seed_decides() -> None:
    first, again, other = (Split.of(100, None, 0.2, 0.2, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.test, again.test) and np.array_equal(first.validation, again.validation)
    assert not np.array_equal(first.test, other.test)


def test_too_few_rows() -> None:
    with pytest.raises(CommandError, match=r"takes at least 2 rows. Received: 1. Bring more rows, or pass --test 0"):
        Split.of(1, None, 0, 0.2, 0)
    with pytest.raises(CommandError, match=r"--validation 0\.5"):
        Split.of(2, None, 0.5, 0.5, 0)
