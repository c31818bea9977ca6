"""Pictures of flows as text: every name quoted, every identifier ours."""

import json

import pytest

from twimlc.report.graph import GRAPH_FORMATS, render_graph
from twimlc.report.picture import Box, Picture, Row, Way

PICTURE = Picture(
    flow="door",
    description="the front door",
    start="b0",
    boxes={
        "b0": Box("b0", "greeting", "greeting", rows=(Row("", "“Welcome”"),), notes=("hi\nyou",)),
        "b1": Box("b1", "x", 'say "hi" `now` #1 [x]; \\ <b> \x1b', foot="hang up"),
        "b2": Box("b2", "item", "1. not a list", component="c", rows=(Row("a", "b"),) * 8),
    },
    ways=(
        Way("failure", "b0", "b1", ("busy",), 'busy|"no"'),
        Way("main", "b1", "b0"),
        Way("choice", "b2", "b3", ("1",), "press 1"),
    ),
    cut={"b3": Box("b3", "far", "far (2)")},
)


def test_mermaid() -> None:
    rows = "b<br/>" * 6
    assert render_graph(PICTURE).splitlines() == [
        "flowchart TD",
        '  b0(["greeting<br/>#8220;Welcome#8221;<br/>the front door<br/>hi<br/>you"])',
        '  b1["say #34;hi#34; #96;now#96; #35;1 #91;x#93;#59; #92; #60;b#62; #92;x1b'
        '<br/>#9632; hang up"]',
        f'  b2["1#46; not a list #40;c#41;<br/>{rows}#8230; 2 more"]',
        '  b3(["#8594; far #40;2#41;"])',
        '  b0 -.->|"busy#124;#34;no#34;"| b1',
        "  b1 ==> b0",
        '  b2 -->|"press 1"| b3',
    ]


def test_dot() -> None:
    rows = r"b\n" * 6
    assert render_graph(PICTURE, "dot").splitlines() == [
        "digraph flow {",
        "  node [shape=box, style=rounded];",
        r'  b0 [label="greeting\n“Welcome”\nthe front door\nhi\nyou", penwidth=2, shape=oval, style=""];',
        r'  b1 [label="say \"hi\" `now` #1 [x]; \\ <b> \\x1b\n■ hang up"];',
        rf'  b2 [label="1. not a list (c)\n{rows}… 2 more"];',
        '  b3 [label="→ far (2)", shape=oval];',
        r'  b0 -> b1 [label="busy|\"no\"", style=dashed];',
        "  b1 -> b0 [style=bold];",
        '  b2 -> b3 [label="press 1", style=solid];',
        "}",
    ]


def test_json() -> None:
    data = json.loads(render_graph(PICTURE, "json"))
    first = data["nodes"][0]
    assert first["is_start"] is True
    assert (first["id"], first["title"]) == ("b0", "greeting")
    assert first["note"] == "the front door; hi\nyou"
    assert first["rows"] == [{"symbol": "", "text": "“Welcome”"}]
    assert data["edges"][0] == {
        "kind": "failure",
        "source": "b0",
        "target": "b1",
        "outcomes": ["busy"],
        "label": 'busy|"no"',
    }
    assert data["links"] == [{"id": "b3", "title": "→ far (2)"}]


def test_an_unknown_form_is_our_fault() -> None:
    assert GRAPH_FORMATS == ("mermaid", "dot", "json", "svg")
    with pytest.raises(ValueError, match="png"):
        render_graph(PICTURE, "png")
