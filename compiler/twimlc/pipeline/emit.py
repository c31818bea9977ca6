"""From the plans of a target to its folder: bytes, manifest, and the report of what was written."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.lower.host import Host, find_host
from twimlc.lower.plan import ASSUMPTIONS, Plan, cache_of
from twimlc.output.manifest import PUBLIC, DocumentEntry, FlowEntry, Manifest, base_name
from twimlc.output.plan import OutputFile
from twimlc.output.write import Written, write_target
from twimlc.pipeline.decisions import decisions_of, router_files
from twimlc.pipeline.earlier import Earlier
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.model import NumberSetting, Paste, TargetReport
from twimlc.pipeline.proof import Proven
from twimlc.pipeline.variants import Compiled
from twimlc.render.bin import mark_of
from twimlc.render.document import Rendered
from twimlc.source.files import FileContent, display_path

_PAGES = "https://github.com/twimlc/twimlc/blob/main/docs/"


def emit(
    loaded: Loaded,
    made: Compiled,
    build: Path,
    *,
    cwd: Path,
    write: bool,
    proven: Proven | None = None,
    earlier: Earlier | None = None,
    known: Callable[[str], bool] = lambda name: False,
    force: bool = False,
) -> tuple[TargetReport, list[Diagnostic]]:
    """Write the target's folder, or with ``write`` false tell what would change.

    ``known`` tells of a flow that was not read whether the project has it. ``earlier`` chooses the
    build that versions are kept of, where it is not that in the folder. ``proven`` is what is known
    of its documents being the same calls as the flows.
    """
    target = made.target
    host = find_host(target.host, target.router)
    assert host is not None, "a target for another host has no plan"
    folder = build / target.name
    shown = display_path(folder, cwd)
    finished = [found for variant in made.variants if (found := variant.finished()) is not None]
    plans = [found.plan for found in finished]
    selected = {name for variant in made.variants for name in variant.written(loaded.selected)}
    # Flows that answer messages: their numbers have settings of their own.
    texts = {name for variant in made.variants for name in variant.messaging}
    files: dict[str, OutputFile] = {}
    documents: dict[str, DocumentEntry] = {}
    flows: dict[str, FlowEntry] = {}
    served = "" if host.single else PUBLIC
    for found in finished:
        plan = found.plan
        sources = {document.path: document.source for document in plan.documents}
        decided = {path for decision in plan.decisions for path in decision.documents()}
        for page in found.pages:
            if base_name(page.flow) in selected:
                path = served + page.path
                files[path] = OutputFile(
                    path, FileContent.of(page.data), page.media_type, page.flow
                )
                cache = cache_of(page.path, decided) if served else ""
                documents[path] = _entry(page, cache, sources[page.path], loaded)
        for sound in plan.media:
            path = PUBLIC + sound.path
            files[path] = OutputFile(path, sound.content, sound.media_type)
            source = loaded.name(loaded.flows[sound.link.flow].folder / sound.link.path)
            documents[path] = DocumentEntry(
                sound.media_type, cache=cache_of(sound.path, ()), source=source
            )
        starts = {entry.path: base_name(entry.flow) for entry in plan.entries}
        for entry in plan.entries:
            if base_name(entry.flow) in selected:
                source = loaded.flows[base_name(entry.flow)].source
                number = _number(made, plans, host.method, entry.path, starts, texts)
                pairs = proven.pairs.get(entry.flow) if proven else None
                version = found.versions.get(entry.flow)
                versions = (version,) if version is not None else ()
                entry_path = served + entry.path
                flows[entry.flow] = FlowEntry(entry_path, source, number, pairs, version, versions)
    manifest = Manifest(
        target=target.name,
        host=target.host,
        url=target.url,
        flows=flows,
        documents=documents,
        decisions=decisions_of(
            decision
            for plan in plans
            for decision in plan.decisions
            if base_name(decision.flow) in selected
        ),
        approximations=tuple(_approximations(plans, selected, loaded, cwd)),
        assumptions=tuple(sorted({name for plan in plans for name in plan.assumptions})),
    )
    written, findings = write_target(
        folder,
        list(files.values()),
        manifest,
        source_exists=lambda source: os.path.isfile(loaded.root / source),
        compiled=loaded.selected | selected,
        known=known,
        rows=loaded.whole or any(variant.row is not None for variant in made.variants),
        shared=lambda whole: router_files(host, whole, made.apology),
        keep=target.keep,
        basis=earlier.of(target.name) if earlier else lambda before: before.ground,
        elsewhere=earlier is not None and earlier.folder is not None,
        force=force,
        dry=not write,
    )
    if written is None:
        return TargetReport(target.name, target.host, shown, built=False), findings
    given = earlier is not None and earlier.folder is not None
    report = _report(made, host, shown, files, flows, plans, written, proven, given=given)
    assert written.outcome is not None
    pastes = tuple(_pastes(made, host, written.outcome.manifest, files))
    return replace(report, pastes=pastes), findings


def _entry(page: Rendered, cache: str, source: str, loaded: Loaded) -> DocumentEntry:
    flow = loaded.flows.get(base_name(page.flow))
    return DocumentEntry(
        media_type=page.media_type,
        flow=page.flow,
        cache=cache,
        source=flow.source if flow else source,
        states=page.states,
        lines=tuple(
            (
                at.line,
                f"{base_name(page.flow)}/{at.state}" if "/" not in at.state else at.state,
                at.source_line,
            )
            for at in page.lines
        ),
    )


def _number(
    made: Compiled,
    plans: Sequence[Plan],
    method: str,
    path: str,
    starts: Mapping[str, str],
    texts: set[str],
) -> dict[str, str]:
    """What to set on the number whose flow starts at ``path``; relative where no url is known.

    ``starts`` gives the flow of every path that is one's start.
    """
    # A Bin is served by its SID, wherever the rest of the target lies.
    placed = made.target.url and made.target.host != "twiml-bin"
    base = f"{made.target.url}/" if placed else ""
    kind = "sms" if starts[path] in texts else "voice"
    addresses = {place: address for plan in plans for place, address in plan.addresses}
    number = {f"{kind}Url": addresses.get(path, base + path), f"{kind}Method": method}
    if made.target.on_error is None:
        return number
    for other, flow in starts.items():
        same_kind = (flow in texts) == (starts[path] in texts)
        if flow == made.target.on_error and other != path and same_kind:
            address = addresses.get(other, base + other)
            number |= {f"{kind}FallbackUrl": address, f"{kind}FallbackMethod": method}
    return number


def _pastes(
    made: Compiled,
    host: Host,
    whole: Manifest,
    files: Mapping[str, OutputFile],
) -> Iterator[Paste]:
    """What has to be put into the Console by hand: there is no interface for programs."""
    target = made.target
    if target.router == "twiml-bin":
        for file in router_files(host, whole, made.apology):
            content = file.content
            yield Paste(file.path, content.size, "", target.bin, mark_of(content.head))
    if target.host == "twiml-bin":
        for path in sorted(files):
            flow = base_name(files[path].flow)
            if flow:
                file = files[path]
                sid = target.bins.get(flow)
                yield Paste(path, file.content.size, file.flow, sid, mark_of(file.content.head))


def _setting(flow: str, number: Mapping[str, str]) -> NumberSetting:
    kind = "sms" if "smsUrl" in number else "voice"
    return NumberSetting(
        flow,
        number[f"{kind}Url"],
        number[f"{kind}Method"],
        kind="messaging" if kind == "sms" else "voice",
        fallback=number.get(f"{kind}FallbackUrl"),
    )


def _approximations(
    plans: list[Plan], selected: set[str], loaded: Loaded, cwd: Path
) -> Iterator[dict[str, object]]:
    for plan in plans:
        for found in plan.approximations:
            if base_name(found.flow) in selected:
                begin = found.span.begin
                yield {
                    "name": found.name,
                    "flow": found.flow,
                    "source": loaded.name(cwd / found.span.file.path),
                    "line": begin.line,
                    "column": begin.column,
                    "meaning": found.meaning,
                }


def _report(
    made: Compiled,
    host: Host,
    shown: str,
    files: dict[str, OutputFile],
    flows: dict[str, FlowEntry],
    plans: list[Plan],
    written: Written,
    proven: Proven | None,
    *,
    given: bool,
) -> TargetReport:
    pages = [file for file in files.values() if file.path.endswith(".xml")]
    largest = max(pages, key=lambda file: (file.content.size, file.path), default=None)
    bounded = [
        (entry.fetches, entry.flow)
        for plan in plans
        for entry in plan.entries
        if entry.flow in flows and entry.fetches is not None
    ]
    fetches, slowest = max(bounded, default=(0, ""))
    return TargetReport(
        name=made.target.name,
        host=made.target.host,
        folder=shown,
        built=True,
        documents=len(pages),
        written=len(written.created) + len(written.changed),
        unchanged=len(written.unchanged),
        removed=len(written.removed),
        largest=(largest.path, largest.content.size) if largest else None,
        fetches=fetches,
        fetches_flow=slowest or None,
        approximations=tuple(
            f"{a.name} at {a.span.file.path}:{a.span.begin.line}: {a.meaning}"
            for plan in plans
            for a in plan.approximations
            if a.flow in flows
        ),
        assumptions=tuple(
            f"{name}: {ASSUMPTIONS[name]}"
            for name in sorted({name for plan in plans for name in plan.assumptions})
        ),
        numbers=tuple(_setting(name, entry.number) for name, entry in sorted(flows.items())),
        pairs=sum(proven.pairs.values()) if proven else None,
        unverified=tuple(proven.incomplete) if proven else (),
        changes=tuple(sorted((*written.created, *written.changed))),
        removals=written.removed,
        remarks=tuple(_remarks(made, host, written, given=given)),
    )


def _remarks(made: Compiled, host: Host, written: Written, *, given: bool) -> Iterator[str]:
    """What of the last build is not as one would think, and what to do for calls in progress."""
    outcome = written.outcome
    assert outcome is not None
    for version, path in outcome.broken:
        file = "it" if path == version else path
        yield f"{version} cannot be kept: {file} was changed or removed since it was built"
    for path in written.left:
        yield f"{path} was changed by hand since it was built; it is not removed"
    for path in written.restored:
        yield f"{path} was changed by hand since it was built; it is replaced"
    if written.moved:
        yield f"documents lie in {PUBLIC} now: point the server at {made.target.name}/{PUBLIC}"
    for flow in outcome.gone:
        yield f"the flow {flow} is gone: no number may lead there any more"
    kept = [name for name, flow in outcome.manifest.flows.items() if flow.entry is None]
    if kept:
        yield f"kept for calls in progress, though the flow is gone: {', '.join(sorted(kept))}"
    if outcome.dropped:
        answered = host.decisions and not host.hop
        end = "ends with the apology" if answered else "goes to the number's fallback URL"
        yield f"no longer kept, so a call in it {end}: {', '.join(outcome.dropped)}"
    own = {file.path for file in host.files}
    longer = [file.path for short in host.files for file in short.beyond if file.path not in own]
    if any(path in written.created for path in longer):
        yield f"the tables are too long for a function now, and lie in {', '.join(longer)}"
    if host.decisions and outcome.manifest.built_on and own.intersection(written.changed):
        yield (
            "the tables changed: put new versions online first, then the tables, and entries"
            f" last ({_PAGES}hosts.md#calls-in-progress)"
        )
    if made.target.url and outcome.first:
        there = f"the earlier build has no {made.target.name}" if given else "no earlier build here"
        yield f"{there}: if one is online, its calls need it; --previous DIR names it"
