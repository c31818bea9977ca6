"""How many copies of the call's sound run at once: the graph comes in, findings go out.

A stream and a siprec that are started each take a track, or two for both sides of the call, until
they are stopped.
"""

from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.twiml import TOO_MANY_TRACKS
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import Element
from twimlc.vocabulary.rules import MaxTracks

_Running = frozenset[tuple[str, int]]
_ENOUGH = 20_000
"""So many places and what runs there are looked at; a flow with more gets no finding."""


def check_tracks(graph: Graph) -> Iterator[Diagnostic]:
    """A finding for each start that is one track too many on some way."""
    started = {key: _forks(graph.nodes[key], "Start") for key in graph.contexts}
    if sum(_tracks(noun) for nouns in started.values() for noun in nouns) <= _most(started):
        return
    seen: set[tuple[NodeKey, _Running]] = set()
    told: set[NodeKey] = set()
    nothing: _Running = frozenset()
    waiting = [(start, nothing) for start in graph.starts.values()]
    while waiting and len(seen) < _ENOUGH:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        key, running = place
        node = graph.nodes[key]
        running = _without(node, running)
        for noun in started.get(key, ()):
            running |= {(_name(noun) or f"#{key}", _tracks(noun))}
            most = _limit(noun)
            count = sum(tracks for _, tracks in running)
            if most is not None and count > most and key not in told:
                told.add(key)
                message = f"{count} tracks of the call's sound may run from here on, {most} can"
                hint = "both_tracks takes two; stop, by its name, what is no longer needed"
                yield TOO_MANY_TRACKS.at(node.span, message, hint=hint)
        if key not in told:
            waiting += [(after, running) for _, after in node.successors()]


def _forks(node: Node, verb: str) -> list[Element]:
    """The parts of a start or stop that copy the sound."""
    if node.element is None or node.element.tag != verb:
        return []
    return [noun for noun in node.element.elements() if _limit(noun) is not None]


def _most(started: dict[NodeKey, list[Element]]) -> int:
    limits = (_limit(noun) for nouns in started.values() for noun in nouns)
    return min((limit for limit in limits if limit is not None), default=0)


def _limit(noun: Element) -> int | None:
    rules = noun.spec.rules if noun.spec is not None else ()
    return next((rule.max for rule in rules if isinstance(rule, MaxTracks)), None)


def _tracks(noun: Element) -> int:
    default = noun.spec.attributes["track"].default if noun.spec is not None else None
    track = default if noun.get("track") is None else noun.literal("track")
    return 2 if track == "both_tracks" else 1


def _name(noun: Element) -> str | None:
    return noun.literal("name")


def _without(node: Node, running: _Running) -> _Running:
    """What still runs behind a stop. One whose name a call decides may stop anything."""
    for noun in _forks(node, "Stop"):
        name = _name(noun)
        running = frozenset(pair for pair in running if name is not None and pair[0] != name)
    return running
