"""One target, all its rows: from what was read to plans.

A :class:`Loaded` project and a target come in; for each row a graph and a plan go out, with
every finding on the way. This file knows the order of the stages; each stage knows only its own.
"""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field, replace
from functools import partial

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import once, overlapping
from twimlc.findings.rules import DEPENDS_ON_ASSUMPTION, SECRET
from twimlc.flow.build import build_graph
from twimlc.flow.graph import Graph
from twimlc.hosts import lower
from twimlc.interpret.assumptions import may_depend
from twimlc.lower.own_addresses import check_own_addresses, check_served
from twimlc.lower.transitions import FALLBACK_AFTER_ANSWER
from twimlc.pipeline.apology import Apologies, find_apologies
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.meaning import Meaning, RowReader
from twimlc.pipeline.media import Media
from twimlc.pipeline.rows import Rows
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.rules import check_graph, check_wishes, check_words
from twimlc.rules.media import Sounds, check_media
from twimlc.rules.spoken import check_apology, check_spoken
from twimlc.values.conditional_steps import Switched, switched
from twimlc.values.declarations import declared, flow_components
from twimlc.yaml import tree as t
from twimlc.yaml.tree import name_of

RowDone = Callable[[Compiled, Variant, list[Diagnostic]], None]
"""What is done with a row as soon as it is compiled, with its findings."""


@dataclass(slots=True, eq=False)
class Shared:
    """What is the same for several targets, by all that it depends on.

    ``keeps``: there are several, so that models and graphs are worth the room that they take.
    """

    keeps: bool = False
    meanings: dict[Hashable, Meaning] = field(default_factory=dict)
    graphs: dict[Hashable, tuple[Graph, list[Diagnostic]]] = field(default_factory=dict)
    switched: dict[str, Switched] = field(default_factory=dict)
    params: dict[str, set[str]] = field(default_factory=dict)


def compile_flows(
    loaded: Loaded,
    made: Compiled,
    row_done: RowDone | None = None,
    rows: Collection[str | None] | None = None,
    shared: Shared | None = None,
) -> None:
    """Add what comes of the flows that were read: in all rows, or in ``rows`` (None: in none).

    Raises :class:`FlowElsewhereError` where something leads to a flow that was not read.
    """
    target, matrix = made.target, loaded.project.matrix
    covered, in_matrix = loaded.survey.built_for(target)
    own, media = covered & loaded.members, Media(loaded)
    made.flows, made.read_media = set(own & loaded.selected), media.digest
    shared = shared or Shared()
    made.params = shared.params = shared.params or _params_by_file(loaded)
    for name in own:
        source = loaded.flows[name]
        if name not in shared.switched:
            components = loaded.components.get(source.folder, {})
            shared.switched[name] = switched(source.tree, components)
        made.switched[name] = shared.switched[name]
    wanted: list[str | None] = [None] if own - in_matrix or not in_matrix else []
    wanted += matrix.rows if matrix is not None and own & in_matrix else ()
    wanted = [row for row in wanted if rows is None or row in rows]

    def alone(row: str | None) -> _Row:
        compiled = _Row(loaded, made, row, media, shared)
        compiled.compile()
        return compiled

    alike = None
    if matrix is not None and row_done is not None:  # whoever plays a row needs a graph of its own
        alike = Rows(matrix, [row for row in wanted if row is not None], media, alone)
    for row in wanted:
        if row is None:
            findings = alone(None).told
            made.findings += findings
        elif alike is None:
            findings = made.rows[row] = alone(row).told
        else:
            variant, findings = alike.compile(row)
            made.variants += [variant] if variant.twin else []
            made.rows[row] = findings
        if row_done is not None:
            row_done(made, made.variants[-1], findings)


