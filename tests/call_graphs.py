"""Graphs made by hand, for tests of what comes after the flow room."""

from collections.abc import Mapping
from dataclasses import replace

from compiled import short
from twimlc.flow.graph import Context, Graph, Node, Root
from twimlc.flow.model import Attribute, Element, Flow, Link, State, StateKey, StateLink, Text
from twimlc.hosts import find_host, lower, with_routing
from twimlc.lower.host import Site
from twimlc.lower.plan import Plan
from twimlc.project.files import FileContent
from twimlc.render.document import Rendered
from twimlc.render.versions import Finished, finish
from twimlc.text import SourceFile, Span
from twimlc.vocabulary import MESSAGING, VOICE, DocumentKind

FILE = SourceFile("flows/acme.yaml", "x\n" * 500)
STATIC = Site(find_host("static"), routing=with_routing())

FAILED = ("no-answer", "failed", "error", "busy", "not-open")
"""Outcomes that a value nobody knows goes with, where a test does not say where it goes."""


def span(line: int = 1) -> Span:
    return Span(FILE, (line - 1) * 2, (line - 1) * 2 + 1)


def element(name: str, *children: Element | Text | Link, **attributes: Text | Link) -> Element:
    """A TwiML element by its name in the vocabulary; unknown names give unknown markup."""
    spec = VOICE.get(name) or MESSAGING.get(name)
    pairs = tuple(Attribute(key.rstrip("_"), value, span()) for key, value in attributes.items())
    return Element(spec.tag if spec else name, spec, pairs, children, span())


def state_link(name: str, flow: str = "acme") -> StateLink:
    return StateLink(StateKey(flow, name, name))


class Calls:
    """Nodes by label; ``end`` is the one without a verb."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.labels: dict[str, int] = {}
        self.pending: list[tuple[Node, dict[str, str], dict[str, str], str | None]] = []
        self.counts: dict[tuple[str, str], int] = {}
        self.verb("end", None, at="acme/end")

    def verb(
        self,
        label: str,
        made: Element | None,
        *,
        at: str,
        exits: Mapping[str, str] | str = {},
        keys: Mapping[str, str] = {},
        fallback: str | None = None,
        allow: tuple[str, ...] = (),
        wants_action: bool = False,
        title: str | None = None,
    ) -> "Calls":
        from twimlc.flow.graph import Place

        flow, state = at.split("/")
        index = self.counts.get((flow, state), 0)
        self.counts[flow, state] = index + 1
        node = Node(
            key=len(self.nodes),
            place=Place(flow, state, index),
            span=span(len(self.nodes) + 1),
            element=made,
            title=title or (made.tag.lower() if made else "end"),
            state=StateKey(flow, state, state),
            allow=frozenset(allow),
            wants_action=wants_action,
        )
        self.labels[label] = node.key
        self.nodes.append(node)
        named = {"done": exits} if isinstance(exits, str) else dict(exits)
        self.pending.append((node, named, dict(keys), fallback))
        return self

    def say(self, label: str, text: str, *, at: str, to: str) -> "Calls":
        return self.verb(label, element("Say", text), at=at, exits=to)

    def graph(
        self,
        start: str | Mapping[str, str],
        entries: Mapping[str, str] = {},
        roots: Mapping[str, tuple[Context, str]] = {},
        kind: DocumentKind = "voice",
    ) -> Graph:
        """``entries`` maps FLOW/STATE to a label, ``roots`` a label to its context and URL."""
        for node, exits, keys, fallback in self.pending:
            node.exits = {name: self.labels[to] for name, to in exits.items()}
            node.keys = {name: self.labels[to] for name, to in keys.items()}
            if fallback is None and node.element is not None and node.element.tag != "Gather":
                fallback = next((exits[name] for name in FAILED if name in exits), None)
            node.fallback = self.labels[fallback] if fallback else None
        starts = {"acme": start} if isinstance(start, str) else start
        flows: dict[str, Flow] = {}
        for name in starts:
            key = StateKey(name, "main", "main")
            states = {key: State(key, (), span())}
            file = SourceFile(f"flows/{name}.yaml", "")
            flows[name] = Flow(name, kind, file, key, states, {}, None, span())
        found: dict[StateKey, int] = {}
        for where, label in entries.items():
            flow, state = where.split("/")
            found[StateKey(flow, state, state)] = self.labels[label]
        made = tuple(
            Root(self.labels[label], context, attribute, span())
            for label, (context, attribute) in roots.items()
        )
        contexts = {
            node.key: Context.CALL if kind == "voice" else Context.MESSAGE for node in self.nodes
        }
        graph = Graph(
            flows,
            tuple(self.nodes),
            found,
            {name: self.labels[label] for name, label in starts.items()},
            made,
            contexts,
        )
        for root in made:
            contexts.update(dict.fromkeys(graph.reachable(root.node), root.context))
        return graph


def _finished(graph: Graph, site: Site) -> Finished:
    plan, findings = lower(graph, site, lambda link: FileContent.of(b"RIFF" + link.path.encode()))
    assert not findings, [finding.message for finding in findings]
    assert plan is not None
    return finish(plan)


def plan_of(graph: Graph, site: Site = STATIC) -> Plan:
    """The plan without apologies; the names of versions are ``v``."""
    plan = _finished(graph, site).plan

    def rows(found: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((value, short(path)) for value, path in found)

    return plan._replace(
        documents=tuple(
            replace(document, path=short(document.path))
            for document in plan.documents
            if not document.path.endswith("/changed.xml")
        ),
        decisions=tuple(
            replace(
                decision,
                path=short(decision.path),
                branches=rows(decision.branches),
                marked=rows(decision.marked),
                default=short(decision.default),
            )
            for decision in plan.decisions
        ),
    )


def pages_of(graph: Graph, site: Site = STATIC) -> list[Rendered]:
    """The documents without apologies; the names of versions are ``v``."""
    return [
        page._replace(
            document=replace(page.document, path=short(page.path)),
            data=short(page.data.decode()).encode(),
        )
        for page in _finished(graph, site).pages
        if not page.path.endswith("/changed.xml")
    ]


def documents_of(graph: Graph, site: Site = STATIC) -> dict[str, str]:
    """Path -> the body between the Response tags, without indent."""
    found: dict[str, str] = {}
    for rendered in pages_of(graph, site):
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        text = rendered.data.decode()
        assert text.startswith(head)
        body = text[len(head) :].strip()
        body = body.removeprefix("<Response>\n").removesuffix("\n</Response>")
        found[rendered.path] = "\n".join(line.removeprefix("  ") for line in body.split("\n"))
    return found


def findings_of(graph: Graph, site: Site = STATIC) -> list[str]:
    """``slug: message | hint`` of everything refused."""
    plan, findings = lower(graph, site, lambda link: None)
    assert plan is None or not findings
    return [f"{found.rule.slug}: {found.message} | {found.hint}" for found in findings]
