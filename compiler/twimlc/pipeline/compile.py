"""One target, all its rows: from what was read to plans.

A :class:`Loaded` project and a target come in; for each row a graph and a plan go out, with
every finding on the way. This file knows the order of the stages; each stage knows only its own.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from twimlc.analysis import Sounds, analyse
from twimlc.analysis.apology import check_apology
from twimlc.analysis.pictures import check_pictures
from twimlc.analysis.sound_files import check_sound_files
from twimlc.analysis.spoken import check_spoken
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.order import merge_variants
from twimlc.diagnostics.rules.addresses import SECRET
from twimlc.diagnostics.rules.flow import DEPENDS_ON_ASSUMPTION
from twimlc.diagnostics.rules.hosts import NAME_OF_HOST_FILE, NO_FALLBACK
from twimlc.diagnostics.rules.shape import MISSING_KEY
from twimlc.diagnostics.rules.twiml import MISSING_PART
from twimlc.flow.addresses import under_contract
from twimlc.flow.build import build_graph
from twimlc.flow.graph import Node
from twimlc.flow.model import Flow, Kind, StateKey
from twimlc.flow.names import FlowNames
from twimlc.flow.read import flow_names, read_flow
from twimlc.flow.targets import name_of
from twimlc.interpret.assumptions import may_depend
from twimlc.lower.callbacks import check_callbacks
from twimlc.lower.common import once
from twimlc.lower.host import Host, Site, find_host
from twimlc.lower.lowering import lower
from twimlc.lower.own_addresses import check_own_addresses, check_queries
from twimlc.pipeline.apology import find_apologies
from twimlc.pipeline.load import FlowSource, Loaded
from twimlc.pipeline.media import Media
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.source import tree as t
from twimlc.source.components import flow_components
from twimlc.source.expand import expand_flow, resolve_params
from twimlc.source.files import place_of
from twimlc.source.params import declared, undeclared
from twimlc.source.scope import Surroundings
from twimlc.source.switched import switched
from twimlc.source.targets import Target
from twimlc.text import Span

if TYPE_CHECKING:
    from twimlc.lower.plan import Plan


RowDone = Callable[[Compiled, Variant, list[Diagnostic]], None]
"""What is done with a row as soon as it is compiled, with its findings."""


def compile_target(loaded: Loaded, target: Target, row_done: RowDone | None = None) -> Compiled:
    """Compile every flow of the target, once per row where the matrix says so."""
    made = Compiled(target)
    if loaded.whole and loaded.all_read:
        known = [name for source in loaded.flows.values() for name in declared(source.tree)]
        made.findings += undeclared(known, target.params, target.param_places)
    covered = {name for name in loaded.flows if target.covers(name)}
    made.flows = covered & loaded.selected
    made.params = _params_by_file(loaded)
    for name in covered:
        source = loaded.flows[name]
        made.switched[name] = switched(source.tree, loaded.components.get(source.folder, {}))
    matrix = loaded.project.matrix
    made.findings += _names_of_host_files(loaded, target, covered)
    if target.host == "s3" and not (target.router or target.on_error) and target.span:
        message = f"nothing answers for a document that is gone from the bucket of '{target.name}'"
        hint = "name a flow for the number's fallback URL: onError: FLOW"
        made.findings.append(NO_FALLBACK.at(target.span, message, hint=hint))
    in_matrix = {name for name in covered if matrix is not None and matrix.covers(name)}
    media = Media(loaded)
    made.read_media = media.digest
    if covered - in_matrix or not in_matrix:
        made.findings += _variant(loaded, made, covered, in_matrix, None, media)

    def rows() -> Iterator[tuple[str, list[Diagnostic]]]:
        for row in matrix.rows if matrix is not None and in_matrix else ():
            findings = _variant(loaded, made, covered, in_matrix, row, media)
            if row_done is not None:
                row_done(made, made.variants[-1], findings)
            yield row, findings

    made.findings += merge_variants(rows())
    return made


def _names_of_host_files(loaded: Loaded, target: Target, covered: set[str]) -> Iterator[Diagnostic]:
    """Findings for flows and rows whose folder would be called like a file that the host needs."""
    host = find_host(target.host, target.router)
    taken = {file.path.casefold(): file.path for file in host.files} if host else {}
    for name in sorted(covered & taken.keys()):
        source = loaded.flows[name]
        entry = source.tree.entry("flow")
        span = entry.value.span if entry else Span(source.file, 0, 0)
        message = f"the folder of the flow '{name}' would be called like the file '{taken[name]}'"
        yield NAME_OF_HOST_FILE.at(span, message, hint="give the flow another name")
    matrix = loaded.project.matrix
    for row in sorted(set(matrix.rows) & taken.keys()) if matrix is not None else ():
        message = f"the folder of the row '{row}' would be called like the file '{taken[row]}'"
        span = target.place("host") or place_of("command line", f"-t {target.name}")
        yield NAME_OF_HOST_FILE.at(span, message, hint="give the row another name")


def _variant(
    loaded: Loaded,
    made: Compiled,
    covered: set[str],
    in_matrix: set[str],
    row: str | None,
    media: Media,
) -> list[Diagnostic]:
    """Compile the flows of one row (None: those outside the matrix)."""
    matrix, target = loaded.project.matrix, made.target
    own = in_matrix if row is not None else covered - in_matrix
    names = {
        name: flow_names(source.tree, name, reachable=row is not None or name not in in_matrix)
        for name, source in loaded.flows.items()
        if name in covered
    }
    flows: dict[str, Flow] = {}
    named: dict[str, frozenset[StateKey]] = {}
    findings: list[Diagnostic] = []
    waiting, seen = sorted(own), set(own)
    given, columns = [target.params], None
    if row is not None and matrix is not None:
        given, columns = [*given, matrix.params[row]], matrix.rows[row]

    def read(name: str, known: Mapping[str, FlowNames]) -> tuple[Flow | None, frozenset[StateKey]]:
        around = Surroundings(name, target.name, columns, None, target.limits["documents"])
        params = [*given, *loaded.params]
        flow, used, found = _flow(loaded, made, loaded.flows[name], known, params, around)
        findings.extend(found)
        return flow, used

    while waiting:
        name = waiting.pop(0)
        flow, names_used = read(name, names)
        if flow is not None:
            flows[name] = flow
            named[name] = names_used
            further = {key.flow for key in names_used} & covered - seen
            seen |= further
            waiting += sorted(further)
    sorry = target.apology_flow or ""
    said, jumps = flows.get(sorry), named.get(sorry, frozenset())
    if sorry in loaded.flows.keys() - seen:
        outside = {sorry: flow_names(loaded.flows[sorry].tree, sorry)}
        said, jumps = read(sorry, {**names, **outside})
    _without_broken(flows, named)
    apology = find_apologies(loaded, target, flows, said, jumps)
    findings += apology.findings
    findings += [finding for each in apology.graphs for finding in check_spoken(each)]
    host = find_host(target.host, target.router)
    through_entries = host is not None and not host.single
    graph, found = build_graph(flows, made.switched, through_entries=through_entries)
    findings += found
    calls = {name: _declared_calls(loaded.flows[name].tree) for name in flows}
    budgets = loaded.project.budgets
    assumed = budgets.get("sound", {})
    sounds = Sounds(media.read, assumed.get("seconds", 0), assumed.get("words", 0))
    public = host is None or not host.private
    heard = host is not None and host.decisions and not host.hop
    account = loaded.project.account
    findings += analyse(
        graph,
        calls,
        made.invariants,
        budgets,
        sounds,
        account=account,
        params=made.params,
        public=public,
        apology=apology.verbs if heard else {},
    )
    if heard:
        findings += check_apology(
            graph, apology.verbs, target.place("apology"), target.apology is None
        )
    if not public:
        findings = [found for found in findings if found.rule is not SECRET]
    for each in (graph, *apology.graphs):
        findings += media.missing(each)
        findings += check_pictures(each, media.read)
        findings += check_sound_files(each, media.read)
    plan: Plan | None = None
    if host is not None and not any(f.is_error for f in (*found, *apology.findings)):
        site = _site(host, target, row, apology.verbs)
        findings += check_callbacks(graph, site)
        findings += once([*check_queries(graph, site)])
        plan, refused = lower(graph, site, media.read)
        overlaps = _overlapping(f.span for f in findings if f.is_error)
        findings += [f for f in refused if not overlaps(f.span)]
    texts = frozenset(name for name, flow in flows.items() if flow.kind is Kind.MESSAGING)
    variant = Variant(row, graph, plan, texts)
    made.variants.append(variant)
    made.alive |= graph.alive
    made.planned = made.planned and plan is not None
    if plan is not None and loaded.whole and not any(f.is_error for f in findings):
        findings += check_own_addresses(graph, site, plan, _entries(loaded, covered, in_matrix))
    wanted = loaded.project.rules.get(DEPENDS_ON_ASSUMPTION.slug) != "off"
    if wanted and may_depend(graph) and not any(f.is_error for f in findings):
        from twimlc.pipeline.proof import open_questions

        findings += open_questions(made, variant, loaded.selected)
    chosen = {loaded.flows[name].file.path for name in loaded.selected}
    return [f for f in findings if f.is_error or loaded.whole or _about(f, chosen)]


def _site(
    host: Host, target: Target, row: str | None, apology: Mapping[str, tuple[Node, ...]]
) -> Site:
    """Where the documents of one row lie."""
    tags = target.options.get("tags")
    return Site(
        host,
        target.url,
        row,
        target.allow,
        media=target.media,
        bin=target.bin,
        bins=tuple(target.bins.items()),
        bare=tags is not None and tags.text == "bare",
        apology=apology,
        limits=target.limits,
    )


def _entries(loaded: Loaded, covered: set[str], in_matrix: set[str]) -> Callable[[str], bool]:
    """Tells of a path whether it is some flow's entry, in whatever row."""
    matrix = loaded.project.matrix

    def known(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        row, _, flow = folder.rpartition("/")
        if not row:
            return name == "index.xml" and flow in covered - in_matrix
        return name == "index.xml" and flow in in_matrix and bool(matrix and row in matrix.rows)

    return known


def _about(finding: Diagnostic, paths: set[str]) -> bool:
    span: Span | None = finding.span
    while span is not None:
        if span.file.path in paths:
            return True
        span = span.via
    return False


def _flow(
    loaded: Loaded,
    made: Compiled,
    source: FlowSource,
    names: Mapping[str, FlowNames],
    given: list[Mapping[str, t.Node]],
    surroundings: Surroundings,
) -> tuple[Flow | None, frozenset[StateKey], list[Diagnostic]]:
    """The model of one flow; None where it has errors. One mistake gives one finding."""
    components = loaded.components.get(source.folder, {})
    params, findings = resolve_params(source.tree, given, surroundings)
    tree, found, used = expand_flow(source.tree, params, surroundings, components)
    said = {f.span.place for f in source.faults if f.is_error}
    found = [f for f in found if f.span.place not in said]
    findings = [*findings, *found]
    made.components.setdefault(source.name, set()).update(used.components)
    if (promised := tree.get("invariants")) is not None:
        made.invariants[source.name] = promised
    read, found = read_flow(tree, source.file, names[source.name], names)
    if loaded.project.account.interconnect:
        found = under_contract(found)
    findings += _independent(found, [f for f in (*source.faults, *findings) if f.is_error])
    broken = read is None or any(f.is_error for f in (*source.faults, *findings))
    known = set(source.faults)
    findings = [f for f in findings if f not in known]
    if source.name not in loaded.selected:  # nobody else tells what is wrong in it
        findings += [f for f in source.faults if f.is_error]
    if broken or read is None:
        return None, frozenset(), findings
    return read.flow, read.named, findings


_MISSING = (MISSING_KEY, MISSING_PART)


def _independent(found: list[Diagnostic], earlier: list[Diagnostic]) -> list[Diagnostic]:
    """The findings that are not only the echo of an earlier one."""
    if not earlier:
        return found
    lines = {(f.span.file.path, f.span.begin.line) for f in earlier}
    unfilled = any(300 <= f.rule.number < 400 for f in earlier)
    overlaps = _overlapping(f.span for f in earlier)
    return [
        f
        for f in found
        if not overlaps(f.span)
        and not (f.rule in _MISSING and (f.span.file.path, f.span.begin.line) in lines)
        # What could not be expanded stays as it was typed, and is no value of anything.
        and not (unfilled and "${" in f.span.text)
    ]


def _overlapping(spans: Iterable[Span]) -> Callable[[Span], bool]:
    """Whether a span meets one of these; each takes up a letter at least."""
    taken: dict[str, list[tuple[int, int]]] = {}  # by file: starts, and how far any reaches so far
    for path, start, end in sorted(span.place for span in spans):
        before = taken.setdefault(path, [])
        before.append((start, max(end, start + 1, before[-1][1] if before else 0)))

    def meets(span: Span) -> bool:
        before = taken.get(span.file.path, ())
        at = bisect_left(before, (max(span.end, span.start + 1),))
        return at > 0 and before[at - 1][1] > span.start

    return meets


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
