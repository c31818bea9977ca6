"""One target, all its rows: from what was read to plans.

A :class:`Loaded` project and a target come in; for each row a graph and a plan go out, with
every finding on the way. This file knows the order of the stages; each stage knows only its own.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import once, overlapping, without_echoes
from twimlc.findings.rules import DEPENDS_ON_ASSUMPTION, SECRET
from twimlc.flow.addresses import under_contract
from twimlc.flow.build import build_graph
from twimlc.flow.graph import Graph
from twimlc.flow.model import Flow, Kind, StateKey
from twimlc.flow.names import FlowNames
from twimlc.flow.read import flow_names, read_flow
from twimlc.formats.check import check_expanded
from twimlc.hosts import find_host, lower, with_routing
from twimlc.interpret.assumptions import may_depend
from twimlc.lower.host import Site
from twimlc.lower.own_addresses import check_own_addresses, check_served, name_at
from twimlc.lower.transitions import FALLBACK_AFTER_ANSWER
from twimlc.pipeline.apology import Apologies, find_apologies
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.media import Media
from twimlc.pipeline.rows import Rows
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.rules import check_graph, check_wishes, check_words
from twimlc.rules.media import Sounds, check_media
from twimlc.rules.spoken import check_apology, check_spoken
from twimlc.values.conditional_steps import switched
from twimlc.values.declarations import declared, flow_components
from twimlc.values.expand import expand_flow, resolve_params, with_start
from twimlc.values.filled import marked
from twimlc.values.scope import ExpressionContext
from twimlc.yaml import tree as t
from twimlc.yaml.tree import name_of

RowDone = Callable[[Compiled, Variant, list[Diagnostic]], None]
"""What is done with a row as soon as it is compiled, with its findings."""


class FlowElsewhereError(Exception):
    """What is compiled leads to a flow that was not read with it, whose name is the message."""


class _Names(dict[str, FlowNames]):
    """What flows may know of each other; ``elsewhere`` are names of flows that were not read."""

    elsewhere: Collection[str] = ()

    def get(self, name: str, default: Any = None) -> Any:
        if name in self.elsewhere:
            raise FlowElsewhereError(name)
        return super().get(name, default)


def compile_flows(
    loaded: Loaded,
    made: Compiled,
    row_done: RowDone | None = None,
    rows: Collection[str | None] | None = None,
) -> None:
    """Add what comes of the flows that were read: in all rows, or in ``rows`` (None: in none).

    Raises :class:`FlowElsewhereError` where something leads to a flow that was not read.
    """
    target, matrix = made.target, loaded.project.matrix
    covered = {name for name in loaded.known if target.covers(name)}
    made.flows = covered & loaded.selected
    made.params = _params_by_file(loaded)
    for name in covered & loaded.flows.keys():
        source = loaded.flows[name]
        made.switched[name] = switched(source.tree, loaded.components.get(source.folder, {}))
    in_matrix = _in_matrix(loaded, covered)
    own, media = covered & loaded.members, Media(loaded)
    made.read_media = media.digest
    wanted: list[str | None] = [None] if own - in_matrix or not in_matrix else []
    wanted += matrix.rows if matrix is not None and own & in_matrix else ()
    wanted = [row for row in wanted if rows is None or row in rows]

    def alone(row: str | None) -> _Row:
        compiled = _Row(loaded, made, covered, row, media)
        compiled.compile()
        return compiled

    shared = None
    if matrix is not None and row_done is not None:  # whoever plays a row needs its own graph
        shared = Rows(matrix, [row for row in wanted if row is not None], media, alone)
    for row in wanted:
        if row is None:
            findings = alone(None).told
            made.findings += findings
        elif shared is None:
            findings = made.rows[row] = alone(row).told
        else:
            variant, findings = shared.compile(row)
            made.variants += [variant] if variant.twin else []
            made.rows[row] = findings
        if row_done is not None:
            row_done(made, made.variants[-1], findings)


def _in_matrix(loaded: Loaded, covered: set[str]) -> set[str]:
    matrix = loaded.project.matrix
    return {name for name in covered if matrix is not None and matrix.covers(name)}


class _Row:
    """The flows of one row (``row`` is None for those outside the matrix) on the way to a plan."""

    def __init__(
        self, loaded: Loaded, made: Compiled, covered: set[str], row: str | None, media: Media
    ) -> None:
        self.loaded, self.made, self.covered, self.row = loaded, made, covered, row
        self.target, self.media, self.matrix = made.target, media, loaded.project.matrix
        self.in_matrix = _in_matrix(loaded, covered)
        self.host = find_host(self.target.host, self.target.router)
        self.flows: dict[str, Flow] = {}
        self.named: dict[str, frozenset[StateKey]] = {}
        """The states that each flow names."""
        self.findings: list[Diagnostic] = []
        self.told: list[Diagnostic] = []
        self.trees: list[t.Node] = []
        self.read: set[str] = set()
        self.columns: Mapping[str, t.Scalar] | None = None
        self.given: list[Mapping[str, t.Node]] = [loaded.project.params, self.target.params]
        if row is not None and self.matrix is not None:
            columns = self.columns = marked(self.matrix.rows[row], self.read)
            self.given.append({name: columns[name] for name in self.matrix.params[row]})
        self.given += [values for values, _ in loaded.survey.params]
        self.lies_at: Callable[[str, str], str | None] = lambda address, flow: None
        self.site: Site | None = None
        if self.host is not None:
            self.site = Site(
                self.host,
                self.target.url,
                row,
                self.target.allow,
                media=self.target.media,
                bin=self.target.bin,
                bins=tuple(self.target.bins.items()),
                bare=self.target.tags == "bare",
                limits=self.target.limits,
                routing=with_routing(),
            )
            self.lies_at = name_at(self.site, covered)
        self.names = _Names((name, self._names_of(name)) for name in loaded.members)
        self.names.elsewhere = loaded.elsewhere

    def compile(self) -> None:
        """Add the graph and the plan to what is compiled; ``told`` are the findings on the way."""
        loaded, made, target, host = self.loaded, self.made, self.target, self.host
        said, jumps = self._read_flows()
        apology = find_apologies(loaded, target, self.flows, said, jumps)
        self.findings += apology.findings
        self.findings += [finding for each in apology.graphs for finding in check_spoken(each)]
        through_entries = host is not None and not host.single
        graph, found = build_graph(self.flows, made.switched, through_entries=through_entries)
        self.findings += found
        nodes = [*(node for nodes in apology.verbs.values() for node in nodes)]
        nodes += (node for each in apology.graphs for node in each.nodes)
        self.aside = [node.element for node in nodes if node.element is not None]
        self._check(graph, apology)
        plan = None
        if self.site is not None and not any(f.is_error for f in (*found, *apology.findings)):
            own = frozenset(self.flows) & self.covered
            site = self.site = replace(self.site, apology=apology.verbs, flows=own)
            self.findings += once([*check_served(graph, site)])
            plan, refused = lower(graph, site, self.media.read)
            overlaps = overlapping(f.span for f in self.findings if f.is_error)
            self.findings += [f for f in refused if not overlaps(f.span)]
        texts = frozenset(name for name, flow in self.flows.items() if flow.kind is Kind.MESSAGING)
        variant = self.variant = Variant(self.row, graph, plan, texts)
        made.variants.append(variant)
        made.alive |= graph.alive
        made.planned = made.planned and plan is not None
        if plan is not None and loaded.whole and not self._has_errors():
            self.findings += check_own_addresses(graph, site, plan, self._is_entry)
        wanted = loaded.project.rules.get(DEPENDS_ON_ASSUMPTION.slug) != "off"
        if wanted and may_depend(graph) and not self._has_errors():
            from twimlc.pipeline.proof import open_questions  # few flows depend on one

            self.findings += open_questions(made, variant, loaded.selected)
        chosen = {loaded.flows[name].file.path for name in loaded.selected}
        self.told = [f for f in self.findings if f.is_error or loaded.whole or _about(f, chosen)]

    def _has_errors(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    def _context(self, name: str) -> ExpressionContext:
        documents = self.target.limits["documents"]
        return ExpressionContext(name, self.target.name, self.columns, None, documents)

    def _names_of(self, name: str) -> FlowNames:
        reachable = self.row is not None or self.matrix is None or not self.matrix.covers(name)
        tree = with_start(self.loaded.flows[name].tree, self.given, self._context(name))
        return flow_names(tree, name, reachable=reachable)

    def _read_flows(self) -> tuple[Flow | None, frozenset[StateKey]]:
        """Read the row's flows and those that they jump to; the apology and the states it names."""
        loaded, flows = self.loaded, self.loaded.flows
        own = self.in_matrix if self.row is not None else self.covered - self.in_matrix
        own &= loaded.members
        # A Bin holds what its flow jumps into, whether or not that has a Bin of its own.
        single = self.host is not None and self.host.single
        joined = loaded.members if single else self.covered
        for name in loaded.members - joined:
            self.names[name] = self.names[name]._replace(missing_in=self.target.name)
        waiting, seen = sorted(own), set(own)
        while waiting:
            name = waiting.pop(0)
            flow, named = self._read(name, self.names)
            if flow is not None:
                self.flows[name], self.named[name] = flow, named
                further = {key.flow for key in named} & joined - seen
                seen |= further
                waiting += sorted(further)
        sorry = self.target.apology_flow or ""
        said, jumps = self.flows.get(sorry), self.named.get(sorry, frozenset())
        if sorry in flows.keys() - seen:
            names = _Names({**self.names, sorry: self._names_of(sorry)})
            names.elsewhere = loaded.elsewhere - {sorry}
            said, jumps = self._read(sorry, names)
        _without_broken(self.flows, self.named)
        return said, jumps

    def _read(
        self, name: str, names: Mapping[str, FlowNames]
    ) -> tuple[Flow | None, frozenset[StateKey]]:
        """The model of one flow; None where it has errors. One mistake gives one finding."""
        loaded, made, source, context = (
            self.loaded,
            self.made,
            self.loaded.flows[name],
            self._context(name),
        )
        components = loaded.components.get(source.folder, {})
        faulty = loaded.survey.component_faults.get(source.folder, {})
        params, findings = resolve_params(source.tree, self.given, context)
        unreadable = faulty.keys() - components.keys()
        tree, found, used = expand_flow(source.tree, params, context, components, unreadable)
        shared = used & faulty.keys() - t.key_spans(source.tree.get("components")).keys()
        told = [f for f in source.faults if f.is_error]
        told += [fault for name in sorted(shared) for fault in faulty[name]]
        places = {f.span.place for f in told}
        findings += [f for f in found if f.span.place not in places]
        made.components.setdefault(source.name, set()).update(used)
        self.trees.append(tree)
        if (promised := tree.get("invariants")) is not None:
            made.invariants[source.name] = promised
        if tree is not source.tree:  # it did not grow too large
            tree, shape = check_expanded(tree)
            findings += without_echoes(shape, [f for f in (*told, *findings) if f.is_error])
        read, found = read_flow(tree, source.file, names[source.name], names, self.lies_at)
        if loaded.project.account.interconnect:
            found = under_contract(found)
        findings += without_echoes(found, [f for f in (*told, *findings) if f.is_error])
        broken = any(f.is_error for f in (*told, *findings))
        self.findings += [f for f in findings if f not in source.faults]
        if source.name not in loaded.selected:  # nobody else tells what is wrong in it
            self.findings += [f for f in source.faults if f.is_error]
        return (None, frozenset()) if broken or read is None else (read.flow, read.named)

    def _check(self, graph: Graph, apology: Apologies) -> None:
        """Add what the rules find in the graph and in the apologies."""
        made, target, host = self.made, self.target, self.host
        project, media = self.loaded.project, self.media
        calls = {name: _declared_calls(self.loaded.flows[name].tree) for name in self.flows}
        assumed = project.budgets.get("sound", {})
        sounds = Sounds(media.read, assumed.get("seconds", 0), assumed.get("words", 0))
        public = host is None or not host.private
        heard = host is not None and host.decisions and not host.hop
        alike = {
            node.key
            for node in graph.nodes
            if host is not None and not host.decisions and len({*node.exits.values()}) > 1
            if FALLBACK_AFTER_ANSWER in node.allow | target.allow
        }
        self.findings += check_graph(graph, calls, made.params, public=public)
        last, budgets, account = apology.verbs if heard else {}, project.budgets, project.account
        promises = dict(made.invariants)

        def wishes() -> Iterator[Diagnostic]:
            return check_wishes(graph, promises, budgets, sounds, account, last, alike)

        words = partial(check_words, graph, calls, made.params, public=public)
        self.judge = lambda: [*words(), *wishes()]
        self.findings += wishes()
        if heard:
            place, ours = target.place("apology"), target.apology is None
            self.findings += check_apology(graph, apology.verbs, place, ours)
        if not public:
            self.findings = [found for found in self.findings if found.rule is not SECRET]
        for each in (graph, *apology.graphs):
            self.findings += media.missing(each)
            self.findings += check_media(each, media.read)

    def _is_entry(self, path: str) -> bool:
        """Whether a path is some flow's entry, in whatever row."""
        folder, _, name = path.rpartition("/")
        row, _, flow = folder.rpartition("/")
        if name != "index.xml":
            return False
        if not row:
            return flow in self.covered - self.in_matrix
        return flow in self.in_matrix and bool(self.matrix and row in self.matrix.rows)


def _about(finding: Diagnostic, paths: set[str]) -> bool:
    return any(span.file.path in paths for span in (finding.span, *finding.span.chain))


def _without_broken(flows: dict[str, Flow], named: Mapping[str, frozenset[StateKey]]) -> None:
    """Drop flows that jump to one with errors: what they mean is not known."""
    while True:
        gone = [name for name in flows if any(key.flow not in flows for key in named[name])]
        if not gone:
            return
        for name in gone:
            del flows[name]


def _params_by_file(loaded: Loaded) -> dict[str, set[str]]:
    """The params that flows and components declare, by the path of the file they stand in."""
    shared = [c for group in loaded.components.values() for c in group.values()]
    found = {component.file.path: set(declared(component.body)) for component in shared}
    for source in loaded.flows.values():
        inner, _ = flow_components(source.tree)
        bodies = (source.tree, *(component.body for component in inner.values()))
        found[source.file.path] = {name for body in bodies for name in declared(body)}
    return found


def _declared_calls(tree: t.Mapping) -> tuple[str, ...]:
    call = tree.get("call")
    if isinstance(call, t.Sequence):
        return tuple(name for item in call.items if (name := name_of(item)))
    name = name_of(call)
    return (name,) if name and not t.is_empty(call) else ()
