"""The apology of a target: what the project file says of it comes in, and the target's flows.

Out goes, for each flow, what is heard where nothing else is left, and what is wrong with that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import APOLOGY_NOT_STRAIGHT, BAD_APOLOGY, NO_SUCH_FLOW
from twimlc.flow.build import build_graph
from twimlc.flow.graph import Graph, Node
from twimlc.flow.model import Flow, StateKey
from twimlc.flow.names import FlowNames
from twimlc.flow.read import read_flow
from twimlc.lower.lowering import SORRY, SORRY_IN_TEXT
from twimlc.pipeline.load import Loaded
from twimlc.project.targets import Target
from twimlc.rules.words import wordings
from twimlc.text import SourceFile, Span
from twimlc.values.expand import ONLY_STATE
from twimlc.vocabulary import PROMPTS, DocumentKind
from twimlc.yaml import tree as t
from twimlc.yaml.names import hint_and_fix

_SAID = {"voice": PROMPTS, "messaging": ("Message",)}
_NOWHERE = Span(SourceFile("", ""), 0, 0)


@dataclass(slots=True)
class Apologies:
    """The verbs of the apology by flow, and of none of them under the empty name.

    ``graphs`` hold what is said in no flow of the target.
    """

    verbs: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    graphs: list[Graph] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def find_apologies(
    loaded: Loaded,
    target: Target,
    flows: Mapping[str, Flow],
    named: Flow | None,
    jumps: Iterable[StateKey],
) -> Apologies:
    """The apologies of ``flows``; ``named`` is the flow that the project file names for them.

    It serves flows of its own kind; the others have the usual words. ``jumps`` are the states
    that it names.
    """
    found = Apologies()
    name, place = target.apology_flow, target.place("apology") or _NOWHERE
    if name is not None and name not in loaded.flows:
        near, fix = hint_and_fix(place, name, loaded.known)
        hint = near or "one word in lower case names a flow; words begin with a capital letter"
        message = f"unknown flow '{name}'"
        if name in loaded.owners.values():
            message, hint, fix = f"the flow '{name}' cannot be read", "fix its file first", None
        found.findings.append(NO_SUCH_FLOW.at(place, message, hint=hint, fix=fix))
    straight: tuple[Node, ...] = ()
    if named is not None:
        graph, more = build_graph({named.name: named})
        straight = tuple(_straight(graph, named, jumps, found.findings))
        if named.name not in flows:
            found.graphs.append(graph)
            found.findings += more
    own = target.apology if name is None else None
    known: dict[tuple[str, ...], tuple[Node, ...]] = {}
    speaking = [(flow.name, flow.kind, flow.voice) for flow in flows.values()]
    for flow, kind, defaults in [("", "voice", ()), *speaking]:
        if named is not None and named.kind is kind:
            found.verbs[flow] = straight
            continue
        # A value of the call is no voice to rely on here.
        voice = {
            entry: entry.value.value
            for entry in defaults
            if entry.key in ("voice", "language")
            and isinstance(entry.value, t.Scalar)
            and isinstance(entry.value.value, str)
        }
        key = (kind, *(f"{entry.key}={value}" for entry, value in voice.items()))
        if key not in known:
            known[key] = _spoken(own, place, kind, tuple(voice), found)
        found.verbs[flow] = known[key]
    return found


def _straight(
    graph: Graph, flow: Flow, jumps: Iterable[StateKey], findings: list[Diagnostic]
) -> Iterator[Node]:
    """The verbs of a flow, up to what one document without a link cannot hold."""
    steps = _SAID[flow.kind] + ("Hangup",) * (flow.kind == "voice")
    hint = f"an apology has nothing but {', '.join(steps).lower()}"

    def fault(span: Span, what: str) -> None:
        message = f"'{flow.name}' is the apology, and {what}"
        findings.append(APOLOGY_NOT_STRAIGHT.at(span, message, hint=hint))

    for other in sorted({state.flow for state in jumps} - {flow.name}):
        fault(flow.states[flow.start].span, f"it goes on in '{other}'")
    node, seen = graph.nodes[graph.starts[flow.name]], set[Node]()
    while node.element is not None and not node.is_over:
        after = node.exits.get("done")
        if node in seen:
            return fault(node.span, f"it comes back to this '{node.title}' again and again")
        if after is None or node.element.tag not in steps:
            return fault(node.span, f"this '{node.title}' is not a step of one")
        for wording in wordings(node.element):
            if isinstance(wording.text, t.Template):
                message = "an apology shows no values of the call: it may be heard in any call"
                findings.append(BAD_APOLOGY.at(wording.element.span, message))
        seen.add(node)
        yield node
        node = graph.nodes[after]
    return None


def _spoken(
    words: str | None, span: Span, kind: DocumentKind, voice: tuple[t.Entry, ...], found: Apologies
) -> tuple[Node, ...]:
    """Words (None: the usual ones) as a flow says them that has this voice."""
    usual = (SORRY, "say") if kind == "voice" else (SORRY_IN_TEXT, "message")
    text = words if words is not None else usual[0]
    step = t.Mapping((t.Entry(usual[1], span, t.Scalar(text, text, span)),), span)
    says = t.Mapping((t.Entry("say", span, t.Mapping(voice, span)),), span)
    steps = t.Entry("steps", span, t.Sequence((step,), span))
    tree = t.Mapping((t.Entry("defaults", span, says), steps), span)
    names = FlowNames("", kind, {}, StateKey("", ONLY_STATE, ONLY_STATE))
    read, findings = read_flow(tree, span.file, names, {})
    assert read is not None, "it has steps"
    graph, _ = build_graph({"": read.flow})
    if words is not None:
        # What is wrong with the voice is told where it stands.
        new = [f for f in findings if f.span == span and f not in found.findings]
        found.findings += new
        found.graphs += [graph] * (not any(g.flows.keys() == {""} for g in found.graphs))
    return tuple(node for node in graph.nodes if node.element is not None)
