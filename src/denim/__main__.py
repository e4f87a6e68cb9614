"""``python -m denim script.py``: run a Keras script on denim. Other words are those of the ``denim`` command."""

import sys

if __name__ == "__main__":
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    if first == "-m" or first.endswith((".py", ".ipynb")):
        from denim.cli.run import run_words

        run_words(sys.argv[1:])
    else:
        from denim.cli.main import app

        app(prog_name="python -m denim")
