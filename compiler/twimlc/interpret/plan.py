"""Every flow of a plan verified against its rendered files.

A graph, its plan and the bytes of what will be written come in; one result for each flow goes
out. Paths are those of the target's folder.
"""

from collections.abc import Container, Iterator, Mapping
from urllib.parse import urljoin

from twimlc.flow.graph import Graph
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.bin_host import bin_host
from twimlc.interpret.bin_template import ENGINES, Engine
from twimlc.interpret.hop_host import HopHost
from twimlc.interpret.host import FileHost, RouterHost, sounds_of
from twimlc.interpret.verify import MOST_PAIRS, Dependence, Verified, dependences, verify_in
from twimlc.interpret.walk import Media, Scene
from twimlc.lower.hosts.twiml_bin import ROUTER
from twimlc.lower.plan import Bin, Plan
from twimlc.render.host_files import render_host_files

SOMEWHERE = "https://voice.example.com/build"
"""Where the folder lies as far as anybody can tell, for targets that do not know it."""


def served(
    plan: Plan,
    files: Mapping[str, bytes],
    url: str | None = None,
    engine: Engine = "mustache",
    *,
    references: bool = False,
) -> FileHost:
    """The host that a plan is for, with its rendered files. Audio files are those of the plan.

    ``engine`` and ``references`` are those of a TwiML Bin.
    """
    if any(isinstance(document, Bin) for document in plan.documents):
        return bin_host(plan, files, engine, references)
    if plan.hop is not None:
        all_files = {**sounds_of(plan), **files}
        pasted = render_host_files(ROUTER.files, "", url, (), plan.apology)[0][1]
        return HopHost(url or SOMEWHERE, all_files, hop=plan.hop, template=pasted, engine=engine)
    sounds = sounds_of(plan)
    decisions = {decision.path: decision for decision in plan.decisions}
    return RouterHost(url or SOMEWHERE, {**sounds, **files}, decisions=decisions)


class Proof:
    """A plan and its rendered ``files``, ready to be walked; ``url`` is the target's.

    What the walks share is found once for all flows and all questions.
    """

    def __init__(
        self,
        graph: Graph,
        plan: Plan,
        files: Mapping[str, bytes],
        url: str | None = None,
        media: Media | None = None,
    ) -> None:
        bins = any(isinstance(document, Bin) for document in plan.documents)
        # Nobody knows which engine reads a Bin, so what is written must be right under both.
        engines = ENGINES if bins or plan.hop else ENGINES[:1]
        hosts = [served(plan, files, url, engine, references=True) for engine in engines]
        self._entries = [(entry.flow, hosts[0].url(entry.path)) for entry in plan.entries]
        base = urljoin(self._entries[0][1], "../") if self._entries else ""
        self._scenes = [Scene(graph, host, base, plan.approximations, media) for host in hosts]
        self._scene = self._scenes[0]

    def verified(
        self,
        assumptions: Readings = OUR_READINGS,
        flows: Container[str] | None = None,
        most_pairs: int = MOST_PAIRS,
    ) -> Iterator[tuple[str, Verified]]:
        """(ROW/FLOW, what was found) for every flow, or those named by ``flows``."""
        for entry, flow, address in self._chosen(flows):
            found = [
                verify_in(scene, flow, address, assumptions, most_pairs) for scene in self._scenes
            ]
            for other in self._scenes[1:]:
                other.forget()
            yield entry, next((one for one in found if not one.same), found[0])

    def dependences(
        self, flows: Container[str] | None = None, most_pairs: int = MOST_PAIRS
    ) -> Iterator[Dependence]:
        """Where the flows rest on our reading of an open question."""
        for _, flow, address in self._chosen(flows):
            yield from dependences(self._scene, flow, address, most_pairs)

    def _chosen(self, flows: Container[str] | None) -> Iterator[tuple[str, str, str]]:
        for entry, address in self._entries:
            flow = entry.rpartition("/")[2]  # ROW/FLOW with a matrix
            if flows is None or flow in flows:
                yield entry, flow, address
                self._scene.forget()


def verify_plan(
    graph: Graph,
    plan: Plan,
    files: Mapping[str, bytes],
    url: str | None = None,
    media: Media | None = None,
    assumptions: Readings = OUR_READINGS,
) -> Iterator[tuple[str, Verified]]:
    """(flow, what was found) for every flow of a plan for plain files, or with decisions.

    ``files`` are the rendered documents; audio files are taken from the plan. The results come
    one by one, so a reader may stop at the first difference.
    """
    return Proof(graph, plan, files, url, media).verified(assumptions)
