"""Scripts, and what they are about: options come in; scripts, targets and findings go out."""

import os
import re
from collections.abc import Iterator, Mapping as Map
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from twimlc import pipeline
from twimlc.calls.legs import NOBODYS, CallTarget, Folder, flow_target, folder_target
from twimlc.calls.read import ALL, Columns, read_script
from twimlc.calls.script import Script
from twimlc.findings import rules
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import in_order
from twimlc.pipeline import Options, UsageError
from twimlc.pipeline.model import project_of, targets_of
from twimlc.pipeline.single import compiled_flow
from twimlc.pipeline.variants import Compiled
from twimlc.project.files import display_path, is_inside, place_of, read_source
from twimlc.project.kinds import SCRIPT_ENDINGS, YAML_ENDINGS, stem_of
from twimlc.project.read import Project
from twimlc.project.search import flow_files, flow_name, nothing_at, script_files
from twimlc.yaml.names import unknown

_SCHEMA = re.compile(r"# yaml-language-server: \$schema=(\S*)flow\.schema\.json")
_FLOW_ENDINGS = (*YAML_ENDINGS, *(f".flow{ending}" for ending in YAML_ENDINGS))


@dataclass(slots=True)
class ScriptTargets:
    """What the script of a ``flow`` is played on. ``refused`` names targets that do not build it.

    ``others`` are the rows that it is not played on, where they are asked for; ``rows`` are those
    that the whole script is for, ``columns`` what is in each. ``nameless``: the flow has steps,
    so that it has no states with a name.
    """

    flow: str
    found: list[CallTarget] = field(default_factory=list)
    others: list[CallTarget] = field(default_factory=list)
    rows: set[str] = field(default_factory=set)
    columns: Map[str, Columns] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    nameless: bool = False

    @property
    def playable(self) -> bool:
        """Whether there is something that calls can be played on."""
        return bool(self.found) and not any(finding.is_error for finding in self.findings)


def script_paths(options: Options) -> tuple[Project | None, list[Path], list[Diagnostic]]:
    """The files of call scripts that the options ask for."""
    project, findings = project_of(options)
    cwd = options.folder
    if project is None:
        return None, [], findings
    targets_of(project, options)
    asked = [_script_beside(cwd / path, cwd, project) for path in options.paths]
    files, found = script_files(project, asked)
    findings += found
    if not files and not findings:
        where = display_path(project.flows, cwd)
        message = f"there are no call scripts in '{where}'"
        hint = "twimlc test --generate FLOW writes one that covers every outcome"
        findings.append(rules.MISSING_PATH.at(place_of(where), message, hint=hint))
    return project, files, findings


def flows_without(project: Project, scripts: list[Path], options: Options) -> list[str]:
    """The flows of the project that no script is beside."""
    files, _ = flow_files(project, ())
    named = {(path.parent, stem_of(path)) for path in scripts}
    cwd = options.folder
    return [display_path(path, cwd) for path in files if (path.parent, stem_of(path)) not in named]


def read(path: Path, options: Options) -> tuple[Script | None, list[Diagnostic]]:
    """The script in a file."""
    name = display_path(path, options.folder)
    file, findings = read_source(path, root=None, name=name, texts=options.texts)
    if file is None:
        return None, findings
    script, found = read_script(file, stem_of(path))
    return script, [*findings, *found]


def script_targets(
    script: Script, path: Path, project: Project, options: Options, *, every: bool = False
) -> ScriptTargets:
    """Everything that the calls of a script are played on; with ``every`` also the other rows."""
    if script.documents is not None:
        return _folder(script, script.documents, path)
    likely = (path.with_name(f"{script.flow}{ending}") for ending in _FLOW_ENDINGS)
    named = partial(flow_name, cwd=options.folder, texts=options.texts)
    # The project is searched only where the likely names lead to nothing.
    files = chain(filter(Path.is_file, likely), _flows_near(path, project))
    flow = next((file for file in files if named(file) == script.flow), None)
    if flow is None:
        known = list(map(named, _flows_near(path, project)))
        message = f"there is no flow '{script.flow}' beside this script"
        found = unknown(rules.UNKNOWN_SCRIPT_FLOW, script.flow_span, script.flow, known, message)
        return ScriptTargets(script.flow, findings=[found])
    return flow_targets(flow, script, options, every=every)


