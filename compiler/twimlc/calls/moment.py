"""Who calls and when: what is decided before anything is heard, in a script or at the phone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from twimlc.calendars.kept import until
from twimlc.calendars.settle import instant_at
from twimlc.calendars.settled import Settled
from twimlc.calls.legs import CallTarget
from twimlc.calls.script import CallScript
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.rules import BAD_CALL_SCRIPT, UNKNOWN_CALENDAR, UNKNOWN_SCRIPT_OUTCOME
from twimlc.flow.decisions import OPEN, Asks, Cases
from twimlc.interpret.machine import Choice
from twimlc.yaml.names import unknown

STRANGERS = ("+14155550123", "+12025550123", "+442079460123", "+0", "nobody")
"""Who calls, and who is called, where a script does not say it: the first that no case names."""


def short(name: str) -> str:
    """A calendar as its author calls it."""
    return name.rpartition("/")[2]


@dataclass(slots=True)
class Moment:
    """What requests carry, and what calendars say.

    ``hours`` gives an outcome for each visit, by the name of a calendar; the last one stays. ``at``
    is a time, as people write it. With neither, calendars say open. ``now`` is the present time,
    in seconds since 1970, where somebody may be asked.
    """

    parameters: Mapping[str, str]
    calendars: Mapping[str, Settled]
    at: str = ""
    hours: dict[str, tuple[str, ...]] = field(default_factory=dict)
    now: int | None = None
    visits: Counter[str] = field(default_factory=Counter)

    def choose(self, asks: Asks) -> Choice:
        """The answer to a step that asks."""
        if isinstance(asks, Cases):
            value = self.parameters.get(asks.parameter)
            if value is None:  # nobody of whom the flow knows anything
                strangers = (each for each in STRANGERS if not asks.meets(each))
                value = next(strangers, "") if asks.parameter in ("From", "To") else ""
        else:
            value = self.outcome(asks.calendar)
        return Choice(asks.way(value), value)

    def say(self, hours: Mapping[str, str], instead: Iterable[tuple[str, str, str]]) -> None:
        """What somebody says of calendars, or would say of them (calendar, outcome) until a time,
        which may be over at the time of the call. Raises ValueError where that is no time."""
        known = {short(name): settled for name, settled in self.calendars.items()}
        for name, outcome, end in instead:
            settled = known.get(name)
            ends = None if settled is None or not end else instant_at(settled, end)
            if settled is not None and end and ends is None:
                raise ValueError(f"'{end}' is no time, such as 2026-12-24T10:00")
            at = None if settled is None or not self.at else instant_at(settled, self.at)
            if not end or ends is None or (at or self.now or 0) < ends:
                self.hours[name] = (outcome,)
        self.hours |= {name: (outcome,) for name, outcome in hours.items()}

    def fault(self) -> str | None:
        """Why what was said cannot be."""
        known = {short(name): settled for name, settled in self.calendars.items()}
        for name, outcomes in self.hours.items():
            if name not in known:
                there = f"; there are {', '.join(known)}" if known else ""
                return f"this flow asks no calendar '{name}'{there}"
            if outcomes[0] not in known[name].outcomes:
                there = ", ".join(known[name].outcomes)
                return f"'{name}' is never '{outcomes[0]}'; it is {there}"
        return _fault(self.at, known) if self.at else None

    def told(self, calendar: str) -> bool:
        """Whether somebody said what a calendar says."""
        return bool(self.at or self.hours.get(short(calendar)))

    def shown(self, calendar: str) -> str:
        """What a calendar says now, for whoever is asked."""
        settled = self.calendars.get(calendar)
        if settled is None or self.now is None:
            return short(calendar)
        clock = datetime.fromtimestamp(self.now + settled.offset_at(self.now) * 60, UTC)
        time, outcome = f"{clock:%a %d %b %Y %H:%M}", settled.outcome_at(self.now)
        return f"{short(calendar)} is {outcome} now: {time} in {settled.zone}"

    def outcome(self, calendar: str) -> str:
        """What a calendar says on this visit."""
        said = self.hours.get(short(calendar))
        if said:
            visit = self.visits[calendar]
            self.visits[calendar] += 1
            return said[min(visit, len(said) - 1)]
        settled = self.calendars.get(calendar)
        if not self.at or settled is None:
            return OPEN
        return settled.outcome_at(instant_at(settled, self.at) or 0)


def moment_of(call: CallScript, target: CallTarget) -> Moment:
    """Who calls and when in a script."""
    hours = {name: tuple(node.text for node in nodes) for name, nodes in call.hours.items()}
    at = call.at.text if call.at is not None else ""
    return Moment(call.parameters, target.calendars, at, hours)


def check_moments(calls: tuple[CallScript, ...], targets: list[CallTarget]) -> Iterator[Diagnostic]:
    """What is wrong with the times of calls."""
    calendars = {short(n): each for t in targets for n, each in t.calendars.items()}
    for call in calls:
        for name, nodes in call.hours.items():
            if name not in calendars:
                span = call.hours_spans[name]
                message = f"this flow asks no calendar '{name}'"
                yield unknown(UNKNOWN_CALENDAR, span, name, calendars, message, None)
                continue
            outcomes = calendars[name].outcomes
            for node in nodes:
                if node.text not in outcomes:
                    message = f"'{name}' is never '{node.text}'"
                    hint = f"it is {', '.join(outcomes)}"
                    rule, span = UNKNOWN_SCRIPT_OUTCOME, node.span
                    yield unknown(rule, span, node.text, outcomes, message, hint)
        if call.at is not None and (fault := _fault(call.at.text, calendars)):
            yield BAD_CALL_SCRIPT.at(call.at.span, fault)


def _fault(at: str, calendars: Mapping[str, Settled]) -> str | None:
    """Why a time cannot be that of a call."""
    zones = sorted({each.zone for each in calendars.values()})
    settled = next(iter(calendars.values()), None)
    if settled is None:
        return "'at' is for flows that ask a calendar, and this one asks none"
    instant = instant_at(settled, at)
    if instant is None:
        return f"'{at}' is no time, such as 2026-12-24T10:00"
    offset = at.rpartition("T")[2]
    if len(zones) > 1 and not any(sign in offset for sign in "+-Z"):
        return f"the calendars of this flow have several zones ({', '.join(zones)}): add an offset"
    for each in calendars.values():
        day = (instant // 60 + each.offset_at(instant)) // (24 * 60)
        if not each.first <= day <= each.last:
            return f"'{at}' is not among the years that are worked out, which end on {until(each)}"
    return None
