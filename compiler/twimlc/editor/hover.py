"""What a word means and where it leads: a file and an offset in, Markdown and its place out."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twimlc.about import TWILIO_ERRORS
from twimlc.editor.cursor import word_at
from twimlc.editor.names import Names
from twimlc.editor.open_files import Analysis, Snapshot
from twimlc.editor.shapes import Shape, shapes_at
from twimlc.findings.catalogue import find
from twimlc.findings.pages import page_of
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import StateLink
from twimlc.flow.references import Name, NameKind
from twimlc.formats.elements import page_link
from twimlc.pipeline.hours import find_calendars
from twimlc.project.kinds import FileKind
from twimlc.report import hours
from twimlc.text import Span, lazy_pattern
from twimlc.vocabulary import Attribute, Element, Status
from twimlc.yaml.tree import Scalar

_SOME = 24
_PLAIN = ("done", "over")
_MOST = 12
_OPENED = lazy_pattern(r"\$\{\s*")


@dataclass(frozen=True, slots=True)
class Hover:
    text: str
    span: Span


def hover(snapshot: Snapshot, offset: int, check: Callable[[], Analysis]) -> Hover | None:
    """The explanation of the word at an offset. ``check`` compiles, where that is needed."""
    file = snapshot.file
    names = Names(snapshot)
    opened = _OPENED.match(file.text, offset)
    named = names.at(opened.end() if opened else offset)
    if named is not None and named.name.kind in (NameKind.STATE, NameKind.PARAM):
        is_state = named.name.kind is NameKind.STATE
        text = _state(snapshot, named.name, check) if is_state else _param(snapshot, named.name)
        return Hover(text, Span(file, named.span.start, named.span.end))
    cursor = word_at(snapshot.text, offset)
    if cursor.path[-1:] == ("hours",) and cursor.word:
        return _calendar(snapshot, Span(file, cursor.start, cursor.start + len(cursor.word)))
    if not cursor.is_key or not cursor.word or not cursor.start <= offset:
        return None
    span = Span(file, cursor.start, cursor.start + len(cursor.word))
    if names.kind is FileKind.PROJECT and cursor.path == ("rules",):
        return _rule(span)
    if cursor.path == ("calendars",):
        return _calendar(snapshot, span)
    found = shapes_at(names.kind, cursor.place)
    if not found:
        return None
    shape = next((each for each in found if each.element is not None), found[0])
    text = about(cursor.word, shape)
    steps = shapes_at(names.kind, cursor.path)
    if any(each.beside is not None and cursor.word not in each.beside for each in steps):

        def in_step(graph: Graph, node: Node) -> bool:
            where = node.span
            return where.file.path == snapshot.name and where.start <= cursor.start <= where.end

        text += _leads_to(_ways(check(), in_step))
    return Hover(text, span)


def _rule(span: Span) -> Hover | None:
    """What a rule is about, where the project file sets how bad it is."""
    rule = find(span.text)
    if rule is None:
        return None
    page = page_of(rule.slug)
    head = f"**{rule.slug}** ({rule.code}, {rule.severity}): {page.summary}"
    return Hover(f"{head}\n\n{page.why}", span)


def _calendar(snapshot: Snapshot, span: Span) -> Hover | None:
    """The week of a calendar and what comes next; nothing while it is wrong."""
    found, _ = find_calendars(snapshot.options(), None)
    for each in found:
        if each.calendar.name == span.text and each.calendar.settled is not None:
            return Hover(f"```text\n{hours.page(each.calendar, int(time.time()), 3)}```", span)
    return None


def _state(snapshot: Snapshot, state: Name, check: Callable[[], Analysis]) -> str:
    """Where a state leads; of another file only its name."""

    def in_state(graph: Graph, node: Node) -> bool:
        flow = graph.flows[node.state.flow]
        return node.state.within(state.text) and flow.file.path == snapshot.name

    own = state.body.flow is not None and state.body.file.path == snapshot.name
    ways = _ways(check(), in_state, leaving=True) if own else []
    return f"state **{state.text or 'at the start'}**{_leads_to(ways)}"


def _param(snapshot: Snapshot, param: Name) -> str:
    """What a param is set to where it is declared."""
    entry = param.body.params[param.text]
    given = entry.value.text if isinstance(entry.value, Scalar) else "a list or map"
    said = f"`{given}`" if given else "given from outside"
    file = entry.key_span.file.path
    place = f"line {entry.key_span.begin.line}"
    if file != snapshot.name:
        place = f"{file}, {place}"
    return f"param **{param.text}**: {said} ({place})"


def _leads_to(ways: list[str]) -> str:
    return "\n\nLeads to:\n\n" + "\n".join(ways) if ways else ""


def _ways(
    analysis: Analysis, chosen: Callable[[Graph, Node], bool], *, leaving: bool = False
) -> list[str]:
    """One line for each place that the nodes chosen in a graph lead to, with its outcomes.

    Of the targets and rows the first counts that has such nodes. ``leaving``: only places outside
    of their state.
    """
    for graph in analysis.graphs:
        nodes = [n for n in graph.nodes if n.element is not None and chosen(graph, n)]
        if nodes:
            return _lines(graph, nodes, leaving)
    return []


def _lines(graph: Graph, nodes: list[Node], leaving: bool) -> list[str]:
    ways: dict[str, list[str]] = {}
    for node in nodes:
        for outcome, after in node.successors():
            to = graph.nodes[after]
            if any(to.span == other.span for other in nodes) and not leaving:
                continue  # the next attempt of the same menu
            if leaving and to.state.within(node.state.root) and to.element is not None:
                continue
            words = ways.setdefault(_destination(graph, node, after), [])
            if outcome not in (*_PLAIN, *words):
                words.append(outcome)
        for attribute, state in _linked(node):
            ways.setdefault(f"**{state}**", []).append(attribute)
    lines = [f"- {', '.join(words)} → {to}" if words else f"- → {to}" for to, words in ways.items()]
    more = len(lines) - _MOST
    return [*lines[:_MOST], f"- and {more} more"] if more > 0 else lines


def _linked(node: Node) -> Iterator[tuple[str, str]]:
    for element, attribute, link, _ in node.element.links() if node.element else ():
        if isinstance(link, StateLink):
            yield f"{element.tag}.{attribute}" if attribute else element.tag, link.state.home


def _destination(graph: Graph, node: Node, after: NodeKey) -> str:
    to = graph.nodes[after]
    if to.element is None:
        return "the end of the list: the call ends"
    if to.element.tag == "Hangup" and to.state == node.state:
        return "hang up"
    inside = to.state.flow == node.state.flow and to.state.home == node.state.home
    line = to.span.begin.line
    if inside and graph.entries.get(to.state) != after:
        return f"`{to.title}` in line {line}"
    name = to.state.home if to.state.flow == node.state.flow else f"{to.state.flow}/{to.state.home}"
    return f"**{name}** (`{to.title}`, line {line})"


def about(key: str, shape: Shape) -> str:
    """The Markdown about a key."""
    row, element = shape.row, shape.element
    if row is not None and element is not None:
        return _of_attribute(row, element)
    if element is not None and shape.attribute is None:
        return _of_element(key, element)
    return _of_schema(key, shape)


def _of_element(key: str, element: Element) -> str:
    lines = [f"**{key}** (TwiML `<{element.tag}>`): {element.summary}"]
    if element.status is not Status.CURRENT:
        lines.append(f"*{element.status}*. {element.status_note}".strip())
    if element.note:
        lines.append(element.note)
    if element.outcomes is not None:
        worked = f"Worked: {', '.join(element.outcomes.worked)}"
        failed = ", ".join(element.outcomes.failed)
        lines.append(f"{worked}; unsuccessful: {failed}." if failed else f"{worked}.")
    lines += [page_link(element)] if element.doc else []
    return "\n\n".join(lines)


def _of_attribute(row: Attribute, element: Element) -> str:
    lines = [f"**{element.key}.{row.name}**: {row.note}"]
    if row.status is not Status.CURRENT:
        lines.append(f"*{row.status}*")
    if not row.documented:
        lines.append("Known from Twilio's libraries; its pages do not mention it.")
    facts = [f"Type: {row.type.replace('-', ' ')}"]
    values = [*row.values, *row.keywords, *row.known_values]
    if values:
        more = ", …" if len(values) > _SOME else ""
        facts.append(f"Values: {', '.join(f'`{value}`' for value in values[:_SOME])}{more}")
    if row.minimum is not None or row.maximum is not None:
        low = "" if row.minimum is None else f"from {row.minimum} "
        high = "" if row.maximum is None else f"to {row.maximum} "
        facts.append(f"Range: {low}{high}{row.unit or ''}".rstrip())
    elif row.unit:
        facts.append(f"In {row.unit}")
    if row.max_length is not None:
        facts.append(f"At most {row.max_length} characters")
    if row.required:
        facts.append("Required")
    if row.default is not None:
        symbol = row.default.startswith("$")
        said = row.default[1:].replace("-", " ") if symbol else f"`{row.default}`"
        facts.append(f"Default: {said}")
    if row.twilio:
        errors = (f"[{code}]({TWILIO_ERRORS}{code})" for code in row.twilio)
        facts.append(f"A bad value is Twilio's error {', '.join(errors)}")
    lines.append("\n".join(f"- {fact}" for fact in facts))
    lines += [page_link(element)] if element.doc else []
    return "\n\n".join(lines)


def _of_schema(key: str, shape: Shape) -> str:
    lines = [f"**{key}**: {shape.schema.get('description', '')}".rstrip(": ")]
    values = shape.values()
    if values:
        lines.append("Values: " + ", ".join(f"`{value}`" for value in values[:_SOME]))
    elif "$comment" in shape.schema and not shape.schema["$comment"].startswith("a step"):
        lines.append(f"Takes {shape.schema['$comment']}.")
    if "default" in shape.schema:
        default = shape.schema["default"]
        said = str(default).lower() if isinstance(default, bool) else default
        lines.append(f"Default: `{said}`")
    return "\n\n".join(lines)
