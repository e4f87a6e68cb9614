"""The table of data sets: their files, checksums, and where each is published.

An IDX file's checksum is the SHA-256 of its content once decompressed. The same content is published in
different gzip files (those of Debian's package are some bytes shorter than Zalando's, so that the MD5
sums of Zalando's README do not hold for them), and this way one table serves every source. A sealed file's
checksum is that of the file itself, as Keras states it.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Protocol


class PublishedFile(Protocol):
    """One file of a data set: what it must hold, and what it is called."""

    @property
    def name(self) -> str:
        """What it is called in denim's cache and in messages."""

    @property
    def published(self) -> str:
        """Its name below the addresses it is published at."""

    @property
    def filenames(self) -> tuple[str, ...]:
        """The names it goes by on disk, in the order they are tried."""

    @property
    def max_packed(self) -> int:
        """No honest copy of it has more bytes."""

    @property
    def sizes(self) -> str:
        """How many bytes it has, in words."""

    def read(self, stream: io.BufferedReader) -> Any:
        """What the stream holds, or ``Damaged`` if that is not this file."""

    def write(self, content: Any, out: BinaryIO) -> None:
        """The reverse of ``read``."""


class Publication(Protocol):
    """A data set, and the places that have it."""

    @property
    def name(self) -> str:
        """The folder's name in denim's cache and in Keras's; empty if the files lie by themselves."""

    @property
    def title(self) -> str:
        """What it is called in messages."""

    @property
    def files(self) -> tuple[PublishedFile, ...]:
        """All of its files."""

    @property
    def subfolders(self) -> tuple[str, ...]:
        """Folders below ``DENIM_DATA`` that may hold the files."""

    @property
    def urls(self) -> tuple[str, ...]:
        """Addresses, each ending in a slash, below which the files are published."""

    @property
    def debian_package(self) -> str | None:
        """The package that has the files."""


@dataclass(frozen=True)
class IdxFile:
    """One IDX file of unsigned bytes: its name without ``.gz``, shape and content, if that is known beforehand."""

    name: str
    shape: tuple[int, ...]
    sha256: str | None

    @property
    def header(self) -> bytes:
        """The bytes the content begins with: magic number, then one big-endian int32 an axis."""
        sizes = b"".join(size.to_bytes(4, "big") for size in self.shape)
        return bytes((0, 0, 0x08, len(self.shape))) + sizes

    @property
    def nbytes(self) -> int:
        """Size of the content, header included."""
        return len(self.header) + math.prod(self.shape)

    @property
    def max_packed(self) -> int:
        """No honest gzip file of this content is larger: deflate adds 5 bytes a 16 KiB block."""
        return self.nbytes + self.nbytes // 1000 + 4096

    @property
    def filenames(self) -> tuple[str, str]:
        """The names it goes by on disk, in the order they are tried."""
        return self.name, f"{self.name}.gz"

    @property
    def published(self) -> str:
        """It is published packed."""
        return f"{self.name}.gz"

    @property
    def sizes(self) -> str:
        """Of the content."""
        return f"{self.nbytes}, or less gzipped"

    def read(self, stream: io.BufferedReader) -> Any:
        """The array, or ``Damaged``."""
        from denim.datasets import idx

        return idx.read(stream, self)

    def write(self, content: Any, out: BinaryIO) -> None:
        """The header and the array, decompressed."""
        out.write(self.header)
        out.write(content.data)


@dataclass(frozen=True)
class SealedFile:
    """One file that is known by the checksum of all its bytes."""

    name: str
    checksum: str
    """SHA-256 in 64 hexadecimal digits, or MD5 in 32 where no other is published."""
    max_packed: int
    published: str
    other_names: tuple[str, ...] = ()

    @property
    def filenames(self) -> tuple[str, ...]:
        """The names it goes by on disk, in the order they are tried."""
        return (self.name, *self.other_names)

    @property
    def sizes(self) -> str:
        """The bound."""
        return f"at most {self.max_packed}"

    def read(self, stream: io.BufferedReader) -> bytes:
        """The bytes, or ``Damaged``."""
        from denim.datasets import sealed

        return sealed.read(stream, self)

    def write(self, content: Any, out: BinaryIO) -> None:
        """The bytes."""
        out.write(content)


