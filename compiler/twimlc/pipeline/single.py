"""One flow of one target, compiled and kept in memory.

What was read comes in with the flow that is meant, a name or the path of a file; the flow's plan
and its entry go out.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twimlc.flow.graph import Context, Graph
from twimlc.flow.model import Kind
from twimlc.pipeline.load import Loaded, load
from twimlc.pipeline.model import Options, UsageError
from twimlc.pipeline.variants import Compiled
from twimlc.source.names import nearest
from twimlc.source.search import flow_files
from twimlc.source.targets import Target

if TYPE_CHECKING:
    from twimlc.render.versions import Finished

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFlow:
    """A flow ready to be played. ``entry`` is the path of its first document, ``url`` the
    target's address, if it has one."""

    name: str
    target: str
    row: str | None
    url: str | None
    graph: Graph
    finished: "Finished"
    entry: str
    context: Context


def only(options: Options, flow: str) -> tuple[Options, str | None]:
    """The same options for the file of one flow, and the flow's name if that is known.

    Raises :class:`UsageError` where there is no such flow.
    """
    cwd = (options.cwd or Path.cwd()).absolute()
    if os.path.isfile(cwd / flow) or flow.endswith(_SUFFIXES):
        return replace(options, paths=(Path(flow),)), None
    loaded = load(replace(options, paths=()))
    if not isinstance(loaded, Loaded):
        return options, None
    source = loaded.flows.get(flow)
    if source is None:
        # A file that cannot be read has no name yet, but what is wrong in it must be told.
        files, _ = flow_files(loaded.project, ())
        for path in files:
            if path.stem.removesuffix(".flow") == flow:
                return replace(options, paths=(path,)), None
    if source is None or source.path is None:
        known = sorted(loaded.flows)
        close = nearest(flow, known)
        hint = f" (did you mean '{close}'?)" if close else ""
        if not close and 0 < len(known) <= 12:
            hint = f" (there are {', '.join(known)})"
        raise UsageError(f"no flow is called '{flow}'{hint}")
    return replace(options, paths=(source.path,)), flow


def target_of(loaded: Loaded, name: str) -> Target:
    """The first target that the flow is built for, a sound one before others.

    Raises :class:`UsageError` where there is none.
    """
    having = [target for target in loaded.targets if target.covers(name)]
    if having:
        return min(having, key=loaded.wrong)
    names = " or ".join(f"'{target.name}'" for target in loaded.targets) or "any target"
    raise UsageError(f"'{name}' is not built for {names}: the target's 'flows' leave it out")


def chosen(made: Compiled, name: str, row: str | None) -> CompiledFlow | None:
    """The flow in one row (the first one, where none is named); None where it was refused."""
    from twimlc.output.manifest import base_name

    rows = [variant.row for variant in made.variants if name in variant.graph.starts]
    if row is not None and rows and row not in rows:
        raise UsageError(_no_row(name, row, rows))
    for variant in made.variants:
        finished = None if row is not None and variant.row != row else variant.finished()
        if finished is None:
            continue
        for entry in finished.plan.entries:
            if base_name(entry.flow) == name:
                start = variant.graph.starts[name]
                kind = variant.graph.flows[name].kind
                usual = Context.MESSAGE if kind is Kind.MESSAGING else Context.CALL
                return CompiledFlow(
                    name=name,
                    target=made.target.name,
                    row=variant.row,
                    url=made.target.url,
                    graph=variant.graph,
                    finished=finished,
                    entry=entry.path,
                    context=variant.graph.contexts.get(start, usual),
                )
    return None


def _no_row(name: str, row: str, rows: Iterable[str | None]) -> str:
    known = [each for each in rows if each is not None]
    if not known:
        return f"'{name}' is compiled once, not for each row of a matrix"
    close = nearest(row, known)
    hint = f" (did you mean '{close}'?)" if close else ""
    return f"no row is called '{row}'{hint}"
