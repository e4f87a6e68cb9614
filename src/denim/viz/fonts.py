"""Letters for names in any script: a font that is installed, or a name in plain words where none has the letters."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from denim.viz.figures import need_matplotlib

_PREFERRED = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "UnDotum",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Zen Hei",
)
"""Looked at first. Any other font that has the letters will do as well."""
_LONGEST_NAME = 28

_left_to_reader: ContextVar[bool] = ContextVar("left_to_reader", default=False)
_told = False


class FontWarning(UserWarning):
    """No installed font has the letters of a name. Told once a process."""


@dataclass(frozen=True)
class Lettering:
    """``lacking``: the characters that no installed font has."""

    lacking: frozenset[str]

    def names(self, names: Sequence[str], kind: str) -> list[str]:
        """The names as they can be drawn: a long one cut, and ``f"{kind} {number}"`` for one whose letters lack."""
        return [
            f"{kind} {number}" if self.lacking & set(name) else _shortened(name) for number, name in enumerate(names)
        ]


@contextmanager
def lettering(names: Sequence[str]) -> Iterator[Lettering]:
    """Within it, new text is drawn in fonts that have the letters of ``names``, and a ``$`` is a dollar sign.

    Warns:
        FontWarning: no installed font has them all.
    """
    need_matplotlib()
    import matplotlib

    families = list(matplotlib.rcParams["font.family"])
    lacking = frozenset[str]()
    if not _left_to_reader.get():
        more, lacking = _families_for(_characters_of(names) - _usual_characters(tuple(families)))
        families += more
    if lacking:
        _tell(lacking)
    with matplotlib.rc_context({"font.family": families, "text.parse_math": False, "text.usetex": False}):
        yield Lettering(lacking)


@contextmanager
def left_to_reader() -> Iterator[None]:
    """Within it, names stay as they are: for SVG whose text is text (``svg.fonttype`` "none"), shown by a browser."""
    token = _left_to_reader.set(True)
    try:
        with warnings.catch_warnings():
            # The layout is measured with matplotlib's font, whatever the browser's will be.
            warnings.filterwarnings("ignore", r"Glyph .* missing from|Matplotlib currently does not", UserWarning)
            yield
    finally:
        _left_to_reader.reset(token)


def _shortened(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


def _characters_of(names: Sequence[str]) -> frozenset[str]:
    return frozenset(character for name in names for character in name if not character.isspace())


def _families_for(wanted: frozenset[str]) -> tuple[list[str], frozenset[str]]:
    """Families that together have the most of the characters, and the characters that none has."""
    if not wanted:
        return [], wanted
    shown: dict[str, frozenset[str]] = {}
    for family, path in _installed():
        here = wanted & _characters_in(path)
        if here == wanted:
            return [family], frozenset()
        if here:
            shown.setdefault(family, here)
    families = []
    while shown:
        family = max(shown, key=lambda family: len(shown[family] & wanted))
        here = shown.pop(family) & wanted
        if not here:
            break
        families.append(family)
        wanted -= here
    return families, wanted


def _installed() -> Iterator[tuple[str, str]]:
    """Family and file of each font: the preferred ones first, last those that matplotlib's list does not have yet."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    rank = {family: number for number, family in enumerate(_PREFERRED)}
    known = [(font.name, font.fname) for font in fontManager.ttflist]
    # The last resort has a box for every character there is.
    usable = [(family, path) for family, path in known if "lastresort" not in family.lower().replace(" ", "")]
    yield from sorted(usable, key=lambda font: rank.get(font[0], len(rank)))

    # matplotlib keeps its list in a file, where a font installed since then is missing.
    listed = {path for _, path in known}
    fresh = [path for path in findSystemFonts() if path not in listed]
    for path in sorted(fresh, key=lambda path: ("bold" in path.lower(), path)):
        before = len(fontManager.ttflist)
        try:
            fontManager.addfont(path)
        except (OSError, RuntimeError):
            continue  # a broken or bitmap font
        for font in fontManager.ttflist[before:]:
            yield font.name, font.fname


@cache
def _characters_in(path: str) -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    if not Path(path).is_file():
        return frozenset()
    try:
        font = FT2Font(path)
    except (OSError, RuntimeError):
        return frozenset()
    return frozenset(map(chr, font.get_charmap())) if font.scalable else frozenset()


def _usual_characters(families: tuple[str, ...]) -> frozenset[str]:
    from matplotlib.font_manager import FontProperties, findfont

    return _characters_in(str(findfont(FontProperties(family=list(families)))))


def _tell(lacking: frozenset[str]) -> None:
    global _told
    if _told:
        return
    _told = True
    some = ", ".join(sorted(lacking)[:5])
    warnings.warn(
        f"No font installed here has {some}{' and others' if len(lacking) > 5 else ''}, so names written with them are "
        "drawn as numbers. Install a font that has them; for Korean, on Debian or Ubuntu: sudo apt install fonts-nanum",
        FontWarning,
        stacklevel=5,
    )
