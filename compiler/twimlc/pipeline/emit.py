"""From the plans of a target to its folder: bytes, manifest, and the report of what was written."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.flow.model import Kind
from twimlc.lower.host import Host, find_host
from twimlc.lower.plan import ASSUMPTIONS, Plan
from twimlc.output.manifest import DocumentEntry, FlowEntry, Manifest, base_name
from twimlc.output.plan import OutputFile
from twimlc.output.write import Written, write_target
from twimlc.pipeline.decisions import decisions_of, router_files
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.model import NumberSetting, Paste, TargetReport
from twimlc.pipeline.proof import Proven
from twimlc.pipeline.variants import Compiled
from twimlc.render.document import Rendered
from twimlc.source.files import display_path


def emit(
    loaded: Loaded,
    made: Compiled,
    build: Path,
    *,
    cwd: Path,
    write: bool,
    proven: Proven | None = None,
) -> tuple[TargetReport, list[Diagnostic]]:
    """Write the target's folder, or with ``write`` false tell what would change.

    ``proven`` is what is known of its documents being the same calls as the flows.
    """
    target = made.target
    host = find_host(target.host, target.router)
    assert host is not None, "a target for another host has no plan"
    folder = build / target.name
    shown = display_path(folder, cwd)
    plans = [variant.plan for variant in made.variants if variant.plan is not None]
    texts = {  # flows that answer messages: their numbers have settings of their own
        base_name(name)
        for variant in made.variants
        for name, flow in variant.graph.flows.items()
        if flow.kind is Kind.MESSAGING
    }
    files: dict[str, OutputFile] = {}
    documents: dict[str, DocumentEntry] = {}
    flows: dict[str, FlowEntry] = {}
    for variant in made.variants:
        plan = variant.plan
        if plan is None:
            continue
        sources = {document.path: document.source for document in plan.documents}
        for page in variant.pages():
            if base_name(page.flow) in loaded.selected:
                files[page.path] = OutputFile(page.path, page.data, page.media_type, page.flow)
                documents[page.path] = _entry(page, sources[page.path], loaded)
        for sound in plan.media:
            files[sound.path] = OutputFile(sound.path, sound.data, sound.media_type)
            documents[sound.path] = DocumentEntry(
                sound.media_type,
                source=loaded.name(loaded.flows[sound.link.flow].folder / sound.link.path),
            )
        starts = {entry.path: base_name(entry.flow) for entry in plan.entries}
        for entry in plan.entries:
            if base_name(entry.flow) in loaded.selected:
                source = loaded.flows[base_name(entry.flow)].source
                number = _number(made, host.method, entry.path, starts, texts)
                pairs = proven.pairs.get(entry.flow) if proven else None
                flows[entry.flow] = FlowEntry(entry.path, source, number, pairs)
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
            if base_name(decision.flow) in loaded.selected
        ),
        approximations=tuple(_approximations(plans, loaded, cwd)),
        assumptions=tuple(sorted({name for plan in plans for name in plan.assumptions})),
    )
    written, findings = write_target(
        folder,
        list(files.values()),
        manifest,
        source_exists=lambda source: os.path.isfile(loaded.root / source),
        compiled=loaded.selected,
        shared=lambda whole: router_files(host, whole),
        dry=not write,
    )
    if written is None:
        return TargetReport(target.name, target.host, shown, built=False), findings
    report = _report(made, shown, files, flows, plans, written, proven)
    return replace(report, pastes=tuple(_pastes(made, host, manifest, files, written))), findings


def _entry(page: Rendered, source: str, loaded: Loaded) -> DocumentEntry:
    flow = loaded.flows.get(base_name(page.flow))
    return DocumentEntry(
        media_type=page.media_type,
        flow=page.flow,
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
    made: Compiled, method: str, path: str, starts: Mapping[str, str], texts: set[str]
) -> dict[str, str]:
    """What to set on the number whose flow starts at ``path``; relative where no url is known.

    ``starts`` gives the flow of every path that is one's start.
    """
    # A Bin is served by its SID, wherever the rest of the target lies.
    placed = made.target.url and made.target.host != "twiml-bin"
    base = f"{made.target.url}/" if placed else ""
    kind = "sms" if starts[path] in texts else "voice"
    addresses = {
        place: address
        for variant in made.variants
        if variant.plan is not None
        for place, address in variant.plan.addresses
    }
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
    written: Written,
) -> Iterator[Paste]:
    """What has to be put into the Console by hand: there is no interface for programs."""
    target = made.target
    if target.router == "twiml-bin":
        for file in router_files(host, whole):
            changed = file.path not in written.unchanged
            yield Paste(file.path, len(file.data), "", target.bin, changed)
    if target.host == "twiml-bin":
        for path in sorted(files):
            flow = base_name(files[path].flow)
            if flow:
                sid = target.bins.get(flow)
                size = len(files[path].data)
                yield Paste(path, size, files[path].flow, sid, path not in written.unchanged)


def _setting(flow: str, number: Mapping[str, str]) -> NumberSetting:
    kind = "sms" if "smsUrl" in number else "voice"
    return NumberSetting(
        flow,
        number[f"{kind}Url"],
        number[f"{kind}Method"],
        kind="messaging" if kind == "sms" else "voice",
        fallback=number.get(f"{kind}FallbackUrl"),
    )


def _approximations(plans: list[Plan], loaded: Loaded, cwd: Path) -> Iterator[dict[str, object]]:
    for plan in plans:
        for found in plan.approximations:
            if base_name(found.flow) in loaded.selected:
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
    shown: str,
    files: dict[str, OutputFile],
    flows: dict[str, FlowEntry],
    plans: list[Plan],
    written: Written,
    proven: Proven | None,
) -> TargetReport:
    pages = [file for file in files.values() if file.path.endswith(".xml")]
    largest = max(pages, key=lambda file: (len(file.data), file.path), default=None)
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
        largest=(largest.path, len(largest.data)) if largest else None,
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
    )
