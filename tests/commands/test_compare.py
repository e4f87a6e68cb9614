"""denim compare: equal folds, honest verdicts, and what is finished when Ctrl-C comes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the baseline and the folds are scikit-learn's")

from denim.commands.compare import conclusion
from denim.commands.comparing import contenders
from denim.commands.comparing.folds import Folds
from denim.commands.comparing.results import Compared, Standing
from denim.files import read
from denim.preparation import Preparation
from pages import parsed

from .calling import run

QUICK = ("--folds", "3", "--epochs", "8", "--networks", "8:relu")


def folds(data: Path, target: str, **more: Any) -> Folds:
    content = read(data, target=target)
    settings = {"folds": 3, "repeats": 1, "seed": 0} | more
    return Folds(content, target, Preparation.decide(content, target), **settings)


def test_each_row_is_held_out_once_and_classes_have_their_share(flowers: Path) -> None:
    held_out = [y for _, y in folds(flowers, "species")]

    assert sum(map(len, held_out)) == 90
    assert all(np.bincount(y).tolist() == [10, 10, 10] for y in held_out)


def test_preparation_knows_nothing_of_the_rows_held_out(tmp_path: Path) -> None:
    lines = ["size,kind", *(f"{'' if i == 5 else 1000 if i == 7 else i % 5},{'ab'[i % 2]}" for i in range(30))]
    (tmp_path / "data.csv").write_text("\n".join(lines))

    filled = {decision for fold, _ in folds(tmp_path / "data.csv", "kind") for decision in fold.preparation.decisions}
    assert len([decision for decision in filled if "size" in decision]) > 1


def test_models_are_judged_on_the_same_folds(flowers: Path, tmp_path: Path) -> None:
    code, out, told = run("compare", flowers, "--target", "species", *QUICK, "--json", "--out", tmp_path / "page")
    found = json.loads(out)

    assert code == 0
    assert "fold 3 of 3 is done" in told
    assert [model["name"] for model in found["models"]] == ["always the most usual", "logistic regression", "8:relu"]
    for model in found["models"]:
        accuracy = model["scores"]["accuracy"]
        assert len(accuracy["folds"]) == 3
        assert accuracy["mean"] == pytest.approx(np.mean(accuracy["folds"]))
        assert 0 <= accuracy["interval"][0] <= accuracy["mean"] <= accuracy["interval"][1] <= 1
    usual, logistic, _ = found["models"]
    assert usual["scores"]["accuracy"]["folds"] == pytest.approx([1 / 3] * 3)
    assert logistic["scores"]["accuracy"]["mean"] > 0.7
    assert len(found["pairs"]) == 3
    assert json.loads((tmp_path / "page" / "results.json").read_text()) == found
    tree = parsed((tmp_path / "page" / "report.html").read_text())
    assert [row[0] for row in tree.by_id("models").rows()] == [model["name"] for model in found["models"]]
    assert "Nadeau and Bengio" in tree.by_id("noise").text
    assert not tree.all("script", "link")


def test_logistic_regression_is_scikit_learns_own(flowers: Path) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    fold, y = next(iter(folds(flowers, "species")))
    answers = contenders.Linear("").answers(fold, lambda share: None)
    scaler = StandardScaler().fit(fold.x)
    judge = LogisticRegression(max_iter=1000).fit(scaler.transform(fold.x), fold.y)

    said = judge.predict_proba(scaler.transform(fold.held_out))
    np.testing.assert_allclose(answers.outputs, said, atol=1e-5)
    assert (answers.outputs.argmax(axis=1) == y).mean() == pytest.approx(
        judge.score(scaler.transform(fold.held_out), y)
    )


def test_numbers_are_compared_by_their_error(prices: Path, tmp_path: Path) -> None:
    code, out, _ = run("compare", prices, "--target", "price", *QUICK, "--json", "--out", tmp_path / "page")
    found = json.loads(out)

    assert code == 0
    assert found["score"] == "RMSE"
    assert found["best"] == "ridge regression"
    assert [model["name"] for model in found["models"]][:2] == ["always the mean", "ridge regression"]


def test_equal_seeds_give_equal_numbers(flowers: Path, tmp_path: Path) -> None:
    words = ("compare", flowers, "--target", "species", *QUICK, "--json")
    first, again, other = (
        json.loads(run(*words, "--seed", seed, "--out", tmp_path / str(number))[1])["models"][2]["scores"]
        for number, seed in enumerate((1, 1, 2))
    )
    assert first == again
    assert first != other


def test_repeats_hold_out_other_rows(flowers: Path) -> None:
    parts = [tuple(fold.held_out[:, 0].tolist()) for fold, _ in folds(flowers, "species", repeats=2)]
    assert len(parts) == len(set(parts)) == 6


def interrupt_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the network is trained for the ``count``-th time."""
    real, calls = contenders.Trained.answers, []

    def answers(self: Any, *arguments: Any) -> Any:
        calls.append(self)
        if len(calls) == count:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(contenders.Trained, "answers", answers)


