"""Places switched by plan: a target's folder and an instant come in, the files that are due are put
in their places.

Each place is at any moment wholly what it was or what is due. The manifest stays as it is: it lists
every file that may lie in a place.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from twimlc.calendars import kept
from twimlc.calendars.settled import Settled
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import FOREIGN_FILES, FOREIGN_MANIFEST
from twimlc.lower.questions import JOINED, PLAN
from twimlc.output import stage as staging
from twimlc.output.folder import Kind, digest_of, folders_of, inside, is_plain, kind_of, read_plain
from twimlc.output.ground import Ground
from twimlc.output.manifest import PUBLIC, ForeignManifestError, path_fault
from twimlc.output.write import place_in, read_before, refused


class Place(NamedTuple):
    """A file that is exchanged. ``files`` gives what lies there by the outcomes of ``asks``,
    ``otherwise`` what does where an outcome is none of these. Of a Bin both are addresses."""

    flow: str
    file: str
    asks: tuple[str, ...]
    files: Mapping[str, str]
    otherwise: str

    def due(self, outcome: Callable[[str], str]) -> str:
        """What is due there."""
        return self.files.get(JOINED.join(map(outcome, self.asks)), self.otherwise)


class ByPlan(NamedTuple):
    """The plan of a target."""

    calendars: Mapping[str, Settled]
    places: tuple[Place, ...]


def read_plan(folder: Path) -> ByPlan:
    """The plan in a target's folder; an empty one where there is none.

    Raises ForeignManifestError for what no build has written, OSError for what cannot be read.
    """
    if kind_of(folder / PLAN) is Kind.NOTHING:
        return ByPlan({}, ())
    try:
        whole = json.loads(read_plain(folder / PLAN).decode())
        named = whole["calendars"].items()
        calendars = {str(name): kept.from_json(body["settled"]) for name, body in named}
        return ByPlan(calendars, tuple(map(_place, whole["places"])))
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as fault:
        raise ForeignManifestError("it is no plan of a build") from fault


def _place(body: Any) -> Place:
    files = {str(outcome): _path(path) for outcome, path in body["files"].items()}
    names = tuple(map(str, body["asks"]))
    return Place(str(body["flow"]), _path(body["file"]), names, files, _path(body["otherwise"]))


def _path(value: Any) -> str:
    if not isinstance(value, str) or path_fault(value) is not None:
        raise ValueError(value)
    return value


def bin_lines(folder: Path, plan: ByPlan, outcome: Callable[[str, Settled], str]) -> list[str]:
    """What sets the numbers of a target of Bins to what is due; empty for other targets."""
    before, _ = read_before(folder)
    if before.ground is None:
        return []
    flows, lines = before.ground.manifest.flows, list[str]()
    for place in plan.places:
        if place.file.startswith(PUBLIC) or place.flow not in flows:
            continue
        due = place.due(lambda name: _now(plan, name, outcome))
        kind = "sms" if "smsUrl" in flows[place.flow].number else "voice"
        address = flows[place.flow].number[f"{kind}Url"] + due[len(place.file) :]
        address = address if "://" in address else f"ADDRESS-OF-{address}"
        lines.append(f"twilio phone-numbers:update NUMBER-OF-{place.flow} --{kind}-url='{address}'")
    return lines


def _now(plan: ByPlan, name: str, outcome: Callable[[str, Settled], str]) -> str:
    return outcome(name, plan.calendars[name]) if name in plan.calendars else ""


def put_due(
    folder: Path, outcome: Callable[[str, Settled], str]
) -> tuple[list[str], list[Diagnostic]]:
    """Put what is due into each place; the paths of those that changed.

    ``outcome`` says which outcome a calendar has now, by its name and what it is. A place that
    holds what no build has put there is left as it is, with a finding.
    """
    changed: list[str] = []
    try:
        with staging.one_writer(folder):
            staging.finish(folder)
            before, findings = read_before(folder)
            if findings or before.ground is None:
                return [], findings or [_foreign(folder, "there is no build here")]
            plan = read_plan(folder)
            for place in plan.places:
                found = _exchanged(before.ground, place, plan, outcome)
                if isinstance(found, Diagnostic):
                    findings.append(found)
                elif found:
                    changed.append(place.file)
    except ForeignManifestError as fault:
        return changed, [_foreign(folder, str(fault))]
    except OSError as fault:
        return changed, [refused(folder, "", fault)]
    return changed, findings


def _exchanged(
    ground: Ground, place: Place, plan: ByPlan, outcome: Callable[[str, Settled], str]
) -> bool | Diagnostic:
    """Whether the file changed that lies at a place."""
    folder, listed = ground.folder, ground.manifest.documents
    due = place.due(lambda name: _now(plan, name, outcome))
    known = {*place.files.values(), place.otherwise}
    if not {place.file, *known} <= listed.keys() or not place.file.startswith(PUBLIC):
        return _foreign(folder, f"{place.file} is not among the files of the build")
    if any(kind_of(inside(folder, outer)) is Kind.LINK for outer in folders_of([place.file])):
        return _foreign(folder, f"{place.file} lies behind a link")
    hashes = {listed[path].sha256 for path in (place.file, *known)}
    there = digest_of(inside(folder, place.file))
    if there == listed[due].sha256:
        return False
    if kind_of(inside(folder, place.file)) is not Kind.NOTHING and there not in hashes:
        return _by_hand(folder, place.file)
    if not is_plain(folder, due) or digest_of(inside(folder, due)) != listed[due].sha256:
        return _by_hand(folder, due)
    staging.replace(folder, place.file, read_plain(folder / due))
    return True


def _by_hand(folder: Path, path: str) -> Diagnostic:
    message = "this file is not what the last build wrote, so it is not exchanged"
    return FOREIGN_FILES.at(place_in(folder, path), message, hint="build again, then apply")


def _foreign(folder: Path, fault: str) -> Diagnostic:
    message = f"the plan of this target cannot be carried out: {fault}"
    return FOREIGN_MANIFEST.at(place_in(folder, PLAN), message, hint="build the target again")
