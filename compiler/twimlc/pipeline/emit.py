"""From the plans of a target to its folder: bytes, manifest, and the report of what was written."""

from collections.abc import Iterator
from pathlib import Path

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.lower.host import HOSTS
from twimlc.lower.plan import ASSUMPTIONS, Plan
from twimlc.output.manifest import DocumentEntry, FlowEntry, Manifest, base_name
from twimlc.output.plan import OutputFile
from twimlc.output.write import Written, write_target
from twimlc.pipeline.compile import Compiled
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.model import NumberSetting, TargetReport
from twimlc.render.document import Rendered, render
from twimlc.source.files import display_path


def emit(
    loaded: Loaded, made: Compiled, build: Path, *, cwd: Path, write: bool
) -> tuple[TargetReport, list[Diagnostic]]:
    """Write the target's folder, or with ``write`` false tell what would change."""
    target = made.target
    folder = build / target.name
    shown = display_path(folder, cwd)
    plans = [variant.plan for variant in made.variants if variant.plan is not None]
    files: dict[str, OutputFile] = {}
    documents: dict[str, DocumentEntry] = {}
    flows: dict[str, FlowEntry] = {}
    for plan in plans:
        sources = {document.path: document.source for document in plan.documents}
        for page in render(plan):
            if base_name(page.flow) in loaded.selected:
                files[page.path] = OutputFile(page.path, page.data, page.media_type, page.flow)
                documents[page.path] = _entry(page, sources[page.path], loaded)
        for sound in plan.media:
            files[sound.path] = OutputFile(sound.path, sound.data, sound.media_type)
            documents[sound.path] = DocumentEntry(sound.media_type, source=sound.source)
        for entry in plan.entries:
            if base_name(entry.flow) in loaded.selected:
                source = loaded.flows[base_name(entry.flow)].source
                flows[entry.flow] = FlowEntry(entry.path, source, _number(made, plan, entry.path))
    manifest = Manifest(
        target=target.name,
        host=target.host,
        url=target.url,
        flows=flows,
        documents=documents,
        approximations=tuple(_approximations(plans, loaded)),
        assumptions=tuple(sorted({name for plan in plans for name in plan.assumptions})),
    )
    written, findings = write_target(
        folder,
        list(files.values()),
        manifest,
        source_exists=lambda source: (loaded.root / source).is_file(),
        compiled=loaded.selected,
        dry=not write,
    )
    if written is None:
        return TargetReport(target.name, target.host, shown, built=False), findings
    return _report(made, shown, files, flows, plans, written), findings


def _entry(page: Rendered, source: str, loaded: Loaded) -> DocumentEntry:
    flow = loaded.flows.get(base_name(page.flow))
    return DocumentEntry(
        media_type=page.media_type,
        flow=page.flow,
        source=flow.source if flow else source,
        states=page.states,
        lines=tuple((at.line, f"{base_name(page.flow)}/{at.state}" if "/" not in at.state else at.state, at.source_line) for at in page.lines),
    )


def _number(made: Compiled, plan: Plan, path: str) -> dict[str, str]:
    """What to set on the number of a flow; addresses are relative where no url is known."""
    base = f"{made.target.url.rstrip('/')}/" if made.target.url else ""
    method = HOSTS[made.target.host].method
    number = {"voiceUrl": base + path, "voiceMethod": method}
    sorry = made.target.on_error
    if sorry is not None:
        for entry in plan.entries:
            if base_name(entry.flow) == sorry and entry.path != path:
                number |= {"voiceFallbackUrl": base + entry.path, "voiceFallbackMethod": method}
    return number


def _approximations(plans: list[Plan], loaded: Loaded) -> Iterator[dict[str, object]]:
    for plan in plans:
        for found in plan.approximations:
            if base_name(found.flow) in loaded.selected:
                begin = found.span.begin
                yield {
                    "name": found.name,
                    "flow": found.flow,
                    "source": found.span.file.path,
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
        numbers=tuple(
            NumberSetting(name, entry.number["voiceUrl"], entry.number["voiceMethod"])
            for name, entry in sorted(flows.items())
        ),
    )
