"""From the plans of a target to its folder: bytes, manifest, and the report of what was written."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from twimlc.about import URL
from twimlc.findings.diagnostic import Diagnostic
from twimlc.hosts import find_host
from twimlc.interpret.assumptions import BY_NAME
from twimlc.lower.host import Host
from twimlc.lower.names import cache_of
from twimlc.output.manifest import MANIFEST, PUBLIC, DocumentEntry, FlowEntry, Manifest, base_name
from twimlc.output.plan import Outcome, OutputFile, Scope
from twimlc.output.write import Written, write_target
from twimlc.pipeline.load import Loaded
from twimlc.pipeline.manifests import Earlier, decisions_of, router_files
from twimlc.pipeline.model import NumberSetting, Options, Paste, TargetReport, TestCall
from twimlc.pipeline.proof import Proven
from twimlc.pipeline.variants import Compiled
from twimlc.project.files import FileContent, display_path
from twimlc.render.document import MEDIA_TYPE, Rendered, mark_of
from twimlc.render.versions import Finished

_PAGES = f"{URL}/blob/main/docs/"


def emit(
    loaded: Loaded,
    made: Compiled,
    build: Path,
    options: Options,
    *,
    proven: Proven | None,
    earlier: Earlier | None,
    known: Callable[[str], bool],
) -> tuple[TargetReport, list[Diagnostic]]:
    """Write the target's folder, or report what would change, as the options say.

    ``known`` says whether the project has a flow that was not read. ``earlier`` chooses the
    build that versions are kept of, where it is not that in the folder. ``proven`` is what is known
    of its documents being the same calls as the flows.
    """
    target, folder, cwd = made.target, build / made.target.name, options.folder
    emission = _Emission(loaded, made, cwd, proven)
    given = earlier is not None and earlier.folder is not None
    written, findings = write_target(
        folder,
        list(emission.files.values()),
        emission.manifest(),
        Scope(
            source_exists=loaded.has_file,
            compiled=loaded.selected | emission.selected,
            known=known,
            rows=loaded.whole or any(variant.row is not None for variant in made.variants),
            keep=target.keep,
        ),
        shared=partial(router_files, emission.host, apology=made.apology),
        basis=earlier.of(target.name) if earlier else lambda before: before.ground,
        elsewhere=given,
        force=options.force,
        dry=not options.write,
    )
    if written is None:
        return not_built(made, build, cwd), findings
    return emission.report(display_path(folder, cwd), written, given=given), findings


def not_built(made: Compiled, build: Path, cwd: Path) -> TargetReport:
    """The report on a target whose folder stays as it is."""
    name, host = made.target.name, made.target.host
    again = (build / name / MANIFEST).is_file()
    return TargetReport(name, host, display_path(build / name, cwd), built=False, again=again)


class _Emission:
    """What is written for one target: its files, and its flows and documents for the manifest."""

    def __init__(self, loaded: Loaded, made: Compiled, cwd: Path, proven: Proven | None) -> None:
        host = find_host(made.target.host, made.target.router)
        assert host is not None, "a target for another host has no plan"
        self.host: Host = host
        self._loaded, self._made, self._cwd, self._proven = loaded, made, cwd, proven
        self.selected = {name for v in made.variants for name in v.written(loaded.selected)}
        self.files: dict[str, OutputFile] = {}
        self._flows: dict[str, FlowEntry] = {}
        all_finished = [done for v in made.variants if (done := v.finished()) is not None]
        self._plans = [finished.plan for finished in all_finished]
        self._addresses = {at: address for plan in self._plans for at, address in plan.addresses}
        # Flows that answer messages: their numbers have settings of their own.
        self._texts = {name for variant in made.variants for name in variant.messaging}
        for finished in all_finished:
            self._add_files(finished)
            self._add_flows(finished)

    def _add_files(self, finished: Finished) -> None:
        plan = finished.plan
        decided = {path for decision in plan.decisions for path in decision.targets()}
        for page in finished.pages:
            if base_name(page.document.flow) in self.selected:
                path, content = self._served(page.path), FileContent.of(page.data)
                self.files[path] = OutputFile(path, content, self._document(page, decided))
        for sound in plan.media:
            path, folder = PUBLIC + sound.path, self._loaded.flows[sound.link.flow].folder
            source = self._loaded.name(folder / sound.link.path)
            entry = DocumentEntry(sound.media_type, cache=cache_of(sound.path, ()), source=source)
            self.files[path] = OutputFile(path, sound.content, entry)

    def _served(self, path: str) -> str:
        """Where a document lies: a Bin is pasted, all others are served."""
        return path if self.host.single else PUBLIC + path

    def _document(self, page: Rendered, decided: set[str]) -> DocumentEntry:
        document, name = page.document, base_name(page.document.flow)
        flow = self._loaded.flows.get(name)
        return DocumentEntry(
            media_type=MEDIA_TYPE,
            flow=document.flow,
            cache="" if self.host.single else cache_of(page.path, decided),
            source=flow.source if flow else document.source,
            states=document.states,
            lines=tuple(
                (at.line, at.state if "/" in at.state else f"{name}/{at.state}", at.source_line)
                for at in page.lines
            ),
        )

    def _add_flows(self, finished: Finished) -> None:
        # Rows lead callers to a fallback flow outside the matrix, too.
        everywhere = (entry for plan in self._plans for entry in plan.entries)
        starts = {entry.path: entry.flow for entry in everywhere if "/" not in entry.flow}
        starts |= {entry.path: base_name(entry.flow) for entry in finished.plan.entries}
        for entry in finished.plan.entries:
            name = base_name(entry.flow)
            if name in self.selected:
                version = finished.versions.get(entry.flow)
                self._flows[entry.flow] = FlowEntry(
                    self._served(entry.path),
                    self._loaded.flows[name].source,
                    self._number(entry.path, starts),
                    self._proven.pairs.get(entry.flow) if self._proven else None,
                    version,
                    () if version is None else (version,),
                )

    def _number(self, path: str, starts: Mapping[str, str]) -> dict[str, str]:
        """What to set on the number whose flow starts at ``path``; relative if no url is known.

        ``starts`` gives the flow of every path that is one's start.
        """
        target, method = self._made.target, self.host.method
        texts, addresses = self._texts, self._addresses
        # A Bin is served by its SID, wherever the rest of the target lies.
        base = f"{target.url}/" if target.url and not self.host.single else ""
        kind = "sms" if starts[path] in texts else "voice"
        number = {f"{kind}Url": addresses.get(path, base + path), f"{kind}Method": method}
        for other, flow in starts.items():
            same_kind = (flow in texts) == (starts[path] in texts)
            if flow == target.on_error and other != path and same_kind:
                address = addresses.get(other, base + other)
                number |= {f"{kind}FallbackUrl": address, f"{kind}FallbackMethod": method}
        return number

    def manifest(self) -> Manifest:
        """The manifest of this build alone."""
        target = self._made.target
        decisions = (decision for plan in self._plans for decision in plan.decisions)
        return Manifest(
            target=target.name,
            host=target.host,
            url=target.url,
            flows=self._flows,
            decisions=decisions_of(d for d in decisions if base_name(d.flow) in self.selected),
            approximations=tuple(self._approximations()),
            assumptions=tuple(self._assumptions()),
        )

    def _approximations(self) -> Iterator[dict[str, object]]:
        for plan in self._plans:
            for found in plan.approximations:
                if base_name(found.flow) in self.selected:
                    begin = found.span.begin
                    yield {
                        "name": found.name,
                        "flow": found.flow,
                        "source": self._loaded.name(self._cwd / found.span.file.path),
                        "line": begin.line,
                        "column": begin.column,
                        "meaning": found.meaning,
                    }

    def _assumptions(self) -> list[str]:
        return sorted({name for plan in self._plans for name in plan.assumptions})

    def report(self, folder: str, written: Written, *, given: bool) -> TargetReport:
        """What was written; ``given``: the earlier build lies elsewhere."""
        target, host, proven, flows = self._made.target, self.host, self._proven, self._flows
        outcome = written.outcome
        pages = [file for file in self.files.values() if file.path.endswith(".xml")]
        largest = max(pages, key=lambda file: (file.content.size, file.path), default=None)
        bounded = [
            (entry.fetches, entry.flow)
            for plan in self._plans
            for entry in plan.entries
            if entry.flow in flows and entry.fetches is not None
        ]
        fetches, slowest = max(bounded, default=(0, ""))
        changes = sorted((*written.created, *written.changed))
        listed = outcome.manifest.documents
        # Whose files changed, but for what flows share.
        changed_flows = {listed[path].flow for path in changes if path in listed} - {""}
        reached = bool(target.url) or host.single or host.hop
        return TargetReport(
            name=target.name,
            host=target.host,
            folder=folder,
            built=True,
            documents=len(pages),
            written=len(changes),
            unchanged=len(written.unchanged),
            removed=len(written.removed),
            largest=(largest.path, largest.content.size) if largest else None,
            fetches=fetches,
            fetches_flow=slowest or None,
            approximations=tuple(
                f"{a.name} at {a.span.file.path}:{a.span.begin.line}: {a.meaning}"
                for plan in self._plans
                for a in plan.approximations
                if a.flow in flows
            ),
            assumptions=tuple(f"{name}: {BY_NAME[name].meaning}" for name in self._assumptions()),
            numbers=tuple(
                _setting(name, entry.number, outcome.before.get(name))
                for name, entry in sorted(flows.items())
            ),
            pairs=sum(proven.pairs.values()) if proven else None,
            unverified=tuple(proven.incomplete) if proven else (),
            pastes=tuple(self._pastes(outcome.manifest)),
            changes=tuple(changes),
            removals=written.removed,
            remarks=tuple(_remarks(self._made, host, written, given=given)),
            again=not outcome.first,
            changed_flows=() if outcome.first else tuple(sorted(changed_flows)),
            upload=self._upload(folder),
            test_calls=tuple(self._test_calls()) if reached else (),
        )

    def _pastes(self, whole: Manifest) -> Iterator[Paste]:
        """What has to be put into the Console by hand: there is no interface for programs."""
        target = self._made.target
        files: list[OutputFile] = []
        if self.host.hop:
            files = router_files(self.host, whole, self._made.apology)
        elif self.host.single:
            files = [file for _, file in sorted(self.files.items()) if file.entry.flow]
        for file in files:
            flow = file.entry.flow
            sid = target.bins.get(base_name(flow)) if flow else target.bin
            yield Paste(file.path, file.content.size, flow, sid, mark_of(file.content.head))

    def _test_calls(self) -> Iterator[TestCall]:
        """What to try before callers do, by assumption."""
        questions = self._made.questions
        for name in sorted({*self._assumptions(), *questions}):
            if call := BY_NAME[name].test:
                yield TestCall(name, call, tuple(sorted(questions.get(name, ()))))

    def _upload(self, folder: str) -> str | None:
        """Where it says how the files come to their host; None for what is only pasted."""
        if self.host.single:
            return None
        own = [file.path for file in self.host.files]
        if "README.md" in own:
            return f"{folder}/README.md has the commands"
        beside = f" and, beside it, {' and '.join(own)}" if own and not self.host.hop else ""
        return f"{folder}/{PUBLIC}{beside}, see {_PAGES}hosts.md"


def _setting(flow: str, number: Mapping[str, str], before: FlowEntry | None) -> NumberSetting:
    kind = "sms" if "smsUrl" in number else "voice"
    return NumberSetting(
        flow,
        number[f"{kind}Url"],
        number[f"{kind}Method"],
        kind="messaging" if kind == "sms" else "voice",
        fallback=number.get(f"{kind}FallbackUrl"),
        changed=before is None or before.number != number,
    )


def _remarks(made: Compiled, host: Host, written: Written, *, given: bool) -> Iterator[str]:
    """What of the last build is not as one would think, and what to do for calls in progress."""
    outcome: Outcome = written.outcome
    for version, path in outcome.broken:
        file = "it" if path == version else path
        yield f"{version} cannot be kept: {file} was changed or removed since it was built"
    for path in written.left:
        yield f"{path} was changed by hand since it was built; it is not removed"
    for path in written.restored:
        yield f"{path} was changed by hand since it was built; it is replaced"
    if written.moved:
        yield f"documents are in {PUBLIC} now: point the server at {made.target.name}/{PUBLIC}"
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
        yield f"the tables are too long for a function now, and are in {', '.join(longer)}"
    if host.decisions and outcome.manifest.built_on and own.intersection(written.changed):
        yield (
            "the tables changed: put new versions online first, then the tables, and entries"
            f" last ({_PAGES}hosts.md#calls-in-progress)"
        )
    if made.target.url and outcome.first:
        there = f"the earlier build has no {made.target.name}" if given else "first build here"
        yield f"{there}; if an earlier one is online, give it with --previous DIR"
