"""The order of things: options come in; findings, and for a build a folder, go out.

This is the public API of twimlc; the command only translates its options into these calls.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.ignores import apply_ignores
from twimlc.findings.order import apply_severities, in_order, merge_variants
from twimlc.flow.reachability import dead_everywhere
from twimlc.pipeline.compile import RowDone, compile_target
from twimlc.pipeline.documents import check_documents, set_documents_apart
from twimlc.pipeline.load import Loaded, load
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
from twimlc.pipeline.single import CompiledFlow, chosen, file_of, target_of
from twimlc.pipeline.variants import Compiled, Variant, looked
from twimlc.project.files import display_path
from twimlc.project.matrix import rows_and_flows
from twimlc.project.read import build_folder_fault, unknown_flows
from twimlc.values.declarations import flow_components, unused_components

_T = TypeVar("_T")

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
    loaded = load(flows)
    if not isinstance(loaded, Loaded):
        return Result(tuple(in_order([*found, *loaded])))
    _refuse_left_out(loaded, flows)
    progress = _Progress(loaded, flows)

    def forget(made: Compiled, _: Variant, __: list[Diagnostic]) -> None:
        made.variants.pop()
        progress.row(made)

    compiled = _compile(loaded, forget, progress)
    found += _findings(loaded, compiled)
    return Result(tuple(in_order(found)), scripts=tuple(scripts_of(flows)))


def build(options: Options | None = None) -> Result:
    """Check, compile and write each target that has no error.

    A target with an error keeps the folder of its last build; so does one whose documents turn
    out not to be the calls that the flows say. Raises :class:`UsageError` where the options
    themselves are wrong.
    """
    # What compares and writes documents takes long to load, and `check` goes without it.
    from twimlc.pipeline import emit, manifests, proof

    options = options or Options()
    loaded = load(options)
    if not isinstance(loaded, Loaded):
        return Result(tuple(in_order(loaded)))
    _refuse_left_out(loaded, options)
    cwd = options.folder
    folder = cwd / options.output if options.output else loaded.project.build
    fault = build_folder_fault(folder, loaded.project.flows, loaded.project.root)
    if fault is not None:
        raise UsageError(f"cannot build to '{display_path(folder, cwd)}': {fault}")
    proofs = {target.name: proof.Proven() for target in loaded.targets}
    progress = _Progress(loaded, options)

    def row_done(made: Compiled, variant: Variant, findings: list[Diagnostic]) -> None:
        wrong = any(finding.is_error for finding in findings)
        if options.verify and variant.twin is not None and variant.row is not None:
            proofs[made.target.name].repeat(variant.twin, variant.row)
        elif options.verify and not wrong and made.planned:
            proof.prove(made, variant, loaded.selected, proofs[made.target.name])
        variant.slim()
        progress.row(made)

    compiled = _compile(loaded, row_done, progress)
    found = [*loaded.findings, *_of_project(loaded)]
    kept = manifests.Earlier.asked(options, cwd, [target.name for target in loaded.targets])
    project = _Project(loaded, options)
    reports: list[TargetReport] = []
    written: list[Diagnostic] = []
    faults: list[str] = []
    for made in progress.each("writing", compiled):
        proven = proofs[made.target.name] if options.verify else None
        refused = loaded.stops(made.target, found) or not made.complete
        if proven is not None and not refused:
            for variant in made.variants:
                if variant.row is None:
                    proof.prove(made, variant, loaded.selected, proven)
            faults += proven.faults
        if refused or (proven is not None and proven.faults):
            reports.append(emit.not_built(made, folder, cwd))
            continue
        report, faulty = emit.emit(
            loaded, made, folder, options, proven=proven, earlier=kept, known=project.has
        )
        reports.append(report)
        written += faulty
    findings = (*_findings(loaded, compiled), *in_order(written))
    return Result(findings, tuple(reports), tuple(faults))


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


def compiled(options: Options) -> "tuple[Loaded | None, list[Compiled], list[Diagnostic]]":
    """What was read and each target's plans, in memory; and every finding.

    For those who play the documents instead of writing them.
    """
    loaded = load(options)
    if not isinstance(loaded, Loaded):
        return None, [], in_order(loaded)
    made = _compile(loaded)
    return loaded, made, list(_findings(loaded, made))


@dataclass(slots=True)
class _Project:
    """All flows of the project, looked for once, and only if somebody asks."""

    loaded: Loaded
    options: Options
    whole: "Loaded | list[Diagnostic] | None" = None

    def has(self, name: str) -> bool:
        """Whether there is such a flow, wherever its file lies; it may be one of the unreadable."""
        if self.whole is None:
            options = replace(self.options, paths=(), stdin=None)
            self.whole = self.loaded if self.loaded.whole else load(options)
        if not isinstance(self.whole, Loaded) or not self.whole.all_read:
            return True
        return name in self.whole.owners.values()


@dataclass(slots=True)
class _Progress:
    """Tells of every row that is done, or of every target where there are no rows."""

    loaded: Loaded
    options: Options
    done: int = 0

    def row(self, made: Compiled) -> None:
        self.done += 1
        matrix = self.loaded.project.matrix
        if self.options.progress is not None and matrix is not None:
            whole = len(matrix.rows)
            self.options.progress(made.target.name, (self.done - 1) % whole + 1, whole)

    def each(self, work: str, items: Sequence[_T]) -> Iterator[_T]:
        """The same items, one for each target, and meanwhile how many are done."""
        told = self.options.progress if self.loaded.project.matrix is None else None
        for done, item in enumerate(items):
            if told is not None:
                told(work, done, len(items), "targets")
            yield item
        if told is not None:
            told(work, len(items), len(items), "targets")


def one_flow(options: Options, flow: str) -> tuple[Compiled | None, str, list[Diagnostic]]:
    """One flow, a name or a path, for the first target that has it; its name; every finding."""
    path = file_of(options, flow)
    loaded = load(replace(options, paths=() if path is None else (path,)))
    if not isinstance(loaded, Loaded):
        return None, "", in_order(loaded)
    name = next(iter(sorted(loaded.selected)), None)
    if name is None or not loaded.usable or not loaded.targets:
        return None, "", list(_findings(loaded, []))
    made = compile_target(loaded, target_of(loaded, name))
    return made, name, list(_findings(loaded, [made]))


def _compile(
    loaded: Loaded, row_done: RowDone | None = None, progress: _Progress | None = None
) -> list[Compiled]:
    if not loaded.usable:
        return [Compiled(target) for target in loaded.targets]
    targets = progress.each("checking", loaded.targets) if progress else loaded.targets
    return [
        Compiled(target) if loaded.wrong(target) else compile_target(loaded, target, row_done)
        for target in targets
    ]


def _refuse_left_out(loaded: Loaded, options: Options) -> None:
    """Raise where flows and targets are named, and none of the targets has any of the flows."""
    chosen = sorted(loaded.selected)
    if not options.targets or loaded.whole or not (chosen and loaded.targets):
        return
    if not any(target.covers(name) for target in loaded.targets for name in chosen):
        target_of(loaded, chosen[0])


def _unused(loaded: Loaded, compiled: list[Compiled]) -> list[Diagnostic]:
    """Findings for components that nothing uses: of the flows asked for, and shared ones.

    What other flows use of the shared ones is known only where all flows were looked at.
    """
    findings: list[Diagnostic] = []
    shared_used: set[str] = set()
    looked_at = {name for made in compiled for name in made.components}
    for name in sorted(looked_at & loaded.flows.keys()):
        used = {word for made in compiled for word in made.components.get(name, ())}
        own, _ = flow_components(loaded.flows[name].tree)
        if loaded.whole or name in loaded.selected:
            findings += unused_components(own.values(), used)
        shared_used |= used - own.keys()
    if not loaded.whole or loaded.flows.keys() - looked_at:
        return findings
    shared = {c.span.file.path: c for group in loaded.components.values() for c in group.values()}
    return findings + unused_components(shared.values(), shared_used)


def _of_project(loaded: Loaded) -> list[Diagnostic]:
    """Findings for names in the project file and its table, where all flows are known."""
    if not loaded.whole:
        return []
    places = {name: source.name_span for name, source in loaded.flows.items()}
    found = unknown_flows(loaded.project, list(loaded.flows))
    if loaded.project.matrix is not None:
        found += rows_and_flows(loaded.project.matrix, places)
    return found


def _findings(loaded: Loaded, compiled: list[Compiled]) -> tuple[Diagnostic, ...]:
    """All findings of reading and compiling: merged, silenced as asked, in order."""
    per_target = [(made.target.name, made.findings) for made in compiled]
    alive = [made.alive for made in compiled]
    merged = dead_everywhere(merge_variants(per_target, noun="target"), alive)
    found = [*loaded.findings, *merged, *_of_project(loaded)]
    if not any(finding.is_error for finding in found):
        found += _unused(loaded, compiled)
    found = apply_ignores(found, loaded.comments(), looked=looked(loaded, compiled, found))
    return tuple(in_order(apply_severities(found, loaded.project.rules)))
