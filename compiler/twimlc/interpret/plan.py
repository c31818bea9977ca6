"""Every flow of a plan verified against its rendered files.

A graph, its plan and the bytes of what will be written come in; one result for each flow goes
out. Paths are those of the target's folder.
"""

from collections.abc import Iterator, Mapping

from twimlc.flow.graph import Graph
from twimlc.interpret.assumptions import OUR_READINGS, Readings
from twimlc.interpret.host import FileHost
from twimlc.interpret.verify import Media, Verified, verify
from twimlc.lower.plan import Plan

SOMEWHERE = "https://voice.example.com/build"
"""Where the folder lies as far as anybody can tell, for targets that do not know it."""


def verify_plan(
    graph: Graph,
    plan: Plan,
    files: Mapping[str, bytes],
    url: str | None = None,
    media: Media | None = None,
    assumptions: Readings = OUR_READINGS,
) -> Iterator[tuple[str, Verified]]:
    """(flow, what was found) for every flow of a plan for plain files.

    ``files`` are the rendered documents; audio files are taken from the plan. ``url`` is the
    target's. The results come one by one, so a reader may stop at the first difference.
    """
    sounds = {sound.path: sound.data for sound in plan.media}
    host = FileHost(url or SOMEWHERE, {**sounds, **files})
    for entry in plan.entries:
        flow = entry.flow.rpartition("/")[2]  # ROW/FLOW with a matrix
        yield (
            entry.flow,
            verify(
                graph,
                flow,
                host.url(entry.path),
                host,
                assumptions,
                approximations=plan.approximations,
                media=media,
            ),
        )
