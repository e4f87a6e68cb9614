"""The order of places, what each is worth, and what is said when none has the data."""

from __future__ import annotations

import dataclasses
import os
import re
import warnings

import numpy as np
import pytest

from denim.datasets import cache, sources
from denim.datasets.errors import DatasetNotFoundError, DatasetWarning, Unavailable

load = sources.load


@pytest.fixture(autouse=True)
def _no_home_but_ours(home):
    """Every test here runs on a machine that has nothing."""


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("below", ["", "tiny-set", "Tiny/raw"])
def test_denim_data(tiny, home, cached, monkeypatch, below, packed):
    tiny.put(home / "mine" / below, packed=packed)
    monkeypatch.setenv("DENIM_DATA", "~/mine")
    tiny.check(load(tiny.dataset))
    assert not cached.exists(), "what the user keeps needs no second copy"


def test_denim_data_that_holds_another_set_of_the_same_file_names(tiny, home, monkeypatch):
    tiny.put(home / "mine" / "tiny-set")
    for name in tiny.contents:
        (home / "mine" / name).write_bytes(b"another")
    monkeypatch.setenv("DENIM_DATA", str(home / "mine"))
    tiny.check(load(tiny.dataset))


def test_a_plain_name_may_hold_gzip_and_the_reverse(tiny, home, monkeypatch):
    tiny.put(home / "mine", packed=True)
    for name in tiny.contents:
        (home / "mine" / f"{name}.gz").rename(home / "mine" / name)
    (home / "mine" / "test-labels").rename(home / "mine" / "test-labels.gz")
    monkeypatch.setenv("DENIM_DATA", str(home / "mine"))
    tiny.check(load(tiny.dataset))


@pytest.mark.parametrize(
    ("variable", "value", "below"),
    [
        ("DENIM_HOME", "{home}/d", "d/datasets/tiny-set"),
        ("DENIM_HOME", "~/d", "d/datasets/tiny-set"),
        ("XDG_CACHE_HOME", "{home}/x", "x/denim/datasets/tiny-set"),
        ("XDG_CACHE_HOME", "relative", ".cache/denim/datasets/tiny-set"),
        ("XDG_CACHE_HOME", "", ".cache/denim/datasets/tiny-set"),
    ],
)
def test_where_denims_cache_is(tiny, home, monkeypatch, variable, value, below):
    monkeypatch.setenv(variable, value.format(home=home))
    assert cache.folder(tiny.dataset) == home / below
    tiny.put(home / below)
    tiny.check(load(tiny.dataset))


def test_denim_home_goes_before_xdg(tiny, home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "x"))
    monkeypatch.setenv("DENIM_HOME", str(home / "d"))
    assert cache.folder(tiny.dataset) == home / "d" / "datasets" / "tiny-set"


@pytest.mark.parametrize(("variable", "below"), [("", ".keras"), ("KERAS_HOME", "k")])
def test_keras_cache_is_copied_decompressed(tiny, home, cached, monkeypatch, variable, below):
    if variable:
        monkeypatch.setenv(variable, str(home / below))
    tiny.put(home / below / "datasets" / "tiny-set", packed=True)
    tiny.check(load(tiny.dataset))
    assert {path.name: path.read_bytes() for path in cached.iterdir()} == tiny.contents


def test_a_cache_that_lost_a_file_is_completed(tiny, home, cached):
    tiny.put(cached, "train-images", "train-labels", "test-images")
    before = (cached / "train-images").stat().st_mtime_ns
    tiny.put(home / ".keras" / "datasets" / "tiny-set", "test-labels")
    tiny.check(load(tiny.dataset))
    assert (cached / "test-labels").read_bytes() == tiny.contents["test-labels"]
    assert (cached / "train-images").stat().st_mtime_ns == before


def test_a_damaged_file_is_reported_and_replaced(tiny, home, cached):
    tiny.put(cached)
    (cached / "train-labels").write_bytes(tiny.contents["train-labels"][:-1])
    tiny.put(home / ".keras" / "datasets" / "tiny-set", packed=True)
    text = f"Tiny: not used: {cached}/train-labels: truncated: 13 of 14 bytes"
    with pytest.warns(DatasetWarning, match=f"^{re.escape(text)}$"):
        tiny.check(load(tiny.dataset))
    assert (cached / "train-labels").read_bytes() == tiny.contents["train-labels"]
    tiny.check(load(tiny.dataset))


def test_a_changed_byte_in_the_cache_is_noticed(tiny, cached):
    tiny.put(cached)
    data = tiny.contents["test-labels"]
    (cached / "test-labels").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with (
        pytest.warns(DatasetWarning, match="test-labels: its content has SHA-256 "),
        pytest.raises(DatasetNotFoundError, match=r"\nStill missing: test-labels\.\n"),
    ):
        load(tiny.dataset)


def test_a_pipe_is_not_waited_for_and_a_large_file_not_read(tiny, cached):
    tiny.put(cached, "train-images", "train-labels")
    os.mkfifo(cached / "test-images")
    with (cached / "test-labels").open("wb") as sparse:
        sparse.truncate(1 << 40)
    with (
        pytest.warns(DatasetWarning) as caught,
        pytest.raises(DatasetNotFoundError),
    ):
        load(tiny.dataset)
    assert [str(warning.message) for warning in caught] == [
        f"Tiny: not used: {cached}/test-images: not a regular file",
        f"Tiny: not used: {cached}/test-labels: too long: 1099511627776 bytes, expected 12, or less gzipped",
    ]


def test_a_cache_that_cannot_be_written_is_no_obstacle(tiny, home, monkeypatch):
    tiny.put(home / ".keras" / "datasets" / "tiny-set")
    (home / "file").write_text("")
    monkeypatch.setenv("DENIM_HOME", str(home / "file"))
    tiny.check(load(tiny.dataset))


