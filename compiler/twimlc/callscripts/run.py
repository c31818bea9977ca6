"""All scripts are played: options come in, results of calls and coverage go out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from twimlc.callscripts import find
from twimlc.callscripts.coverage import Coverage, percent_of
from twimlc.callscripts.far_end import CONNECT_NAMES
from twimlc.callscripts.filled import fits
from twimlc.callscripts.judge import Failure, judge
from twimlc.callscripts.model import Asked, CallScript, Expectation, Script
from twimlc.callscripts.play import play
from twimlc.callscripts.stage import Stage
from twimlc.callscripts.ways import Ground
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.order import in_order
from twimlc.diagnostics.rules.scripts import UNKNOWN_SCRIPT_STATE, UNUSED_ANSWER
from twimlc.interpret.choices import noun_of
from twimlc.interpret.events import name_of, parties
from twimlc.pipeline import Options
from twimlc.pipeline.load import project_of
from twimlc.source.project import Project
from twimlc.source.respell import hint_and_fix

_MOST_NAMES = 12
_PLAIN_WORDS = {"voicemail": "hears: record", "human": "hears: dial", "hangup": "last: hangup"}
"""Words of promises that are no states, and the expectation that says the same."""


@dataclass(frozen=True, slots=True, eq=False)
class CallResult:
    """A call that was played on ``stages``; ``failures`` are told with the stages they are on.

    ``seconds`` is how long the call would have taken, as far as timeouts and pauses tell.
    """

    script: Script
    call: CallScript
    stages: tuple[str, ...]
    failures: tuple[tuple[tuple[str, ...], Failure], ...] = ()
    seconds: int = 0

    @property
    def ok(self) -> bool:
        return not self.failures


@dataclass(slots=True)
class Verdict:
    """What came of all scripts. ``notes`` tell of targets that calls were not played on,
    ``without`` are flows that have no script, ``broken`` counts scripts with mistakes in them, of
    which nothing could be played."""

    findings: list[Diagnostic] = field(default_factory=list)
    results: list[CallResult] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    not_played: int = 0
    broken: int = 0

    @property
    def ok(self) -> bool:
        """Whether every call was played and is as its script says."""
        faults = any(finding.is_error for finding in self.findings)
        return not faults and not self.not_played and all(result.ok for result in self.results)

    @property
    def percent(self) -> float:
        """The coverage of all flows together."""
        return percent_of(self.coverage)


def play_scripts(options: Options | None = None, *, coverage: bool = False) -> Verdict:
    """Play the call scripts of the options' paths (without any: of the project).

    With ``coverage`` also find out what there is to cover; flows without a script then count.
    Raises ``UsageError`` where the options themselves are wrong.
    """
    options = options or Options()
    tested = Verdict()
    project, paths, tested.findings = find.script_paths(options)
    if project is None:
        return tested
    covered: dict[str, Coverage] = {}
    for path in paths:
        script, findings = find.read(path, options)
        tested.findings += findings
        if script is not None:
            _script(script, path, project, options, tested, covered if coverage else None)
        elif not any(finding.is_error for finding in findings):
            tested.not_played += 1
        else:
            tested.broken += 1
    if coverage and not options.paths:
        tested.without = find.flows_without(project, paths, options)
        for name in tested.without:
            _uncovered(name, options, covered)
    tested.coverage = list(covered.values())
    tested.findings = _unique(tested.findings)
    return tested


def check_script(path: Path, options: Options) -> list[Diagnostic]:
    """Everything that is wrong with one script as far as it can be told without playing it."""
    project, findings = project_of(options)
    if project is None:
        return findings
    script, found = find.read(path, options)
    findings += found
    if script is not None:
        stages = find.stages_of(script, path, project, options)
        findings += _before_playing(script, stages, project, options)
    return in_order(_unique(findings))


def _before_playing(
    script: Script, stages: find.Stages, project: Project, options: Options
) -> Iterator[Diagnostic]:
    yield from stages.findings
    yield from _unknown_states(script, stages)
    yield from _unknown_targets(script, project, options)
    if stages.playable:
        yield from _unused(script, stages.found)


def _script(
    script: Script,
    path: Path,
    project: Project,
    options: Options,
    tested: Verdict,
    covered: dict[str, Coverage] | None,
) -> None:
    stages = find.stages_of(script, path, project, options)
    tested.notes += [note for note in stages.refused if note not in tested.notes]
    tested.findings += _before_playing(script, stages, project, options)
    if not stages.playable:
        tested.not_played += len(script.calls)
        return
    grounds = [Ground(stage) for stage in stages.found]
    name = script.documents or script.flow
    coverage = None
    if covered is not None:
        coverage = covered.setdefault(name, Coverage(name))
        coverage.expect(grounds, None if script.documents else script.flow)
    for call in script.calls:
        chosen = [g for g in grounds if not call.targets or g.stage.target in dict(call.targets)]
        if chosen:
            tested.results.append(_call(script, call, chosen, coverage))


def _call(
    script: Script, call: CallScript, grounds: list[Ground], coverage: Coverage | None
) -> CallResult:
    """Play one call on every stage; what fails in the same way is told once."""
    failures: dict[tuple[object, ...], tuple[list[str], Failure]] = {}
    seconds = 0
    for ground in grounds:
        played = play(ground.stage, ground, call)
        seconds = max(seconds, played.seconds)
        if coverage is not None:
            coverage.meet(played.steps, played.ways)
        for failure in judge(call, played):
            heard = tuple(str(row.heard.shown) if row.heard else "" for row in failure.rows)
            key = (failure.message, failure.span, heard)
            failures.setdefault(key, ([], failure))[0].append(ground.stage.name)
    found = tuple((tuple(names), failure) for names, failure in failures.values())
    names = tuple(ground.stage.name for ground in grounds)
    return CallResult(script, call, names, found, seconds)


def _uncovered(name: str, options: Options, covered: dict[str, Coverage]) -> None:
    path, flow = find.flow_path(name, options)
    stages = find.flow_stages(path, flow, None, options)
    if stages.found:
        coverage = covered.setdefault(flow, Coverage(flow))
        coverage.expect([Ground(stage) for stage in stages.found], flow)


def _unused(script: Script, stages: list[Stage]) -> Iterator[Diagnostic]:
    """Answers to what no call to this flow could ask."""
    known: dict[Asked, None] = {}
    for stage in stages:
        known.update(dict.fromkeys(_askable(stage)))
    for call in script.calls:
        for (kind, name), span in call.answer_spans.items():
            names = [other for that, other in known if that == kind]
            if any(fits(other, name) for other in names):
                continue
            noun = {"rooms": "connects to the room", "dial": "dials", "queue": "has the queue"}
            shown = f"{noun.get(kind, 'connects to')} '{name}'" if name else f"has a {kind}"
            hint, fix = hint_and_fix(span, name, names)
            if hint is None and names:
                hint = f"there {'is' if len(names) == 1 else 'are'} {', '.join(names[:8])}"
            yield UNUSED_ANSWER.at(span, f"'{script.flow}' never {shown}", hint=hint, fix=fix)


def _askable(stage: Stage) -> Iterator[Asked]:
    """Everything that an answer of a script can be for."""
    ground = Ground(stage)
    machine = ground.machine(stage.line)
    for _, place in ground.walk(stage.line):
        part = machine.moment(place).part  # type: ignore[arg-type]
        if part is None:
            continue
        match part.tag:
            case "Dial":
                yield from (("dial", name) for name in parties(part))
            case "Enqueue":
                yield "queue", part.text
            case "Pay" | "Refer":
                yield part.tag.lower(), ""
            case "Connect" if (noun := noun_of(part)) is not None:
                key = noun.spec.key if noun.spec is not None else noun.tag
                if noun.tag == "Room":
                    yield "rooms", name_of(noun)
                else:
                    yield "connect", CONNECT_NAMES.get(key, key)


def _unknown_states(script: Script, stages: find.Stages) -> Iterator[Diagnostic]:
    known = stages.states
    if not known:
        return
    names = {name.removeprefix(f"{script.flow}/") for name in known} | known
    names |= {name.removesuffix(".xml") for name in known}
    offered = names
    if stages.nameless:  # its only state has a name that nobody wrote
        known = {name for name in known if not name.startswith(f"{script.flow}/")}
        offered = known
    for call in script.calls:
        expect = call.expect or Expectation(call.span)
        for wish in (*expect.reaches, *expect.avoids):
            if wish.state not in names:
                message = f"there is no state '{wish.state}'"
                if script.documents is not None:
                    message = f"there is no document '{wish.state}' in '{script.documents}'"
                near = sorted(offered) if wish.state not in _PLAIN_WORDS else ()
                hint, fix = hint_and_fix(wish.span, wish.state, near)
                hint = hint or _states_there(script, wish.state, known, nameless=stages.nameless)
                yield UNKNOWN_SCRIPT_STATE.at(wish.span, message, hint=hint, fix=fix)


def _states_there(script: Script, wanted: str, known: set[str], *, nameless: bool) -> str:
    """Which names there are, and what else says the plain words that promises know."""
    own = sorted(name.removeprefix(f"{script.flow}/") for name in known)
    near = [name for name in own if "/" not in name] or own
    shown = ", ".join(near[:_MOST_NAMES]) + (" …" if len(near) > _MOST_NAMES else "")
    there = f"there {'is' if len(near) == 1 else 'are'} {shown}"
    if nameless:
        there = f"'{script.flow}' has steps, and no states" + (f"; {there}" if shown else "")
    event = _PLAIN_WORDS.get(wanted)
    return there if event is None else f"{there}; for '{wanted}' write {event}"


def _unknown_targets(script: Script, project: Project, options: Options) -> Iterator[Diagnostic]:
    known = [*project.targets, *options.targets]
    for call in script.calls:
        for name, span in call.targets:
            if name not in known:
                message = f"there is no target '{name}'"
                hint, fix = hint_and_fix(span, name, known)
                yield UNKNOWN_SCRIPT_STATE.at(span, message, hint=hint, fix=fix)


def _unique(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Each finding once: several scripts may be about one flow."""
    known: dict[tuple[str, str, int, str], Diagnostic] = {}
    for found in findings:
        place = (found.span.file.path, found.span.start)
        known.setdefault((found.rule.slug, *place, found.message), found)
    return list(known.values())
