"""What is wrong with a flow that can be built: the graph comes in, findings go out."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from twimlc.analysis.loops import check_loops
from twimlc.analysis.outcomes import check_outcomes
from twimlc.analysis.pins import check_pins
from twimlc.analysis.prompts import check_prompts
from twimlc.analysis.reach import check_reach
from twimlc.analysis.recordings import check_recordings
from twimlc.analysis.replies import check_replies
from twimlc.analysis.sounds import NO_SOUNDS, Sounds
from twimlc.analysis.spoken import NO_NAMES, Names, check_spoken
from twimlc.analysis.stops import check_stops
from twimlc.analysis.tracks import check_tracks
from twimlc.analysis.twiml import check_twiml
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.flow.graph import Graph, Node
from twimlc.source.account import NOTHING_SAID, Account
from twimlc.source.tree import Node as Tree

if TYPE_CHECKING:
    from twimlc.analysis.budgets import Budgets

_NONE: Mapping[str, Tree] = MappingProxyType({})
_NO_APOLOGY: Mapping[str, tuple[Node, ...]] = MappingProxyType({})
_NO_BUDGETS: "Budgets" = MappingProxyType({})


def analyse(
    graph: Graph,
    declared: Names,
    invariants: Mapping[str, Tree] = _NONE,
    budgets: "Budgets" = _NO_BUDGETS,
    sounds: Sounds = NO_SOUNDS,
    *,
    account: Account = NOTHING_SAID,
    params: Names = NO_NAMES,
    public: bool = True,
    apology: Mapping[str, tuple[Node, ...]] = _NO_APOLOGY,
) -> list[Diagnostic]:
    """Every finding of the analysis, in no particular order.

    ``declared`` holds each flow's own call values, ``invariants`` what each promises, ``sounds``
    the lengths of sounds, ``account`` what is known of it, ``params`` those that each file
    declares, by its path; ``public`` says that the host answers everybody, ``apology`` what each
    flow's callers may hear where nothing else is left.
    """
    return [
        *check_reach(graph),
        *check_loops(graph),
        *check_outcomes(graph),
        *check_prompts(graph),
        *check_recordings(graph),
        *check_replies(graph),
        *check_tracks(graph),
        *check_stops(graph),
        *check_spoken(graph, declared, params),
        *check_twiml(graph, declared),
        *(check_pins(graph) if public else ()),
        *_asked_for(graph, invariants, budgets, sounds, account, apology),
    ]


def _asked_for(
    graph: Graph,
    invariants: Mapping[str, Tree],
    budgets: "Budgets",
    sounds: Sounds,
    account: Account,
    apology: Mapping[str, tuple[Node, ...]],
) -> Iterator[Diagnostic]:
    """What only few projects ask for, and so is imported for them alone."""
    if budgets:
        from twimlc.analysis.budgets import check_budgets

        yield from check_budgets(graph, budgets, sounds)
    if account is not NOTHING_SAID:
        from twimlc.analysis.account import check_account

        yield from check_account(graph, account)
    if invariants:
        from twimlc.analysis.invariants import check_invariants

        for flow, node in invariants.items():
            yield from check_invariants(graph, flow, node, sounds, apology.get(flow, ()))


__all__ = ["Sounds", "analyse"]