@dataclass(frozen=True)
class SingleFile:
    """A data set in one sealed file, which lies by itself in Keras's cache."""

    title: str
    file: SealedFile
    urls: tuple[str, ...] = ()
    name: str = ""
    subfolders: tuple[str, ...] = ()
    debian_package: str | None = None

    @property
    def files(self) -> tuple[SealedFile]:
        """The one."""
        return (self.file,)

    def named(self, path: object) -> SingleFile:
        """The same under the name that ``load_data(path)`` gives it.

        Raises:
            ValueError: if that is more than a name.
        """
        if not isinstance(path, str) or not path or "/" in path or "\\" in path:
            raise ValueError(
                f"`path` is a file's name, such as {self.file.name!r}; set DENIM_DATA to the folder that it is in. "
                f"Received: path={path!r}"
            )
        return self if path == self.file.name else replace(self, file=replace(self.file, name=path))


@dataclass(frozen=True)
class Dataset:
    """Four IDX files and the places that have them."""

    name: str
    """The folder's name in denim's cache and in Keras's."""
    title: str
    train_images: IdxFile
    train_labels: IdxFile
    test_images: IdxFile
    test_labels: IdxFile
    subfolders: tuple[str, ...] = ()
    """Folders below ``DENIM_DATA`` that may hold the files."""
    urls: tuple[str, ...] = ()
    """Addresses, each ending in a slash, below which the ``.gz`` files are published."""
    debian_package: str | None = None

    @property
    def files(self) -> tuple[IdxFile, IdxFile, IdxFile, IdxFile]:
        """The four of them; training first."""
        return self.train_images, self.train_labels, self.test_images, self.test_labels


FASHION_MNIST = Dataset(
    name="fashion-mnist",
    title="Fashion-MNIST",
    train_images=IdxFile(
        "train-images-idx3-ubyte",
        (60000, 28, 28),
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    train_labels=IdxFile(
        "train-labels-idx1-ubyte",
        (60000,),
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    test_images=IdxFile(
        "t10k-images-idx3-ubyte",
        (10000, 28, 28),
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    test_labels=IdxFile(
        "t10k-labels-idx1-ubyte",
        (10000,),
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    subfolders=("fashion-mnist", "fashion_mnist", "FashionMNIST/raw"),
    urls=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    debian_package="dataset-fashion-mnist",
)

_GOOGLE = ("https://storage.googleapis.com/tensorflow/tf-keras-datasets/",)
_TORONTO = ("https://www.cs.toronto.edu/~kriz/",)
_MB = 1 << 20


def _single(title: str, name: str, checksum: str, limit: int) -> SingleFile:
    return SingleFile(title, SealedFile(name, checksum, limit, name), _GOOGLE)


MNIST = _single("MNIST", "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", 32 * _MB)
BOSTON_HOUSING = _single(
    "Boston housing",
    "boston_housing.npz",
    "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    _MB,
)
CALIFORNIA_HOUSING = _single(
    "California housing",
    "california_housing.npz",
    "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
    8 * _MB,
)
IMDB = _single("IMDB", "imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f", 64 * _MB)
IMDB_WORDS = _single("IMDB's words", "imdb_word_index.json", "bfafd718b763782e994055a2d397834f", 8 * _MB)
REUTERS = _single(
    "Reuters", "reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916", 16 * _MB
)
REUTERS_WORDS = _single("Reuters' words", "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921", 8 * _MB)
CIFAR10 = SingleFile(
    "CIFAR-10",
    SealedFile(
        "cifar-10-python.tar.gz",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        256 * _MB,
        "cifar-10-python.tar.gz",
        ("cifar-10-batches-py-target_archive", "cifar-10-batches-py.tar.gz"),
    ),
    _TORONTO,
)
CIFAR100 = SingleFile(
    "CIFAR-100",
    SealedFile(
        "cifar-100-python.tar.gz",
        "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        256 * _MB,
        "cifar-100-python.tar.gz",
        ("cifar-100-python-target_archive",),
    ),
    _TORONTO,
)
