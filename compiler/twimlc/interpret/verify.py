"""Flow and documents walked together over everything that can happen: is it the same call?

A graph and a host that serves its documents come in; the number of pairs of positions visited
and the first difference (the one with the shortest script) go out. A difference is a fault of
the compiler, never of the author. What the flow means only under our reading of an open question
is told apart from that (:func:`dependences`).
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin

from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.interpret.assumptions import OUR_READINGS, Assumption, Readings
from twimlc.interpret.difference import Difference
from twimlc.interpret.host import Host
from twimlc.interpret.walk import Leg, Media, Scene, Walk
from twimlc.lower.plan import Approximation

MOST_PAIRS = 5_000_000
"""More pairs than this are not visited: a flow has a few for each of its verbs."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was walked, and what was found. ``complete`` is false if the bound was met."""

    pairs: int
    difference: Difference | None
    complete: bool = True

    @property
    def same(self) -> bool:
        return self.difference is None and self.complete


class Dependence(NamedTuple):
    """The flow means something else if a question is answered by ``answer``: at ``node``."""

    assumption: Assumption
    answer: str
    node: NodeKey
    difference: Difference


def verify(
    graph: Graph,
    flow_name: str,
    entry_url: str,
    host: Host,
    assumptions: Readings = OUR_READINGS,
    *,
    approximations: Iterable[Approximation] = (),
    media: Media | None = None,
    most_pairs: int = MOST_PAIRS,
) -> Verified:
    """Walk one flow from its start, and every document of other legs that it meets.

    ``approximations`` and ``media`` are those of :class:`Scene`.
    """
    scene = Scene(graph, host, urljoin(entry_url, "../"), approximations, media)
    return verify_in(scene, flow_name, entry_url, assumptions, most_pairs)


def verify_in(
    scene: Scene,
    flow_name: str,
    entry_url: str,
    assumptions: Readings = OUR_READINGS,
    most_pairs: int = MOST_PAIRS,
) -> Verified:
    """The same for one of many flows on one host."""
    pairs = 0
    complete = True
    tags = scene.tags(flow_name)
    for reading in (assumptions, *assumptions.independent(tags)):
        for walk in _walks(scene, flow_name, entry_url, reading, reading):
            parting = next(walk.partings(most_pairs - pairs), None)
            pairs += walk.pairs
            complete = complete and walk.complete
            if parting is not None:
                return Verified(pairs, walk.told(flow_name, parting), complete)
    return Verified(pairs, None, complete)


def dependences(
    scene: Scene, flow_name: str, entry_url: str, most_pairs: int = MOST_PAIRS
) -> Iterator[Dependence]:
    """Where a flow is the call that its author wrote only as we read Twilio's pages.

    The flow is read our way and the documents run the other way, one question at a time; only
    questions about verbs that the flow has are asked.
    """
    for assumption, readings in OUR_READINGS.dependent(scene.tags(flow_name)):
        seen: set[NodeKey] = set()
        for walk in _walks(scene, flow_name, entry_url, readings, OUR_READINGS):
            for parting in walk.partings(most_pairs):
                node = walk.cause(parting)
                if node not in seen:
                    seen.add(node)
                    told = walk.told(flow_name, parting)
                    yield Dependence(assumption, readings[assumption.name], node, told)


def _walks(
    scene: Scene, flow_name: str, entry_url: str, readings: Readings, meant: Readings
) -> Iterator[Walk]:
    """A walk for the caller's line, and then for each document of another leg that was met.

    A walk has to be walked before the next one is asked for.
    """
    start = scene.graph.starts[flow_name]
    kind = scene.graph.contexts.get(start, Context.CALL)
    known: set[Leg] = set()
    waiting = deque([Leg(start, entry_url, "GET", kind, "")])
    while waiting:
        leg = waiting.popleft()
        if leg not in known:
            known.add(leg)
            walk = Walk(scene, leg, readings, meant)
            yield walk
            waiting.extend(walk.legs)
