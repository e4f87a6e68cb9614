"""Pictures from folders: their size, their colour, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from denim.files import Pictures, read

from .refusals import refusal, written


def draw(path, size=(6, 4), colour=(200, 10, 10), mode="RGB", **options):
    """A picture of one colour; ``size`` is (width, height)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, **options)
    return path


@pytest.fixture
def pets(tmp_path):
    folder = tmp_path / "pets"
    for name in ("dog/2.png", "dog/10.bmp", "cat/a.png", "cat/b.GIF", "cat/more/c.webp"):
        draw(folder / name)
    return folder


def test_each_folder_is_a_class(pets):
    pictures = read(pets)
    assert isinstance(pictures, Pictures)
    assert pictures.images.dtype == np.uint8
    assert pictures.images.shape == (5, 4, 6, 3)
    assert pictures.labels.tolist() == ["cat", "cat", "cat", "dog", "dog"]
    assert pictures.names == ("cat/a.png", "cat/b.GIF", "cat/more/c.webp", "dog/10.bmp", "dog/2.png")
    assert pictures.images[0, 0, 0].tolist() == [200, 10, 10]
    assert pictures.notes == ()


def test_some_rows(pets):
    pictures = read(pets)
    some = pictures.rows(np.array([3, 0]))
    assert some.labels.tolist() == ["dog", "cat"]
    assert some.names == ("dog/10.bmp", "cat/a.png")
    assert len(pictures.rows(slice(2))) == 2
    assert pictures.rows(pictures.labels == "dog").names == ("dog/10.bmp", "dog/2.png")


def test_what_is_left_out_is_said(pets):
    for name in ("notes.txt", "dog/list.csv", "dog/.hidden.png", ".git/x.png", "cat/Thumbs.db"):
        (pets / name).parent.mkdir(exist_ok=True)
        written(pets / name, "x")
    (pets / "empty").mkdir()
    draw(pets / "loose.png")
    assert read(pets).notes == (
        "Left out, a picture in no class's folder: loose.png.",
        "Left out, folders without pictures: empty.",
        "Left out, 2 files that are no pictures: notes.txt, dog/list.csv.",
    )
    assert len(read(pets)) == 5


def test_pictures_without_folders_have_no_class(tmp_path):
    for number in range(2):
        draw(tmp_path / "new" / f"{number}.png")
    pictures = read(tmp_path / "new")
    assert pictures.labels is None
    assert pictures.names == ("0.png", "1.png")
    assert pictures.rows([1]).labels is None
    assert read(tmp_path / "new" / "1.png").names == ("1.png",)


def test_the_most_common_size_is_that_of_all(tmp_path):
    for number, size in enumerate([(6, 4), (6, 4), (8, 8), (3, 3)]):
        draw(tmp_path / "new" / f"{number}.png", size)
    pictures = read(tmp_path / "new")
    assert pictures.images.shape == (4, 4, 6, 3)
    assert pictures.notes == (
        "Most pictures are 6×4, width by height; 2 of 4 are not, and are stretched or shrunk to it; size=(4, 6) says "
        "otherwise.",
    )
    assert read(tmp_path / "new", size=(5, 7)).images.shape == (4, 5, 7, 3)
    assert read(tmp_path / "new", size="5x7").notes == ()


def test_of_two_sizes_as_common_the_larger_counts(tmp_path):
    for number, size in enumerate([(3, 3), (6, 4)]):
        draw(tmp_path / "new" / f"{number}.png", size)
    assert read(tmp_path / "new").images.shape == (2, 4, 6, 3)


def test_large_pictures_become_small(tmp_path):
    draw(tmp_path / "new" / "0.jpg", (640, 480))
    pictures = read(tmp_path / "new")
    assert pictures.images.shape == (1, 96, 128, 3)
    np.testing.assert_allclose(pictures.images[0, 50, 50], [200, 10, 10], atol=3)
    assert pictures.notes == (
        "The pictures are large (most are 640×480, width by height), and are brought to 128×96; size=(96, 128) says "
        "otherwise.",
    )


@pytest.mark.parametrize(
    ("mode", "colour", "level"),
    [("L", 77, 77), ("1", 1, 255), ("I;16", 77 * 256 + 9, 77), ("LA", (77, 255), 77), ("RGB", (77, 77, 77), 77)],
)
def test_grey_pictures_are_grey(tmp_path, mode, colour, level):
    draw(tmp_path / "grey" / "0.png", colour=colour, mode=mode)
    pictures = read(tmp_path / "grey")
    assert pictures.images.shape == (1, 4, 6)
    assert np.unique(pictures.images).tolist() == [level]
    assert read(tmp_path / "grey", colour=True).images.shape == (1, 4, 6, 3)


def test_one_picture_in_colour_makes_all_so(tmp_path):
    draw(tmp_path / "new" / "0.png", colour=77, mode="L")
    draw(tmp_path / "new" / "1.png")
    assert read(tmp_path / "new").images[0, 0, 0].tolist() == [77, 77, 77]
    assert read(tmp_path / "new", colour=False).images.shape == (2, 4, 6)


def test_what_is_transparent_is_white(tmp_path):
    draw(tmp_path / "0.png", colour=(0, 0, 0, 0), mode="RGBA")
    assert np.unique(read(tmp_path / "0.png").images).tolist() == [255]


def test_pictures_stand_as_the_camera_was_held(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    draw(tmp_path / "0.jpg", (6, 4), exif=exif)
    assert read(tmp_path / "0.jpg").images.shape == (1, 6, 4, 3)


def test_a_broken_picture_is_named(pets):
    whole = (pets / "cat" / "a.png").read_bytes()
    written(pets / "cat" / "a.png", whole[: len(whole) // 2])
    said = refusal(pets)
    assert said.startswith("pets/cat/a.png: It is a broken picture: ")
    assert said.endswith(" Take it away, or put a whole one in its place.")
    written(pets / "cat" / "a.png", "no picture")
    assert refusal(pets).startswith("pets/cat/a.png: It is a broken picture: cannot identify image file")


def test_a_folder_without_pictures(tmp_path):
    folder = tmp_path / "f"
    (folder / "a").mkdir(parents=True)
    assert refusal(folder) == (
        "f: There is no picture in it or in its folders. Put the pictures of each class into a folder of that name."
    )
    for name in "abcd":
        written(folder / f"{name}.csv", "x")
    assert refusal(folder) == (
        "f: There is no picture in it or in its folders. Name one of its files: a.csv, b.csv, c.csv, ..."
    )


def test_parts_of_the_data_are_no_classes(tmp_path):
    for part in ("train", "test"):
        draw(tmp_path / "f" / part / "cat" / "0.png")
    assert refusal(tmp_path / "f") == (
        "f: Its folders test and train are parts of the data, not classes. Name one of them: f/test or f/train."
    )
    assert read(tmp_path / "f" / "train").labels.tolist() == ["cat"]
