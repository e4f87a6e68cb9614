"""The table of data sets: their files, checksums, and where each is published.

A checksum is the SHA-256 of a file's content once decompressed. The same content is published in
different gzip files (those of Debian's package are some bytes shorter than Zalando's, so that the MD5
sums of Zalando's README do not hold for them), and this way one table serves every source.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class IdxFile:
    """One IDX file of unsigned bytes: its name without ``.gz``, shape and content."""

    name: str
    shape: tuple[int, ...]
    sha256: str

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
