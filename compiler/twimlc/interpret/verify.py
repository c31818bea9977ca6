"""Flow and documents walked together over everything that can happen: is it the same call?

A graph, its plan and the bytes of what will be written come in; for each flow the number of pairs
of positions visited and the first difference (the one with the shortest script) go out. A
difference is a fault of the compiler, never of the author. What the flow means only under our
reading of an open question is told apart from that (:meth:`Proof.dependences`).
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin

from twimlc import vocabulary
from twimlc.flow.graph import Context, Graph, NodeKey
from twimlc.hosts.answer import ENGINES, served
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.difference import Difference
from twimlc.interpret.walk import Leg, Media, Scene, Walk
from twimlc.lower.plan import Plan


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

    assumption: vocabulary.Assumption
    answer: str
    node: NodeKey
    difference: Difference


class Proof:
    """A plan and its rendered ``files``, ready to be walked; ``url`` is the target's.

    Paths are those of the target's folder; audio files are taken from the plan. What the walks
    share is found once for all flows and all questions.
    """

    def __init__(
        self,
        graph: Graph,
        plan: Plan,
        files: Mapping[str, bytes],
        url: str | None = None,
        media: Media | None = None,
    ) -> None:
        # Nobody knows which engine reads a Bin, so what is written must be right under both.
        engines = ENGINES if plan.host.single or plan.hop else ENGINES[:1]
        first, *self._others = (
            served(plan, files, url, engine, references=True) for engine in engines
        )
        self._first = first
        self._entries = [(entry.flow, first.url(entry.path)) for entry in plan.entries]
        base = urljoin(self._entries[0][1], "../") if self._entries else ""
        # A hop has a file for each known value, and no answer to others.
        open_ended = plan.hop is None
        self._scene = Scene(graph, first, base, plan.approximations, media, open_ended=open_ended)

    def verified(
        self, flows: Collection[str], most_pairs: int, readings: Readings = OUR_READINGS
    ) -> Iterator[tuple[str, Verified]]:
        """(ROW/FLOW, what was found) for each of ``flows``, one by one."""
        for entry, flow, address in self._chosen(flows):
            found = verify(self._scene, flow, address, most_pairs, readings)
            for host in self._others if found.same else ():
                if self._scene.library.turn_to(host):
                    again = verify(self._scene, flow, address, most_pairs, readings)
                    found = found if again.same else again
            yield entry, found

    def dependences(self, flows: Collection[str], most_pairs: int) -> Iterator[Dependence]:
        """Where flows are the calls that their author wrote only as we read Twilio's pages.

        A flow is read our way and its documents run the other way, one question at a time; only
        questions about verbs that the flow has are asked.
        """
        scene = self._scene
        for _, flow, address in self._chosen(flows):
            for assumption, readings in OUR_READINGS.others(scene.asked(flow), independent=False):
                seen: set[NodeKey] = set()
                for walk in walks(scene, flow, address, readings, OUR_READINGS):
                    for parting in walk.partings(most_pairs):
                        node = walk.cause(parting)
                        if node not in seen:
                            seen.add(node)
                            difference = walk.told(flow, parting)
                            answer = readings[assumption.name]
                            yield Dependence(assumption, answer, node, difference)

    def _chosen(self, flows: Collection[str]) -> Iterator[tuple[str, str, str]]:
        """(ROW/FLOW, flow, address) of each; what was found for one is dropped before the next."""
        for entry, address in self._entries:
            flow = entry.rpartition("/")[2]  # ROW/FLOW with a matrix
            if flow in flows:
                self._scene.library.host = self._first
                yield entry, flow, address
                self._scene.forget()


def verify(
    scene: Scene,
    flow_name: str,
    entry_url: str,
    most_pairs: int,
    readings: Readings = OUR_READINGS,
) -> Verified:
    """Walk one flow from its start, and every document of other legs that it meets."""
    pairs = 0
    complete = True
    others = readings.others(scene.asked(flow_name), independent=True)
    for reading in (readings, *(other for _, other in others)):
        for walk in walks(scene, flow_name, entry_url, reading, reading):
            parting = next(walk.partings(most_pairs - pairs), None)
            pairs += walk.pairs
            complete = complete and walk.complete
            if parting is not None:
                return Verified(pairs, walk.told(flow_name, parting), complete)
    return Verified(pairs, None, complete)


def walks(
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
