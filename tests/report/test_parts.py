"""The parts of the page: sound markup, numbers that can be read from it, and nothing that a name can break."""

from __future__ import annotations

import io
import re
import zlib

import numpy as np
import pytest

from denim.judging.calibration import reliability
from denim.judging.numbers import number
from denim.report import environment, pictures
from denim.report.charts import Frame, Span
from denim.report.markup import element
from denim.report.page import Section, page
from denim.report.png import encoded
from denim.report.sections.calibration import calibration
from denim.report.sections.confusion import matrix
from denim.report.sections.curves import curves
from denim.report.sections.making import making
from denim.report.sections.measures import Measure, measures
from denim.report.sections.preparation import preparation
from denim.report.sections.regression import regression
from pages import parsed

HOSTILE = ("<script>alert(1)</script>", '"><img src onerror="x()">', "앵클 부츠 & $코트$")
rng = np.random.default_rng(0)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_section_takes_any_name(name: str) -> None:
    true, probabilities = rng.integers(0, 2, 50), rng.random(50)
    sections = [
        Section(
            "curves", name, curves({name: {"loss": [0.5, 0.2], "val_loss": [0.6, 0.3]}, "b": {"loss": [0.4, 0.1]}})
        ),
        Section("confusion", name, matrix(name, np.array([[3, 1], [0, 2]]), (name, "b"))),
        Section("calibration", name, calibration(reliability(true, probabilities), name)),
        Section("regression", name, regression(rng.normal(size=50), rng.normal(size=50), name)),
        Section("measures", name, measures([Measure(name, 0.5, 0.4, 0.6, 0.2)], name, name)),
        Section("preparation", name, preparation([name], [name])),
        Section("making", name, making(name, [(name, name)], [name])),
    ]
    written = page(name, name, element("p", name), sections).decode()
    tree = parsed(written)

    assert not tree.all("script", "link", "iframe")
    assert not [key for part in tree.everything() for key in part.attributes if key.startswith("on")]
    assert tree.all("h1")[0].text == name
    assert "nan" not in re.sub(r"(?s)<style>.*?</style>", "", written).replace("and", "")
    ids = [part.attributes["id"] for part in tree.everything() if "id" in part.attributes]
    assert len(ids) == len(set(ids))


def test_png_is_what_was_drawn() -> None:
    image = pytest.importorskip("PIL.Image", reason="it is the judge")
    for channels in (1, 3, 4):
        pixels = rng.integers(0, 256, (5, 7, channels)).astype(np.uint8)
        opened = np.asarray(image.open(io.BytesIO(encoded(pixels))))
        np.testing.assert_array_equal(opened.reshape(pixels.shape), pixels)


def test_png_has_its_checksums() -> None:
    content = encoded(np.zeros((1, 1, 1), np.uint8))
    assert content[12:16] == b"IHDR"
    assert int.from_bytes(content[29:33], "big") == zlib.crc32(content[12:29])


def test_weights_are_ink_by_their_size() -> None:
    told = parsed(pictures.weights(np.array([[1.0, -0.5, 0.0]]), 1.0, "weights")).all("img")[0]
    assert (told.attributes["width"], told.attributes["height"]) == ("3", "1")


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        ([0.0, 1.0], False),
        ([3.0, 3.0], False),
        ([0.0, 0.0], False),
        ([-1e9, 2e9], False),
        ([1.0, 2.0], True),
        ([], False),
    ],
)
def test_ticks_are_round_and_within(values: list[float], whole: bool) -> None:
    span = Span.around(values, "x", whole=whole)
    ticks = span.ticks()

    assert 1 <= len(ticks) <= 8
    assert all(span.low - 1e-9 <= tick <= span.high * (1 + 1e-9) for tick in ticks)
    if whole:
        assert all(tick == int(tick) for tick in ticks)


def test_marks_lie_where_their_numbers_say() -> None:
    frame = Frame(Span(0, 10, "x"), Span(0, 1, "y"))
    line = parsed(frame.line([(0, 0), (10, 1), (5, float("nan"))])).all("polyline")[0]
    (left, bottom), (right, top) = (map(float, place.split(",")) for place in (line.attributes["points"] or "").split())

    assert left < right and top < bottom
    middle = parsed(frame.dots([(5, 0.5)])).all("path")[0].attributes["d"]
    assert middle == f"M{(left + right) / 2:.1f},{(top + bottom) / 2:.1f}h0"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0.0000"),
        (0.12345, "0.1235"),
        (-3.5, "-3.5000"),
        (12.345, "12.35"),
        (12345.6, "12,345.6"),
        (1e-6, "1.000e-06"),
    ],
)
def test_numbers_are_short(value: float, told: str) -> None:
    assert number(value) == told


def test_measures_without_intervals_or_baseline_have_no_empty_columns() -> None:
    tree = parsed(measures([Measure("accuracy", 0.5, 0.4, 0.6)], "method"))
    assert tree.rows() == [["accuracy", "0.5000", "0.4000 to 0.6000"]]
    assert tree.all("thead")[0].text == "metricvalue95% interval"


def test_regression_draws_at_most_what_a_page_bears() -> None:
    tree = parsed(regression(rng.normal(size=10_000), rng.normal(size=10_000), "price"))
    dots = [path for path in tree.all("path") if "dots" in (path.attributes.get("class") or "")]
    assert max((path.attributes["d"] or "").count("M") for path in dots) == 2000
    assert "Of 10,000 rows 2,000 are drawn" in tree.text


def test_environment_says_versions_and_engine() -> None:
    facts = dict(environment.facts())
    assert {"denim", "engine", "processor", "Python", "NumPy"} <= set(facts)


def test_long_numbers_do_not_run_into_the_words_beside_the_axis() -> None:
    for most, axis in ((1, 52.0), (2_000, 60.0), (900_000, 74.4)):
        tree = parsed(Frame(Span(0, 1, "x"), Span(0, most, "price")).chart("a chart"))
        ends = [float(part.attributes["x"]) for part in tree.all("text") if part.attributes["text-anchor"] == "end"]
        assert set(ends) == {axis - 6}
