"""Calendars read: a tree under ``calendars:`` comes in; records and findings go out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from twimlc.calendars import sources
from twimlc.calendars.days import HOW, read_days, read_time, read_until
from twimlc.calendars.ends import ENDS, NEEDS_UNTIL
from twimlc.calendars.faults import crossings, told
from twimlc.calendars.names import holiday_fault, name_fault, place_fault, zone_fault
from twimlc.calendars.notation import Fault, Hours, read_hours
from twimlc.calendars.settle import USUAL, Apart, Said, Worked, work_out
from twimlc.calendars.settled import DAY, Settled
from twimlc.findings import Diagnostic, Fix, Label, rules
from twimlc.formats.calendar_rows import CALENDARS
from twimlc.formats.format import At
from twimlc.text import Span
from twimlc.yaml import tree
from twimlc.yaml.names import valid_name
from twimlc.yaml.tree import Node, Scalar, Template, is_empty

_ANY_DAY = date(2028, 12, 31)
LAST_YEAR = 2100
"""The last one that anything is known of."""


class Calendar(NamedTuple):
    """``outcomes`` are all that it knows, in the order that people name them.

    ``span`` is where it is named. ``settled``, and what it was worked out from, are None where it
    has errors.
    """

    name: str
    zone: str
    outcomes: tuple[str, ...]
    span: Span
    settled: Settled | None = None
    said: Said | None = None
    worked: Worked | None = None


def read_calendars(
    said: Mapping[str, Any], node: Node | None, taken: Mapping[str, Calendar] = {}
) -> tuple[dict[str, Calendar], list[Diagnostic]]:
    """The calendars of a map that was read by its rows (``said``); ``taken`` are the project's."""
    found: dict[str, Calendar] = {}
    findings: list[Diagnostic] = []
    lacking = ", ".join(sources.missing())
    for entry in tree.entries_of(node):
        if not isinstance(entry.value, tree.Mapping) or entry.key not in said:
            continue
        if entry.key in taken:
            message = f"the project file has a calendar '{entry.key}' already"
            labels = [Label(taken[entry.key].span, "the other calendar")]
            hint = "give one of them another name"
            finding = rules.BAD_CALENDAR.at(entry.key_span, message, hint=hint, labels=labels)
            findings.append(finding)
        reader = _Reader(entry, said[entry.key])
        found[entry.key] = reader.read(usable=not lacking)
        findings += reader.findings
    if lacking and found:
        span = next(iter(found.values())).span
        message = f"calendars need packages that are not installed: {lacking}"
        findings.append(rules.BAD_CALENDAR.at(span, message, hint=sources.INSTALL))
    return found, findings


def read_flow_calendars(
    flow: tree.Mapping, taken: Mapping[str, Calendar] = {}
) -> tuple[dict[str, Calendar], list[Diagnostic]]:
    """Those of a flow that is expanded."""
    node = flow.get("calendars")
    if node is None or is_empty(node):
        return {}, []
    findings: list[Diagnostic] = []
    said = CALENDARS.read(At(node, flow, findings, path=("calendars",)))
    found, more = read_calendars(said or {}, node, taken)
    return found, [*findings, *more]


def _filled(node: Scalar | None) -> Scalar | None:
    """A value that says something; an empty one counts as left out."""
    return None if node is None or is_empty(node) or not node.text.strip() else node


