"""The ``denim`` command."""
