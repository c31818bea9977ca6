"""Calendars in files: what is said of each mistake, where, and what --fix makes of it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from folders import write_files
from twimlc.calendars import sources
from twimlc.calendars.read import Calendar
from twimlc.findings.diagnostic import Diagnostic
from twimlc.pipeline import Options, build, check
from twimlc.pipeline.fixes import mend
from twimlc.pipeline.hours import find_calendars

TODAY = date(2026, 11, 30)
SOUND = {"zone": "America/New_York", "open": "Mo-Fr 09:00-17:00", "until": "2028-12-31"}
FLOW = "steps:\n  - say: Welcome to Contoso.\n"


def project(folder: Path, calendars: str, flow: str = FLOW, **files: str) -> Options:
    text = f"flows: .\ntargets: {{site: {{host: static}}}}\ncalendars:\n{calendars}"
    write_files(folder, {"twimlc.yaml": text, "desk.yaml": flow, **files})
    return Options(cwd=folder, today=TODAY)


def office(**parts: str) -> str:
    lines = (f"    {key}: {value}\n" for key, value in {**SOUND, **parts}.items() if value)
    return "  office:\n" + "".join(lines)


def told(found: Diagnostic) -> str:
    return f"{found.severity} {found.rule.slug}: {found.sentence}"


# A part and its value; the piece that is pointed at; what is said; the value that --fix writes.
MISTAKES = [
    ("open", "Mo-Fr 9-17", "9-17", "error bad-hours", "write 'Mo-Fr 09:00-17:00'", "Mo-Fr 09:00-17:00"),
    ("open", "'Mon-Fri 09:00-17:00'", "n-Fri", "error bad-hours", "days are", "'Mo-Fr 09:00-17:00'"),
    ("open", '"Mo-Fr 09:00-12:00 13:00-17:00"', " ", "error bad-hours", "comma", '"Mo-Fr 09:00-12:00,13:00-17:00"'),
    ("open", ">-\n      Mo-Fr 09:00-12:00;\n      Sat 10:00-14:00", "t", "error bad-hours", "days are", ">-\n      Mo-Fr 09:00-12:00;\n      Sa 10:00-14:00"),
    ("open", "mo-fr 09:00-17:00", "mo-f", "warning odd-hours", "days are", "Mo-Fr 09:00-17:00"),
    ("open", "Mo-Fr 17:00-09:00", "17:00-09:00", "warning odd-hours", "16 hours in all (if that is meant, write 17:00-33:00)", None),
    ("open", "Mo-Fr 09:00-12:00; Mo-Fr 13:00-17:00", "Mo-Fr 13:00-17:00", "error bad-hours", "the second rule replaces 'Mo-Fr 09:00-12:00', which never holds", "Mo-Fr 09:00-12:00, Mo-Fr 13:00-17:00"),
    ("open", "Su off; Mo-Su 09:00-17:00", "Mo-Su 09:00-17:00", "error bad-hours", "put 'Su off' behind it", None),
    ("open", "Mo-Fr 22:00-06:00; Sa 10:00-12:00", "Sa 10:00-12:00", "warning odd-hours", "takes away what 'Mo-Fr 22:00-06:00' has past midnight", "Mo-Fr 22:00-06:00, Sa 10:00-12:00"),
    ("open", "Mo-Fr 22:00-06:00; Sa off", "Sa off", "warning odd-hours", "write 'Sa 06:00-24:00 off'", None),
    ("open", "Mo-Fr 09:00-17:00; Feb 30 off", "Feb 30", "error bad-hours", "there is no such day", None),
    ("open", "Mo-Fr 09:00-17:00; PH off", "PH", "error bad-hours", "holidays: US beside 'open'", None),
    ("open", "Mo-Fr week 3 09:00-17:00", "Mo-Fr week 3 09:00-17:00", "error bad-hours", "do not go together", None),
    ("open", "24/7", "open", "warning never-comes", "'office' is never closed", None),
    ("open", '"off"', "open", "warning never-comes", "'office' is never open", None),
    ("open", "", "office", "warning never-comes", "it has no 'open'", None),
    ("periods", "{lunch: 2019 Mo-Fr 12:00-13:00}", "lunch", "warning never-comes", "'lunch' never comes", None),
    ("periods", "{lunch: Mo 12:00-13:00, talk: Mo 12:30-14:00}", "talk", "error bad-calendar", "'lunch' and 'talk' meet, first on Mon 5 Jan 2026 at 12:30", None),
    ("periods", "{open: Mo 12:00-13:00}", "open", "error bad-calendar", "'open' is an outcome already", None),
    ("periods", "{usual: Mo 12:00-13:00}", "usual", "error bad-calendar", "means something else", None),
    ("zone", "EST", "EST", "error bad-calendar", "never changes its clock; a zone is Region/City (America/New_York", None),
    ("zone", "New York", "New York", "error bad-calendar", "write America/New_York", None),
    ("zone", "UTC+2", "UTC+2", "error bad-calendar", "Europe/Athens", None),
    ("zone", "America/NewYork", "America/NewYork", "error bad-calendar", "did you mean 'America/New_York'?", "America/New_York"),
    ("zone", "Etc/GMT+2", "Etc/GMT+2", "error bad-calendar", "a zone is Region/City", None),
    ("zone", "", "office", "error bad-calendar", "needs 'zone'", None),
    ("holidays", "UK", "UK", "error bad-calendar", "write 'GB'", "GB"),
    ("holidays", "us", "us", "error bad-calendar", "write 'US'", "US"),
    ("holidays", "US-XX", "US-XX", "error bad-calendar", "it has US-AK", None),
    ("holidays", "{of: US, only: [Xmas]}", "Xmas", "error bad-calendar", "there are Christmas Day, Columbus Day", None),
    ("holidays", "{of: US, without: [Chrismas Day]}", "Chrismas Day", "error bad-calendar", "did you mean 'Christmas Day'?", None),
    ("until", "2028-02-30", "2028-02-30", "error bad-calendar", "is no day", None),
    ("until", "2150-12-31", "2150-12-31", "error bad-calendar", "the last year that is known is 2100", None),
    ("until", "2026-06-30", "2026-06-30", "warning calendar-ends", "was 2026-06-30", None),
    ("until", "2027-02-01", "2027-02-01", "note calendar-ends", "is 2027-02-01", None),
    ("open", f"'{'Mo 10:00-11:00; ' * 150}'", "Mo 10:00-11:00; " * 150, "error bad-hours", "up to 2,000", None),
    ("until", "2040-12-31\n    holidays: IN", "2040-12-31", "error bad-calendar", "the holidays of IN are known from 2001 to 2035 (until: 2035-12-31)", None),
    ("except", "{on: 2027-02-29, is: closed}", "2027-02-29", "error bad-calendar", "there is no such day", None),
    ("except", "{on: Nov 31, is: closed}", "Nov 31", "error bad-calendar", "there is no such day", None),
    ("except", "{on: 24.12.2026, is: closed}", "24.12.2026", "error bad-calendar", "write 2026-12-24", None),
    ("except", "{on: 2026-12-31..2026-12-24, is: closed}", "2026-12-31..2026-12-24", "error bad-calendar", "ends before it begins", None),
    ("except", "[{on: 2026-12-24, is: closed}, {on: 2026-12-24, is: winter}]", "2026-12-24", "error bad-calendar", "two exceptions say what holds on Thu 24 Dec 2026", None),
    ("except", "{on: 2036-12-24, is: closed}", "2036-12-24", "warning idle-exception", "2026-01-01 to 2028-12-31", None),
    ("except", "{on: 2026-12-26, is: closed}", "2026-12-26", "warning idle-exception", "this changes nothing", None),
    ("except", "{on: 2026-12-24, is: usual}", "2026-12-24", "warning idle-exception", "this changes nothing", None),
    ("except", '{on: 2026-12-24, open: "9-12"}', "9-12", "error bad-hours", "09:00-12:00", '{on: 2026-12-24, open: "09:00-12:00"}'),
    ("except", '{on: 2026-12-24, open: "22:00-02:00"}', "22:00-02:00", "error bad-hours", "an exception ends with its day", None),
    ("except", '{on: 2026-12-24, open: "Mo 09:00-12:00"}', "Mo 09:00-12:00", "error bad-hours", "an exception has times alone", None),
    ("except", "{on: 2026-12-24}", "2026-12-24", "error bad-calendar", "'open', for its times, or 'is', for its outcome", None),
    ("except", "{on: 2026-12-24, is: Shut}", "Shut", "error bad-calendar", "write 'shut'", None),
    ("override", "usual", "usual", "error bad-calendar", "means something else", None),
    ("override", "{is: flooded, until: noon}", "noon", "error bad-calendar", "'noon' is no time", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "value", "piece", "kind", "says", "fixed"),
    MISTAKES,
    ids=[f"{m[0]}: {m[1]}" for m in MISTAKES],
)
def test_mistakes(
    tmp_path: Path, part: str, value: str, piece: str, kind: str, says: str, fixed: str | None
) -> None:
    options = project(tmp_path, office(**{part: value}))
    (found,) = check(options).findings
    assert told(found).startswith(f"{kind}: ")
    assert says in told(found)
    assert found.span.text.strip("\"'") == piece.strip("\"'")
    mended = mend(options)
    assert (found.fix is not None) == (fixed is not None)
    if fixed is not None:
        assert f"    {part}: {fixed}\n" in mended.files[0].text
        assert mended.remaining.findings == ()


def test_the_column_is_that_of_the_file(tmp_path: Path) -> None:
    project_ = project(tmp_path, office(open="'Mo-Fr 09:00-17:00; Sa 9-12'"))
    (found,) = check(project_).findings
    assert found.span.begin == (6, 34)


@pytest.mark.parametrize(
    "style",
    [
        "{zone: UTC, open: Mo-Fr 09:00-12:00,13:00-17:00, until: 2028-12-31}",
        "{zone: UTC, open: Mo-Fr 09:00-17:00, periods: {lunch: Mo 12:00-13:00,14:00-15:00}, until: 2028-12-31}",
    ],
)
def test_a_comma_inside_braces(tmp_path: Path, style: str) -> None:
    options = project(tmp_path, f"  office: {style}\n")
    (found,) = check(options).findings
    assert "inside {…} a comma ends the text" in told(found)
    (file,) = mend(options).files
    assert '"Mo' in file.text
    assert mend(options).remaining.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "  office:  # the desk\n    zone: UTC\n    open: Mo 10:00-12:00\n",
        "  office: {zone: UTC, open: Mo 10:00-12:00}\n",
    ],
)
def test_a_last_day_is_needed_and_never_taken_from_the_date(tmp_path: Path, text: str) -> None:
    options = project(tmp_path, text)
    (found,) = check(options).findings
    assert (
        told(found)
        == "error bad-calendar: a calendar needs 'until': the last day that is worked out (write until: 2028-12-31)"
    )
    assert "until: 2028-12-31" in mend(options).files[0].text
    assert mend(options).remaining.findings == ()
    (found,) = build(replace(options, today=None)).findings
    assert found.hint is None


def calendars(options: Options, flow: str | None = None) -> dict[str, Calendar]:
    found, findings = find_calendars(options, flow)
    assert not [each for each in findings if each.is_error]
    return {each.calendar.name: each.calendar for each in found}


def test_outcomes_come_in_the_order_of_the_page(tmp_path: Path) -> None:
    parts = {
        "periods": "{lunch: Mo 12:00-13:00}",
        "holidays": "US",
        "override": "{is: flooded, until: 2026-12-01}",
    }
    parts["except"] = "[{on: 2026-12-24, is: winter}, {on: Nov 11, is: usual}]"
    office_ = calendars(project(tmp_path, office(**parts)))["office"]
    assert office_.outcomes == ("open", "closed", "holiday", "lunch", "winter", "flooded")
    assert office_.settled is not None
    assert office_.settled.outcomes[0] == "closed"


def at(calendar: Calendar, text: str) -> str:
    from twimlc.calendars.settle import instant_at

    assert calendar.settled is not None
    instant = instant_at(calendar.settled, text)
    assert instant is not None
    return calendar.settled.outcome_at(instant)


def test_the_example_of_the_page(tmp_path: Path) -> None:
    parts = {
        "open": "Mo-Fr 09:00-17:00; Sa 10:00-14:00; Jul-Aug Fr 09:00-13:00",
        "periods": "{lunch: Mo-Fr 12:00-13:00}",
        "holidays": "{of: US, only: [New Year's Day, thanksgiving day, Christmas Day, Veterans Day]}",
        "except": '[{on: 2026-12-24, open: "09:00-12:00"}, {on: 2026-12-27..2026-12-31, is: winter-break}, {on: Nov 11, is: usual}, {on: 2027-03-01T08:00..2027-03-02T12:00, is: closed}]',
        "override": "{is: flooded, until: 2026-12-01T12:00}",
    }
    calendar = calendars(project(tmp_path, office(**parts)))["office"]
    for when, outcome in {
        "2026-11-30T10:00": "flooded",
        "2026-12-01T11:59:59": "flooded",
        "2026-12-01T12:00": "lunch",
        "2026-12-24T10:00": "open",
        "2026-12-24T12:30": "closed",  # nothing of the week's
        "2026-12-25T10:00": "holiday",
        "2026-12-26T10:00": "open",
        "2026-12-31T23:59": "winter-break",
        "2027-01-01T00:00": "holiday",
        "2027-03-01T07:59": "closed",
        "2027-03-02T11:59": "closed",
        "2027-03-02T12:00": "lunch",
        "2027-07-02T13:00": "closed",
        "2027-07-05T10:00": "open",  # Independence Day is not among them
        "2027-11-11T10:00": "open",
        "2027-12-31T10:00": "holiday",  # New Year's Day, observed
        "2027-12-31T15:00:00Z": "holiday",
    }.items():
        assert at(calendar, when) == outcome, when


def test_the_shorter_exception_counts_and_a_year_before_every_year(tmp_path: Path) -> None:
    parts = {
        "except": "[{on: 2026-12-20..2026-12-31, is: winter}, {on: Dec 24, is: eve}, {on: 2027-12-24, is: closed}, {on: 2026-12-24T12:00..2026-12-24T14:00, is: party}]"
    }
    calendar = calendars(project(tmp_path, office(**parts)))["office"]
    whole = [
        "2026-12-23T10:00",
        "2026-12-24T10:00",
        "2026-12-24T13:00",
        "2027-12-24T10:00",
        "2028-12-24T10:00",
    ]
    assert [at(calendar, when) for when in whole] == ["winter", "eve", "party", "closed", "eve"]


def test_a_name_in_both_is_an_error(tmp_path: Path) -> None:
    flow = f"calendars:\n{office()}{FLOW}"
    (found,) = check(project(tmp_path, office(), flow)).findings
    assert told(found).startswith(
        "error bad-calendar: the project file has a calendar 'office' already"
    )
    assert found.labels[0].span.file.path == "twimlc.yaml"


def test_what_an_exception_changes_in_some_row_is_not_told_of_others(tmp_path: Path) -> None:
    options = stores(tmp_path, "a,UTC,Mo-Sa 09:00-17:00,US", "b,UTC,Mo-Fr 09:00-17:00,")
    apart = "except: {on: 2026-12-26, is: closed}, until"
    (tmp_path / "desk.yaml").write_text(STORE.replace("until", apart))
    assert check(options).findings == ()
    (tmp_path / "desk.yaml").write_text(
        STORE.replace("until", apart.replace("26-12-26", "26-12-27"))
    )
    (found,) = check(options).findings
    assert (
        told(found)
        == "warning idle-exception: this changes nothing: the week is the same without it"
    )


STORE = "params: {zone: UTC, hours: x, country: ''}\ncalendars:\n  store: {zone: '${zone}', open: '${hours}', holidays: '${country}', until: 2028-12-31}\nsteps:\n  - say: Hello.\n"


def stores(folder: Path, *rows: str) -> Options:
    table = "\n".join(("store,zone,hours,country", *rows)) + "\n"
    text = "flows: .\nmatrix: stores.csv\ntargets: {site: {host: static}}\n"
    write_files(folder, {"twimlc.yaml": text, "desk.yaml": STORE, "stores.csv": table})
    return Options(cwd=folder, today=TODAY)


def test_a_wrong_cell_is_told_at_the_cell(tmp_path: Path) -> None:
    options = stores(
        tmp_path,
        "a,America/New_York,Mo-Fr 09:00-17:00,US",
        'b,UTC,"Mo-Fr 09:00-12:00 13:00-17:00",',
    )
    (found,) = check(options).findings
    assert (found.span.file.path, found.span.begin.line, found.span.text) == ("stores.csv", 3, " ")
    assert "(in row b)" in found.message


def test_what_comes_in_some_row_is_not_told_of_others(tmp_path: Path) -> None:
    options = stores(tmp_path, "a,UTC,24/7,US", "b,UTC,Mo-Fr 09:00-17:00,")
    assert check(options).findings == ()
    options = stores(tmp_path, "a,UTC,24/7,", "b,UTC,Mo-Su 00:00-24:00,")
    messages = [told(found) for found in check(options).findings]
    assert len(messages) == 2
    assert all("never-comes" in message and "row" not in message for message in messages)


def test_an_empty_value_counts_as_left_out_and_its_outcome_stays_known(tmp_path: Path) -> None:
    options = stores(tmp_path, "a,UTC,Mo-Fr 09:00-17:00,")
    found, _ = find_calendars(options, "desk")
    assert [each.calendar.outcomes for each in found] == [("open", "closed", "holiday")]


def test_equal_calendars_are_worked_out_once(tmp_path: Path) -> None:
    from twimlc.calendars.settle import work_out

    options = stores(
        tmp_path, *(f"s{n},UTC,Mo-Fr 09:00-17:00,US" for n in range(40)), "x,UTC,Mo 10:00-12:00,US"
    )
    before = work_out.cache_info().misses
    assert check(options).findings == ()
    assert work_out.cache_info().misses - before <= 2


def test_a_value_of_a_call_is_refused(tmp_path: Path) -> None:
    flow = STORE.replace("'${zone}'", "'${call.From}'").replace("'${hours}'", "Mo 10:00-12:00")
    (found,) = [f for f in check(project(tmp_path, office(), flow)).findings if f.is_error]
    assert "before any call" in found.message


def test_without_the_packages_the_way_to_them_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "missing", lambda: ("holidays", "tzdata"))
    (found,) = check(project(tmp_path, office())).findings
    assert (
        told(found)
        == "error bad-calendar: calendars need packages that are not installed: holidays, tzdata (pip install 'twimlc[hours]')"
    )


_LOADED = """
import json, sys
from pathlib import Path
from twimlc.pipeline import Options, check
check(Options(cwd=Path(sys.argv[1])))
names = [name for name in sys.modules if name.startswith(("holidays", "opening_hours", "zoneinfo", "twimlc.calendars."))]
print(json.dumps(names))
"""


def test_a_project_without_calendars_imports_nothing(tmp_path: Path) -> None:
    write_files(tmp_path, {"twimlc.yaml": "flows: .\n", "desk.yaml": FLOW})
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, str(tmp_path)], capture_output=True, check=True
    )
    assert sorted(json.loads(done.stdout)) == [
        f"twimlc.calendars.{name}" for name in ("kept", "settled")
    ]  # what plans and manifests can hold


_NAMES = """
import sys
from twimlc.calendars import sources
print(sources.clock_changes("Africa/Casablanca", 20000, 20800))
print(sorted(sources.holidays_of("DE-BY", 2026, 2027).names.items()))
"""


def test_nothing_comes_from_the_machine(tmp_path: Path) -> None:
    (tmp_path / "Africa").mkdir()
    (tmp_path / "Africa" / "Casablanca").write_bytes(b"TZif, but no zone")
    said = set()
    for language, zones in (("C", ""), ("de_DE.UTF-8", str(tmp_path)), ("th", "/nowhere")):
        around = {
            **os.environ,
            "LANG": language,
            "LANGUAGE": language,
            "PYTHONTZPATH": zones,
            "TZ": "Asia/Tokyo",
        }
        done = subprocess.run(
            [sys.executable, "-c", _NAMES], capture_output=True, check=True, env=around
        )
        said.add(done.stdout)
    assert len(said) == 1
    assert b"New Year's Day" in said.pop()


def test_a_run_that_hangs_on_the_day_is_not_said_again(tmp_path: Path) -> None:
    options = project(tmp_path, office())
    assert check(options).read == build(options).read == ()
    (tmp_path / "twimlc.yaml").write_text("flows: .\n")
    assert check(options).read


def test_what_was_kept_hangs_on_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from twimlc.pipeline import kept

    options = replace(project(tmp_path, office(), FLOW.replace("Welcome", "Hello")), store=True)

    def keys() -> set[str]:
        check(options)
        return {path.name for path in (tmp_path / ".twimlc").rglob("*") if path.is_file()}

    before = keys()
    assert keys() == before
    monkeypatch.setattr(kept, "versions", lambda: {"tzdata": "2099.1"})
    assert keys() > before
