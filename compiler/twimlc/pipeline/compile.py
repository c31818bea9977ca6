"""One target, all its rows: from what was read to plans.

A :class:`Loaded` project and a target come in; for each row a graph and a plan go out, with
every finding on the way. This file knows the order of the stages; each stage knows only its own.
"""

import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from twimlc.analysis import Sounds, analyse
from twimlc.analysis.pictures import check_pictures
from twimlc.analysis.sound_files import check_sound_files
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.order import merge_variants
from twimlc.diagnostics.rules.addresses import SECRET
from twimlc.diagnostics.rules.flow import DEPENDS_ON_ASSUMPTION
from twimlc.diagnostics.rules.hosts import NAME_OF_HOST_FILE
from twimlc.diagnostics.rules.names import MISSING_MEDIA
from twimlc.diagnostics.rules.shape import MISSING_KEY
from twimlc.diagnostics.rules.twiml import MISSING_PART
from twimlc.flow.addresses import under_contract
from twimlc.flow.build import build_graph
from twimlc.flow.graph import Graph
from twimlc.flow.model import Flow, MediaLink, StateKey
from twimlc.flow.names import FlowNames
from twimlc.flow.read import flow_names, read_flow
from twimlc.flow.targets import name_of
from twimlc.interpret.assumptions import may_depend
from twimlc.lower.callbacks import check_callbacks
from twimlc.lower.host import Host, Site, find_host
from twimlc.lower.lowering import lower
from twimlc.lower.own_addresses import check_own_addresses
from twimlc.pipeline.load import FlowSource, Loaded
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.source import tree as t
from twimlc.source.components import flow_components
from twimlc.source.expand import expand_flow, resolve_params
from twimlc.source.files import MEDIA_LIMIT, place_of, read_bytes
from twimlc.source.params import declared, undeclared
from twimlc.source.scope import Surroundings
from twimlc.source.switched import switched
from twimlc.source.targets import Target
from twimlc.text import Span

if TYPE_CHECKING:
    from twimlc.lower.plan import Plan


def compile_target(loaded: Loaded, target: Target) -> Compiled:
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
    in_matrix = {name for name in covered if matrix is not None and matrix.covers(name)}
    media = _Media(loaded)
    made.read_media = media.read
    variants: list[tuple[str, list[Diagnostic]]] = []
    if covered - in_matrix or not in_matrix:
        variants.append(("", _variant(loaded, made, covered, in_matrix, None, media)))
    rows: list[tuple[str, list[Diagnostic]]] = []
    if matrix is not None and in_matrix:
        rows += (
            (row, _variant(loaded, made, covered, in_matrix, row, media)) for row in matrix.rows
        )
    made.findings += [finding for _, findings in variants for finding in findings]
    made.findings += merge_variants(rows)
    made.findings += _own_addresses(loaded, made)
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
    media: "_Media",
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
    while waiting:
        name = waiting.pop(0)
        source = loaded.flows[name]
        given = [target.params]
        if row is not None and matrix is not None:
            given.append(matrix.params[row])
        columns = matrix.rows[row] if row is not None and matrix is not None else None
        surroundings = Surroundings(name, target.name, columns, None, target.limits["documents"])
        flow, names_used, found = _flow(
            loaded, made, source, names, [*given, *loaded.params], surroundings
        )
        findings += found
        if flow is not None:
            flows[name] = flow
            named[name] = names_used
            further = {key.flow for key in names_used} & covered - seen
            seen |= further
            waiting += sorted(further)
    _without_broken(flows, named)
    graph, found = build_graph(flows, made.switched)
    findings += found
    calls = {name: _declared_calls(loaded.flows[name].tree) for name in flows}
    host = find_host(target.host, target.router)
    budgets = loaded.project.budgets
    assumed = budgets.get("sound", {})
    sounds = Sounds(media.read, assumed.get("seconds", 0), assumed.get("words", 0))
    public = host is None or not host.private
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
    )
    if not public:
        findings = [found for found in findings if found.rule is not SECRET]
    findings += media.missing(graph)
    findings += check_pictures(graph, media.read)
    findings += check_sound_files(graph, media.read)
    plan: Plan | None = None
    if host is not None and not any(f.is_error for f in found):
        site = _site(host, target, row)
        findings += check_callbacks(graph, site)
        plan, refused = lower(graph, site, media.read)
        overlaps = _overlapping(f.span for f in findings if f.is_error)
        findings += [f for f in refused if not overlaps(f.span)]
    variant = Variant(row, graph, plan)
    made.variants.append(variant)
    wanted = loaded.project.rules.get(DEPENDS_ON_ASSUMPTION.slug) != "off"
    if wanted and may_depend(graph) and not any(f.is_error for f in findings):
        from twimlc.pipeline.proof import open_questions

        findings += open_questions(made, variant, loaded.selected)
    chosen = {loaded.flows[name].file.path for name in loaded.selected}
    return [f for f in findings if f.is_error or loaded.whole or _about(f, chosen)]


def _site(host: Host, target: Target, row: str | None) -> Site:
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
        limits=target.limits,
    )


def _own_addresses(loaded: Loaded, made: Compiled) -> list[Diagnostic]:
    """Findings for addresses in the build's own folder, once all that is written is known."""
    host = find_host(made.target.host, made.target.router)
    plans = [variant.plan for variant in made.variants if variant.plan is not None]
    if host is None or not (made.complete and loaded.whole and loaded.all_read):
        return []
    written = {document.path for plan in plans for document in plan.documents}
    found = []
    for variant, plan in zip(made.variants, plans, strict=True):
        site = _site(host, made.target, variant.row)
        wrong = check_own_addresses(variant.graph, site, plan, written)
        found.append((variant.row or "", list(wrong)))
    return merge_variants(found)


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


class _Media:
    """Reads the sound files that flows name, each once."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.known: dict[Path, bytes | None] = {}
        self.faults: dict[Path, list[Diagnostic]] = {}

    def _path(self, link: MediaLink) -> Path:
        return self.loaded.flows[link.flow].folder / link.path

    def read(self, link: MediaLink) -> bytes | None:
        path = self._path(link)
        if path not in self.known:
            # A flow given by its path alone may lie outside the project: then its folder bounds.
            root = self.loaded.project.root
            folder = self.loaded.flows[link.flow].folder
            bound = root if folder.is_relative_to(root) else folder
            self.known[path], self.faults[path] = read_bytes(
                path, root=bound, name=link.path, limit=MEDIA_LIMIT
            )
        return self.known[path]

    def missing(self, graph: Graph) -> Iterator[Diagnostic]:
        for key in graph.contexts:
            element = graph.nodes[key].element
            for _, _, link, span in element.links() if element else ():
                if isinstance(link, MediaLink) and self.read(link) is None:
                    fault = self.faults[self._path(link)]
                    path = self._path(link)
                    message = f"there is no sound file '{link.path}' beside the flow"
                    if os.path.exists(path) and fault:
                        message = fault[0].message
                    hint = "a relative path names a file of the project; write https://… for others"
                    yield MISSING_MEDIA.at(span, message, hint=hint)
