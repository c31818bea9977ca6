"""Calendars worked out: each instant is what the packages say when they are asked plainly."""

import random
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays
import pytest
from opening_hours import OpeningHours

from twimlc.calendars.days import read_days
from twimlc.calendars.notation import read_hours
from twimlc.calendars.settle import Apart, Said, work_out
from twimlc.calendars.settled import Settled

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
ZONES += ["Africa/Casablanca", "America/St_Johns", "Pacific/Chatham", "America/Santiago"]
DAYS = ["Mo-Fr", "Sa", "Mo,We,Fr", "Sa-Su", "Mo-Su", "Fr-Mo", "Mo[1]", "Fr[-1]", ""]
WHEN = ["", "Jul-Aug ", "Nov-Feb ", "week 1-53/2 ", "week 10-20 ", "2027 ", "Dec 20-Jan 5 "]
TIMES = ["09:00-17:00", "08:30-12:00,13:00-18:15", "22:00-06:00", "00:00-24:00", "18:00-26:00"]
TIMES += ["01:30-02:45", "off", "12:00-13:00 off", "23:00-01:00,05:00-06:00"]
SPANS = ["Dec 24", "Dec 27..Jan 2", "Feb 29", "2027-03-14", "2027-11-07T00:30..2027-11-07T03:00"]
SPANS += ["2026-12-27..2027-01-04", "2028-02-01T12:00..2028-02-03", "2027-10-31", "Jul 4"]


def said(seed: int) -> Said:
    """A calendar made up of parts that people write."""
    chance = random.Random(seed)

    def hours(most: int) -> str:
        rules = [
            f"{chance.choice(WHEN)}{chance.choice(DAYS)} {chance.choice(TIMES)}"
            for _ in range(chance.randint(1, most))
        ]
        text = rules[0]
        for rule in rules[1:]:
            text += chance.choice(["; ", "; ", ", "]) + " ".join(rule.split())
        return " ".join(text.split())

    def apart(on: str) -> Apart:
        days = read_days(on)
        assert not isinstance(days, str)
        kind = chance.choice(["usual", "closed", "winter"] + ["open"] * (not days.timed))
        times = read_hours("09:00-12:00,13:00-24:00").rules[0].times if kind == "open" else None
        return Apart(days, kind, times)

    until = date(chance.choice([2027, 2028, 2029]), chance.randint(1, 12), chance.randint(1, 28))
    names = ("closed", "open", "holiday", "night", "winter")
    periods = (("night", hours(2)),) if chance.random() < 0.5 else ()
    countries = chance.choice([(), ("US",), ("DE-BY", "AT"), ("AU-SA",), ("GB-ENG",)])
    exceptions = tuple(map(apart, chance.sample(SPANS, chance.randint(0, 3))))
    zone = chance.choice(ZONES)
    return Said(zone, until, names, hours(3), periods, countries, (), (), exceptions)


class Plain:
    """The same calendar, asked without anything that is worked out."""

    def __init__(self, said: Said) -> None:
        self.said = said
        # The machine's own zones may be older.
        with files("tzdata").joinpath("zoneinfo", *said.zone.split("/")).open("rb") as file:
            self.zone = ZoneInfo.from_file(file)
        self.open, *_ = self.hours = [
            OpeningHours(text) for text in (said.open, *(t for _, t in said.periods))
        ]
        self.holidays: set[date] = set()
        for place in said.holidays:
            country, _, part = place.partition("-")
            years = range(said.years[0], said.years[1] + 1)
            self.holidays |= set(
                holidays.country_holidays(country, subdiv=part or None, years=years)
            )

    def at(self, seconds: int) -> str:
        clock = datetime.fromtimestamp(seconds, UTC).astimezone(self.zone).replace(tzinfo=None)
        minute = int((clock - datetime(1970, 1, 1)).total_seconds()) // 60
        meant = None
        for apart in self.said.apart:
            for begin, end in apart.days.in_years(*self.said.years):
                strength = begin - end, not apart.days.yearly
                if begin <= minute < end and (meant is None or strength > meant[0]):
                    meant = strength, apart
        if meant is not None and meant[1].times is not None:
            now = minute % 1440
            return "open" if any(a <= now < b for a, b in meant[1].times) else "closed"
        if meant is not None and meant[1].outcome != "usual":
            return meant[1].outcome
        if meant is None and clock.date() in self.holidays:
            return "holiday"
        for (name, _), hours in zip(self.said.periods, self.hours[1:], strict=True):
            if hours.is_open(clock):
                return name
        return "open" if self.open.is_open(clock) else "closed"


