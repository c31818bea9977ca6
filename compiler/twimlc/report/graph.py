"""Pictures of a flow as text: the model in, Mermaid, DOT or JSON out (and SVG, by ``svg``).

Identifiers are our own numbers, because names such as ``end`` mean something to the languages of
pictures; the caller's names appear in quotes only.
"""

import json
import re

from twimlc.report.escape import visible
from twimlc.report.picture import Box, Picture
from twimlc.report.svg import svg

GRAPH_FORMATS = ("mermaid", "dot", "json", "svg")


def render_graph(picture: Picture, form: str = "mermaid") -> str:
    """The picture as text, with its final line end."""
    match form:
        case "mermaid":
            return mermaid(picture)
        case "dot":
            return dot(picture)
        case "json":
            return as_json(picture)
        case "svg":
            return svg(picture)
        case _:
            raise ValueError(f"unknown graph format {form!r}")


_ARROWS = {"main": "==>", "choice": "-->", "failure": "-.->", "other-line": "-.->"}
_STYLES = {"main": "bold", "choice": "solid", "failure": "dashed", "other-line": "dotted"}


def mermaid(picture: Picture) -> str:
    """A Mermaid flow chart."""
    lines = ["flowchart TD"]
    for box in picture.boxes.values():
        text = _mermaid_text(_caption(box, picture))
        opening, closing = ("([", "])") if box.id == picture.start else ("[", "]")
        lines.append(f'  {box.id}{opening}"{text}"{closing}')
    links = ((box.id, _mermaid_text([f"→ {box.name}"])) for box in picture.cut.values())
    lines += [f'  {box}(["{text}"])' for box, text in links]
    for way in picture.ways:
        label = f'|"{_mermaid_text([way.label])}"|' if way.label else ""
        lines.append(f"  {way.source} {_ARROWS[way.kind]}{label} {way.target}")
    return "\n".join(lines) + "\n"


def dot(picture: Picture) -> str:
    """A Graphviz graph."""
    lines = ["digraph flow {", "  node [shape=box, style=rounded];"]
    for box in picture.boxes.values():
        bold = ', penwidth=2, shape=oval, style=""' if box.id == picture.start else ""
        lines.append(f'  {box.id} [label="{_dot_text(_caption(box, picture))}"{bold}];')
    links = ((box.id, _dot_text([f"→ {box.name}"])) for box in picture.cut.values())
    lines += [f'  {box} [label="{text}", shape=oval];' for box, text in links]
    for way in picture.ways:
        label = f'label="{_dot_text([way.label])}", ' if way.label else ""
        lines.append(f"  {way.source} -> {way.target} [{label}style={_STYLES[way.kind]}];")
    return "\n".join([*lines, "}"]) + "\n"


def as_json(picture: Picture) -> str:
    """The model itself: ``nodes`` (with their ``title``, ``note``, ``is_start``) and ``edges``."""
    nodes = [
        {
            **box._asdict(),
            "title": box.name,
            "note": "; ".join(_notes(box, picture)) or None,
            "is_start": box.id == picture.start,
            "rows": [row._asdict() for row in box.rows],
        }
        for box in picture.boxes.values()
    ]
    cut = [{"id": box.id, "title": f"→ {box.name}"} for box in picture.cut.values()]
    found = {"flow": picture.flow, "description": picture.description, "nodes": nodes}
    edges = [way._asdict() for way in picture.ways]
    return json.dumps({**found, "edges": edges, "links": cut}, indent=2) + "\n"


def _notes(box: Box, picture: Picture) -> list[str]:
    said = (picture.description, *box.notes) if box.id == picture.start else box.notes
    return [note for note in said if note]


def _caption(box: Box, picture: Picture) -> list[str]:
    component = f" ({box.component})" if box.component else ""
    foot = [f"■ {box.foot}"] if box.foot else []
    notes = [line for note in _notes(box, picture) for line in note.splitlines()]
    return [f"{box.name}{component}", *box.shown(), *notes, *foot]


# In Mermaid every sign but letters, digits and harmless punctuation goes in as its number: quotes
# end a text, backticks and asterisks format it, brackets and semicolons mean something to some of
# its versions even within quotes. What looks like the item of a list is refused there altogether.
_MERMAID_PLAIN = frozenset(" .,:!?'/+=@-")
_MERMAID_ITEM = re.compile(r"\s*(?:\d+[.)]|[-+])(?:\s|$)")


def _mermaid_text(lines: list[str]) -> str:
    return "<br/>".join(_mermaid_line(visible(line)) for line in lines)


def _mermaid_line(line: str) -> str:
    plain = frozenset(" ") if _MERMAID_ITEM.match(line) else _MERMAID_PLAIN
    return "".join(char if char.isalnum() or char in plain else f"#{ord(char)};" for char in line)


def _dot_text(lines: list[str]) -> str:
    return "\\n".join(visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