def test_a_fetch_that_cannot_be_kept_says_so_once(tiny, home, monkeypatch):
    class Fetched(sources.Folder):
        local = False

    tiny.put(home / "far")
    (home / "file").write_text("")
    monkeypatch.setenv("DENIM_HOME", str(home / "file"))
    monkeypatch.setattr(sources, "_itinerary", lambda dataset: [Fetched("far", home / "far", keep=True)])
    with pytest.warns(DatasetWarning) as caught:
        tiny.check(load(tiny.dataset))
    assert [str(warning.message) for warning in caught] == [
        "Tiny was fetched but could not be kept in denim's cache: Not a directory; "
        "set DENIM_HOME to a folder you can write"
    ]


def test_a_write_broken_off_leaves_nothing(tiny, cached, monkeypatch):
    def stop(descriptor: int) -> None:
        assert [path.suffix for path in cached.iterdir()] == [".part"]
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        cache.store(np.zeros((6,), np.uint8), tiny.dataset.train_labels, cached)
    assert list(cached.iterdir()) == []


def test_a_user_without_home(tiny, monkeypatch):
    monkeypatch.setattr(cache, "home", _no_home)
    with pytest.raises(DatasetNotFoundError) as caught:
        load(tiny.dataset)
    assert "\n  2. denim's cache: the user has none\n  3. Keras's cache: the user has none\n" in str(caught.value)


def _no_home():
    raise Unavailable("the user has none")


@pytest.fixture
def published(tiny):
    return dataclasses.replace(
        tiny.dataset, urls=("http://one.invalid/", "http://two.invalid/"), debian_package="dataset-tiny"
    )


def test_the_error_lists_each_place_with_its_outcome(published, tiny, home, cached, monkeypatch):
    tiny.put(home / "mine", "train-labels")
    monkeypatch.setenv("DENIM_DATA", str(home / "mine"))
    monkeypatch.setenv("DENIM_OFFLINE", "1")
    with pytest.raises(DatasetNotFoundError) as caught:
        load(published)
    assert isinstance(caught.value, FileNotFoundError)
    assert str(caught.value) == (
        "Tiny is not on this machine and could not be fetched.\n"
        "Still missing: train-images, test-images, test-labels.\n"
        "Places tried:\n"
        f"  1. DENIM_DATA ({home}/mine): train-images, test-images, test-labels: not there\n"
        f"  2. denim's cache ({cached}): no such folder\n"
        f"  3. Keras's cache ({home}/.keras/datasets/tiny-set): no such folder\n"
        "  4. Debian package dataset-tiny: this system has no dpkg\n"
        "  5. http://one.invalid/: skipped, because DENIM_OFFLINE=1\n"
        "  6. http://two.invalid/: skipped, because DENIM_OFFLINE=1\n"
        "  7. apt-get download dataset-tiny: skipped, because DENIM_OFFLINE=1\n"
        "Any one of these helps:\n"
        "  - set DENIM_DATA to a folder with the files train-images.gz, train-labels.gz, test-images.gz, "
        "test-labels.gz\n"
        "    (published below http://one.invalid/ and http://two.invalid/)\n"
        "  - on Debian or Ubuntu: sudo apt-get update && sudo apt-get install dataset-tiny\n"
        "  - with a network: unset DENIM_OFFLINE"
    )


@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_offline_opens_no_connection(published, monkeypatch, value):
    def refuse(*_):
        raise AssertionError("the network was used")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr("denim.datasets.debian._fetched", refuse)
    monkeypatch.setenv("DENIM_OFFLINE", value)
    with pytest.raises(DatasetNotFoundError, match=f"skipped, because DENIM_OFFLINE={value}"):
        load(published)


@pytest.mark.parametrize("value", ["", "0", "false", "No"])
def test_not_offline(published, monkeypatch, value):
    asked = []

    def fail(url):
        asked.append(url)
        raise OSError(113, "No route to host")

    monkeypatch.setattr("denim.datasets.download._ask", fail)
    monkeypatch.setenv("DENIM_OFFLINE", value)
    with pytest.raises(DatasetNotFoundError, match=re.escape("  6. http://two.invalid/: No route to host\n")):
        load(published)
    assert asked == ["http://one.invalid/train-images.gz", "http://two.invalid/train-images.gz"], (
        "a server that is out of reach is asked once"
    )


def test_found_data_raises_no_warning(tiny, cached):
    tiny.put(cached)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tiny.check(load(tiny.dataset))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_one_may_not_enter(tiny, home, monkeypatch):
    closed = tiny.put(home / "closed")
    monkeypatch.setenv("DENIM_DATA", str(closed))
    closed.chmod(0)
    try:
        with pytest.raises(DatasetNotFoundError, match=r"DENIM_DATA \(.*closed\): Permission denied\n"):
            load(tiny.dataset)
    finally:
        closed.chmod(0o700)


@pytest.mark.parametrize(
    ("have", "outcome"),
    [(None, "no such folder"), ((), "train-images, train-labels, test-images, test-labels: not there")],
    ids=["no folder", "an empty folder"],
)
def test_a_denim_data_without_the_files_is_not_passed_over_in_silence(tiny, home, cached, monkeypatch, have, outcome):
    tiny.put(cached)
    monkeypatch.setenv("DENIM_DATA", str(home / "mine"))
    if have is not None:
        (home / "mine").mkdir()
    text = f"Tiny: DENIM_DATA ({home}/mine): {outcome}; taken from denim's cache ({cached}). "
    with pytest.warns(DatasetWarning, match=re.escape(text + "Correct DENIM_DATA, or unset it.")):
        tiny.check(load(tiny.dataset))
