"""Parquet, files that are none of ours, and packages that are missing."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from denim.files import read

from .refusals import refusal, written


def test_parquet(tmp_path):
    frame = pd.DataFrame({"a": [1, 2, None], "b": ["x", "y", None], "when": pd.to_datetime(["2020-01-01"] * 3)})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read(tmp_path / "t.parquet", target="b")
    assert table.frame["a"].tolist() == [1, 2]
    assert table.frame["when"].dt.year.tolist() == [2020, 2020]
    assert table.notes == ("1 of 3 rows have no 'b' and are left out.",)


def test_parquet_without_the_names_of_rows(tmp_path):
    pd.DataFrame({"a": [1, 2]}, index=["r", "s"]).to_parquet(tmp_path / "t.parquet")
    assert list(read(tmp_path / "t.parquet").frame) == ["a"]
    pd.DataFrame({"a": [1, 2]}, index=pd.Index(["r", "s"], name="b")).to_parquet(tmp_path / "t.parquet")
    assert list(read(tmp_path / "t.parquet").frame) == ["a", "b"]
    assert list(read(tmp_path / "t.parquet", without=["b"]).frame) == ["a"]


def test_decimal_numbers_in_parquet_are_numbers(tmp_path):
    pa.parquet.write_table(pa.table({"a": [Decimal("1.25"), None]}), tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet").frame["a"].iloc[0] == 1.25


def test_parquet_that_cannot_be_used(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [*map(str, range(40)), "x", "y"]}).to_parquet(path)
    assert refusal(path) == (
        "t.parquet: 'x' in column 'a', row 41, is no number; 40 of its 42 values are. Mend it, or make it missing. Or "
        "texts='a' takes the whole column for texts."
    )
    assert len(read(path, texts="a")) == 42
    pa.parquet.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"]), path)
    assert refusal(path) == "t.parquet: Column names must differ, and 'a' occurs more than once."
    pd.DataFrame({"a": []}).to_parquet(path)
    assert refusal(path) == "t.parquet: It has no rows."
    assert refusal(written(path, "PAR1 and so on")).startswith("t.parquet: It is a damaged Parquet file: ")
    assert refusal(written(path, "a,b\n1,2\n")) == (
        "t.parquet: It ends in .parquet, and does not begin as such a file does. Is it whole?"
    )


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\0", "It is an Excel workbook of the older kind. In Excel, save it as CSV UTF-8."),
        ("a.xlsx", b"PK\3\4\0", "It is an Excel workbook. In Excel, save it as CSV UTF-8."),
        ("a.keras", b"PK\3\4\0", "It is a model, and data are wanted."),
        ("a.zip", b"PK\3\4\0", "It is a zip archive. Unpack it first."),
        ("a.csv", b"PK\3\4\0", "It is a zip archive. Unpack it first."),
        (
            "a.h5",
            b"\x89HDF\r\n",
            "It is an HDF5 file. denim reads CSV and TSV, Parquet, NPZ, IDX, and folders of pictures.",
        ),
        (
            "a.feather",
            b"ARROW1\0",
            "It is a Feather file. Write it as Parquet: pandas.read_feather(...).to_parquet(...)",
        ),
        ("a.json", '{"a": 1}', "It looks like JSON. Write it as CSV, such as with pandas."),
        (
            "a.csv",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "It stands for a file that Git LFS keeps elsewhere. Type: git lfs pull",
        ),
    ],
)
def test_files_that_are_none_of_ours(tmp_path, name, content, text):
    assert refusal(written(tmp_path / name, content)) == f"{name}: {text}"


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    assert refusal(tmp_path / "." / "a.csv") == "a.csv: There is no such file or folder."
    (tmp_path / "b.csv").touch()
    assert refusal(tmp_path / "b.csv") == "b.csv: It cannot be read: Permission denied."


@pytest.mark.parametrize(
    ("name", "content", "module", "package"),
    [
        ("a.csv", "a,b\n1,2\n", "pandas", "pandas"),
        ("a.parquet", "PAR1", "pyarrow", "pyarrow"),
        ("a.png", b"\x89PNG", "PIL.Image", "pillow"),
    ],
)
def test_a_package_that_is_missing(tmp_path, monkeypatch, name, content, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    assert refusal(written(tmp_path / name, content)) == (
        f"{name}: To read it takes {package}, which is not installed here. Type: pip install 'denim-nn[data]'"
    )
