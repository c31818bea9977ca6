"""Pictures of flows: every name quoted, every identifier ours."""

import json

import pytest

from twimlc.report.graph import GRAPH_FORMATS, GraphEdge, GraphNode, GraphView, render_graph

VIEW = GraphView(
    nodes=(
        GraphNode("greeting", "greeting\nsay: Welcome", "the first words", is_start=True),
        GraphNode("end", 'say "hi" `now` #1 [x]; \\ <b> \x1b'),
        GraphNode("empty", ""),
        GraphNode("item", "1. not a list"),
    ),
    edges=(GraphEdge("greeting", "end", 'busy|"no"'), GraphEdge("end", "greeting")),
)


def test_mermaid() -> None:
    assert render_graph(VIEW).splitlines() == [
        "flowchart TD",
        '  n0(["greeting<br/>say: Welcome<br/>the first words"])',
        '  n1["say #34;hi#34; #96;now#96; #35;1 #91;x#93;#59; #92; #60;b#62; #92;x1b"]',
        '  n2["empty"]',
        '  n3["1#46; not a list"]',
        '  n0 -->|"busy#124;#34;no#34;"| n1',
        "  n1 --> n0",
    ]


def test_dot() -> None:
    assert render_graph(VIEW, "dot").splitlines() == [
        "digraph flow {",
        "  node [shape=box, style=rounded];",
        r'  n0 [label="greeting\nsay: Welcome\nthe first words", penwidth=2, shape=oval, style=""];',
        r'  n1 [label="say \"hi\" `now` #1 [x]; \\ <b> \\x1b"];',
        '  n2 [label="empty"];',
        '  n3 [label="1. not a list"];',
        r'  n0 -> n1 [label="busy|\"no\""];',
        "  n1 -> n0;",
        "}",
    ]


def test_json() -> None:
    data = json.loads(render_graph(VIEW, "json"))
    assert data["nodes"][0]["is_start"] is True
    assert data["edges"][0] == {"source": "greeting", "target": "end", "label": 'busy|"no"'}


def test_an_unknown_form_is_our_fault() -> None:
    assert GRAPH_FORMATS == ("mermaid", "dot", "json")
    with pytest.raises(ValueError, match="png"):
        render_graph(VIEW, "png")
