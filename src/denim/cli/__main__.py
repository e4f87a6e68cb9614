"""``python -m denim.cli``: the ``denim`` command without its entry point."""

from denim.cli.main import app

app(prog_name="denim")
