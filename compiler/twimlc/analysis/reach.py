"""What can never run, what runs for ever, and where the line goes dead.

The graph comes in, findings go out.
"""

from collections.abc import Iterator

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.flow import (
    DEAD_END,
    POINTLESS_GATHER,
    ROOM_ENDS_INTO_FALLBACK,
    SILENT_LOOP,
    UNREACHABLE_STATE,
    UNREACHABLE_STEP,
)
from twimlc.diagnostics.rules.twiml import REJECT_NOT_FIRST
from twimlc.flow.graph import Context, Graph, Node, NodeKey

_SILENT = ("Start", "Stop", "Sms", "Message")


def check_reach(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about the ways through the flows."""
    rooms = {graph.nodes[key].span for key in graph.contexts if _ends_as_closed(graph.nodes[key])}
    for step in graph.dead_steps:
        message = "nothing leads to this step, so it never runs"
        hint = "the step before it leaves in every case"
        if step.before in rooms:
            hint += ", also when the room ends; then: next goes on here"
        yield UNREACHABLE_STEP.at(step.span, message, hint=hint)
    for dead in graph.dead_states:
        state = graph.flows[dead.flow].states[dead]
        message = f"nothing leads to the state '{dead.name}'"
        hint = "name it in a goto, or in a then, when or fallback"
        yield UNREACHABLE_STATE.at(state.span, message, hint=hint)
    yield from _silent_loops(graph)
    led_to = {after for key in graph.contexts for _, after in graph.nodes[key].successors()}
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        if node.element is None:
            continue
        if context is Context.CALL:
            yield from _dead_end(graph, node)
        exits = node.exits
        if (
            node.title == "gather"
            and exits.get("input", -1) == exits.get("no-input", -2)
            and not node.keys
        ):
            message = "whatever the caller does here, the call goes on with the same step"
            hint = "say with then or fallback what makes the difference, or leave the gather out"
            yield POINTLESS_GATHER.at(node.span, message, hint=hint)
        if _ends_as_closed(node):
            message = "the fallback also runs when the room ends while the caller is still in it"
            hint = (
                "then: hangup ends the call there, and then: next goes on behind this; but "
                "Twilio's pages leave open whether the fallback then still follows when the room "
                "is not open, which TW490 will tell"
            )
            yield ROOM_ENDS_INTO_FALLBACK.at(node.span, message, hint=hint)
        if node.element.tag == "Reject" and key in led_to:
            message = "reject only declines a call as its very first verb; here it is too late"
            yield REJECT_NOT_FIRST.at(node.span, message, hint="write hangup")


def _ends_as_closed(node: Node) -> bool:
    """Whether a call goes the same way when a room ends as when it is not open."""
    room = node.element is not None and node.element.tag == "Connect"
    return room and node.fallback is not None and not node.wants_action


def _is_silent(node: Node, outcome: str) -> bool:
    """Whether this way on passes without a sound, a wait, or anything the caller does."""
    element = node.element
    if element is None or element.tag in _SILENT:
        return True
    return element.tag == "Connect" and outcome == "not-open"


def _silent_loops(graph: Graph) -> Iterator[Diagnostic]:
    """Circles of silent ways on, each reported once, at its first verb in reading order."""
    silent: dict[NodeKey, list[NodeKey]] = {
        key: [
            after
            for name, after in graph.nodes[key].successors()
            if _is_silent(graph.nodes[key], name)
        ]
        for key in graph.contexts
    }
    done: set[NodeKey] = set()
    for start in sorted(silent):
        if start in done:
            continue
        path: list[NodeKey] = []
        on_path: set[NodeKey] = set()
        stack = [(start, iter(silent[start]))]
        path.append(start)
        on_path.add(start)
        while stack:
            key, after = stack[-1]
            following = next(after, None)
            if following is None:
                stack.pop()
                path.pop()
                on_path.discard(key)
                done.add(key)
            elif following in on_path:
                ring = path[path.index(following) :]
                node = graph.nodes[min(ring)]
                message = "this goes round in a circle in which the caller hears nothing"
                hint = "say something or pause in it, and think of a way out"
                if graph.contexts[node.key] is Context.MESSAGE:
                    message = "the goto behind this leads back to it: the answer never ends"
                    hint = "let the last state of the answer lead nowhere"
                yield SILENT_LOOP.at(node.span, message, hint=hint)
            elif following not in done and following in silent:
                stack.append((following, iter(silent[following])))
                path.append(following)
                on_path.add(following)


def _dead_end(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """A way that ends the call where the caller expects something."""
    assert node.element is not None
    reasons = {
        "no-input": f"if nothing is keyed in, the line goes dead behind this {node.title}",
        "not-open": "if the room is not open, the line goes dead here",
    }
    exits = dict(node.exits)
    if node.element.tag == "Start" and "done" in exits:
        reasons["done"] = "what is started here ends at once: nothing follows, so the call ends"
    for outcome, message in reasons.items():
        after = exits.get(outcome)
        if after is not None and graph.nodes[after].element is None:
            hint = "let something follow, or write hangup if the silence is meant"
            if outcome == "done":
                hint = "let something follow that keeps the call, such as dial or say"
            yield DEAD_END.at(node.span, message, hint=hint)
