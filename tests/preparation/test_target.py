"""What is learnt: the task and its classes, and what the outputs mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made import arrays, pictures, prepared, table

from denim.preparation import Preparation, PreparationError

A = np.arange(12) * 0.5
OTHER = "; task='regression' would learn it as a number"

DECIDED = {
    "texts": (["x", "z", "y"] * 4, "multiclass", ("x", "y", "z"), "3 classes: x, y, z"),
    "two texts": (["b", "a"] * 6, "binary", ("a", "b"), "2 classes: a, b"),
    "yes and no": (["yes", "no"] * 6, "binary", ("no", "yes"), "2 classes: no, yes"),
    "truth values": ([True, False] * 6, "binary", (False, True), "2 classes: False, True"),
    "0 and 1": ([1, 0] * 6, "binary", (0, 1), f"2 classes: 0, 1{OTHER}"),
    "1 and 2, as floats": ([1.0, 2.0] * 6, "binary", (1, 2), f"2 classes: 1, 2{OTHER}"),
    "few whole numbers": ([3, 7, 5] * 4, "multiclass", (3, 5, 7), f"3 classes: 3, 5, 7{OTHER}"),
    "many whole numbers": (range(12), "regression", (), "a number from 0 to 11"),
    "real numbers": ([0.5, 1.5] + [2.0] * 10, "regression", (), "a number from 0.5 to 2"),
}


@pytest.mark.parametrize("name", DECIDED)
def test_the_task_follows_from_the_values(name):
    values, task, classes, sentence = DECIDED[name]
    preparation, made = prepared(a=A, y=values)
    assert (preparation.task, preparation.classes) == (task, classes)
    assert [type(each) for each in preparation.classes] == [type(each) for each in classes]
    learnt = "Learnt is 'y', "
    assert preparation.decisions[0] == f"{learnt}{sentence}."
    targets = preparation.targets(made)
    if task == "regression":
        assert targets.dtype == np.float32
        assert targets.tolist() == list(values)
    else:
        assert targets.dtype == np.int64
        assert [classes[number] for number in targets] == list(values)


@pytest.mark.parametrize(
    ("values", "task", "found", "classes", "sentence"),
    [
        ([0, 1, 2] * 4, "regression", "regression", (), "a number from 0 to 2, as asked for"),
        ([True, False] * 6, "regression", "regression", (), "a number from 0 to 1, as asked for"),
        ([0, 1] * 6, "multiclass", "multiclass", (0, 1), "2 classes: 0, 1"),
        ([0, 1] * 6, "classification", "binary", (0, 1), "2 classes: 0, 1"),
        ([0.5, 1.5, 2.0] * 4, "classification", "multiclass", (0.5, 1.5, 2.0), "3 classes: 0.5, 1.5, 2.0"),
        ([*range(7), *range(5)], "multiclass", "multiclass", tuple(range(7)), "7 classes: 0, 1, 2, 3, 4, 5, 6"),
    ],
)
def test_the_task_can_be_asked_for(values, task, found, classes, sentence):
    preparation, _ = prepared(a=A, y=values, task=task)
    assert (preparation.task, preparation.classes) == (found, classes)
    assert preparation.decisions[0] == f"Learnt is 'y', {sentence}."


REFUSED = {
    "one class": (["x"] * 12, None, "Every row has 'y' 'x': there is nothing to tell apart. Are other rows missing?"),
    "one number": ([2.5] * 12, None, "Every row has 'y' 2.5: there is nothing to tell apart. Are other rows missing?"),
    "an identifier": (
        [f"n{number}" for number in range(12)],
        None,
        "All 12 values of 'y' differ, as those of an identifier do: there is no class to learn. Name another column.",
    ),
    "free text": (
        [f"text {number % 8}" for number in range(12)],
        None,
        "'y' has 8 different values in 12 rows, such as 'text 0': that is text of free form, not classes. Name another "
        "column; or task='classification' learns them.",
    ),
    "texts as numbers": (
        ["x", "y"] * 6,
        "regression",
        "'y' holds texts such as 'x', which are no numbers to learn.",
    ),
    "three of two classes": ([0, 1, 2] * 4, "binary", "A binary task has two classes, and 'y' has 3."),
    "another task": (
        [0, 1] * 6,
        "regresion",
        "task must be one of binary, multiclass, regression, classification. Received: 'regresion'. Did you mean "
        "'regression'?",
    ),
    "infinity": ([0.5, np.inf] * 6, None, "'y' must be finite to be learnt, and holds NaN or infinity."),
    "missing ones": (
        [0.5, None] * 6,
        None,
        "6 of 12 rows of made.csv have no 'y'. denim.files.read(..., target='y') leaves such rows out.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    values, task, text = REFUSED[name]
    with pytest.raises(PreparationError) as refused:
        prepared(a=A, y=values, task=task)
    assert str(refused.value) == text


def test_lists_are_no_target():
    with pytest.raises(PreparationError, match=r"^Column 'y' cannot be learnt: it holds .*list"):
        prepared(a=A, y=[[1], [2]] * 6)


@pytest.mark.parametrize("written", [[1, 2], [1.0, 2.0], ["1", "2"], ["01", "2.0"], pd.Categorical(["1", "2"])])
def test_classes_are_the_same_however_a_file_writes_them(written):
    preparation, _ = prepared(a=A, y=["1", "2", "x"] * 4)
    assert preparation.targets(table(y=written)).tolist() == [0, 1]
    preparation, _ = prepared(a=A, y=[1, 2] * 6)
    assert preparation.targets(table(y=written)).tolist() == [0, 1]


def test_targets_that_are_not_there():
    preparation, _ = prepared(a=A, species=["cat", "dog"] * 6, target="species")
    new = table(a=[1.0], Species=["cat"])
    assert not preparation.has_targets(new)
    for made, text in (
        (new, "made.csv has no column 'species', which was learnt. Did you mean 'Species'?"),
        (
            table(species=["cat", None]),
            "1 of 2 rows of made.csv have no 'species'. denim.files.read(..., target='species') leaves such rows out.",
        ),
        (
            table(species=["cat", "dgo"]),
            "'dgo' is no class of 'species' that was learnt. Did you mean 'dog'? Classes: cat, dog.",
        ),
    ):
        with pytest.raises(PreparationError) as refused:
            preparation.targets(made)
        assert str(refused.value) == text
    assert preparation.has_targets(table(species=["dog"]))
    assert not preparation.has_targets(table(species=["cat", None]))


def test_texts_where_a_number_was_learnt():
    preparation, _ = prepared(a=A, y=A)
    with pytest.raises(PreparationError, match=r"^'y' was learnt as a number, and is <U1 here\.$"):
        preparation.targets(table(y=["x", "y"]))


def test_answers_name_classes_and_probabilities():
    preparation, _ = prepared(a=A, y=["x", "y", "z"] * 4)
    answers = preparation.answers(np.array([[0.2, 0.7, 0.1], [0.5, 0.2, 0.3]], np.float32))
    assert list(answers) == ["y", "p(x)", "p(y)", "p(z)"]
    assert answers["y"].tolist() == ["y", "x"]
    np.testing.assert_array_equal(answers["p(z)"], np.float32([0.1, 0.3]))


def test_answers_of_a_binary_task_give_both_probabilities():
    preparation, _ = prepared(a=A, y=[4, 9] * 6)
    answers = preparation.answers(np.array([[0.25], [0.75], [0.5]], np.float32))
    assert {name: values.tolist() for name, values in answers.items()} == {
        "y": [4, 9, 4],
        "p(4)": [0.75, 0.25, 0.5],
        "p(9)": [0.25, 0.75, 0.5],
    }


def test_answers_of_a_regression_are_numbers():
    preparation, _ = prepared(a=A, y=A)
    answers = preparation.answers(np.array([[0.5], [2.5]], np.float32))
    assert {name: values.tolist() for name, values in answers.items()} == {"y": [0.5, 2.5]}


def test_labels_of_pictures():
    made = pictures(labels=np.array(["cat", "dog", "cat"] * 2))
    preparation = Preparation.decide(made)
    assert preparation.decisions == (
        "Learnt is 'class', 2 classes: cat, dog.",
        "Pictures of 3×4 pixels, grey, scaled from 0 to 255 down to 0 to 1.",
    )
    assert preparation.targets(made).tolist() == [0, 1, 0, 0, 1, 0]
    assert preparation.inputs(made) is made.images
    assert not preparation.has_targets(pictures())
    with pytest.raises(PreparationError) as refused:
        preparation.targets(pictures())
    assert str(refused.value) == "The pictures of made are in no folders that say their classes."
    with pytest.raises(PreparationError) as refused:
        Preparation.decide(pictures())
    assert str(refused.value) == "The pictures of made are in no folders that say their classes."
    with pytest.raises(PreparationError) as refused:
        preparation.inputs(pictures(shape=(4, 3, 3)))
    assert str(refused.value) == (
        "The network learnt from pictures of shape (4, 3), and those of made have shape (4, 3, 3). "
        "Reading them with size=(4, 3), colour=False brings them to it."
    )


X = np.arange(24.0).reshape(8, 3)


@pytest.mark.parametrize(
    ("y", "task", "classes", "targets"),
    [
        (np.eye(4)[[0, 1, 2, 3] * 2], "multiclass", (0, 1, 2, 3), [0, 1, 2, 3] * 2),
        (np.array([[0], [5]] * 4), "binary", (0, 5), [0, 1] * 4),
        (np.array(["b", "a"] * 4), "binary", ("a", "b"), [1, 0] * 4),
        (X[:, :2], "regression", (), X[:, :2].tolist()),
        (X[:, 0] + 0.5, "regression", (), (X[:, 0] + 0.5).tolist()),
    ],
)
def test_targets_in_arrays(y, task, classes, targets):
    made = arrays(X, y)
    preparation = Preparation.decide(made)
    assert (preparation.task, preparation.classes) == (task, classes)
    assert preparation.targets(made).tolist() == targets
    assert preparation.inputs(made) is made.x


def test_several_numbers_a_row():
    preparation = Preparation.decide(arrays(X, X[:, :2]))
    assert preparation.decisions == (
        "Learnt are 2 numbers a row.",
        "Rows of shape (3,), float64, each feature scaled to mean 0 and variance 1.",
    )
    assert list(preparation.answers(X[:, :2])) == ["class 1", "class 2"]
    with pytest.raises(PreparationError) as refused:
        preparation.targets(arrays(X, X))
    assert str(refused.value) == "2 numbers a row were learnt. Received: targets of shape (8, 3)."


@pytest.mark.parametrize(
    ("x", "y", "task", "text"),
    [
        (X, None, None, "made.npz has no array of targets."),
        (X, X[:, 0] * np.nan, None, "Targets of made.npz hold NaN. Leave those rows out."),
        (
            X,
            X,
            "binary",
            "Targets of shape (8, 3) are 3 numbers a row, which cannot be learnt as binary. Pass one class a row, or "
            "task='regression'.",
        ),
        (X, X[:, :, None], None, "Targets must have shape (rows,) or (rows, numbers). Received: (8, 3, 1)."),
    ],
)
def test_arrays_that_cannot_be_learnt_from(x, y, task, text):
    with pytest.raises(PreparationError) as refused:
        Preparation.decide(arrays(x, y), task=task)
    assert str(refused.value) == text


def test_arrays_that_are_not_like_those_learnt_from():
    preparation = Preparation.decide(arrays(X, X[:, 0]))
    broken = X.copy()
    broken[2, 1] = np.nan
    for x, text in (
        (X[:, :2], "The network learnt from rows of shape (3,), and those of made.npz have shape (2,)."),
        (
            X.astype(np.uint8),
            "The network learnt from numbers on another scale than uint8, and made.npz holds uint8.",
        ),
        (
            broken,
            "Inputs must be finite. 1 of 8 rows of made.npz hold NaN or infinity, the first is row 3. Fill them in, or "
            "leave those rows out.",
        ),
    ):
        with pytest.raises(PreparationError) as refused:
            preparation.inputs(arrays(x))
        assert str(refused.value) == text
    with pytest.raises(PreparationError) as refused:
        preparation.inputs(table(a=[1]))
    assert str(refused.value) == "The network learnt from arrays, and made.csv holds a table."
