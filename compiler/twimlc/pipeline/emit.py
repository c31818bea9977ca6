"""From the plans of a target to its folder: bytes, manifest, and the report of what was written."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from twimlc.about import URL
from twimlc.calendars.kept import to_json
from twimlc.findings.diagnostic import Diagnostic
from twimlc.hosts import find_host
from twimlc.interpret.assumptions import BY_NAME
from twimlc.lower.host import Host
from twimlc.output.manifest import MANIFEST, PUBLIC, FlowEntry, Manifest, base_name
from twimlc.output.plan import Outcome, OutputFile, Scope, asked_by
from twimlc.output.write import Written, write_target
from twimlc.pipeline.built import Allowed, BuiltFlow, led_to
from twimlc.pipeline.join import Joined
from twimlc.pipeline.manifests import Earlier, decisions_of, router_files
from twimlc.pipeline.model import NumberSetting, Options, Paste, TargetReport, TestCall
from twimlc.project.files import display_path
from twimlc.project.targets import Target
from twimlc.render.document import mark_of

_PAGES = f"{URL}/blob/main/docs/"


def emit(
    joined: Joined,
    target: Target,
    build: Path,
    options: Options,
    *,
    earlier: Earlier | None,
    known: Callable[[str], bool],
) -> tuple[TargetReport, list[Diagnostic]]:
    """Write the target's folder, or report what would change, as the options say.

    ``known`` says whether the project has a flow that was not read. ``earlier`` chooses the
    build that versions are kept of, where it is not that in the folder.
    """
    survey, folder, cwd = joined.survey, build / target.name, options.folder
    emission = _Emission(joined, target, verified=options.verify)
    given = earlier is not None and earlier.folder is not None
    written, findings = write_target(
        folder,
        list(emission.files.values()),
        emission.manifest(),
        Scope(
            source_exists=survey.has_file,
            compiled=joined.selected | emission.selected,
            known=known,
            rows=survey.whole or bool(joined.parts[target.name].rows),
            keep=target.keep,
        ),
        shared=partial(router_files, emission.host, apology=emission.apology),
        basis=earlier.of(target.name) if earlier else lambda before: before.ground,
        elsewhere=given,
        force=options.force,
        dry=not options.write,
    )
    if written is None:
        return not_built(target, build, cwd), findings
    return emission.report(display_path(folder, cwd), written, given=given), findings


def not_built(target: Target, build: Path, cwd: Path) -> TargetReport:
    """The report on a target whose folder stays as it is."""
    name, host = target.name, target.host
    again = (build / name / MANIFEST).is_file()
    return TargetReport(name, host, display_path(build / name, cwd), built=False, again=again)


class _Emission:
    """What is written for one target: its files, and its flows and documents for the manifest."""

    def __init__(self, joined: Joined, target: Target, *, verified: bool) -> None:
        host = find_host(target.host, target.router)
        assert host is not None, "a target for another host has no plan"
        self.host: Host = host
        self._joined = joined
        self._target, self._part = target, joined.parts[target.name]
        self._proven = self._part.proven if verified else None
        self._builds = self._part.built
        self.apology = next((each.apology for each in self._builds), ())
        self.selected = {
            name for each in self._builds for name in led_to(each.leads, joined.selected)
        }
        self._addresses = {at: address for each in self._builds for at, address in each.addresses}
        every = [flow for each in self._builds for flow in each.flows]
        # Flows that answer messages: their numbers have settings of their own.
        self._texts = {base_name(flow.flow) for flow in every if flow.answers_messages}
        self.files = {
            file.path: file
            for each in self._builds
            for file in each.files
            if not file.entry.flow or self._is_written(file.entry.flow)
        }
        # Rows lead callers to a fallback flow outside the matrix, too.
        self._everywhere = {flow.path: flow.flow for flow in every if "/" not in flow.flow}
        self._own = [flow for flow in every if self._is_written(flow.flow)]
        self._flows: dict[str, FlowEntry] = {}
        for each in self._builds:
            starts = self._everywhere | {flow.path: base_name(flow.flow) for flow in each.flows}
            for flow in each.flows:
                if self._is_written(flow.flow):
                    self._flows[flow.flow] = self._entry(flow, starts)

    def _is_written(self, flow: str) -> bool:
        return base_name(flow) in self.selected

    def _entry(self, flow: BuiltFlow, starts: Mapping[str, str]) -> FlowEntry:
        return FlowEntry(
            flow.path if self.host.single else PUBLIC + flow.path,
            flow.source,
            self._number(flow.path, starts),
            self._proven.pairs.get(flow.flow) if self._proven else None,
            flow.version,
            () if flow.version is None else (flow.version,),
        )

    def _number(self, path: str, starts: Mapping[str, str]) -> dict[str, str]:
        """What to set on the number whose flow starts at ``path``; relative if no url is known.

        ``starts`` gives the flow of every path that is one's start.
        """
        target, method = self._target, self.host.method
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
        target = self._target
        decisions = (decision for each in self._builds for decision in each.decisions)
        texts = (json.loads(text) for each in self._builds for text in each.questions)
        asked = [item for item in texts if self._is_written(item["flow"])]
        return Manifest(
            target=target.name,
            host=target.host,
            url=target.url,
            flows=self._flows,
            decisions=decisions_of(d for d in decisions if self._is_written(d.flow)),
            questions=tuple(asked),
            calendars=self._calendars(asked),
            approximations=tuple(map(_told, self._approximations())),
            assumptions=tuple(self._assumptions()),
        )

    def _calendars(self, asked: Sequence[Any]) -> dict[str, Any]:
        """Those that are asked, and all of the project, which kept versions may ask."""
        own = {name: json.loads(text) for each in self._builds for name, text in each.calendars}
        project = self._joined.survey.project.calendars.values()
        known = {each.name: to_json(each.settled) for each in project if each.settled is not None}
        return {**known, **{name: own[name] for name in asked_by(asked) if name in own}}

    def _approximations(self) -> list[Allowed]:
        every = (found for each in self._builds for found in each.approximations)
        return [found for found in every if self._is_written(found.flow)]

    def _assumptions(self) -> list[str]:
        return sorted({name for each in self._builds for name in each.assumptions})

    def report(self, folder: str, written: Written, *, given: bool) -> TargetReport:
        """What was written; ``given``: the earlier build lies elsewhere."""
        target, host, proven, flows = self._target, self.host, self._proven, self._flows
        outcome = written.outcome
        pages = [file for file in self.files.values() if file.path.endswith(".xml")]
        largest = max(pages, key=lambda file: (file.content.size, file.path), default=None)
        bounded = [(flow.fetches, flow.flow) for flow in self._own if flow.fetches is not None]
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
                f"{found.name} at {found.path}:{found.line}: {found.meaning}"
                for found in self._approximations()
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
            remarks=tuple(_remarks(target, host, written, given=given)),
            again=not outcome.first,
            changed_flows=() if outcome.first else tuple(sorted(changed_flows)),
            upload=self._upload(folder),
            test_calls=tuple(self._test_calls()) if reached else (),
        )

    def _pastes(self, whole: Manifest) -> Iterator[Paste]:
        """What has to be put into the Console by hand: there is no interface for programs."""
        target = self._target
        files: list[OutputFile] = []
        if self.host.hop:
            files = router_files(self.host, whole, self.apology)
        elif self.host.single:
            files = [file for _, file in sorted(self.files.items()) if file.entry.flow]
        for file in files:
            flow = file.entry.flow
            sid = target.bins.get(base_name(flow)) if flow else target.bin
            yield Paste(file.path, file.content.size, flow, sid, mark_of(file.content.head))

    def _test_calls(self) -> Iterator[TestCall]:
        """What to try before callers do, by assumption."""
        questions = self._part.questions
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


def _told(found: Allowed) -> dict[str, object]:
    """An approximation as the manifest has it."""
    return {name: value for name, value in found._asdict().items() if name != "path"}


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


def _remarks(target: Target, host: Host, written: Written, *, given: bool) -> Iterator[str]:
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
        yield f"documents are in {PUBLIC} now: point the server at {target.name}/{PUBLIC}"
    for flow in outcome.gone:
        yield f"the flow {flow} is gone: no number may lead there any more"
    kept = [name for name, flow in outcome.manifest.flows.items() if flow.entry is None]
    if kept:
        yield f"kept for calls in progress, though the flow is gone: {', '.join(sorted(kept))}"
    if outcome.dropped:
        answered = host.decisions and not host.hop
        end = "ends with the apology" if answered else "goes to the number's fallback URL"
        yield f"no longer kept, so a call in it {end}: {', '.join(outcome.dropped)}"
    turns = (turn for item in outcome.manifest.questions for turn in item["turns"])
    if not host.clock and any("outcomes" in turn for turn in turns):
        then = "says how to set each number" if host.single else "then upload"
        comma = "" if host.single else ","
        yield f"hours go by plan: twimlc hours --apply {target.name}{comma} {then}"
    own = {file.path for file in host.files}
    longer = [file.path for short in host.files for file in short.beyond if file.path not in own]
    if any(path in written.created for path in longer):
        yield f"the tables are too long for a function now, and are in {', '.join(longer)}"
    if host.decisions and outcome.manifest.built_on and own.intersection(written.changed):
        yield (
            "the tables changed: put new versions online first, then the tables, and entries"
            f" last ({_PAGES}hosts.md#calls-in-progress)"
        )
    if target.url and outcome.first:
        there = f"the earlier build has no {target.name}" if given else "first build here"
        yield f"{there}; if an earlier one is online, give it with --previous DIR"
