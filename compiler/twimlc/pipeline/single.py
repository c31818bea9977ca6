"""One flow of one target, compiled and kept in memory.

What was read comes in with the flow that is meant, a name or the path of a file; the flow's plan
and its entry go out.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from twimlc.flow.graph import Context, Graph
from twimlc.output.manifest import base_name
from twimlc.pipeline.model import Options, UsageError, project_of
from twimlc.pipeline.survey import Survey
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.project.kinds import YAML_ENDINGS
from twimlc.project.search import flow_files, flow_name
from twimlc.project.targets import Target
from twimlc.render.versions import Finished
from twimlc.yaml.names import meant


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFlow:
    """A flow ready to be played. ``entry`` is the path of its first document, ``url`` the
    target's address, if it has one."""

    name: str
    target: str
    row: str | None
    url: str | None
    graph: Graph
    finished: Finished
    entry: str
    context: Context


def file_of(options: Options, flow: str) -> Path | None:
    """The file of one flow, which is given as its name or its path.

    None where the project cannot be used. Raises :class:`UsageError` where there is no such flow.
    """
    cwd = options.folder
    if os.path.isfile(cwd / flow) or flow.endswith(YAML_ENDINGS):
        return cwd / flow
    project, _ = project_of(replace(options, paths=()))
    if project is None:
        return None
    files = {flow_name(path, cwd, options.texts): path for path in flow_files(project, ())[0]}
    if flow not in files:
        known = sorted(files)
        there_are = f"there are {', '.join(known)}" if 0 < len(known) <= 12 else None
        raise UsageError(f"unknown flow '{flow}'", meant(flow, known) or there_are)
    return files[flow]


def target_of(survey: Survey, name: str) -> Target:
    """The first target that the flow is built for, a sound one before others.

    Raises :class:`UsageError` where there is none.
    """
    having = [target for target in survey.targets if target.covers(name)]
    if having:
        return min(having, key=survey.wrong)
    names = " or ".join(f"'{target.name}'" for target in survey.targets) or "any target"
    raise UsageError(f"'{name}' is not built for {names}: the target's 'flows' leave it out")


def chosen(made: Compiled, name: str, row: str | None) -> CompiledFlow | None:
    """The flow in one row (the first one, where none is named); None where it was refused."""
    rows = [variant.row for variant in made.variants if name in variant.graph.starts]
    if row is not None and rows and row not in rows:
        named = [each for each in rows if each is not None]
        if not named:
            raise UsageError(f"'{name}' is compiled once, not for each row of a matrix")
        raise UsageError(f"unknown row '{row}'", meant(row, named))
    wanted = (v for v in made.variants if row is None or v.row == row)
    compiled = (compiled_flow(made, variant, name) for variant in wanted)
    return next((flow for flow in compiled if flow is not None), None)


def compiled_flow(made: Compiled, variant: Variant, name: str) -> CompiledFlow | None:
    """The flow in a row of a target; None where the row was refused, or has no such flow."""
    finished = variant.finished()
    entries = () if finished is None else finished.plan.entries
    entry = next((entry for entry in entries if base_name(entry.flow) == name), None)
    if finished is None or entry is None:
        return None
    graph = variant.graph
    usual = Context.MESSAGE if graph.flows[name].kind == "messaging" else Context.CALL
    return CompiledFlow(
        name=name,
        target=made.target.name,
        row=variant.row,
        url=made.target.url,
        graph=graph,
        finished=finished,
        entry=entry.path,
        context=graph.contexts.get(graph.starts[name], usual),
    )