def instants(said: Said, settled: Settled, chance: random.Random) -> list[int]:
    begin, end = (day * 86400 + 2 * 86400 for day in (said.first, said.last - 4))
    found = [chance.randrange(begin, end) for _ in range(60)]
    changes = [at for at, _ in settled.offsets if begin < at < end]
    found += [at + step for at in changes for step in range(-7200, 7201, 900)]
    switches = [at for at, _ in settled.switches(begin, begin + 30 * 86400)]
    return found + [at + step for at in switches[:20] for step in (-1, 0, 1)]


@pytest.mark.sweep(200)
@pytest.mark.parametrize("seed", range(10_000))
def test_every_instant_is_what_the_packages_say(seed: int) -> None:
    calendar = said(seed)
    worked = work_out(calendar)
    if worked.settled is None:
        assert worked.wrong
        return
    plain, chance = Plain(calendar), random.Random(seed)
    for instant in instants(calendar, worked.settled, chance):
        assert worked.settled.outcome_at(instant) == plain.at(instant), (calendar, instant)


def settle(
    open_: str, until: date = date(2028, 12, 31), zone: str = "UTC", **rest: object
) -> Settled:
    outcomes = ("closed", "open", "holiday")
    settled = work_out(Said(zone, until, outcomes, open_, **rest)).settled  # type: ignore[arg-type]
    assert settled is not None
    return settled


def at(settled: Settled, text: str) -> str:
    return settled.outcome_at(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))


def test_weeks_by_turns_are_two_weeks_and_seasons() -> None:
    settled = settle("week 1-53/2 Mo-Fr 09:00-17:00; week 2-52/2 Mo-We 10:00-18:00")
    assert len(settled.weeks) == 2
    assert not settled.days
    assert len(settled.seasons) < 160


def test_months_are_seasons() -> None:
    settled = settle("Mo-Fr 09:00-17:00; Jul-Aug Fr 09:00-13:00")
    assert (len(settled.weeks), len(settled.seasons), len(settled.days)) == (2, 7, 0)


def test_behind_the_last_day_the_week_goes_on() -> None:
    settled = settle("Mo-Fr 09:00-17:00; Dec 25 off", date(2028, 12, 31), holidays=("US",))
    assert at(settled, "2028-12-25T10:00") == "holiday"
    assert at(settled, "2029-01-01T10:00") == "open"  # a Monday, and a holiday
    assert at(settled, "2035-12-25T10:00") == "open"
    assert at(settled, "2035-12-29T10:00") == "closed"


def test_the_clock_changes_for_ten_years_more() -> None:
    settled = settle("Mo-Su 09:00-17:00", date(2028, 12, 31), "America/New_York")
    assert at(settled, "2038-07-01T13:00") == "open"
    assert at(settled, "2038-07-01T12:59") == "closed"
    assert at(settled, "2038-12-01T13:30") == "closed"
    last = datetime(1970, 1, 1) + timedelta(seconds=settled.offsets[-1][0])
    assert last.year == 2038


def test_an_hour_twice_counts_twice_and_one_that_is_skipped_does_not_come() -> None:
    settled = settle("Su 01:00-02:00", zone="America/New_York")
    day = [at(settled, f"2027-11-07T{hour:02}:30") for hour in range(4, 8)]
    assert day == ["closed", "open", "open", "closed"]
    settled = settle("Su 02:00-03:00", zone="America/New_York")
    day = [at(settled, f"2027-03-14T{hour:02}:30") for hour in range(5, 10)]
    assert day == ["closed"] * 5


def test_a_night_reaches_over_a_holiday_only_outside_of_its_day() -> None:
    settled = settle("Mo-Su 22:00-02:00", holidays=("US",))
    assert at(settled, "2026-12-24T23:00") == "open"
    assert at(settled, "2026-12-25T01:00") == "holiday"
    assert at(settled, "2026-12-25T23:00") == "holiday"
    assert at(settled, "2026-12-26T01:00") == "open"


def test_an_override_ends_when_the_clock_on_the_wall_says_so() -> None:
    minute = (date(2026, 12, 1) - date(1970, 1, 1)).days * 1440 + 720
    settled = settle("24/7", zone="America/New_York", override=("closed", minute))
    assert at(settled, "2020-01-01T00:00") == "closed"
    assert at(settled, "2026-12-01T16:59") == "closed"
    assert at(settled, "2026-12-01T17:00") == "open"
