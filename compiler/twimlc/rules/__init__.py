"""What is wrong with calls that can be built: the graph comes in, findings go out."""

from collections.abc import Collection, Iterator, Mapping

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.formats.project_file import NOTHING_SAID, Account
from twimlc.rules.account import check_account
from twimlc.rules.call_values import check_call_values
from twimlc.rules.decisions import check_decisions
from twimlc.rules.media import Sounds
from twimlc.rules.outcomes import check_outcomes
from twimlc.rules.prompts import check_pins, check_prompts
from twimlc.rules.reach import check_reach
from twimlc.rules.recordings import check_recordings
from twimlc.rules.spoken import Names, check_spoken
from twimlc.rules.streams import check_streams
from twimlc.rules.twiml import check_twiml
from twimlc.yaml.tree import Node as Tree


def check_graph(
    graph: Graph, declared: Names, params: Names, *, public: bool
) -> Iterator[Diagnostic]:
    """Every finding about the graph, in no particular order.

    ``declared`` holds each flow's own call values, ``params`` those that each file declares, by
    its path; ``public`` says that the host answers everybody.
    """
    yield from check_reach(graph)
    yield from check_words(graph, declared, params, public=public)
    yield from check_streams(graph)
    yield from check_twiml(graph)
    if not graph.twiml:
        yield from check_call_values(graph, declared)
        yield from check_decisions(graph)


def check_words(
    graph: Graph, declared: Names, params: Names, *, public: bool
) -> Iterator[Diagnostic]:
    """What hangs on words that are said and numbers that are called; the other rules see whether
    there are any, and no more."""
    yield from check_outcomes(graph)
    yield from check_prompts(graph)
    yield from check_spoken(graph, declared, params)
    if not graph.twiml:  # what callers were told before a document is not known
        yield from check_recordings(graph)
    if public:
        yield from check_pins(graph)


def check_wishes(
    graph: Graph,
    promises: Mapping[str, Tree],
    budgets: Mapping[str, Mapping[str, int]],
    sounds: Sounds,
    account: Account,
    apology: Mapping[str, tuple[Node, ...]],
    alike: Collection[NodeKey],
) -> Iterator[Diagnostic]:
    """Findings about what only few projects ask for; its rules are imported for them alone.

    ``promises`` are the invariants of each flow, ``budgets`` what callers may be asked to bear;
    ``account`` is what is known of it, ``apology`` what each flow's callers may hear where nothing
    else is left, ``alike`` the dials after which fallback is for everybody.
    """
    if account is not NOTHING_SAID:
        yield from check_account(graph, account)
    if not budgets and not promises:
        return
    from twimlc.rules import costs, invariants, moments

    calls = moments.Calls(graph, alike, sounds)
    yield from costs.check_budgets(calls, budgets)
    for flow, tree in promises.items():
        yield from invariants.check_invariants(calls, flow, tree, apology.get(flow, ()))
