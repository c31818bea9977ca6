"""What only all flows together tell: the results of units come in, findings go out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from twimlc.findings.diagnostic import Diagnostic, Rule
from twimlc.findings.ignores import apply_ignores
from twimlc.findings.order import apply_severities, in_order, merge_variants
from twimlc.findings.rules import (
    BAD_CALENDAR,
    CALENDAR_ENDS,
    NAME_OF_HOST_FILE,
    NEVER_COMES,
    NO_FALLBACK_FLOW,
    PIN_IN_PUBLIC,
)
from twimlc.flow.reachability import dead_everywhere
from twimlc.hosts import find_host
from twimlc.pipeline.survey import Survey
from twimlc.pipeline.unit import Facts, Part, UnitResult
from twimlc.project.files import place_of
from twimlc.project.matrix import rows_and_flows
from twimlc.project.read import unknown_flows
from twimlc.project.targets import Target
from twimlc.rules.spoken import once_for_all
from twimlc.text import Span
from twimlc.values.declarations import undeclared, unused_components
from twimlc.yaml.comments import find_comments


def _coming_in_some(rows: dict[str, list[Diagnostic]]) -> dict[str, list[Diagnostic]]:
    """Findings by row, without those that an outcome never comes which does in another row."""
    every = (
        (f.span.place, f.message) for found in rows.values() for f in found if f.rule == NEVER_COMES
    )
    times = Counter(every)
    return (
        {
            row: [
                f
                for f in found
                if f.rule != NEVER_COMES or times[f.span.place, f.message] == len(rows)
            ]
            for row, found in rows.items()
        }
        if times
        else rows
    )


OF_CALENDARS = (BAD_CALENDAR, CALENDAR_ENDS)
"""The rules of which some findings depend on the day."""


@dataclass(slots=True, eq=False)
class Joined:
    """The results of all units of a survey, put together as they come.

    ``targets`` are those that were compiled. ``dated``: some findings depend on the day, or on
    packages that are no part of the compiler.
    """

    survey: Survey
    targets: Sequence[Target]
    selected: set[str] = field(default_factory=set)
    owners: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    parts: dict[str, Part] = field(init=False)
    reading: list[Diagnostic] = field(init=False)
    dated: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.parts = {target.name: Part() for target in self.targets}
        self.reading = list(self.survey.findings)

    def add(self, result: UnitResult) -> None:
        """Put a result to those that came before."""
        self.selected |= result.selected
        self.owners |= result.owners
        self.facts |= result.facts
        self.reading += result.findings
        for name, part in result.parts.items():
            self.parts[name].add(part)

    @property
    def all_read(self) -> bool:
        """Whether every flow's file could be read, so that all its params are known."""
        return self.facts.keys() >= set(self.owners.values())

    def about(self, target: Target) -> list[Diagnostic]:
        """The findings of one target, rows merged."""
        part, matrix = self.parts[target.name], self.survey.project.matrix
        if not self.survey.usable or self.survey.wrong(target):
            return []
        table = None if matrix is None else matrix.file.path
        rows = _coming_in_some(part.rows)
        if matrix is not None and rows:
            rows = {row: rows[row] for row in matrix.rows if row in rows}
        each_row = ((row, once_for_all(findings)) for row, findings in rows.items())
        merged = merge_variants(each_row, table=table)
        return [*self._alone(target), *once_for_all(part.findings), *merged]

    def _alone(self, target: Target) -> Iterator[Diagnostic]:
        """What is wrong with a target as such."""
        if self.survey.whole and self.all_read:
            yield from undeclared(self._params, target.params, target.param_places)
        yield from self._names_of_host_files(target)
        host = find_host(target.host, target.router)
        unanswered = host is not None and host.unanswered and not host.decisions
        if unanswered and not target.on_error and target.span:
            bucket = f"the bucket of '{target.name}'"
            message = f"nothing answers for a document that is gone from {bucket}"
            hint = "name a flow for the number's fallback URL: onError: FLOW"
            yield NO_FALLBACK_FLOW.at(target.span, message, hint=hint)

    @property
    def _params(self) -> list[str]:
        """The params that flows declare."""
        return [name for facts in self.facts.values() for name in facts.params]

    def _names_of_host_files(self, target: Target) -> Iterator[Diagnostic]:
        """Findings for flows and rows whose folder would be called like a file of the host."""
        host, matrix = find_host(target.host, target.router), self.survey.project.matrix
        taken = {file.path.casefold(): file.path for file in host.files} if host else {}
        flows = {name: facts.place for name, facts in self.facts.items() if target.covers(name)}
        span = target.place("host") or place_of("command line", f"-t {target.name}")
        rows = dict.fromkeys(matrix.rows if matrix is not None else (), span)
        for noun, places in (("flow", flows), ("row", rows)):
            for name in sorted(places.keys() & taken.keys()):
                message = f"the folder of the {noun} '{name}' would be called like the file"
                message, hint = f"{message} '{taken[name]}'", f"give the {noun} another name"
                yield NAME_OF_HOST_FILE.at(places[name], message, hint=hint)

    def of_reading(self) -> list[Diagnostic]:
        """What was found before anything was compiled."""
        found, survey = list(self.reading), self.survey
        if self.all_read:
            given = list(survey.params)
            if survey.whole:
                given.append((survey.project.params, survey.project.param_places))
            for values, places in given:
                found += undeclared(self._params, values, places)
        return found

    def of_project(self) -> list[Diagnostic]:
        """Findings for names in the project file and its table, where all flows are known."""
        project = self.survey.project
        if not self.survey.whole:
            return []
        found = unknown_flows(project, list(self.facts))
        if project.matrix is not None:
            places = {name: facts.named for name, facts in self.facts.items()}
            found += rows_and_flows(project.matrix, places)
        return found

    def findings(self, today: date | None = None) -> tuple[Diagnostic, ...]:
        """All findings of reading and compiling: merged, silenced as asked, in order.

        What depends on the day is told of ``today``.
        """
        targets = self.targets
        per_target = [(target.name, self.about(target)) for target in targets]
        alive = [self.parts[target.name].alive for target in targets]
        merged = dead_everywhere(merge_variants(per_target, noun="target"), alive)
        found = [*self.of_reading(), *merged, *self.of_project(), *self.survey.project.ends]
        if not any(finding.is_error for finding in found):
            found += self._unused()
        if any(finding.rule in OF_CALENDARS for finding in found):
            from twimlc.calendars.ends import as_of  # most projects have no calendars

            self.dated, found = True, [*as_of(found, today)]
        files = (*self.survey.read.values(), *(each.file for each in self.survey.every))
        comments = {file: said for file in files if (said := find_comments(file, "twimlc:"))}
        stopped = any(finding.is_error for finding in found)
        found = apply_ignores(
            found, comments, looked=lambda rule, place: not stopped and self._looked(rule, place)
        )
        return tuple(in_order(apply_severities(found, self.survey.project.rules)))

    def _unused(self) -> list[Diagnostic]:
        """Findings for components that nothing uses: of the flows asked for, and shared ones.

        What other flows use of the shared ones is known only where all flows were looked at.
        """
        survey = self.survey
        findings: list[Diagnostic] = []
        shared_used: set[str] = set()
        every = [part.components for part in self.parts.values()]
        looked_at = {name for components in every for name in components}
        for name in sorted(looked_at & self.facts.keys()):
            used = {word for components in every for word in components.get(name, ())}
            idle = self.facts[name].idle
            if survey.whole or name in self.selected:
                findings += [finding for word, finding in idle.items() if word not in used]
            shared_used |= used - idle.keys()
        if not survey.whole or self.facts.keys() - looked_at:
            return findings
        groups = survey.components.values()
        shared = {each.span.file.path: each for group in groups for each in group.values()}
        return findings + unused_components(shared.values(), shared_used)

    def _looked(self, rule: Rule, place: Span) -> bool:
        """Whether every stage looked at a place in a file for what breaks a rule.

        What only some hosts or some flows would show is not known where they are left out.
        """
        project, targets = self.survey.project, self.targets
        hosts_known = project.file is not None
        if hosts_known and not {target.name for target in targets} >= project.targets.keys():
            return False
        if rule is PIN_IN_PUBLIC:
            hosts = [find_host(target.host, target.router) for target in targets]
            return any(host is None or not host.private for host in hosts)
        if rule.code.startswith("TW7") and not hosts_known:  # what a host cannot do
            return False
        owner = self.owners.get(place.file.path)
        seen = (part.flows for part in self.parts.values())
        return any(owner in flows for flows in seen) if owner is not None else self.survey.whole

    def complete(self, target: Target) -> bool:
        """Whether the target has a plan for every row, and no error."""
        wrong = any(finding.is_error for finding in self.about(target))
        return self.parts[target.name].planned and not wrong

    def stops(self, target: Target, findings: list[Diagnostic]) -> bool:
        """Whether errors of reading concern a target: those of another one or its flows do not."""
        return any(
            finding.is_error
            and self.survey.target_at(finding.span) in (None, target.name)
            and self._concerns(target, finding)
            for finding in findings
        )

    def _concerns(self, target: Target, finding: Diagnostic) -> bool:
        owner = self.owners.get(finding.span.file.path)
        return owner is None or target.covers(owner)
