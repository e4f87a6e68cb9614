"""What a study can stop with."""

from __future__ import annotations


class StudyError(Exception):
    """The study cannot go on. The text says why and what helps; it is meant for the person at the terminal."""
