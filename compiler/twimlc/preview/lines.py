"""Flows compiled to be played: options come in; lines and findings go out.

A line is a flow for the first target that has it, in one row of the matrix.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import in_order
from twimlc.pipeline.built import Proven
from twimlc.pipeline.compile import compile_flows
from twimlc.pipeline.join import Joined
from twimlc.pipeline.look import survey
from twimlc.pipeline.meaning import FlowElsewhereError
from twimlc.pipeline.model import Options, UsageError
from twimlc.pipeline.proof import prove
from twimlc.pipeline.single import CompiledFlow, compiled_flow, file_of, target_of
from twimlc.pipeline.survey import FlowFile, Survey
from twimlc.pipeline.unit import UnitResult, read_unit, result_of
from twimlc.pipeline.variants import Compiled, Variant
from twimlc.project.targets import Target
from twimlc.text import SourceFile
from twimlc.yaml.names import meant


class Line(NamedTuple):
    """A flow in one row (or none) of a target."""

    flow: CompiledFlow
    made: Compiled
    variant: Variant
    file: SourceFile


class Unit(NamedTuple):
    """Flows of one target that go together: the ``names`` that were asked for, and their lines,
    none where something is wrong."""

    target: Target
    names: tuple[str, ...]
    lines: tuple[Line, ...]
    result: UnitResult


class Looked(NamedTuple):
    """``names`` are those of the flows, in order; of the ``broken`` ones there are no lines."""

    lines: tuple[Line, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    names: tuple[str, ...] = ()
    broken: frozenset[str] = frozenset()

    def faults(self) -> list[str]:
        """Where the documents are not the call that a flow says, as a build finds it."""
        proven = Proven()
        names: dict[int, set[str]] = {}
        for line in self.lines:
            names.setdefault(id(line.variant), set()).add(line.flow.name)
        for line in self.lines:
            if chosen := names.pop(id(line.variant), None):
                prove(line.made, line.variant, chosen, proven)
        return proven.faults


@dataclass(slots=True, eq=False)
class Workshop:
    """Looks at the flows that are asked for (all, without ``flows``), again and again.

    ``row`` is one of the matrix; without it there is a line for each.
    """

    options: Options
    flows: tuple[str, ...] = ()
    row: str | None = None
    _known: dict[Hashable, Unit] = field(default_factory=dict, init=False)

    def look(self, world: Hashable = None) -> Looked:
        """What the flows are now. What was made while ``world``, which stands for all files but
        those of flows, was the same is taken again; None: nothing is."""
        paths = tuple(filter(None, (file_of(self.options, name) for name in self.flows)))
        there = survey(replace(self.options, paths=paths))
        if not isinstance(there, Survey):
            return Looked(findings=tuple(in_order(there)))
        units = self._units(there, world)
        played = {name for unit in units for name in unit.names}
        names = [*dict.fromkeys(each.name for each in there.files if each.name in played)]
        lines = [line for unit in units for line in unit.lines]
        lines.sort(key=lambda line: names.index(line.flow.name))
        matrix = there.project.matrix
        if self.row is not None and (matrix is None or self.row not in matrix.rows):
            rows = [] if matrix is None else matrix.rows
            raise UsageError(f"unknown row '{self.row}'", meant(self.row, rows))
        broken = frozenset(names) - {line.flow.name for line in lines}
        return Looked(tuple(lines), tuple(_findings(there, units)), tuple(names), broken)

    def _units(self, there: Survey, world: Hashable) -> list[Unit]:
        links: set[tuple[str, str]] = set()
        while True:
            known: dict[Hashable, Unit] = {}
            units: list[Unit] = []
            for group in there.groups(links):
                for target, names in _targets(there, group):
                    texts = tuple((each.file.path, each.file.text) for each in group)
                    key = (world, target.name, texts)
                    unit = self._known.get(key) if world is not None else None
                    try:
                        known[key] = unit or self._unit(there, group, target, names)
                    except FlowElsewhereError as fault:
                        links.add((names[0], str(fault)))
                        break
                    units.append(known[key])
                else:
                    continue
                break
            else:
                if there.rename({path: n for unit in units for path, n in unit.result.named}):
                    self._known.clear()
                    continue
                self._known = known
                return units

    def _unit(
        self, there: Survey, group: tuple[FlowFile, ...], target: Target, names: tuple[str, ...]
    ) -> Unit:
        loaded, made = read_unit(there, group), Compiled(target)
        if there.usable and not there.wrong(target):
            rows = None if self.row is None else (None, self.row)
            compile_flows(loaded, made, rows=rows)
        result = result_of(loaded, [(target.name, made)], whole=self.row is None)
        alone = Joined(there, [target])
        alone.add(result)
        made.findings = alone.about(target)
        lines: list[Line] = []
        if made.complete and not alone.stops(target, alone.of_reading()):
            for name in names:
                found = (compiled_flow(made, variant, name) for variant in made.variants)
                both = zip(found, made.variants, strict=True)
                file = loaded.flows[name].file
                lines += (Line(flow, made, variant, file) for flow, variant in both if flow)
        return Unit(target, names, tuple(lines), result)


def _targets(there: Survey, group: tuple[FlowFile, ...]) -> list[tuple[Target, tuple[str, ...]]]:
    """The targets that flows of a group are played for, with the names of these flows."""
    asked, found = set(map(id, there.files)), dict[str, tuple[Target, list[str]]]()
    for each in group:
        if id(each) not in asked:
            continue
        if there.whole and not any(target.covers(each.name) for target in there.targets):
            continue  # of all flows, those that are built
        target = target_of(there, each.name)
        found.setdefault(target.name, (target, []))[1].append(each.name)
    return [(target, tuple(dict.fromkeys(names))) for target, names in found.values()]


def _findings(there: Survey, units: list[Unit]) -> list[Diagnostic]:
    """As ``check`` has them, for the targets that are played."""
    found: list[Diagnostic] = list(there.findings) if not units else []
    for name in dict.fromkeys(unit.target.name for unit in units):
        mine = [unit for unit in units if unit.target.name == name]
        joined = Joined(there, [mine[0].target])
        for unit in units:
            if unit in mine:
                joined.add(unit.result)
            else:  # what is said of other targets' flows is theirs to say
                joined.facts |= unit.result.facts
                joined.owners |= unit.result.owners
        found += joined.findings()
    return in_order(found)
