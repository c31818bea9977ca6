"""What can never run, what runs forever, and where the line goes dead.

The graph comes in, findings go out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from twimlc.findings import Diagnostic, Label, Severity, rules
from twimlc.flow.graph import Context, Graph, Node, NodeKey
from twimlc.flow.model import Element
from twimlc.flow.targets import asks_itself
from twimlc.flow.walks import loops
from twimlc.rules.outcomes import ends_as_closed
from twimlc.rules.words import literal_words
from twimlc.vocabulary.rules import FirstVerbOnly, NeedsFollowingVerb

_PASSIVE = ("done", "no-input", "recorded", "not-open")
"""The outcomes for a caller who does nothing."""
_NEXT_DOCUMENT = "write the address of the next document between its tags"


def check_reach(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about the ways through the flows."""
    yield from _dead(graph)
    yield from _silent_loops(graph)
    yield from _loops_of_calls(graph)
    led_to = {after for key in graph.contexts for after in graph.after(key)}
    for node, verb in graph.verbs():
        if graph.contexts[node.key] is Context.CALL:
            yield from _dead_end(graph, node, verb)
        exits = node.exits
        if (
            node.title == "gather"
            and exits.get("input", -1) == exits.get("no-input", -2)
            and not node.keys
            and not node.wants_action
        ):
            message = "whatever the caller does here, the call goes on with the same step"
            hint = "say with then or fallback what makes the difference, or leave the gather out"
            yield rules.POINTLESS_GATHER.at(node.span, message, hint=hint)
        spec = verb.spec
        if spec is not None and spec.rule(FirstVerbOnly) is not None and node.key in led_to:
            message = f"{spec.key} only declines a call as its very first verb; here it is too late"
            hint = "write <Hangup/>" if graph.twiml else "write hangup"
            yield rules.REJECT_NOT_FIRST.at(node.span, message, hint=hint)


def _dead(graph: Graph) -> Iterator[Diagnostic]:
    """The steps and states that nothing leads to."""
    rooms = {graph.nodes[key].span for key in graph.contexts if ends_as_closed(graph.nodes[key])}
    for step in graph.dead_steps:
        message = "nothing leads to this step, so it never runs"
        hint = "the step before it leaves in every case"
        if step.before in rooms:
            hint += ", also when the room ends; then: next goes on here"
        yield rules.UNREACHABLE_STEP.at(step.span, message, hint=hint)
    for dead in graph.dead_states:
        state = graph.flows[dead.flow].states[dead]
        message = f"nothing leads to the state '{dead.name}'"
        hint = "name it in a goto, or in a then, when or fallback"
        yield rules.UNREACHABLE_STATE.at(state.span, message, hint=hint)


def _dead_end(graph: Graph, node: Node, verb: Element) -> Iterator[Diagnostic]:
    """A way that ends the call where the caller expects something."""
    reasons = {"no-input": f"if nothing is entered, the line goes dead after this {node.title}"}
    end, kept = ("<Hangup/>", "<Dial> or <Say>") if graph.twiml else ("hangup", "dial or say")
    if not graph.twiml:  # Twilio's own documents end with a room
        reasons["not-open"] = "if the room is not open, the line goes dead here"
    if verb.spec is not None and verb.spec.rule(NeedsFollowingVerb) is not None:
        reasons["done"] = "what is started here ends at once: nothing follows, so the call ends"
    for outcome, message in reasons.items():
        after = node.exits.get(outcome)
        if after is not None and graph.nodes[after].element is None:
            hint = f"let something follow, or write {end} if the silence is intended"
            if outcome == "done":
                hint = f"let something follow that keeps the call, such as {kept}"
            yield rules.DEAD_END.at(node.span, message, hint=hint)


def _silent_loops(graph: Graph) -> Iterator[Diagnostic]:
    """Loops of silent ways on, each reported once, at its first verb in reading order."""

    def in_silence(key: NodeKey) -> list[NodeKey]:
        """Where ways lead that pass without audio, a wait, or anything the caller does."""
        node = graph.nodes[key]
        if node.element is None or node.does.silent:
            return graph.after(key)
        failed = node.outcomes.failed if node.outcomes.untold else ()
        return [after for outcome, after in node.successors() if outcome in failed]

    for ring in loops(sorted(graph.contexts), in_silence):
        node, *others = _jumps(graph, ring) or [graph.nodes[min(ring)]]
        message = "this loop plays nothing to the caller"
        hint = "say something or pause in it, and give it a way out"
        labels = [Label(other.branching or other.span, "and on from here") for other in others]
        codes: tuple[int, ...] | None = None
        if graph.contexts[node.key] is Context.MESSAGE and graph.twiml:
            node, labels = [node, *others][-1], []
            message = "this leads back to where the answer came by: it is sent again and again"
            hint, codes = "let the last document of the answer lead nowhere", (14106, 14107)
        elif graph.contexts[node.key] is Context.MESSAGE:
            message = "the goto after this leads back to it: the answer never ends"
            hint = "let the last state of the answer lead nowhere"
        elif _is_empty(node):
            message = "<Redirect> is empty: this document is asked for again and again, in silence"
            hint = _NEXT_DOCUMENT
        span = (graph.twiml and node.branching) or node.span
        yield rules.SILENT_LOOP.at(span, message, hint=hint, labels=labels, twilio=codes)


