"""Small data sets in the files that Keras's come in."""

from __future__ import annotations

import io
import pickle
import struct
import tarfile
from typing import Any

import numpy as np


def archive(**arrays: Any) -> bytes:
    """An ``.npz`` file."""
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def texts(count: int, seed: int) -> np.ndarray:
    """Lists of 1 to 12 word numbers from 1 to 40, as an array of objects."""
    rng = np.random.default_rng(seed)
    rows = np.empty(count, object)
    for i in range(count):
        rows[i] = [int(word) for word in rng.integers(1, 41, rng.integers(1, 13))]
    return rows


def houses(count: int, columns: int) -> bytes:
    """x and y of a table."""
    rng = np.random.default_rng(7)
    return archive(x=rng.random((count, columns)), y=rng.random(count))


def reviews() -> bytes:
    """What IMDB's file holds."""
    labels = np.arange(30) % 2
    return archive(x_train=texts(30, 1), y_train=labels, x_test=texts(20, 2), y_test=labels[:20])


def wires() -> bytes:
    """What Reuters' file holds."""
    return archive(x=texts(37, 3), y=np.arange(37) % 46)


def tar(folder: str, **members: bytes) -> bytes:
    """A ``.tar.gz`` file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as file:
        for name, content in members.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return out.getvalue()


def batch(rows: int, seed: int, **labels: list[int]) -> dict[bytes, Any]:
    """What a batch of CIFAR's holds."""
    data = np.random.default_rng(seed).integers(0, 256, (rows, 3072), np.uint8)
    return {b"batch_label": b"batch", b"data": data, **{name.encode(): values for name, values in labels.items()}}


def python2_pickle(batch: dict[bytes, Any]) -> bytes:
    """The batch as Python 2 pickled it, with strings where Python 3 has bytes."""
    out = b"\x80\x02}("
    for key, value in batch.items():
        out += b"U" + bytes([len(key)]) + key
        if isinstance(value, np.ndarray):
            shape = b"".join(b"J" + struct.pack("<i", size) for size in value.shape)
            out += b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01(" + shape
            out += b"tcnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
            out += b"\x89T" + struct.pack("<i", value.nbytes) + value.tobytes() + b"tb"
        elif isinstance(value, bytes):
            out += b"U" + bytes([len(value)]) + value
        else:
            out += b"](" + b"".join(b"K" + bytes([number]) for number in value) + b"e"
    return out + b"u."


def cifar10(rows: int = 3) -> bytes:
    """CIFAR-10's archive, of fewer rows."""
    batches = {f"data_batch_{i}": batch(rows, i, labels=[i, 1, 2][:rows]) for i in range(1, 6)}
    batches["test_batch"] = batch(rows, 9, labels=[7, 8, 9][:rows])
    return tar("cifar-10-batches-py", **{name: python2_pickle(part) for name, part in batches.items()})


def cifar100() -> bytes:
    """CIFAR-100's archive, of fewer rows, pickled by Python 3."""
    train = batch(4, 1, fine_labels=[99, 1, 2, 3], coarse_labels=[19, 0, 1, 2])
    test = batch(2, 2, fine_labels=[5, 6], coarse_labels=[7, 8])
    members = {"train": pickle.dumps(train, 3), "test": pickle.dumps(test, 3), "meta": pickle.dumps(print)}
    return tar("cifar-100-python", **members)
