"""Call scripts are checked, fixed and played: options come in, findings and results go out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from twimlc import vocabulary
from twimlc.calls import find
from twimlc.calls.coverage import Coverage, CoverageMap, Covered, percent_of
from twimlc.calls.expected import Failure, judge
from twimlc.calls.legs import CallTarget
from twimlc.calls.moment import check_moments
from twimlc.calls.play import play
from twimlc.calls.player import fits
from twimlc.calls.read import calls_in_row
from twimlc.calls.script import Asked, CallScript, Expectation, Script, asked_of
from twimlc.calls.search import Search, following
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.order import in_order, unique
from twimlc.findings.rules import UNKNOWN_SCRIPT_STATE, UNUSED_ANSWER
from twimlc.pipeline import Options, Result
from twimlc.pipeline.fixes import Mended, mend
from twimlc.pipeline.model import project_of, scripts_of
from twimlc.project.files import display_path
from twimlc.project.kinds import FileKind, kind_of_file
from twimlc.project.read import Project
from twimlc.yaml.names import unknown

_MOST_NAMES = 12
_PLAIN_WORDS = {"voicemail": "hears: record", "human": "hears: dial", "hangup": "last: hangup"}
"""Words of promises that are no states, and the expectation that says the same."""

_NOTHING = Mended(Result(()), Result(()))


@dataclass(frozen=True, slots=True, eq=False)
class CallResult:
    """A call that was played on ``targets``; ``failures`` come with the targets they are on.

    ``row`` is the one of the matrix that it was played in. ``seconds`` is how long the call would
    have taken, as far as timeouts and pauses show.
    """

    script: Script
    call: CallScript
    targets: tuple[str, ...]
    failures: tuple[tuple[tuple[str, ...], Failure], ...] = ()
    seconds: int = 0
    row: str = ""

    @property
    def title(self) -> str:
        """What the call is called, with its row."""
        return f"{self.call.name} [{self.row}]" if self.row else self.call.name

    @property
    def ok(self) -> bool:
        return not self.failures


@dataclass(slots=True)
class Verdict:
    """What came of all scripts. ``notes`` name targets that calls were not played on,
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
        return not faults and not self.not_played and not self.failed

    @property
    def failed(self) -> int:
        """How many calls are not as their script says."""
        return sum(not result.ok for result in self.results)

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
    covered = Covered() if coverage else None
    for path in paths:
        script, findings = find.read(path, options)
        tested.findings += findings
        if script is not None:
            _play_script(script, path, project, options, tested, covered)
        elif any(finding.is_error for finding in findings):
            tested.broken += 1
        else:
            tested.not_played += 1
    if covered is not None:
        if not options.paths:
            tested.without = find.flows_without(project, paths, options)
            for name in tested.without:
                targets = find.flow_targets(options.folder / name, None, options)
                covered.expect(map(CoverageMap, targets.found), targets.flow)
        tested.coverage = covered.flows()
    tested.findings = unique(tested.findings)
    return tested


def _play_script(
    script: Script,
    path: Path,
    project: Project,
    options: Options,
    tested: Verdict,
    covered: Covered | None,
) -> None:
    targets = find.script_targets(script, path, project, options, every=covered is not None)
    tested.notes += [note for note in targets.refused if note not in tested.notes]
    tested.findings += targets.findings
    if not targets.playable:
        tested.not_played += script.size
    broken = False
    for called, calls, findings in by_row(script, targets, project, options):
        tested.findings += findings
        if targets.playable:
            broken = broken or any(finding.is_error for finding in findings)
            maps = [CoverageMap(target) for target in called]
            if covered is not None:
                covered.expect(maps, script.flow, script.documents)
            for call in calls:
                names = {name.text for name in call.targets}
                chosen = [each for each in maps if not names or each.target.target in names]
                if chosen:
                    tested.results.append(_play_call(script, call, chosen, covered))
    tested.broken += broken and script.tree is not None
    if covered is not None:
        covered.expect(map(CoverageMap, targets.others), script.flow, script.documents)


def _play_call(
    script: Script, call: CallScript, maps: list[CoverageMap], covered: Covered | None
) -> CallResult:
    """Play one call on every target; what fails in the same way is reported once."""
    failures: dict[tuple[object, ...], tuple[list[str], Failure]] = {}
    seconds = 0
    for each in maps:
        played = play(each, call)
        seconds = max(seconds, played.seconds)
        if covered is not None:
            covered.of(script.documents).met |= played.covered
        for failure in judge(call, played):
            heard = tuple(str(row.heard.shown) if row.heard else "" for row in failure.rows)
            key = (failure.message, failure.span, heard)
            failures.setdefault(key, ([], failure))[0].append(each.target.name)
    found = tuple((tuple(names), failure) for names, failure in failures.values())
    names = tuple(each.target.name for each in maps)
    return CallResult(script, call, names, found, seconds, maps[0].target.row)


def check_script(path: Path, options: Options) -> list[Diagnostic]:
    """Everything that is wrong with one script as far as that shows without playing it."""
    project, findings = project_of(options)
    if project is None:
        return findings
    script, found = find.read(path, options)
    findings += found
    if script is not None:
        targets = find.script_targets(script, path, project, options)
        findings += targets.findings
        for _, _, found in by_row(script, targets, project, options):
            findings += found
    return in_order(findings)