def _jumps(graph: Graph, ring: list[NodeKey]) -> list[Node]:
    """The verbs of a loop of TwiML files that lead to the beginning of one, in reading order."""
    begins = {key for key in ring if graph.nodes[key].place.index == 0}
    jumps = (key for key in sorted(ring) if begins.intersection(graph.after(key)))
    return [graph.nodes[key] for key in jumps] if graph.twiml else []


def _is_empty(node: Node) -> bool:
    """Whether it is a Redirect without an address: it leads to its own document."""
    words = literal_words(node.element) if node.element is not None else ""
    return node.tag == "Redirect" and not words.strip()


def _loops_of_calls(graph: Graph) -> Iterator[Diagnostic]:
    """Loops in a caller's own call that nothing ends, or nothing that a caller may not do."""
    calls = [key for key, context in graph.contexts.items() if context is Context.CALL]
    ending = graph.leading_to(key for key in calls if _ends(graph.nodes[key]))

    def doing_nothing(key: NodeKey) -> list[NodeKey]:
        node = graph.nodes[key]
        names = (*_PASSIVE, *(node.outcomes.failed if node.does.reaches else ()))
        return [after for name, after in node.exits.items() if name in names]

    for ring in loops(sorted({*calls} - ending), graph.after):
        if _is_heard(graph, ring):
            message = "whatever the caller does, the call stays in this loop"
            hint = "let a key, a person or a goodbye end it"
            span = graph.nodes[min(ring)].span
            yield _repeated(graph, ring, rules.NO_WAY_OUT.at(span, message, hint=hint))
    for ring in loops(sorted(ending.intersection(calls)), doing_nothing):
        verbs = [element for key in ring if (element := graph.nodes[key].element) is not None]
        # Who takes the callers of a queue, one by one, does so until they hang up.
        queues = any(child.tag == "Queue" for verb in verbs for child in verb.elements())
        if queues or not _is_heard(graph, ring):
            continue
        if graph.twiml and any(asks_itself(v) and v.get("action") is None for v in verbs):
            continue  # that has a finding of its own
        message = "a caller who does nothing hears this again and again, without end"
        if any(verb.tag == "Dial" for verb in verbs):
            message = "as long as nobody answers, this is tried again and again, without end"
        hint = "after a few times say goodbye; a menu counts its attempts"
        asks = [key for key in ring if "no-input" in graph.nodes[key].exits]
        span = graph.nodes[min(asks or ring)].span
        yield _repeated(graph, ring, rules.ENDLESS_REPEAT.at(span, message, hint=hint))


def _repeated(graph: Graph, ring: list[NodeKey], finding: Diagnostic) -> Diagnostic:
    """The finding about a loop that is heard; of TwiML files a note, at what leads back."""
    if not (jumps := _jumps(graph, ring)):
        return finding
    lead = "<Redirect> is empty" if _is_empty(jumps[-1]) else "this leads back"
    return replace(
        finding,
        span=jumps[-1].branching or jumps[-1].span,
        message=f"{lead}: {finding.message}",
        hint="right for a caller who waits; otherwise lead to a document that says goodbye",
        severity=Severity.NOTE,
    )


def _ends(node: Node) -> bool:
    """Whether the call can end here, or leave, or reach somebody."""
    if node.element is None or node.does.reaches or not node.successors():
        return True
    names = node.outcomes.worked
    return bool(names) and (not node.does.listens or any(name not in node.exits for name in names))


def _is_heard(graph: Graph, ring: Iterable[NodeKey]) -> bool:
    """Whether something in a loop is neither silent nor leads the caller elsewhere."""
    elements = (graph.nodes[key].element for key in ring)
    return any(e is not None and not (e.does.silent or e.does.connects) for e in elements)