def test_ctrl_c_leaves_what_was_finished(flowers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_after(3, monkeypatch)
    code, out, _ = run("compare", flowers, "--target", "species", *QUICK, "--json", "--out", tmp_path / "page")
    found = json.loads(out)

    assert code == 130
    assert found["done"] == 2
    assert {len(model["scores"]["accuracy"]["folds"]) for model in found["models"]} == {2}
    assert "stopped after 2 of 3 folds" in (tmp_path / "page" / "report.html").read_text()


def test_ctrl_c_before_anything_can_be_said_writes_nothing(
    flowers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_after(2, monkeypatch)
    code, _, told = run("compare", flowers, "--target", "species", *QUICK, "--out", tmp_path / "page")

    assert code == 130
    assert "Nothing was written" in told
    assert not (tmp_path / "page").exists()


def test_results_go_to_a_folder_of_their_own(flowers: Path) -> None:
    words = ("compare", flowers, "--target", "species", *QUICK)
    assert run(*words)[0] == run(*words)[0] == 0
    names = {path.parent.name for path in Path("runs").glob("*/report.html")}
    assert names == {"flowers-comparison", "flowers-comparison-2"}


def test_a_folder_that_cannot_be_written_to_is_found_before_the_work(
    flowers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("compare", flowers, "--target", "species", *QUICK)
    assert f"{flowers} is a file. Name another --out." in run(*words, "--out", flowers / "page")[2]
    monkeypatch.setattr("os.access", lambda path, mode: False)
    code, said, told = run(*words)
    assert (code, said) == (1, "")
    assert told == "Error: Cannot write to runs/flowers-comparison: Permission denied. Name another --out.\n"


def test_a_rare_class_is_told_and_no_warning_comes(tmp_path: Path) -> None:
    lines = ["size,kind", *(f"{i},{'rare' if i < 2 else 'ab'[i % 2]}" for i in range(40))]
    (tmp_path / "data.csv").write_text("\n".join(lines))
    code, out, _ = run("compare", tmp_path / "data.csv", "--target", "kind", *QUICK)

    assert code == 0
    assert "Of rare there are fewer rows than folds" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--networks", "100:rulu"), "The activation of '100:rulu' in --networks 100:rulu is not known"),
        (("--networks", "drop:0.3"), "Received: 'drop:0.3' in --networks 'drop:0.3'. Did you mean 'dropout'?"),
        (("--networks", "dropout:2"), "dropout in --networks takes the part that is dropped"),
        (("--networks", "9:relu,7"), "A last number of --networks without an activation is the number of outputs"),
        (("--folds", "60"), "two rows"),
        (("--optimizer", "adm"), "adm"),
        (("--task", "clasification"), "classification"),
    ],
)
def test_errors_say_what_helps(words: tuple[str, ...], said: str, flowers: Path) -> None:
    code, _, told = run("compare", flowers, "--target", "species", *words)
    assert code == 1
    assert told.startswith("Error: ")
    assert said in told
    assert not Path("runs").exists()


def test_without_scikit_learn_it_says_what_to_install(flowers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("denim.commands.compare.find_spec", lambda name: None)
    code, _, told = run("compare", flowers, "--target", "species")

    assert code == 1
    assert 'pip install "denim-nn[sklearn]"' in told


def test_what_always_says_the_same_is_not_the_simplest() -> None:
    def standing(name: str, scores: tuple[float, ...], parameters: int, constant: bool = False) -> Standing:
        return Standing(name, {"accuracy": scores}, parameters, 1.0, {}, constant)

    standings = (
        standing("always", (0.6, 0.5, 0.4), 1, constant=True),
        standing("small", (0.7, 0.5, 0.6), 10),
        standing("large", (0.7, 0.6, 0.6), 100),
    )
    found = Compared("data.csv", "kind", "binary", 30, ("a", "b"), 3, 1, 0, 3, 0.5, "accuracy", standings, (), {})

    assert (found.best.name, found.simplest.name) == ("large", "small")
    assert not any(pair.more_than_noise for pair in found.pairs)
    assert conclusion(found) == "Best is large; small is within noise of it and has 10 parameters instead of 100."
    better = replace(standings[0], scores={"accuracy": (0.8, 0.8, 0.8)})
    found = replace(found, standings=(better, *standings[1:]))
    assert conclusion(found) == "Nothing that was learnt is better than always."
