"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Read = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="How DATA is read: separator, decimal, header, encoding, missing, texts, without (columns that are left "
        "out), inputs (an NPZ file's array), size, colour. May be given more than once.",
    ),
]
