"""Names in any script: by an installed font, by the reader's fonts, or in plain words."""

from __future__ import annotations

import io
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import pytest
from matplotlib import font_manager

from denim import viz
from denim.viz import fonts

KOREAN = ("코트", "가방", "앵클 부츠")


@pytest.fixture(autouse=True)
def not_told_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_told", False)


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", lambda: iter(()))


def titles(figure: matplotlib.figure.Figure) -> list[str]:
    return [axis.get_title() for axis in figure.axes]


def lacking_in_the_usual_font() -> str:
    """A character that matplotlib's own STIX fonts have and its DejaVu Sans has not."""
    stix, dejavu = (fonts._usual_characters((family,)) for family in ("STIXGeneral", "DejaVu Sans"))
    return min(stix - dejavu)


def test_korean_names_are_drawn_without_a_missing_glyph(said: SimpleNamespace) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fonts.FontWarning)  # where no Korean font is installed
        figure = viz.samples(said.x, said.y, KOREAN)

    figure.savefig(io.BytesIO(), format="png")  # a missing glyph would warn, which is an error here
    assert titles(figure) in (list(KOREAN), ["class 0", "class 1", "class 2"])


def test_korean_is_drawn_where_a_korean_font_is(said: SimpleNamespace) -> None:
    if not any("가" in fonts._characters_in(path) for _, path in fonts._installed()):
        pytest.skip("no Korean font is installed here")

    assert titles(viz.samples(said.x, said.y, KOREAN)) == list(KOREAN)


@pytest.mark.usefixtures("no_fonts")
def test_without_a_font_names_are_numbers_and_it_is_told_once(said: SimpleNamespace) -> None:
    with pytest.warns(fonts.FontWarning, match=r"No font installed here has.*apt install fonts-nanum") as told:
        first = viz.samples(said.x, said.y, ("coat", "가방", "boot"))
        second = viz.confusion_matrix(said.y, said.y, KOREAN)

    assert len(told) == 1
    assert told[0].filename == __file__
    assert titles(first) == ["coat", "class 1", "boot"]
    assert [label.get_text() for label in second.axes[0].get_yticklabels()] == ["class 0", "class 1", "class 2"]
    for figure in (first, second):
        figure.savefig(io.BytesIO(), format="png")


def test_a_font_that_has_the_letters_is_found() -> None:
    letter = lacking_in_the_usual_font()
    with fonts.lettering([f"a{letter}"]) as letters:
        families = matplotlib.rcParams["font.family"]

    assert letters.lacking == frozenset()
    assert any(letter in fonts._usual_characters((family,)) for family in families)


def test_a_font_installed_after_matplotlibs_list_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = lacking_in_the_usual_font()
    new = Path(shutil.copy(font_manager.findfont("STIXGeneral"), tmp_path))
    usual = [font for font in font_manager.fontManager.ttflist if font.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", usual)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(new), str(tmp_path / "none.ttf")])

    with fonts.lettering([letter]) as letters:
        assert "STIXGeneral" in matplotlib.rcParams["font.family"]
    assert letters.lacking == frozenset()


def test_fonts_together_have_what_none_has_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    charmaps = {"a": frozenset("가나"), "b": frozenset("나다라"), "c": frozenset("가")}
    monkeypatch.setattr(fonts, "_installed", lambda: ((name, name) for name in charmaps))
    monkeypatch.setattr(fonts, "_characters_in", charmaps.__getitem__)

    assert fonts._families_for(frozenset("가나다마")) == (["a", "b"], frozenset("마"))
    assert fonts._families_for(frozenset("다라")) == (["b"], frozenset())


def test_the_last_resort_font_does_not_count() -> None:
    assert not any("resort" in family.lower() for family, _ in fonts._installed())


@pytest.fixture
def settings() -> Iterator[None]:
    names = ("font.family", "text.parse_math", "text.usetex", "svg.fonttype")
    before = {name: matplotlib.rcParams[name] for name in names}
    yield
    assert {name: matplotlib.rcParams[name] for name in names} == before


@pytest.mark.usefixtures("no_fonts", "settings")
def test_text_left_to_the_reader_stays_as_it_is(said: SimpleNamespace) -> None:
    drawn = io.StringIO()
    with fonts.left_to_reader(), matplotlib.rc_context({"svg.fonttype": "none"}):
        viz.samples(said.x, said.y, KOREAN).savefig(drawn, format="svg")

    assert all(name in drawn.getvalue() for name in KOREAN)


def test_names_are_no_mathematics_and_long_ones_are_cut(said: SimpleNamespace) -> None:
    figure = viz.samples(said.x, said.y, (r"$\no$", "two\nlines", "very " * 20))
    figure.savefig(io.BytesIO(), format="png")

    assert titles(figure) == [r"$\no$", "two lines", "very very very very very ve…"]
