"""Scripts, and what they are about: options come in; scripts, stages and findings go out."""

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from twimlc import pipeline
from twimlc.callscripts.model import Script
from twimlc.callscripts.read import read_script
from twimlc.callscripts.stage import Stage, flow_stage, folder_stage
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.order import in_order
from twimlc.diagnostics.rules.project import MISSING_PATH
from twimlc.diagnostics.rules.scripts import (
    BAD_DOCUMENTS,
    UNKNOWN_SCRIPT_FLOW,
    UNKNOWN_SCRIPT_STATE,
)
from twimlc.interpret.folder import Folder
from twimlc.pipeline import Options, UsageError
from twimlc.pipeline.load import Loaded, project_of
from twimlc.pipeline.model import targets_of
from twimlc.pipeline.variants import Compiled
from twimlc.source.files import display_path, is_inside, place_of, read_source
from twimlc.source.names import meant
from twimlc.source.project import Project
from twimlc.source.respell import hint_and_fix
from twimlc.source.search import flow_files, nothing_at, script_files

_ENDING = re.compile(r"(\.test)?\.ya?ml$")
_FLOW_KEY = re.compile(r"^flow:[ \t]*[\"']?([a-z][a-z0-9-]*)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_SCHEMA = re.compile(r"# yaml-language-server: \$schema=(\S*)flow\.schema\.json")
_KIND_OF = (".yaml", ".yml", ".flow.yaml", ".flow.yml")


@dataclass(slots=True)
class Stages:
    """What a script is played on. ``refused`` tells of targets that do not build the flow.

    ``nameless``: the flow has steps, so that it has no states with a name.
    """

    found: list[Stage] = field(default_factory=list)
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
    cwd = _cwd(options)
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
        findings.append(MISSING_PATH.at(place_of(where), message, hint=hint))
    return project, files, findings


def flows_without(project: Project, scripts: list[Path], options: Options) -> list[str]:
    """The flows of the project that no script is beside."""
    files, _ = flow_files(project, ())
    named = {(path.parent, _ENDING.sub("", path.name)) for path in scripts}
    cwd = _cwd(options)
    return [
        display_path(path, cwd)
        for path in files
        if (path.parent, _ENDING.sub("", path.name).removesuffix(".flow")) not in named
    ]


def read(path: Path, options: Options) -> tuple[Script | None, list[Diagnostic]]:
    """The script in a file."""
    name = display_path(path, _cwd(options))
    file, findings = read_source(path, root=None, name=name, texts=options.texts)
    if file is None:
        return None, findings
    script, found = read_script(file, _ENDING.sub("", path.name))
    return script, [*findings, *found]


def stages_of(script: Script, path: Path, project: Project, options: Options) -> Stages:
    """Everything that the calls of a script are played on."""
    if script.documents is not None:
        return _folder(script, path)
    flow = flow_file(script.flow, path, project, options)
    if flow is None:
        known = [_called(other, options) for other in _flows_near(path, project)]
        message = f"no flow '{script.flow}' lies beside this script"
        hint, fix = hint_and_fix(script.flow_span, script.flow, known)
        found = UNKNOWN_SCRIPT_FLOW.at(script.flow_span, message, hint=hint, fix=fix)
        return Stages(findings=[found])
    return flow_stages(flow, script.flow, script, options)


def flow_stages(flow: Path, name: str, script: Script | None, options: Options) -> Stages:
    """Every target (and row) that builds a flow."""
    loaded, compiled, findings = pipeline.compiled(replace(options, paths=(flow,), stdin=None))
    stages = Stages()
    errors = [finding for finding in findings if finding.is_error]
    if loaded is None or not loaded.usable:
        stages.findings = errors
        return stages
    for made in compiled:
        if not made.target.covers(name):
            continue
        if not made.complete or loaded.stops(made.target, loaded.findings):
            reason = next((f.message for f in made.findings if f.is_error), "the flow has errors")
            stages.refused.append(f"'{name}' is not built for {made.target.name}: {reason}")
            continue
        _add(stages, made, name, script)
    if not stages.found or (options.targets and stages.refused):
        stages.findings += errors
        stages.refused = [] if errors else stages.refused  # told by the findings
    if script is not None and script.rows:
        _unknown_rows(script, loaded, stages)
    if not stages.found and not stages.findings:
        message = f"no target builds '{name}'"
        span = script.flow_span if script is not None else place_of(str(flow))
        stages.findings.append(UNKNOWN_SCRIPT_FLOW.at(span, message))
    stages.findings = in_order(stages.findings)
    return stages


def _add(stages: Stages, made: Compiled, name: str, script: Script | None) -> None:
    wanted = set(script.rows) if script is not None else set()
    for variant in made.variants:
        finished = variant.finished() if name in variant.graph.starts else None
        if finished is None:
            continue
        if wanted and variant.row not in wanted:
            continue
        target, plan, files = made.target, finished.plan, finished.files
        stage = flow_stage(target.name, variant.row, variant.graph, plan, files, name, target.url)
        if stage is not None:
            stages.found.append(stage)
            stages.nameless = variant.graph.flows[name].nameless
            for flow in variant.graph.flows.values():
                stages.states |= {str(key) for key in flow.states}
                stages.states |= {f"{key.flow}/{key.home}" for key in flow.states}
            if not wanted:
                break  # of a whole matrix the first row stands for all


def _unknown_rows(script: Script, loaded: Loaded, stages: Stages) -> None:
    matrix = loaded.project.matrix
    known = list(matrix.rows) if matrix is not None else []
    for row in script.rows:
        if row not in known:
            message = f"there is no row '{row}'" if known else "the project has no matrix"
            hint = meant(row, known)
            found = UNKNOWN_SCRIPT_STATE.at(script.flow_span, message, hint=hint)
            stages.findings.append(found)


def _folder(script: Script, path: Path) -> Stages:
    assert script.documents is not None, "it is about a folder"
    folder = path.parent / script.documents
    entry = folder / script.entry
    if not folder.is_dir():
        message = f"there is no folder '{script.documents}' beside this script"
    elif not entry.is_file() or not is_inside(entry, folder):
        message = f"there is no '{script.entry}' in '{script.documents}'"
    else:
        files = Folder(folder)
        stage = folder_stage(script.documents, files, script.entry, script.url)
        return Stages([stage], states=set(files))
    return Stages(findings=[BAD_DOCUMENTS.at(script.flow_span, message)])


def flow_path(flow: str, options: Options) -> tuple[Path, str]:
    """The file and name of a flow that is given as either. Raises :class:`UsageError`."""
    project, _ = project_of(options)
    cwd = _cwd(options)
    given = cwd / flow
    if given.is_file():
        return given, _called(given, options)
    found = flow_file(flow, project.flows / "x", project, options) if project is not None else None
    if found is None:
        files = flow_files(project, ())[0] if project is not None else []
        hint = meant(flow, [_ENDING.sub("", path.name) for path in files])
        raise UsageError(f"no flow is called '{flow}'" + (f" ({hint})" if hint else ""))
    return found, flow


def schema_beside(flow: Path) -> str | None:
    """The address of the script's schema, where the flow tells editors that of its own."""
    found = _SCHEMA.match(_text(flow, Options()))
    return f"{found[1]}script.schema.json" if found else None


def flow_file(name: str, script: Path, project: Project, options: Options) -> Path | None:
    """The file of a flow: beside the script, else in the project's folder of flows."""
    beside = (script.parent / f"{name}{ending}" for ending in _KIND_OF)
    likely = next((p for p in beside if p.is_file() and _called(p, options) == name), None)
    if likely is not None:  # so the project need not be searched for each script
        return likely
    near = dict.fromkeys(_flows_near(script, project))
    return next((path for path in near if _called(path, options) == name), None)


def _flows_near(script: Path, project: Project) -> list[Path]:
    """What may be flows: the files beside a script, then those of the project."""
    files, _ = flow_files(project, ())
    beside = sorted(p for p in script.parent.glob("*.y*ml") if ".test." not in p.name)
    return [*beside, *files]


def _called(path: Path, options: Options) -> str:
    """The name of the flow in a file."""
    called = _FLOW_KEY.search(_text(path, options))
    return called[1] if called else _ENDING.sub("", path.name).removesuffix(".flow")


def _text(path: Path, options: Options) -> str:
    name = display_path(path, _cwd(options))
    file, _ = read_source(path, root=None, name=name, texts=options.texts)
    return file.text if file is not None else ""


def _script_beside(path: Path, cwd: Path, project: Project) -> Path:
    """The script of a flow, where a flow is named instead of its script."""
    if not os.path.lexists(path):
        raise UsageError(nothing_at(path, project, cwd))
    if path.is_dir() or ".test." in path.name:
        return path
    for ending in (".test.yaml", ".test.yml"):
        beside = path.with_name(_ENDING.sub("", path.name) + ending)
        if beside.is_file():
            return beside
    name = display_path(path, cwd)
    raise UsageError(f"'{name}' has no call script; twimlc test --generate {name} writes one")


def _cwd(options: Options) -> Path:
    return (options.cwd or Path.cwd()).absolute()
