"""What loading a data set can raise or warn of."""

from __future__ import annotations


class DatasetNotFoundError(FileNotFoundError):
    """No place had the data set. The text lists each place with its outcome, and what helps."""


class DatasetWarning(UserWarning):
    """A file was found but not used, or fetched but not kept."""


class Unavailable(Exception):
    """A whole place is out of reach; asking it for another file is of no use."""


class NotHere(Exception):
    """A place does not have one file; it may have the others."""


class Damaged(Exception):
    """A file is there, and it is not the one expected."""
