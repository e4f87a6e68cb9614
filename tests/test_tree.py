"""keras.tree, with what Keras 3.15 returns."""

from __future__ import annotations

from collections import OrderedDict, deque, namedtuple
from typing import Any

import numpy as np
import pytest

from denim import tree

Point = namedtuple("Point", "x y")
NESTED = {"b": [1, 2], "a": (3, None)}


def test_leaves() -> None:
    assert tree.flatten(NESTED) == [3, None, 1, 2]
    assert tree.flatten_with_path(NESTED) == [(("a", 0), 3), (("a", 1), None), (("b", 0), 1), (("b", 1), 2)]
    assert tree.flatten(OrderedDict(b=1, a=2)) == [1, 2] and tree.flatten(5) == [5] and tree.flatten([]) == []
    assert tree.flatten(Point(deque([1, 2]), {"k": 3})) == [1, 2, 3]
    assert [tree.is_nested(x) for x in ([], (), {}, "a", None, np.ones(2))] == [True, True, True, False, False, False]


def test_map_structure() -> None:
    twice = tree.map_structure(lambda a, b: a + b, {"b": [1, 2], "a": (3,)}, {"b": [1, 2], "a": (3,)})
    assert twice == {"b": [2, 4], "a": (6,)} and list(twice) == ["b", "a"]
    assert tree.map_structure(lambda a: -a, Point(1, deque([2]))) == Point(-1, deque([-2]))
    assert tree.map_structure(str, None) == "None" and tree.map_structure(str, None, none_is_leaf=False) is None
    assert tree.map_structure_up_to([1, 2], len, [[1, 2], {"a": 1}]) == [2, 1]
    assert tree.map_shape_structure(len, {"a": (1, 2), "b": [3, None, 4], "c": [(1,)]}) == {"a": 2, "b": 3, "c": [1]}


def test_packing() -> None:
    assert tree.pack_sequence_as({"b": [1, 2], "a": (3,)}, [7, 8, 9]) == {"b": [8, 9], "a": (7,)}
    assert tree.pack_sequence_as(1, [2]) == 2
    assert tree.lists_to_tuples({"b": [1, [2]], "a": (3,)}) == {"b": (1, (2,)), "a": (3,)}
    for leaves, text in (([7, 8], "Too few leaves.*expected: 3, got: 2"), ([1, 2, 3, 4], "Too many leaves")):
        with pytest.raises(ValueError, match=text):
            tree.pack_sequence_as({"b": [1, 2], "a": (3,)}, leaves)


def test_traverse() -> None:
    assert tree.traverse(lambda x: 5 if x == [1] else None, [[1], 2]) == [5, 2]
    assert tree.traverse(lambda x: tree.MAP_TO_NONE if x == 2 else None, [[1], 2]) == [[1], None]
    seen: list[Any] = []
    tree.traverse(seen.append, [(1, 2), [3]])
    assert seen == [[(1, 2), [3]], (1, 2), 1, 2, [3], 3]
    seen.clear()
    tree.traverse(seen.append, [(1, 2), [3]], top_down=False)
    assert seen == [1, 2, (1, 2), 3, [3], [(1, 2), [3]]]


@pytest.mark.parametrize(
    ("a", "b"), [([1], [1, 2]), ([1], (1,)), ({"a": 1}, {"b": 1}), ([[1]], [1]), ([1], [[1]]), (Point(1, 2), (1, 2))]
)
def test_structures_that_differ(a: Any, b: Any) -> None:
    with pytest.raises(ValueError):
        tree.assert_same_structure(a, b)
    with pytest.raises(ValueError):
        tree.map_structure(lambda x, y: x, a, b)


def test_structures_that_are_the_same() -> None:
    tree.assert_same_structure({"a": [1, (2,)]}, OrderedDict(a=["x", (None,)]))
    tree.assert_same_paths([1, {"a": 2}], (1, {"a": 3}))
    with pytest.raises(ValueError, match=r"only the first has \[\('a',\)\], only the second has \[\('b',\)\]"):
        tree.assert_same_paths({"a": 1}, {"b": 1})


def test_errors() -> None:
    with pytest.raises(TypeError, match="`func` must be callable"):
        tree.map_structure(3, [1])
    with pytest.raises(ValueError, match="at least one structure"):
        tree.map_structure(str)
    with pytest.raises(ValueError, match="Expected an instance of list"):
        tree.map_structure_up_to([1], str, (1,))
