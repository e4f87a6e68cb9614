"""What is raised where there is nothing to run or to check."""


class CannotRunError(Exception):
    """There is no such script, or it cannot be read."""