def flow_targets(
    flow: Path, script: Script | None, options: Options, *, every: bool = True
) -> ScriptTargets:
    """Every target that builds a flow, in the rows that a script is for (without one in all)."""
    name = flow_name(flow, options.folder, options.texts)
    joined, compiled, findings = pipeline.compiled(replace(options, paths=(flow,), stdin=None))
    errors = [finding for finding in findings if finding.is_error]
    if joined is None or not joined.survey.usable:
        return ScriptTargets(name, findings=errors)
    targets = ScriptTargets(name)
    for made in (made for made in compiled if made.target.covers(name)):
        if made.complete and not joined.stops(made.target, joined.of_reading()):
            _add(targets, made, name, script, every)
        else:
            reason = next((f.message for f in made.findings if f.is_error), "the flow has errors")
            targets.refused.append(f"'{name}' is not built for {made.target.name}: {reason}")
    if not targets.found or (options.targets and targets.refused):
        targets.findings += errors
        targets.refused = [] if errors else targets.refused  # the findings say so
    matrix = joined.survey.project.matrix
    if matrix is not None and matrix.covers(name):
        targets.columns = matrix.params
    for row in (*script.rows, *script.own_rows) if script is not None else ():
        if row.text != ALL and row.text not in targets.columns:
            message = f"unknown row '{row.text}'"
            if not targets.columns:
                message = f"'{name}' has no rows: no matrix of the project covers it"
            finding = unknown(
                rules.UNKNOWN_SCRIPT_STATE, row.span, row.text, targets.columns, message
            )
            targets.findings.append(finding)
    if not targets.found and not targets.findings:
        span = script.flow_span if script is not None else place_of(str(flow))
        targets.findings.append(rules.UNKNOWN_SCRIPT_FLOW.at(span, f"no target builds '{name}'"))
    targets.findings = in_order(targets.findings)
    return targets


def _add(
    targets: ScriptTargets, made: Compiled, name: str, script: Script | None, every: bool
) -> None:
    """Add what one target has of a flow: in the rows that a script, or one of its calls, is for."""
    rows = {row.text for row in script.rows} if script is not None else {ALL}
    own = {row.text for row in script.own_rows} if script is not None else set[str]()
    for variant in (v for v in made.variants if name in v.graph.starts):
        row = variant.row or ""
        rows = rows or {row}  # a script that names none is for the first one
        if row in rows or ALL in rows or not row:
            targets.rows.add(row)
        wanted = row in targets.rows or row in own or ALL in own
        compiled = compiled_flow(made, variant, name) if wanted or every else None
        if compiled is not None:
            (targets.found if wanted else targets.others).append(flow_target(compiled))
            targets.nameless = variant.graph.flows[name].nameless
            for flow in variant.graph.flows:
                targets.states |= {str(key) for key in variant.graph.states(flow)}


def _folder(script: Script, documents: str, path: Path) -> ScriptTargets:
    folder = path.parent / documents
    entry = folder / script.entry
    if not folder.is_dir():
        message = f"there is no folder '{documents}' beside this script"
    elif not entry.is_file() or not is_inside(entry, folder):
        message = f"there is no '{script.entry}' in '{documents}'"
    else:
        files = Folder(folder)
        target = folder_target(files, script.entry, script.url or NOBODYS, name=documents)
        return ScriptTargets(script.flow, [target], states=set(files), rows={""})
    return ScriptTargets(script.flow, findings=[rules.BAD_DOCUMENTS.at(script.flow_span, message)])


def schema_beside(flow: Path) -> str | None:
    """The address of the script's schema, where the flow gives editors that of its own."""
    file, _ = read_source(flow, root=None)
    found = _SCHEMA.match(file.text) if file is not None else None
    return f"{found[1]}script.schema.json" if found else None


def _flows_near(script: Path, project: Project) -> Iterator[Path]:
    """What may be flows: the files beside a script, then those of the project."""
    yield from sorted(p for p in script.parent.glob("*.y*ml") if ".test." not in p.name)
    yield from flow_files(project, ())[0]


def _script_beside(path: Path, cwd: Path, project: Project) -> Path:
    """The script of a flow, where a flow is named instead of its script."""
    if not os.path.lexists(path):
        raise UsageError(nothing_at(path, project, cwd))
    if path.is_dir() or ".test." in path.name:
        return path
    for ending in SCRIPT_ENDINGS:
        beside = path.with_name(stem_of(path) + ending)
        if beside.is_file():
            return beside
    name = display_path(path, cwd)
    raise UsageError(f"'{name}' has no call script; twimlc test --generate {name} writes one")
