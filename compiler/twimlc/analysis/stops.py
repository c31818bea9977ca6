"""Streams and their like by their names: the graph comes in, findings go out.

A stream, siprec, transcription or recording has a name that is its own in the call, and a stop
gives that name.
"""

from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.addresses import NAME_TAKEN, STOPS_NOTHING
from twimlc.flow.graph import Graph, NodeKey
from twimlc.flow.model import Element
from twimlc.source.names import nearest

_NAMED = ("Stream", "Siprec", "Transcription")
"""A second recording is told by a rule of its own, whatever its name."""

_Named = tuple[str, str]
"""A kind of noun, and a name."""


def check_stops(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about names that are stopped but never started, and about names taken twice."""
    started = _nouns(graph, "Start")
    yield from _never_started(graph, started)
    yield from _taken(graph, started)


def _nouns(graph: Graph, verb: str) -> dict[NodeKey, list[Element]]:
    found: dict[NodeKey, list[Element]] = {}
    for key in graph.contexts:
        element = graph.nodes[key].element
        if element is not None and element.tag == verb:
            found[key] = list(element.elements())
    return found


def _never_started(graph: Graph, started: dict[NodeKey, list[Element]]) -> Iterator[Diagnostic]:
    """Names that no start gives, where such things are started here at all.

    An application may start others; and a name that only the call knows may be any.
    """
    seen: set[Element] = set()
    for noun in (noun for nouns in _nouns(graph, "Stop").values() for noun in nouns):
        given, name = noun.get("name"), noun.literal("name")
        alike = [other for nouns in started.values() for other in nouns if other.tag == noun.tag]
        names = [other.literal("name") for other in alike]
        if given is None or name is None or noun in seen or not names:
            continue
        seen.add(noun)
        known = [other for other in names if other is not None]
        unsaid = any(other.get("name") is not None for other in alike) and None in names
        if name in known or unsaid:
            continue
        message = f"no {noun.tag.lower()} called '{name}' is started anywhere"
        close = nearest(name, known)
        hint = f"did you mean '{close}'?" if close else f"there is {', '.join(sorted({*known}))}"
        yield STOPS_NOTHING.at(given.span, message, hint=hint if known else "give it a name there")


def _taken(graph: Graph, started: dict[NodeKey, list[Element]]) -> Iterator[Diagnostic]:
    told: set[NodeKey] = set()
    for first in sorted(started):
        for noun in started[first]:
            name = noun.literal("name")
            if noun.tag in _NAMED and name is not None:
                again = _started_again(graph, started, first, (noun.tag, name))
                if again is not None and again not in told:
                    told.add(again)
                    message = f"a {noun.tag.lower()} called '{name}' may still run here"
                    hint = "give each its own name, or stop the first before"
                    yield NAME_TAKEN.at(graph.nodes[again].span, message, hint=hint)


def _started_again(
    graph: Graph, started: dict[NodeKey, list[Element]], first: NodeKey, wanted: _Named
) -> NodeKey | None:
    """Another start that is reached from the first while what it started still runs."""
    seen = {first}
    waiting = [after for _, after in graph.nodes[first].successors()]
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        element = graph.nodes[key].element
        if element is not None and element.tag == "Stop" and _stops(element, wanted):
            continue
        if any((noun.tag, noun.literal("name")) == wanted for noun in started.get(key, ())):
            return key
        waiting += [after for _, after in graph.nodes[key].successors()]
    return None


def _stops(stop: Element, wanted: _Named) -> bool:
    """Whether a stop may end it: a name that only the call knows may be any."""
    nouns = (noun for noun in stop.elements() if noun.tag == wanted[0])
    return any(noun.literal("name") in (wanted[1], None) for noun in nouns)