class _Reader:
    """Reads one calendar; ``said`` are its parts as the rows read them."""

    def __init__(self, entry: tree.Entry, said: Mapping[str, Any]) -> None:
        self.entry, self.said, self.findings = entry, said, list[Diagnostic]()
        assert isinstance(entry.value, tree.Mapping)
        self.body = entry.value
        periods: dict[str, Scalar | None] = said.get("periods", {})
        self.periods = {name: p for name, p in periods.items() if valid_name(name) is None}
        self.apart: Sequence[Mapping[str, Scalar]] = said.get("except", ())

    def read(self, *, usable: bool) -> Calendar:
        """The calendar; what packages know is asked only if they are ``usable``."""
        for part in tree.scalars(self.body):
            if isinstance(part.value, Template):
                self._refuse(
                    part, "a calendar is worked out before any call, and this is a value of one"
                )
                usable = False
        outcomes = self._outcomes()
        zone = _filled(self.said.get("zone"))
        name, span = self.entry.key, self.entry.key_span
        calendar = Calendar(name, "" if zone is None else zone.text, outcomes, span)
        if not usable:
            return calendar
        said = self._said(zone, outcomes)
        if any(finding.is_error for finding in self.findings):
            return calendar
        worked = work_out(said)
        self._tell(said, worked)
        return calendar._replace(settled=worked.settled, said=said, worked=worked)

    def _refuse(
        self, node: Scalar, message: str, hint: str | None = None, fix: Fix | None = None
    ) -> None:
        self.findings.append(rules.BAD_CALENDAR.at(node.span, message, hint=hint, fix=fix))

    def _outcomes(self) -> tuple[str, ...]:
        names = ["open", "closed"]
        if "holidays" in tree.key_spans(self.body):
            names.append("holiday")
        for entry in tree.entries_of(self.body.get("periods")):
            fault = name_fault(entry.key, taken=("open", "closed", "holiday"))
            if fault is not None and valid_name(entry.key) is None:  # else its shape is wrong
                self.findings.append(rules.BAD_CALENDAR.at(entry.key_span, fault))
        names += self.periods
        given = [each.get("is") for each in (*self.apart, self.said.get("override", {}))]
        for node in filter(None, map(_filled, given)):
            usual = node.text == USUAL and node is not given[-1]
            if not usual and (fault := name_fault(node.text)) is not None:
                self._refuse(node, fault)
            names += [node.text] if node.text != USUAL else []
        return tuple(dict.fromkeys(names))

    def _said(self, zone: Scalar | None, outcomes: tuple[str, ...]) -> Said:
        until = self._until()
        if zone is None:
            message = "a calendar needs 'zone': where the clock on the wall is"
            hint = "for example: zone: America/New_York"
            self.findings.append(rules.BAD_CALENDAR.at(self.entry.key_span, message, hint=hint))
        elif (fault := zone_fault(zone)) is not None:
            self._refuse(zone, *fault)
        # Without them nothing is worked out, and all else is looked at as it would be with them.
        said = Said(
            "UTC" if zone is None else zone.text,
            _ANY_DAY if until is None else until,
            ("closed", *(name for name in outcomes if name != "closed")),
        )
        opened = self._hours(_filled(self.said.get("open")), said)
        periods = [(n, self._hours(_filled(p), said)) for n, p in self.periods.items()]
        said = self._holidays(said._replace(open=opened, periods=tuple(periods)))
        apart = [self._exception(each) for each in self.apart]
        self.numbers = [number for number, each in enumerate(apart) if each is not None]
        said = said._replace(apart=tuple(each for each in apart if each is not None))
        return said._replace(override=self._override(self.said.get("override")))

    def _until(self) -> date | None:
        node = _filled(self.said.get("until"))
        if node is None:
            self.findings.append(rules.BAD_CALENDAR.at(self.entry.key_span, NEEDS_UNTIL))
            return None
        until = read_until(node.text)
        if until is None:
            message = f"'{node.text}' is no day"
            self._refuse(node, message, "a day is written 2028-12-31")
        elif not 1990 <= until.year <= LAST_YEAR:
            self._refuse(node, f"the last year that is known is {LAST_YEAR}")
            return None
        else:
            self.findings.append(rules.CALENDAR_ENDS.at(node.span, f"{ENDS}{node.text}"))
        return until

    def _hours(self, node: Scalar | None, said: Said) -> str:
        """What the library is given; "" where it is left out or not sound."""
        if node is None:
            return ""
        hours = read_hours(node.text.rstrip("\n").replace("\n", " "))
        faults = [*hours.faults]
        faults += _of_library(hours, said) if hours.text else ()
        self.findings += (told(rules.BAD_HOURS, rules.ODD_HOURS, node, each) for each in faults)
        return hours.text

    def _holidays(self, said: Said) -> Said:
        given = self.said.get("holidays", {})
        of, only, without = (
            [node for node in given.get(key, ()) if _filled(node)]
            for key in ("of", "only", "without")
        )
        if only and without:
            message = "'only' and 'without' exclude each other"
            self._refuse(without[0], message, "name those that count, or those that do not")
        sound: list[str] = []
        for node in of:
            if (fault := place_fault(node)) is not None:
                self._refuse(node, *fault)
                continue
            sound.append(node.text)
            known = sources.holidays_of(node.text, *said.years).known
            if said.until.year > known[1] or said.years[0] < known[0]:
                until = self.said["until"]
                message = f"the holidays of {node.text} are known from {known[0]} to {known[1]}"
                self._refuse(until, message, f"until: {known[1]}-12-31")
        if len(sound) == len(of):
            for node in (*only, *without):
                if (fault := holiday_fault(node, sound, said.years)) is not None:
                    self._refuse(node, *fault)
        texts = (tuple(node.text for node in nodes) for nodes in (only, without))
        return said._replace(holidays=tuple(sound), only=next(texts), without=next(texts))

    def _exception(self, given: Mapping[str, Scalar]) -> Apart | None:
        on, opened, outcome = (_filled(given.get(key)) for key in ("on", "open", "is"))
        if on is None:
            return None
        days = read_days(on.text)
        if isinstance(days, str):
            self._refuse(on, days, None if days.startswith("there is no such") else HOW)
            return None
        if (opened is None) == (outcome is None):
            if opened is not None or not {"open", "is"} & given.keys():
                message = "an exception has 'open', for its times, or 'is', for its outcome"
                self._refuse(on, message, "for example: {on: 2026-12-24, is: closed}")
            return None
        if outcome is not None:
            return Apart(days, outcome.text, None)
        assert opened is not None
        if days.timed:
            self._refuse(
                opened, "times of a day do not go with an exception that has a time itself"
            )
            return None
        return self._times(opened, days)

    def _times(self, node: Scalar, days: Any) -> Apart | None:
        before = len(self.findings)
        hours = read_hours(node.text.rstrip("\n"))
        faults = [*hours.faults, *_of_one_day(hours)]
        self.findings += (told(rules.BAD_HOURS, rules.ODD_HOURS, node, each) for each in faults)
        if any(finding.is_error for finding in self.findings[before:]):
            return None
        return Apart(days, "open", hours.rules[0].times)

    def _override(self, given: Mapping[str, Scalar] | None) -> tuple[str, int] | None:
        outcome = _filled((given or {}).get("is"))
        if outcome is None or given is None:
            return None
        until = _filled(given.get("until"))
        if until is None:
            return outcome.text, -1
        minute = read_time(until.text)
        if minute is None:
            message = f"'{until.text}' is no time"
            self._refuse(until, message, "a time by the clock on the wall: 2026-12-01T12:00")
            return outcome.text, -1
        return outcome.text, minute

    def _tell(self, said: Said, worked: Worked) -> None:
        """Add what was found when the calendar was worked out."""
        for found, rule in ((worked.wrong, rules.BAD_CALENDAR), (worked.odd, rules.IDLE_EXCEPTION)):
            for odd in found:
                place: Callable[[int], Span] = self._period if odd.part == "periods" else self._on
                labels = [Label(place(odd.other), "the other one")] if odd.other >= 0 else []
                self.findings.append(rule.at(place(odd.number), odd.message, labels=labels))
        self.findings += self._never(said, worked.comes)

    def _period(self, number: int) -> Span:
        return tree.key_spans(self.body.get("periods"))[[*self.periods][number]]

    def _on(self, number: int) -> Span:
        return self.apart[self.numbers[number]]["on"].span

    def _never(self, said: Said, comes: frozenset[str]) -> Iterator[Diagnostic]:
        """What never comes. Nothing here may hang on the row of a table but the hint."""
        keys, name = tree.key_spans(self.body), self.entry.key
        if "open" not in comes:
            hint = "'open' has no day of these years, or something else takes all of it"
            hint = hint if said.open else "it has no 'open'"
            span = keys.get("open", self.entry.key_span)
            yield rules.NEVER_COMES.at(span, f"'{name}' is never open", hint=hint)
        if comes <= {"open", *self.periods}:
            span, hint = keys.get("open", self.entry.key_span), "its hours leave nothing out"
            yield rules.NEVER_COMES.at(span, f"'{name}' is never closed", hint=hint)
        for period, span in tree.key_spans(self.body.get("periods")).items():
            if period in self.periods and period not in comes:
                hint = "its hours have no day of these years, or exceptions take all of them"
                yield rules.NEVER_COMES.at(span, f"'{period}' never comes", hint=hint)
        if "holidays" in keys and "holiday" not in comes:
            hint = "no holiday is taken, or exceptions take all of them"
            yield rules.NEVER_COMES.at(keys["holidays"], "'holiday' never comes", hint=hint)


def _of_library(hours: Hours, said: Said) -> Iterator[Fault]:
    """What only the days themselves tell."""
    if sources.open_days(hours.text, said.first, said.last) is None:
        hint = "days come as in 2027 Jan 4-8, then week 1-10, then Mo-Fr, then times"
        yield Fault(0, len(hours.text), "these parts do not go together", hint)
    else:
        yield from crossings(hours, said.first, said.last)


def _of_one_day(hours: Hours) -> Iterator[Fault]:
    """What times of an exception cannot have: other days, and a night."""
    for rule in hours.rules:
        if rule.days or rule.off or rule.adds or len(hours.rules) > 1:
            message = "an exception has times alone, as in 09:00-12:00,13:00-15:00"
            yield Fault(rule.start, rule.end, message, "its days stand behind 'on'")
            return
        if any(end > DAY for _, end in rule.times):
            message = "an exception ends with its day, at 24:00"
            hint = "write the hours until 24:00, and the rest as an exception of the next day"
            yield Fault(rule.start, rule.end, message, hint)
