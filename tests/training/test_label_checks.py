"""Labels are checked once for a whole fit, however often its engine is called, and cannot change after that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.data.feed import Feed
from denim.data.feeding import feed_inputs, feed_samples
from denim.data.samples import Samples
from denim.engines.checks import check_feed
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Input
from denim.program.program import Program
from denim.program.specs import Head, Loss

from .conftest import Data


def program(classes: int) -> Program:
    builder = ProgramBuilder()
    node = builder.add(Input("x", (classes,), "float32"))
    return builder.lowered(node).program((Head(node, Loss("sparse_categorical_crossentropy"), 1.0, (), ()),))


@pytest.fixture
def labels() -> np.ndarray:
    return np.arange(10) % 3


@pytest.fixture
def feed(labels: np.ndarray) -> Feed:
    samples = Samples((np.zeros((10, 3), "float32"),), (labels,))
    return feed_samples(program(3), samples, feed_inputs(program(3), samples))


def test_a_feed_has_labels_of_its_own(feed: Feed, labels: np.ndarray) -> None:
    labels[:] = 7
    assert feed.targets[0].tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    with pytest.raises(ValueError, match="read-only"):
        feed.targets[0][0] = 7


def test_checked_labels_are_not_read_again(feed: Feed) -> None:
    class Unread(np.ndarray):
        def min(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("the labels were read")

    for part in (feed, feed.slice(2, 9)):
        unread = replace(part, targets=(part.targets[0].view(Unread),))
        check_feed(program(3), unread)
        with pytest.raises(AssertionError, match="the labels were read"):
            check_feed(program(3), replace(unread, classes=()))


def test_they_are_where_anything_could_have_changed(feed: Feed) -> None:
    with pytest.raises(ValueError, match="Received: 2 at row 2"):
        check_feed(program(2), replace(feed, inputs=(np.zeros((10, 2), "float32"),)))
    with pytest.raises(ValueError, match="Received: 3 at row 0"):
        check_feed(program(3), replace(feed, targets=(np.full(10, 3),)))


@pytest.mark.parametrize("shuffle", [False, True])
def test_labels_that_a_callback_changes_do_no_harm(shuffle: bool, make: Any, data: Data) -> None:
    class Vandal(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            y[:] = 1 << 30

    x, y = data
    model, twin = make(), make()
    twin.set_weights(model.get_weights())
    expected = []
    for judged, hooks in ((twin, []), (model, [Vandal()])):
        keras.utils.set_random_seed(1)
        judged.fit(x, y, batch_size=8, epochs=2, shuffle=shuffle, verbose=0, callbacks=hooks)
        expected.append(judged.history.history)
    assert expected[0] == expected[1]
