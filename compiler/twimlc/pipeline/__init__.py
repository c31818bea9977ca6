"""The order of things: options come in; findings, and for a build a folder, go out.

This is the public API of twimlc; the command only translates its options into these calls.
"""

from dataclasses import dataclass, replace

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import in_order
from twimlc.pipeline.documents import check_documents, set_documents_apart
from twimlc.pipeline.join import Joined
from twimlc.pipeline.load import Loaded, load, read_flows
from twimlc.pipeline.look import survey
from twimlc.pipeline.model import (
    NumberSetting,
    Options,
    Result,
    TargetReport,
    TestCall,
    UsageError,
    project_file,
    scripts_of,
)
from twimlc.pipeline.run import compile_all, compile_in_memory, each_told
from twimlc.pipeline.single import CompiledFlow, chosen, file_of, target_of
from twimlc.pipeline.survey import Survey
from twimlc.pipeline.variants import Compiled
from twimlc.project.files import display_path
from twimlc.project.read import build_folder_fault

__all__ = [
    "CompiledFlow",
    "NumberSetting",
    "Options",
    "Result",
    "TargetReport",
    "TestCall",
    "UsageError",
    "build",
    "check",
    "compile_flow",
    "compiled",
    "one_flow",
    "project_file",
]


def check(options: Options | None = None) -> Result:
    """Everything that a build would refuse, and everything else worth knowing. Writes nothing.

    Raises :class:`UsageError` where the options themselves are wrong.
    """
    documents, flows = set_documents_apart(options or Options())
    found = check_documents(documents) if documents is not None else []
    if flows is None:
        return Result(tuple(in_order(found)))
    there = survey(flows)
    if not isinstance(there, Survey):
        return Result(tuple(in_order([*found, *there])))
    joined = compile_all(there, flows)
    _refuse_left_out(joined, flows)
    found += joined.findings(options.today if options else None)
    looked_at = there.looked_at() if documents is None and not joined.dated else ()
    return Result(tuple(in_order(found)), scripts=tuple(scripts_of(flows)), read=looked_at)


def build(options: Options | None = None) -> Result:
    """Check, compile and write each target that has no error.

    A target with an error keeps the folder of its last build; so does one whose documents turn
    out not to be the calls that the flows say. Raises :class:`UsageError` where the options
    themselves are wrong.
    """
    # What writes documents takes long to load, and `check` goes without it.
    from twimlc.pipeline import emit, manifests

    options = options or Options()
    there = survey(options)
    if not isinstance(there, Survey):
        return Result(tuple(in_order(there)))
    cwd, project = options.folder, there.project
    folder = cwd / options.output if options.output else project.build
    fault = build_folder_fault(folder, project.flows, project.root)
    if fault is not None:
        raise UsageError(f"cannot build to '{display_path(folder, cwd)}': {fault}")
    kept = manifests.Earlier.asked(options, cwd, [target.name for target in there.targets])
    joined = compile_all(there, options, write=True)
    _refuse_left_out(joined, options)
    found = [*joined.of_reading(), *joined.of_project()]
    known = _Project(joined, options)
    reports: list[TargetReport] = []
    written: list[Diagnostic] = []
    faults: list[str] = []
    for target in each_told(there.targets, "writing", options):
        part = joined.parts[target.name]
        refused = joined.stops(target, found) or not joined.complete(target)
        faults += part.proven.faults if not refused else ()
        if refused or part.proven.faults:
            reports.append(emit.not_built(target, folder, cwd))
            continue
        report, faulty = emit.emit(joined, target, folder, options, earlier=kept, known=known.has)
        reports.append(report)
        written += faulty
    findings = (*joined.findings(), *in_order(written))
    folders = [folder] if options.previous is None else [folder, cwd / options.previous]
    outputs = [outer / target.name for outer in folders for target in there.targets]
    looked_at = () if joined.dated else there.looked_at(*outputs)
    return Result(findings, tuple(reports), tuple(faults), read=looked_at)


def compile_flow(
    options: Options, flow: str, row: str | None = None
) -> "tuple[CompiledFlow | None, list[Diagnostic]]":
    """One flow, a name or a path, for the first target that has it; nothing is written.

    ``row`` is one of a matrix, else the first is taken. Raises :class:`UsageError` where the
    flow, the row or the options are not there.
    """
    made, name, findings = one_flow(options, flow)
    if made is None or any(finding.is_error for finding in findings):
        return None, findings
    return chosen(made, name, row), findings


def compiled(options: Options) -> tuple[Joined | None, list[Compiled], list[Diagnostic]]:
    """What is known of all flows, each target's plans, in memory, and every finding.

    For those who play the documents instead of writing them.
    """
    there = survey(options)
    if not isinstance(there, Survey):
        return None, [], in_order(there)
    made, joined = compile_in_memory(there, there.targets)
    return joined, made, list(joined.findings())


@dataclass(slots=True)
class _Project:
    """All flows of the project, looked for once, and only if somebody asks."""

    joined: Joined
    options: Options
    whole: "Loaded | list[Diagnostic] | None" = None

    def has(self, name: str) -> bool:
        """Whether there is such a flow, wherever its file lies; it may be one of the unreadable."""
        joined = self.joined
        if joined.survey.whole:
            return not joined.all_read or name in joined.owners.values()
        if self.whole is None:
            self.whole = load(replace(self.options, paths=(), stdin=None))
        if not isinstance(self.whole, Loaded) or not self.whole.all_read:
            return True
        return name in self.whole.owners.values()


def one_flow(options: Options, flow: str) -> tuple[Compiled | None, str, list[Diagnostic]]:
    """One flow, a name or a path, for the first target that has it; its name; every finding."""
    path = file_of(options, flow)
    there = survey(replace(options, paths=() if path is None else (path,)))
    if not isinstance(there, Survey):
        return None, "", in_order(there)
    loaded = read_flows(there, there.every)
    name = next(iter(sorted(loaded.selected)), None)
    if name is None or not there.usable or not there.targets:
        return None, "", list(compile_in_memory(there, (), loaded)[1].findings())
    target = target_of(there, name)
    (made,), joined = compile_in_memory(there, (target,), loaded)
    return made, name, list(joined.findings())


def _refuse_left_out(joined: Joined, options: Options) -> None:
    """Raise where flows and targets are named, and none of the targets has any of the flows."""
    chosen, there = sorted(joined.selected), joined.survey
    if not options.targets or there.whole or not (chosen and there.targets):
        return
    if not any(target.covers(name) for target in there.targets for name in chosen):
        target_of(there, chosen[0])
