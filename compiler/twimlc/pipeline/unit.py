"""The unit of work: flows that lead to each other, in some rows, for all targets.

A task goes in and what is made of it comes out; both are plain records that hold no graph, so that
they can be kept, and can go to another process and back. What only all flows together tell is left
to ``pipeline/join.py``.
"""

import os
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.flow.reachability import DEAD
from twimlc.hosts import find_host
from twimlc.pipeline.built import Built, Proven, built
from twimlc.pipeline.compile import Shared, compile_flows
from twimlc.pipeline.load import Loaded, read_flows
from twimlc.pipeline.meaning import FlowElsewhereError
from twimlc.pipeline.media import sound, state_of
from twimlc.pipeline.survey import FlowFile, Survey
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.project.targets import Target
from twimlc.text import Place, Span
from twimlc.values.declarations import declared, flow_components, unused_components


class Task(NamedTuple):
    """``rows``: in which rows, None standing for what is in none; all where it is not given.

    ``write``: documents are wanted, ``verify``: and the proof that they are the same calls.
    """

    files: tuple[FlowFile, ...]
    rows: tuple[str | None, ...] | None = None
    write: bool = False
    verify: bool = False


class Facts(NamedTuple):
    """What others have to know of a flow: where it is named (``place``; ``named`` only where it is
    not named after its file), the params that it declares, and what to say of each component of
    its own if nobody uses it."""

    place: Span
    named: Span | None
    params: tuple[str, ...]
    idle: dict[str, Diagnostic]


@dataclass(slots=True, eq=False)
class Part:
    """What came of a unit for one target; ``alive`` are the places that matter to others."""

    flows: set[str] = field(default_factory=set)
    findings: list[Diagnostic] = field(default_factory=list)
    rows: dict[str, list[Diagnostic]] = field(default_factory=dict)
    components: dict[str, set[str]] = field(default_factory=dict)
    alive: set[Place] = field(default_factory=set)
    planned: bool = True
    questions: dict[str, set[str]] = field(default_factory=dict)
    built: list[Built] = field(default_factory=list)
    proven: Proven = field(default_factory=Proven)

    def add(self, other: "Part") -> None:
        """Put the part of another unit to this one."""
        self.flows |= other.flows
        self.findings += other.findings
        for row, findings in other.rows.items():
            self.rows.setdefault(row, []).extend(findings)
        for into, given in ((self.components, other.components), (self.questions, other.questions)):
            for name, words in given.items():
                into.setdefault(name, set()).update(words)
        self.alive |= other.alive
        self.planned = self.planned and other.planned
        self.built += other.built
        self.proven.pairs |= other.proven.pairs
        self.proven.incomplete += other.proven.incomplete
        self.proven.faults += other.proven.faults


@dataclass(slots=True, eq=False)
class UnitResult:
    """What came of a task; ``elsewhere`` is a flow that it leads to and has not: it must be
    asked again together with that, and has little else to say. ``named`` are files and the names of
    flows in them, ``sounds`` what it hangs on: the folder of the flow, seen from the
    project's, the name of the file there, and what was found."""

    elsewhere: str = ""
    named: tuple[tuple[str, str], ...] = ()
    selected: set[str] = field(default_factory=set)
    owners: dict[str, str] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    facts: dict[str, Facts] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    sounds: list[tuple[str, str, str]] = field(default_factory=list, init=False)


def compile_unit(survey: Survey, task: Task) -> UnitResult:
    """Read and compile some flows for all targets."""
    loaded = read_unit(survey, task.files)
    shared = Shared(keeps=len(survey.targets) > 1)
    alike: dict[Hashable, _Work] = {}
    works: list[tuple[str, _Work]] = []
    for target in survey.targets:
        key = class_of(target, survey)
        work = alike.get(key)
        if work is None or work.names(survey):
            work = alike[key] = _Work(task, loaded, Compiled(target))
            if survey.usable and not survey.wrong(target):
                try:
                    compile_flows(loaded, work.made, work.row_done, task.rows, shared)
                except FlowElsewhereError as fault:
                    return UnitResult(str(fault), (*loaded.named.items(),))
        works.append((target.name, work))
    result = result_of(loaded, [(name, work.made) for name, work in works], whole=task.rows is None)
    for name, work in works:
        result.parts[name].built, result.parts[name].proven = work.built, work.proven
    if task.rows is not None and None not in task.rows:
        result.findings = []  # those of reading are told with the first rows
    result.sounds = sorted(
        (os.path.relpath(folder, survey.root), name, state_of(sound(survey, folder, name)))
        for folder, name in loaded.sounds
    )
    return result


