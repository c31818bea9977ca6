"""Whether a call stays within what the project allows a caller to bear.

The graph and the project's budgets come in, findings go out.
"""

from collections.abc import Iterator, Mapping

from twimlc.analysis.costs import HUMAN, worst
from twimlc.analysis.paths import told
from twimlc.analysis.sounds import NO_SOUNDS, Sounds
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import OVER_BUDGET
from twimlc.flow.graph import Context, Graph, Node

Budgets = Mapping[str, Mapping[str, int]]
"""For ``choice`` and ``human``: the most ``seconds``, ``words`` and ``keys`` before it.

``sound`` holds what a sound counts whose length is not known.
"""

_BEFORE = {"choice": "the first choice", "human": "a human"}


def check_budgets(
    graph: Graph, budgets: Budgets, sounds: Sounds = NO_SOUNDS
) -> Iterator[Diagnostic]:
    """A finding for each budget that the worst way of a flow breaks."""
    ends = {"choice": _asks, "human": _is_human}
    for start in graph.starts.values():
        if graph.contexts.get(start) is not Context.CALL:
            continue
        for goal, fits in ends.items():
            for measure, most in budgets.get(goal, {}).items():
                found = worst(graph, start, fits, measure, sounds)
                if found is None:
                    continue
                cost, way, end = found
                spent = getattr(cost, measure)
                if spent > most:
                    amount = f"{spent:.0f} {measure}"
                    message = f"{amount} may pass before {_BEFORE[goal]}; the budget is {most}"
                    hint = f"the worst way: {told(graph, way, end)}"
                    yield OVER_BUDGET.at(graph.nodes[end].span, message, hint=hint)


def _asks(node: Node) -> bool:
    return node.element is not None and node.element.tag == "Gather"


def _is_human(node: Node) -> bool:
    return node.element is not None and node.element.tag in HUMAN
