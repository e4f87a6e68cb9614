"""The report: one sound page, true to the results, whatever the names are."""

from __future__ import annotations

import base64
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import denim as keras
from denim.judging.comparison import compare
from denim.study.data import Pictures, Split, digits
from denim.study.findings import Findings, Settings
from denim.study.networks import Outcome
from denim.study.report import report as page_of
from denim.study.results import Baseline, Results, TrainedModel
from pages import Element, parsed

HOSTILE = ("<script>alert(1)</script>", '"><img src onerror="x()">', "앵클 부츠 & $코트$")


def small(
    names: tuple[str, ...] = ("one", "two", "three"),
    *,
    model_name: str = "softmax",
    asked: str = "small",
    wrong: int = 3,
    baseline: Baseline | None = None,
) -> Findings:
    """Findings about twelve pictures of 4 by 3 pixels in three classes; each model is wrong on the first rows."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 17, (12, 4, 3)).astype(np.uint8)
    y = (np.arange(12) % 3).astype(np.uint8)
    source = Pictures("small", "Small pictures", names, 16, x, y, x, y)
    rows = source.scaled(x, np.float32)
    split = Split(rows, y, rows, y, rows, y, 3)
    outcomes = []
    for number, name in enumerate((model_name, "deep")):
        units = [] if number == 0 else [keras.layers.Dense(5, activation="relu")]
        model = keras.Sequential([keras.layers.Input(shape=(12,)), *units, keras.layers.Dense(3, activation="softmax")])
        model.compile(loss="sparse_categorical_crossentropy")
        probabilities = np.full((12, 3), 0.1, np.float32)
        mistaken = wrong * (1 - number)
        probabilities[np.arange(12), (y + (np.arange(12) < mistaken)) % 3] = 0.8
        accuracy = (12 - mistaken) / 12
        series = {key: [0.5, 0.25] for key in ("loss", "accuracy", "val_loss", "val_accuracy")}
        found = TrainedModel(name, model.count_params(), 1.25, 0.25, accuracy, series)
        outcomes.append(Outcome(found, model, probabilities))
    results = Results("small", baseline, tuple(outcome.found for outcome in outcomes))
    settings = Settings(asked, baseline is None, 2, 42, None)
    return Findings(source, split, results, tuple(outcomes), settings, ("results.json",))


@pytest.fixture(scope="module")
def report(digits_study) -> str:
    return (digits_study.out / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(report: str) -> Element:
    return parsed(report)


def pixels(image: Element) -> np.ndarray:
    from matplotlib import image as images

    head, _, data = (image.attributes["src"] or "").partition(",")
    assert head == "data:image/png;base64"
    return images.imread(io.BytesIO(base64.b64decode(data)), format="png")


# The page


def test_page_is_html_in_utf_8(report: str, tree: Element) -> None:
    assert report.startswith("<!DOCTYPE html>\n<html lang=")
    assert tree.all("meta")[0].attributes == {"charset": "utf-8"}
    assert [child.tag for child in tree.all("html")[0].children] == ["head", "body"]


def test_nothing_outside_is_asked_for(report: str, tree: Element) -> None:
    assert not re.search(r"(?i)https?:|//\w|@import|javascript:", re.sub(r"base64,[\w+/=]+", "", report))
    assert tree.all("script", "link", "iframe", "object", "base") == []
    for element in tree.everything():
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("src", "xlink:href"):
            assert (element.attributes.get(name) or "data:").startswith("data:")
    assert set(re.findall(r"url\((.)", report)) <= {"#"}
    (policy,) = [meta for meta in tree.all("meta") if meta.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert (policy.attributes["content"] or "").startswith("default-src 'none'; ")


def test_ids_are_unique_and_links_lead_somewhere(digits_study, report: str, tree: Element) -> None:
    ids = [element.attributes["id"] for element in tree.everything() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    references = [element.attributes["href"] or "" for element in tree.everything() if "href" in element.attributes]
    inner = {reference[1:] for reference in references if reference.startswith("#")}
    assert inner | set(re.findall(r"url\(#([^)]+)\)", report)) <= set(ids)
    beside = {reference for reference in references if not reference.startswith("#")}
    assert beside == {path.name for path in digits_study.out.iterdir()} - {"report.html"}


def test_every_picture_is_told_in_words(tree: Element) -> None:
    images = tree.all("img")
    assert len(images) > 10 * 5 + 10
    told = [image.attributes["alt"] or "" for image in images]
    assert all(len(alt) > 5 for alt in told)
    for drawing in tree.all("svg"):
        assert drawing.attributes.get("aria-hidden") == "true" or len(drawing.attributes["aria-label"] or "") > 20


def test_headings_and_tables_are_real_ones(tree: Element) -> None:
    levels = [int(heading.tag[1]) for heading in tree.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in tree.all("table"):
        columns = [cell.attributes.get("scope") for cell in table.all("thead")[0].all("th")]
        assert columns and set(columns) == {"col"}
        for row in table.all("tbody")[0].all("tr"):
            assert [cell.tag for cell in row.children] == ["th"] + ["td"] * (len(columns) - 1)


def test_style_sheet_knows_light_and_dark(tree: Element) -> None:
    (style,) = tree.all("style")
    assert "@media (prefers-color-scheme: dark)" in style.text
    named = set(re.findall(r"var\((--[\w-]+)", style.text)) - {"--share"}
    assert named <= set(re.findall(r"(--[\w-]+):", style.text))


# What it says


def test_numbers_are_those_of_the_results(digits_study, tree: Element) -> None:
    found = json.loads((digits_study.out / "results.json").read_text())
    baseline, *models = tree.by_id("models").rows()

    wanted = found["baseline"]
    assert baseline[0] == wanted["name"]
    assert baseline[-3:] == [f"{wanted['cv_accuracy']:.4f}", f"{65 * 10:,}", f"{wanted['seconds']:.1f}"]
    for row, model in zip(models, found["models"], strict=True):
        name, test, interval, validation, cross_validated, parameters, seconds = row
        assert (name, cross_validated) == (model["name"], "")
        assert (test, validation) == (f"{model['test_accuracy']:.4f}", f"{model['val_accuracy']:.4f}")
        assert (parameters, seconds) == (f"{model['parameters']:,}", f"{model['train_seconds']:.1f}")
        low, high = map(float, interval.split(" to "))
        assert low < model["test_accuracy"] < high


def test_predictions_are_what_evaluate_judged(digits_study, tree: Element) -> None:
    for matrix, model in zip(tree.by_id("confusion").all("table"), digits_study.results.models, strict=True):
        counts = np.array([[int(cell) for cell in row[1:]] for row in matrix.rows()])
        assert counts.sum() == 360
        assert counts.trace() / 360 == pytest.approx(model.test_accuracy, abs=1e-6)


def test_curves_are_there_as_numbers_too(digits_study, tree: Element) -> None:
    (table,) = tree.by_id("curves").all("table")
    rows = iter(table.rows())
    for model in digits_study.results.models:
        for epoch in range(2):
            keys = ("loss", "val_loss", "accuracy", "val_accuracy")
            assert next(rows) == [model.name, str(epoch + 1), *(f"{model.history[key][epoch]:.4f}" for key in keys)]


def test_every_pair_is_judged_with_its_numbers() -> None:
    findings = small(wrong=8)
    tree = parsed(page_of(findings).decode())
    (pair,) = compare({outcome.found.name: findings.right(outcome) for outcome in findings.outcomes})

    ((name, verdict, difference, interval, _, first, second, p, adjusted),) = tree.by_id("comparisons").rows()

    assert (name, verdict, difference) == ("deep over softmax", "more than noise", "+66.67")
    assert interval == f"{100 * pair.interval[0]:+.2f} to {100 * pair.interval[1]:+.2f}"
    assert (first, second, p, adjusted) == ("8", "0", f"{2 / 256:.4f}", f"{2 / 256:.4f}")
    assert "The lead is more than noise against softmax." in tree.all("header")[0].text
    assert "McNemar's exact two-sided test on the same 12 test pictures" in tree.by_id("side-by-side").text


def test_a_difference_within_noise_is_called_that() -> None:
    tree = parsed(page_of(small(wrong=3)).decode())

    assert tree.by_id("comparisons").rows()[0][1] == "within noise"
    assert "The lead is within noise against softmax." in tree.all("header")[0].text


def test_two_that_are_level_are_both_called_the_best() -> None:
    tree = parsed(page_of(small(wrong=0)).decode())

    assert "test pictures softmax and deep are right most often: 100.00% each." in tree.all("header")[0].text
    assert "lead" not in tree.all("header")[0].text
    assert [strong.text for strong in tree.by_id("models").all("strong")] == ["1.0000", "1.0000"]
    assert tree.by_id("comparisons").rows()[0][:3] == ["softmax level with deep", "within noise", "+0.00"]


def test_mistakes_are_told_with_both_classes_and_the_probability() -> None:
    tree = parsed(page_of(small()).decode())
    deep, softmax = tree.by_id("mistakes").all("details")

    assert "open" in deep.attributes and "open" not in softmax.attributes
    assert deep.text == "deep: 0 mistakes in 12"
    told = [card.text for card in softmax.all("figcaption")]
    assert told[0].replace(" ", "") == "two80.00%isonetestpicture0"
    assert [image.attributes["alt"] for image in softmax.all("img")][1] == "Test picture 1: two, taken for three"


def test_seed_versions_and_command_are_there(digits_study, tree: Element) -> None:
    facts = dict(tree.by_id("making").all("table")[0].rows())

    assert {"denim", "engine", "processor", "Python", "NumPy", "h5py", "scikit-learn"} <= set(facts)
    assert (facts["seed"], facts["epochs"], facts["optimizer"]) == ("42", "2", "RMSprop")
    if facts["engine"] == "native":
        from denim.engines import native

        assert (facts["instruction set"], facts["threads"]) == (native.instruction_set(), str(native.num_threads()))
    command = tree.by_id("making").all("pre")[0].text
    assert command == f"denim study digits --epochs 2 --seed 42 --out '{digits_study.out}'"


def test_data_that_stand_in_for_others_say_so() -> None:
    told = parsed(page_of(small(asked="large")).decode()).all("header")[0].text

    assert "large could not be had. All of this is about Small pictures instead." in told
    assert "could not be had" not in parsed(page_of(small()).decode()).text


def test_without_a_baseline_there_is_no_column_for_it() -> None:
    tree = parsed(page_of(small()).decode())

    assert "cross-validated" not in tree.by_id("models").text
    assert "The baseline was left out." in tree.text


# Names


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_are_text_and_nothing_else(hostile: str) -> None:
    usual = parsed(page_of(small(("1<2", "two", "three"))).decode())
    tree = parsed(page_of(small((hostile, "two", "three"), model_name=hostile)).decode())

    assert [element.tag for element in tree.everything()] == [element.tag for element in usual.everything()]
    assert hostile in {row[1] for row in tree.by_id("data").all("table")[1].rows()}
    assert tree.by_id("models").rows()[0][0] == hostile
    assert hostile in {entry.text for entry in tree.by_id("curves").all("li")}
    assert any(hostile in (image.attributes["alt"] or "") for image in tree.all("img"))


# Pictures


def test_pictures_are_not_blank_and_lie_on_nothing(tree: Element) -> None:
    for image in tree.all("img"):
        alpha = pixels(image)[..., 3]
        assert alpha.shape == (8, 8)
        assert alpha.max() > 0.5
        assert alpha.min() < 0.5


def test_samples_are_the_pictures_themselves(tree: Element) -> None:
    source = digits()
    image = tree.by_id("samples").all("img")[0]
    first = int(np.flatnonzero(source.train_target == 0)[0])

    assert image.attributes["alt"] == f"0, training picture {first}"
    np.testing.assert_allclose(pixels(image)[..., 3], source.train_input[first] / 16, atol=0.003)
    assert (pixels(image)[..., :3] == 0).all()


def test_weights_are_drawn_in_two_inks() -> None:
    findings = small()
    kernel = np.zeros((12, 3), np.float32)
    kernel[1, 0], kernel[11, 0] = 2, -1
    findings.outcomes[0].model.set_weights([kernel, np.zeros(3, np.float32)])

    first = pixels(parsed(page_of(findings).decode()).by_id("weights").all("img")[0])

    assert first.shape == (4, 3, 4)
    assert [first[0, 1, 3], first[3, 2, 3], first[0, 0, 3]] == pytest.approx([1, 0.5, 0], abs=0.003)
    assert first[0, 1, 0] > first[0, 1, 2]
    assert first[3, 2, 0] < first[3, 2, 2]


def test_curves_take_their_colours_from_the_page(tree: Element) -> None:
    panels = tree.by_id("curves").all("figure")
    assert len(panels) == 2
    for panel, quantity in zip(panels, ("loss", "accuracy"), strict=True):
        styles = " ".join(element.attributes.get("style") or "" for element in panel.everything())
        assert all(f"stroke: var(--series-{number})" in styles for number in (1, 2, 3))
        words = {text.text for text in panel.all("text", "li")}
        assert {"softmax", "sigmoid-100", "relu-100", "training", "validation", "epoch", quantity} <= words


def test_saved_networks_say_the_same_again(digits_study) -> None:
    split = Split.of(digits())
    for model in digits_study.results.models:
        loaded = keras.models.load_model(Path(digits_study.out) / f"{model.name}.keras")
        said = loaded.predict(split.test_input, verbose=0).argmax(axis=1)
        assert np.mean(said == split.test_target) == pytest.approx(model.test_accuracy, abs=1e-6)