def class_of(target: Target, survey: Survey) -> Hashable:
    """What flows become depends on this alone, if no expression asks for the target's name."""
    host = find_host(target.host, target.router)
    return (
        None if host is None else host._replace(name="", description="", files=(), answering=""),
        target.url,
        *(target.media, target.bin, *target.bins.items(), target.tags, target.allow),
        *(target.apology, target.apology_flow, *sorted(target.limits.items())),
        *((name, id(value)) for name, value in target.params.items()),
        survey.built_for(target)[0],
        survey.wrong(target),
    )


@dataclass(slots=True, eq=False)
class _Work:
    """What is made for a target, or for several that are alike."""

    task: Task
    loaded: Loaded
    made: Compiled
    built: list[Built] = field(default_factory=list)
    proven: Proven = field(default_factory=Proven)

    def row_done(self, made: Compiled, variant: Variant, findings: Sequence[Diagnostic]) -> None:
        """Prove and render what was compiled, and let it go."""
        if self.task.write:
            wrong = any(finding.is_error for finding in findings)
            if variant.twin and variant.row:
                self.proven.repeat(variant.twin, variant.row)
            elif self.task.verify and made.planned and not wrong:
                # What compares documents takes long to load, and `check` goes without it.
                from twimlc.pipeline.proof import prove

                prove(made, variant, self.loaded.selected, self.proven)
            here = built(self.loaded, made, variant)
            self.built += [here] if here is not None else []
        made.variants.pop()

    def names(self, survey: Survey) -> bool:
        """Whether something names the target or its host, or was found in its lines."""
        target, project = self.made.target, survey.project.file
        if self.proven.faults or self.made.asks_target:
            return True
        for findings in (self.made.findings, *self.made.rows.values()):
            for found in findings:
                texts = (
                    found.message,
                    found.hint or "",
                    *(label.message for label in found.labels),
                )
                if project is not None and found.span.file.path == project.path:
                    return True
                if any(name in text for text in texts for name in (target.name, target.host)):
                    return True
        return False


def result_of(
    loaded: Loaded, compiled: Sequence[tuple[str, Compiled]], *, whole: bool = True
) -> UnitResult:
    """What others have to know; ``whole``: of flows that were compiled in all rows."""
    result = UnitResult(
        "", (*loaded.named.items(),), loaded.selected, loaded.owners, loaded.findings
    )
    for name in loaded.members:
        source = loaded.flows[name]
        own, _ = flow_components(source.tree)
        idle = {word: unused_components([each], set())[0] for word, each in own.items()}
        params = tuple(declared(source.tree))
        result.facts[name] = Facts(source.place, source.name_span, params, idle)
    dead = {
        finding.span.place
        for _, made in compiled
        for findings in (made.findings, *made.rows.values())
        for finding in findings
        if finding.rule in DEAD
    }
    own_files = loaded.files.keys() if whole else ()
    for name, made in compiled:
        alive = {place for place in made.alive if place in dead or place[0] not in own_files}
        result.parts[name] = Part(
            made.flows,
            made.findings,
            made.rows,
            made.components,
            alive,
            made.planned,
            made.questions,
        )
    return result


def read_unit(survey: Survey, files: tuple[FlowFile, ...]) -> Loaded:
    """Read the flows of a task, and the apologies that targets name."""
    group = frozenset(each.name for each in files)
    sorry = frozenset(target.apology_flow or "" for target in survey.targets) - group
    extra = [each for each in survey.every if each.name in sorry] if any(sorry) else []
    loaded = read_flows(survey, (*files, *extra))
    loaded.group, loaded.extra = group, frozenset(each.name for each in extra)
    return loaded
