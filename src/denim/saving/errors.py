"""What is raised for model files."""

from __future__ import annotations


class ModelFileError(ValueError):
    """A file that is no model file of Keras's form, or holds what a model file must not hold."""


class ModelFileNotFoundError(ModelFileError, FileNotFoundError):
    """No such file."""
