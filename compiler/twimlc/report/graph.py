"""Pictures of a flow: a neutral graph in, Mermaid, DOT or JSON text out.

The identifiers of the text are our own numbers, because names such as ``end`` mean something to
the languages of pictures; the caller's names appear in quotes only.
"""

import json
import re
from dataclasses import asdict, dataclass

from twimlc.report.escape import visible

GRAPH_FORMATS = ("mermaid", "dot", "json")


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A place of the flow. ``title`` may have several lines; ``note`` is for people."""

    id: str
    title: str
    note: str | None = None
    is_start: bool = False


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A way from one node to another, and the outcome that leads there."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class GraphView:
    """What a picture of one flow shows, in the order in which it is drawn."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


def render_graph(view: GraphView, form: str = "mermaid") -> str:
    """The picture as text, with its final line end."""
    match form:
        case "mermaid":
            return mermaid(view)
        case "dot":
            return dot(view)
        case "json":
            return json.dumps(asdict(view), indent=2) + "\n"
        case _:
            raise ValueError(f"unknown graph format {form!r}")


def _numbers(view: GraphView) -> dict[str, str]:
    return {node.id: f"n{number}" for number, node in enumerate(view.nodes)}


def mermaid(view: GraphView) -> str:
    """A Mermaid flow chart."""
    numbers = _numbers(view)
    lines = ["flowchart TD"]
    for node in view.nodes:
        text = _mermaid_text(_caption(node))
        opening, closing = ("([", "])") if node.is_start else ("[", "]")
        lines.append(f'  {numbers[node.id]}{opening}"{text}"{closing}')
    for edge in view.edges:
        label = f'|"{_mermaid_text([edge.label])}"|' if edge.label else ""
        lines.append(f"  {numbers[edge.source]} -->{label} {numbers[edge.target]}")
    return "\n".join(lines) + "\n"


def dot(view: GraphView) -> str:
    """A Graphviz graph."""
    numbers = _numbers(view)
    lines = ["digraph flow {", "  node [shape=box, style=rounded];"]
    for node in view.nodes:
        bold = ', penwidth=2, shape=oval, style=""' if node.is_start else ""
        lines.append(f'  {numbers[node.id]} [label="{_dot_text(_caption(node))}"{bold}];')
    for edge in view.edges:
        label = f' [label="{_dot_text([edge.label])}"]' if edge.label else ""
        lines.append(f"  {numbers[edge.source]} -> {numbers[edge.target]}{label};")
    return "\n".join([*lines, "}"]) + "\n"


def _caption(node: GraphNode) -> list[str]:
    return [*node.title.splitlines(), *(node.note or "").splitlines()] or [node.id]


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
