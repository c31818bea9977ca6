"""What runs beside a call: streams, siprecs, transcriptions and recordings of it.

The graph comes in, findings go out. Each has a name that is its own in the call, and a stop gives
that name. A stream and a siprec take a track of the call's audio, or two for both sides of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from twimlc.findings.diagnostic import Diagnostic, Label, Severity
from twimlc.findings.rules import NAME_TAKEN, RECORDING_TWICE, STOP_WITHOUT_START, TOO_MANY_TRACKS
from twimlc.flow.graph import Graph, NodeKey
from twimlc.flow.model import Element
from twimlc.flow.walks import reached
from twimlc.vocabulary.rules import MaxTracks
from twimlc.yaml.names import meant

_Nouns = Mapping[NodeKey, list[Element]]
"""What each node starts, or stops."""
_Running = frozenset[tuple[str, int]]
"""Names of what runs, and how many tracks each takes."""
_ENOUGH = 20_000
"""So many places and what runs there are looked at; a flow with more gets no finding."""


def check_streams(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about names never started or taken twice, second recordings, too many tracks."""
    verbs = [(node.key, verb) for node, verb in graph.verbs()]
    started = {key: [*verb.elements()] for key, verb in verbs if verb.does.starts}
    stopped = {key: [*verb.elements()] for key, verb in verbs if verb.does.stops}
    yield from _never_started(graph, started, stopped)
    yield from _still_running(graph, started, stopped)
    yield from _too_many_tracks(graph, started, stopped)


def _never_started(graph: Graph, started: _Nouns, stopped: _Nouns) -> Iterator[Diagnostic]:
    """Names that no start gives, where such things are started here at all.

    An application may start others; and a name that only the call knows may be any.
    """
    seen: set[Element] = set()
    # Files of one folder may have nothing to do with each other.
    after = {first: graph.reachable(first) for first in started} if graph.twiml and stopped else {}
    for key, noun in ((key, noun) for key, nouns in stopped.items() for noun in nouns):
        given, name = noun.get("name"), noun.literal("name")
        alike = [
            other
            for first, nouns in started.items()
            for other in nouns
            if other.tag == noun.tag and key in after.get(first, (key,))
        ]
        names = [other.literal("name") for other in alike]
        if given is None or name is None or noun in seen or not names:
            continue
        seen.add(noun)
        known = [other for other in names if other is not None]
        given_in_call = graph.twiml or any(other.get("name") is not None for other in alike)
        if name in known or (None in names and given_in_call):
            continue
        message = f"unknown {noun.tag.lower()} '{name}': nothing starts it"
        near = meant(name, known)
        there = f"there is {', '.join(sorted({*known}))}" if known else "give it a name there"
        hint = near or there
        finding = STOP_WITHOUT_START.at(given.span, message, hint=hint)
        if graph.twiml and not near:  # a document that leads here may be elsewhere
            hint += f"; right if an earlier document started '{name}'"
            finding = replace(finding, hint=hint, severity=Severity.NOTE)
        yield finding


def _again(
    graph: Graph, started: _Nouns, stopped: _Nouns, first: NodeKey, noun: Element
) -> Iterator[tuple[NodeKey, Element]]:
    """The next starts after ``first`` of the same as ``noun``, up to a stop that may end it.

    Of recordings one runs at a time, whatever their names.
    """

    def same(other: Element, *names: str | None) -> bool:
        if noun.does.records:
            return other.does.records
        return other.tag == noun.tag and other.literal("name") in names

    name = noun.literal("name")

    def starts(key: NodeKey) -> list[Element]:
        return [other for other in started.get(key, ()) if same(other, name)]

    def leads(key: NodeKey) -> Iterable[NodeKey]:
        # A stop whose name only the call knows may end any.
        stops = any(same(other, name, None) for other in stopped.get(key, ()))
        return () if stops or starts(key) else graph.after(key)

    for key in reached(graph.after(first), leads):
        yield from ((key, other) for other in starts(key))


def _still_running(graph: Graph, started: _Nouns, stopped: _Nouns) -> Iterator[Diagnostic]:
    """What is started a second time while the first still runs."""
    taken: set[NodeKey] = set()
    named = Counter((n.tag, n.literal("name")) for nouns in started.values() for n in nouns)
    for first in sorted(started):
        for noun in started[first]:
            name = noun.literal("name")
            if not noun.does.records and (name is None or named[noun.tag, name] == 1):
                continue
            labels = [Label(noun.span, "it is started here")] if graph.twiml else []
            for key, again in _again(graph, started, stopped, first, noun):
                span = graph.nodes[key].span
                if key == first and graph.twiml:  # a loop of documents has a finding of its own
                    continue
                if noun.does.records:
                    message = "the recording that was started before may still run here"
                    if key == first:
                        message = (
                            "coming back here, the recording is started again while it still runs"
                        )
                    hint = "stop it first, or start it where the call comes by once only"
                    yield RECORDING_TWICE.at(span, message, hint=hint, labels=labels)
                elif key != first and key not in taken:
                    taken.add(key)
                    message = f"a {noun.tag.lower()} called '{name}' may still run here"
                    hint = "give each its own name, or stop the first before"
                    place = again.span if graph.twiml else span
                    yield NAME_TAKEN.at(place, message, hint=hint, labels=labels)


def _too_many_tracks(graph: Graph, started: _Nouns, stopped: _Nouns) -> Iterator[Diagnostic]:
    """A finding for each start that is one track too many on some way."""
    copies = [noun for nouns in started.values() for noun in nouns if _limit(noun)]
    if sum(map(_tracks, copies)) <= min(map(_limit, copies), default=0):
        return
    reported: set[NodeKey] = set()

    def running_after(place: tuple[NodeKey, _Running]) -> _Running:
        key, running = place
        for name in (noun.literal("name") for noun in stopped.get(key, ()) if _limit(noun)):
            # One whose name the call decides may stop anything.
            running = frozenset(pair for pair in running if name not in (pair[0], None))
        begun = (noun for noun in started.get(key, ()) if _limit(noun))
        return running.union((noun.literal("name") or f"#{key}", _tracks(noun)) for noun in begun)

    def leads(place: tuple[NodeKey, _Running]) -> list[tuple[NodeKey, _Running]]:
        running = running_after(place)
        return [(after, running) for after in graph.after(place[0]) if place[0] not in reported]

    starts = [(start, _Running()) for start in graph.starts.values()]
    for place in islice(reached(starts, leads), _ENOUGH):
        key = place[0]
        most = max(map(_limit, started.get(key, ())), default=0)
        count = sum(tracks for _, tracks in running_after(place)) if most else 0
        if count > most and key not in reported:
            reported.add(key)
            message = f"{count} tracks of the call's audio may run from here on, {most} can"
            hint = "both_tracks takes two; stop, by its name, what is no longer needed"
            yield TOO_MANY_TRACKS.at(graph.nodes[key].span, message, hint=hint)


def _limit(noun: Element) -> int:
    """How many tracks may run at once of what is like this; 0 for what takes none."""
    rule = noun.spec.rule(MaxTracks) if noun.spec is not None else None
    return rule.max if rule is not None else 0


def _tracks(noun: Element) -> int:
    return 2 if noun.known("track") == "both_tracks" else 1