def by_row(
    script: Script, targets: find.ScriptTargets, project: Project, options: Options
) -> Iterator[tuple[list[CallTarget], tuple[CallScript, ...], list[Diagnostic]]]:
    """What is called in each row, the calls, and what is wrong with them."""
    for row in dict.fromkeys(target.row for target in targets.found):
        called = [target for target in targets.found if target.row == row]
        columns, whole = targets.columns.get(row), row in targets.rows
        calls, findings = calls_in_row(script, row, columns, whole=whole)
        findings += _unknown_states(script, calls, targets)
        known = [*project.targets, *options.targets]
        for name in (name for call in calls for name in call.targets if name.text not in known):
            message = f"unknown target '{name.text}'"
            findings.append(unknown(UNKNOWN_SCRIPT_STATE, name.span, name.text, known, message))
        if targets.playable:
            findings += _unused(script, calls, called)
            findings += check_moments(calls, called)
        yield called, calls, findings


def mend_with_scripts(options: Options) -> Mended:
    """Mend flows, and the scripts that are named or lie in the folders asked for.

    What remains in a script is reported only where the script is named; ``twimlc test``
    reports it in any case.
    """
    named = tuple(path for path in options.paths if kind_of_file(path) is FileKind.SCRIPT)
    others = tuple(path for path in options.paths if path not in named)
    flows = replace(options, paths=others)
    with_flows = bool(others or not named)
    done = mend(flows) if with_flows else _NOTHING
    for path in (*named, *(scripts_of(flows) if with_flows else ())):
        texts = {each.file.path: each.text for each in done.files}
        there = replace(options, paths=(), texts={**options.texts, **texts})
        script = mend(there, partial(in_script, options.folder / path))
        shown = script if path in named else _NOTHING
        done = Mended(
            Result((*done.before.findings, *shown.before.findings), done.before.targets),
            Result((*done.remaining.findings, *shown.remaining.findings), done.remaining.targets),
            (*done.files, *script.files),
            (*done.mended, *script.mended),
        )
    return done


def unreadable(options: Options, scripts: Iterable[Path]) -> list[Diagnostic]:
    """What is wrong in scripts as far as they show it themselves, without their flows."""
    return [finding for path in scripts for finding in find.read(path, options)[1]]


def in_script(path: Path, options: Options) -> Result:
    """What is wrong in the script itself."""
    name = display_path(path, options.folder)
    found = check_script(path, options)
    return Result(tuple(finding for finding in found if finding.span.file.path == name))


def _unused(
    script: Script, calls: tuple[CallScript, ...], targets: list[CallTarget]
) -> Iterator[Diagnostic]:
    """Answers to what no call to this flow could ask."""
    known: dict[Asked, None] = {}
    for machine in (target.first.machine for target in targets):
        for place in Search(machine.begin(), partial(following, machine)):
            known |= dict.fromkeys(asked_of(machine.moment(place)))
    for (kind, name), span in (pair for call in calls for pair in call.answer_spans.items()):
        names = [other for that, other in known if that == kind]
        if any(fits(other, name) or fits(other, f"client:{name}") for other in names):
            continue
        shown = f"{_needs(kind)} '{name}'" if name else f"has a {kind}"
        there = f"there {'is' if len(names) == 1 else 'are'} {', '.join(names[:8])}"
        message, hint = f"'{script.flow}' never {shown}", there if names else None
        yield unknown(UNUSED_ANSWER, span, name, names, message, hint)


def _needs(kind: str) -> str:
    """What a flow does that a named answer is for."""
    row, *others = vocabulary.scripted()[kind]
    if others:
        return "connects to"
    if row.kind is vocabulary.Kind.NOUN:
        return f"connects to the {row.key}"
    return f"{kind}s" if kind == row.key else f"has the {kind}"


def _unknown_states(
    script: Script, calls: tuple[CallScript, ...], targets: find.ScriptTargets
) -> Iterator[Diagnostic]:
    known = targets.states
    names = {name.removeprefix(f"{script.flow}/") for name in known} | known
    names |= {name.removesuffix(".xml") for name in known}
    offered = names
    if targets.nameless:  # its only state has a name that nobody wrote
        offered = known = {name for name in known if not name.startswith(f"{script.flow}/")}
    for expect in (call.expect or Expectation(call.span) for call in calls if targets.states):
        for state in (*expect.reaches, *expect.avoids):
            if state.text not in names:
                message = f"unknown state '{state.text}'"
                if script.documents is not None:
                    message = f"unknown document '{state.text}' in '{script.documents}'"
                near = sorted(offered) if state.text not in _PLAIN_WORDS else ()
                hint = _states_there(script, state.text, known, targets.nameless)
                yield unknown(UNKNOWN_SCRIPT_STATE, state.span, state.text, near, message, hint)


def _states_there(script: Script, wanted: str, known: set[str], nameless: bool) -> str:
    """Which names there are, and what else says the plain words that promises know."""
    own = sorted(name.removeprefix(f"{script.flow}/") for name in known)
    near = [name for name in own if "/" not in name] or own
    shown = ", ".join(near[:_MOST_NAMES]) + (" …" if len(near) > _MOST_NAMES else "")
    there = f"there {'is' if len(near) == 1 else 'are'} {shown}"
    if nameless:
        there = f"'{script.flow}' has steps, and no states" + (f"; {there}" if shown else "")
    event = _PLAIN_WORDS.get(wanted)
    return there if event is None else f"{there}; for '{wanted}' write {event}"