class _Row:
    """The flows of one row (``row`` is None for those outside the matrix) on the way to a plan."""

    def __init__(
        self,
        loaded: Loaded,
        made: Compiled,
        row: str | None,
        media: Media,
        shared: Shared,
    ) -> None:
        self.loaded, self.made, self.media, self.shared = loaded, made, media, shared
        self.reader = RowReader(loaded, made.target, row)
        self.findings: list[Diagnostic] = []
        self.told: list[Diagnostic] = []

    def compile(self) -> None:
        """Add the graph and the plan to what is compiled; ``told`` are the findings on the way."""
        loaded, made, reader = self.loaded, self.made, self.reader
        key, shared = reader.key(), self.shared
        meaning = shared.meanings.get(key)
        if meaning is not None and meaning.asks_target:  # of another target, then
            key = key, made.target.name
            meaning = None
        if meaning is None:
            meaning = reader.read()
        self.findings += meaning.findings
        self.trees, self.read, self.site = meaning.trees, meaning.read, reader.site
        for name, used in meaning.components.items():
            made.components.setdefault(name, set()).update(used)
        made.asks_target = made.asks_target or meaning.asks_target
        made.invariants |= meaning.invariants
        flows = meaning.flows
        apology = find_apologies(loaded, made.target, flows, meaning.sorry, meaning.jumps)
        self.findings += apology.findings
        self.findings += [finding for each in apology.graphs for finding in check_spoken(each)]
        entries = reader.host is not None and not reader.single
        built = shared.graphs.get((key, entries))
        if built is None:
            built = build_graph(flows, made.switched, through_entries=entries)
        if shared.keeps:
            shared.meanings[key], shared.graphs[key, entries] = meaning, built
        graph, found = built
        self.findings += found
        nodes = [node for nodes in apology.verbs.values() for node in nodes]
        nodes += (node for each in apology.graphs for node in each.nodes)
        self.aside = [node.element for node in nodes if node.element is not None]
        self._check(graph, apology)
        plan = None
        if reader.site is not None and not any(f.is_error for f in (*found, *apology.findings)):
            own = frozenset(flows) & reader.covered
            site = replace(reader.site, apology=apology.verbs, flows=own)
            site = self.site = replace(site, calendars=meaning.settled)
            self.findings += once([*check_served(graph, site)])
            plan, refused = lower(graph, site, self.media.read)
            overlaps = overlapping(f.span for f in self.findings if f.is_error)
            self.findings += [f for f in refused if not overlaps(f.span)]
        texts = frozenset(name for name, flow in flows.items() if flow.kind == "messaging")
        variant = self.variant = Variant(reader.row, graph, plan, texts)
        made.variants.append(variant)
        made.alive |= graph.alive
        made.planned = made.planned and plan is not None
        if plan is not None and loaded.whole and not self._has_errors():
            rows = reader.in_matrix
            others = rows if reader.row is not None else reader.covered - rows
            self.findings += check_own_addresses(graph, site, plan, self._is_entry, others)
        wanted = loaded.project.rules.get(DEPENDS_ON_ASSUMPTION.slug) != "off"
        if wanted and may_depend(graph) and not self._has_errors():
            from twimlc.pipeline.proof import open_questions  # few flows depend on one

            self.findings += open_questions(made, variant, loaded.selected)
        chosen = {loaded.flows[name].file.path for name in loaded.selected}
        self.told = [f for f in self.findings if f.is_error or loaded.whole or _about(f, chosen)]

    def _has_errors(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    def _check(self, graph: Graph, apology: Apologies) -> None:
        """Add what the rules find in the graph and in the apologies."""
        made, target, host = self.made, self.made.target, self.reader.host
        project, media = self.loaded.project, self.media
        calls = {name: _declared_calls(self.loaded.flows[name].tree) for name in graph.flows}
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
        promised = dict(made.invariants)
        wishes = partial(check_wishes, graph, promised, budgets, sounds, account, last, alike)
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
        in_matrix, matrix = self.reader.in_matrix, self.reader.matrix
        if name != "index.xml":
            return False
        if not row:
            return flow in self.reader.covered and flow not in in_matrix
        return flow in in_matrix and bool(matrix and row in matrix.rows)


def _about(finding: Diagnostic, paths: set[str]) -> bool:
    return any(span.file.path in paths for span in (finding.span, *finding.span.chain))


def _params_by_file(loaded: Loaded) -> dict[str, set[str]]:
    """The params that flows and components declare, by the path of the file they stand in."""
    found = dict(loaded.survey.component_params)
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
