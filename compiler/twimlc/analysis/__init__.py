"""What is wrong with a flow that can be built: the graph comes in, findings go out."""

from collections.abc import Collection, Mapping

from twimlc.analysis.loops import check_loops
from twimlc.analysis.outcomes import check_outcomes
from twimlc.analysis.prompts import check_prompts
from twimlc.analysis.reach import check_reach
from twimlc.analysis.recordings import check_recordings
from twimlc.analysis.replies import check_replies
from twimlc.analysis.twiml import check_twiml
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.flow.graph import Graph


def analyse(graph: Graph, declared: Mapping[str, Collection[str]]) -> list[Diagnostic]:
    """Every finding of the analysis, in no particular order."""
    return [
        *check_reach(graph),
        *check_loops(graph),
        *check_outcomes(graph),
        *check_prompts(graph),
        *check_recordings(graph),
        *check_replies(graph),
        *check_twiml(graph, declared),
    ]


__all__ = ["analyse"]
