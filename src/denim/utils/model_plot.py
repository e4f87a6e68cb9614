"""plot_model and model_to_dot: a model as a picture."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import Any

from denim.suggest import did_you_mean
from denim.utils.model_boxes import Box, Drawing, Showing, drawn

_DIRECTIONS = ("TB", "LR", "BT", "RL")


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """The model as a ``pydot.Dot``, or a ``pydot.Cluster`` with ``subgraph``. Arguments as ``plot_model``.

    Raises:
        ImportError: where pydot is not installed.
        ValueError: as ``plot_model``.

    Source: https://keras.io/api/utils/model_plotting_utils/
    """
    _check(model, rankdir, kwargs)
    try:
        import pydot
    except ImportError as error:
        raise ImportError(
            "You must install pydot (`pip install pydot`) for model_to_dot to work. plot_model does without it."
        ) from error
    showing = Showing(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    drawing = drawn(model, showing, expand_nested)
    if subgraph:
        return _cluster(pydot, drawing)
    dot = pydot.Dot(rankdir=rankdir, concentrate=True, dpi=dpi, splines=splines)
    dot.set_node_defaults(shape="record")
    _fill(pydot, dot, drawing)
    return dot


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Draw the model into a file, with graphviz where it and pydot are installed, else with matplotlib.

    Args:
        model: a built model.
        to_file: the file; its ending says the format, such as png, svg or pdf.
        show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable: what the boxes say.
        rankdir: the way of the arrows: "TB" down, "LR" right, "BT" up, "RL" left.
        expand_nested: show what is in models within the model.
        dpi: dots an inch.
        splines: graphviz's word for the arrows' shape.
        kwargs: none.

    Returns:
        IPython's Image of the file where IPython is installed, so that a notebook shows it; else None.

    Raises:
        ImportError: where neither pydot with graphviz nor matplotlib is installed.
        ValueError: for a model that is not built, or arguments that there are not.

    Source: https://keras.io/api/utils/model_plotting_utils/
    """
    _check(model, rankdir, kwargs)
    path = Path(to_file)
    kind = path.suffix[1:] or "png"
    showing = Showing(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    if _has_graphviz():
        dot = model_to_dot(
            model,
            show_shapes,
            show_dtype,
            show_layer_names,
            rankdir,
            expand_nested,
            dpi,
            show_layer_activations=show_layer_activations,
            show_trainable=show_trainable,
            splines=splines,
        )
        dot.write(str(path), format=kind)
    else:
        from denim.utils.model_picture import picture

        picture(drawn(model, showing, expand_nested), rankdir).savefig(path, format=kind, dpi=dpi)
    if kind not in ("png", "jpg", "jpeg", "gif", "svg"):
        return None
    try:
        from IPython import display as ipython
    except ImportError:
        return None
    display: Any = ipython
    return display.SVG(filename=str(path)) if kind == "svg" else display.Image(filename=str(path), format=kind)


def _check(model: Any, rankdir: str, others: dict[str, Any]) -> None:
    if others.pop("layer_range", None) is not None:
        raise ValueError("Argument `layer_range` is no longer supported.")
    if others:
        raise ValueError(f"Unrecognized keyword arguments: {others}")
    if rankdir not in _DIRECTIONS:
        raise ValueError(
            f"`rankdir` must be one of {', '.join(map(repr, _DIRECTIONS))}. Received: {rankdir!r}."
            + did_you_mean(rankdir, _DIRECTIONS)
        )
    if not model.built:
        raise ValueError(
            "This model has not yet been built. Build the model first by calling `build()` or by calling the model on "
            "a batch of data."
        )


def _has_graphviz() -> bool:
    try:
        import pydot
    except ImportError:
        return False
    try:
        pydot.Dot().create()
    except (OSError, AssertionError):
        return False
    return True


def _cluster(pydot: Any, drawing: Drawing) -> Any:
    cluster = pydot.Cluster(style="dashed", graph_name=drawing.name)
    cluster.set("label", drawing.name)
    cluster.set("labeljust", "l")
    _fill(pydot, cluster, drawing)
    return cluster


def _fill(pydot: Any, dot: Any, drawing: Drawing) -> None:
    for box in drawing.boxes:
        dot.add_node(pydot.Node(str(id(box)), label=_label(box), fontname="Helvetica", border="0", margin="0"))
    for part in drawing.inner:
        dot.add_subgraph(_cluster(pydot, part))
    for start, end in drawing.arrows:
        dot.add_edge(pydot.Edge(str(id(start)), str(id(end)), penwidth="2"))


def _label(box: Box) -> str:
    """The box as graphviz's table."""
    cells = [_cell("white", f"{says}: <b>{html.escape(value)}</b>") for says, value in box.cells]
    if box.learns is not None:
        colour, word = ("forestgreen", "Trainable") if box.learns else ("firebrick", "Non-trainable")
        cells.append(_cell(colour, f'<font color="white"><b>{word}</b></font>'))
    span = f' colspan="{max(1, len(cells))}"'
    title = html.escape(box.kind) if box.name is None else f"{html.escape(box.name)}</b> ({html.escape(box.kind)})<b>"
    rows = [f'<td{span} bgcolor="black"><font point-size="16" color="white"><b>{title}</b></font></td>']
    if box.activation:
        rows.append(_cell("white", f"Activation: <b>{html.escape(box.activation)}</b>", span))
    if cells:
        rows.append("".join(cells))
    table = "".join(f"<tr>{row}</tr>" for row in rows).replace("<b></b>", "")
    return f'<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">{table}</table>>'


def _cell(colour: str, text: str, span: str = "") -> str:
    return f'<td bgcolor="{colour}"{span}><font point-size="14">{text}</font></td>'
