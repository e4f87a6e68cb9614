"""A model as a picture, with and without graphviz."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import denim as keras
from denim.utils.model_boxes import Showing, drawn

layers = keras.layers


@pytest.fixture
def chain(fresh_session: None) -> Any:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(8, "relu"), layers.Dropout(0.2), layers.Dense(3, "softmax", name="출력")]
    )


@pytest.fixture
def branched(fresh_session: None) -> Any:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(5, name="shared")
    chain = keras.Sequential([keras.Input((5,)), layers.Dense(4, "tanh"), layers.Dense(4)], name="chain")
    inside = keras.Input((5,), name="inside")
    graph = keras.Model(inside, layers.Dense(2)(layers.Dense(6)(inside)), name="graph")
    return keras.Model([a, b], [chain(shared(a)), graph(shared(b))])


def names(pairs: Any) -> list[tuple[str, str]]:
    return [(start.name, end.name) for start, end in pairs]


def test_boxes_and_arrows_of_a_chain(chain: Any) -> None:
    drawing = drawn(chain, Showing(True, True, True, True, True), False)
    assert [box.lines for box in drawing.boxes] == [
        [
            "dense (Dense)",
            "Activation: relu",
            "Input shape: (None, 4)",
            "Output shape: (None, 8)",
            "Output dtype: float32",
            "Trainable",
        ],
        ["dropout (Dropout)", "Input shape: (None, 8)", "Output shape: (None, 8)", "Output dtype: float32"],
        [
            "출력 (Dense)",
            "Activation: softmax",
            "Input shape: (None, 8)",
            "Output shape: (None, 3)",
            "Output dtype: float32",
            "Trainable",
        ],
    ]
    assert names(drawing.arrows) == [("dense", "dropout"), ("dropout", "출력")]
    assert [box.lines for box in drawn(chain, Showing(), False).boxes] == [["Dense"], ["Dropout"], ["Dense"]]


def test_boxes_and_arrows_of_a_graph(branched: Any) -> None:
    drawing = drawn(branched, Showing(names=True), False)
    assert [box.title for box in drawing.boxes] == [
        "a (InputLayer)",
        "shared (Dense)",
        "chain (Sequential)",
        "b (InputLayer)",
        "graph (Functional)",
    ]
    assert names(drawing.arrows) == [("a", "shared"), ("shared", "chain"), ("b", "shared"), ("shared", "graph")]


def test_models_within_a_model(branched: Any) -> None:
    drawing = drawn(branched, Showing(names=True), True)
    assert [part.name for part in drawing.inner] == ["chain", "graph"]
    assert [box.name for box in drawing.boxes] == ["a", "shared", "b"]
    first, last = branched.get_layer("chain").layers
    deep = branched.get_layer("graph").layers
    assert names(drawing.all_arrows()) == [
        ("a", "shared"),
        ("shared", first.name),
        ("b", "shared"),
        ("shared", "inside"),
        (first.name, last.name),
        ("inside", deep[1].name),
        (deep[1].name, deep[2].name),
    ]


@pytest.mark.parametrize("rankdir", ["TB", "LR", "BT", "RL"])
def test_boxes_do_not_overlap(branched: Any, rankdir: str) -> None:
    from denim.utils import model_picture

    places = list(model_picture._places(drawn(branched, Showing(True), True), rankdir).values())
    for i, (x, y, width, height) in enumerate(places):
        assert x - width / 2 > 0 and y - height / 2 > 0
        for other in places[:i]:
            apart_x = abs(x - other[0]) >= (width + other[2]) / 2
            assert apart_x or abs(y - other[1]) >= (height + other[3]) / 2


@pytest.mark.parametrize("name", ["model.png", "model.svg", "model.pdf", "model"])
def test_without_graphviz_matplotlib_draws(
    branched: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "pydot", None)
    keras.utils.plot_model(branched, tmp_path / name, show_shapes=True, expand_nested=True, dpi=50)
    begins = {".png": b"\x89PNG", "": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}[Path(name).suffix]
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_with_neither(chain: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydot", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install pydot.*apt install graphviz.*denim-nn\[plot\]"):
        keras.utils.plot_model(chain, tmp_path / "x.png")
    with pytest.raises(ImportError, match=r"pip install pydot.*plot_model does without it"):
        keras.utils.model_to_dot(chain)


class Pydot:
    """As much of pydot as is used."""

    class Graph:
        def __init__(self, **attributes: Any) -> None:
            self.attributes, self.nodes, self.edges, self.parts = attributes, [], [], []

        def set(self, name: str, value: Any) -> None:
            self.attributes[name] = value

        def set_node_defaults(self, **attributes: Any) -> None:
            self.defaults = attributes

        def add_node(self, node: Any) -> None:
            self.nodes.append(node)

        def add_edge(self, edge: Any) -> None:
            self.edges.append(edge)

        def add_subgraph(self, part: Any) -> None:
            self.parts.append(part)

        def create(self) -> bytes:
            return b""

        def write(self, path: str, format: str) -> None:
            Path(path).write_text(format)

    Dot = Cluster = Graph

    @staticmethod
    def Node(name: str, **attributes: Any) -> Any:
        return name, attributes

    @staticmethod
    def Edge(start: str, end: str, **attributes: Any) -> Any:
        return start, end


def test_with_graphviz(branched: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydot", Pydot)
    dot = keras.utils.model_to_dot(branched, expand_nested=True, show_shapes=True, rankdir="LR")
    assert dot.attributes == {"rankdir": "LR", "concentrate": True, "dpi": 200, "splines": "ortho"}
    assert [part.attributes["label"] for part in dot.parts] == ["chain", "graph"]
    known = {node for graph in (dot, *dot.parts) for node, _ in graph.nodes}
    assert len(known) == 8 and {end for edge in dot.edges for end in edge} <= known
    assert "<b>shared</b> (Dense)" in dot.nodes[1][1]["label"]
    assert "Output shape: <b>(None, 5)</b>" in dot.nodes[1][1]["label"]
    keras.utils.plot_model(branched, tmp_path / "model.gif")
    assert (tmp_path / "model.gif").read_text() == "gif"
    assert keras.utils.model_to_dot(branched, subgraph=True).attributes["style"] == "dashed"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"layer_range": ["a", "b"]}, "`layer_range` is no longer supported"),
        ({"show_shape": True}, "Unrecognized keyword arguments: {'show_shape': True}"),
        ({"rankdir": "UD"}, "`rankdir` must be one of 'TB', 'LR', 'BT', 'RL'"),
    ],
)
@pytest.mark.parametrize("function", [keras.utils.plot_model, keras.utils.model_to_dot])
def test_arguments(chain: Any, function: Any, given: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        function(chain, **given)


def test_an_unbuilt_model(fresh_session: None) -> None:
    with pytest.raises(ValueError, match="This model has not yet been built"):
        keras.utils.plot_model(keras.Sequential([layers.Dense(1)]))


def test_a_model_of_ones_own_is_one_box(fresh_session: None, tmp_path: Path) -> None:
    class Own(keras.Model):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(**arguments)
            self.dense = layers.Dense(2)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    model = Own(name="own")
    model.build((None, 3))
    drawing = drawn(model, Showing(names=True, trainable=True), True)
    assert [box.lines for box in drawing.boxes] == [["own (Own)", "Trainable"]] and not drawing.arrows
    keras.utils.plot_model(model, tmp_path / "own.png", dpi=30)


def test_source_inputs(branched: Any) -> None:
    chain, graph = branched.outputs
    assert keras.utils.get_source_inputs(chain) == [branched.inputs[0]]
    assert keras.utils.get_source_inputs(graph) == [branched.inputs[1]]
    assert keras.utils.get_source_inputs(branched.inputs[0]) == [branched.inputs[0]]
    assert keras.utils.is_keras_tensor(chain) and not keras.utils.is_keras_tensor(3)
