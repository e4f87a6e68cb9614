"""The figure that a function of this room returns. Imports matplotlib: import it through ``denim.viz.figures``."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


class Picture(Figure):
    """A figure that pyplot does not know, so that it goes when its last name goes, and a notebook shows it once."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", bbox_inches="tight")
        return buffer.getvalue()
