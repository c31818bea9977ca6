"""Real servers asked for what calendars and numbers lead to, with clocks that tests set."""

import os
import time
from pathlib import Path
from random import Random

import pytest

from random_questions import (
    BEGIN,
    END,
    OFFICE,
    OUTCOMES,
    VALUES,
    calendar,
    instants,
    queries,
    question,
)
from test_hosts_questions import decoded
from test_hosts_servers import APACHE, CADDY, NGINX, folder, needs
from twimlc.calendars.settled import Override
from twimlc.flow.decisions import Cases, Clock
from twimlc.lower.names import CACHE_CONTROL
from twimlc.lower.plan import FlowPlace
from twimlc.lower.questions import Question
from versions import ask, lay, serving

__all__ = ["folder"]  # a fixture

FAKETIME = next(
    Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("/usr/lib/libfaketime.so.1")
)
PROGRAMS = {"nginx": NGINX, "caddy": CADDY, "apache": APACHE}
VERSION = "v.0123456789ab"
DESK = f"desk/{VERSION}/"
FLOWS = (FlowPlace("desk/", (VERSION,)),)
NO_STORE = CACHE_CONTROL["no-store"]

pytestmark = pytest.mark.slow
servers = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs(PROGRAMS[name], name)) for name in PROGRAMS]
)
needs_faketime = pytest.mark.skipif(
    not FAKETIME.exists(), reason="NOT TESTED: libfaketime is not installed, so no clock was set"
)

ZONES = {
    "America/New_York": "Asia/Tokyo",
    "Asia/Kolkata": "America/Los_Angeles",
    "Australia/Adelaide": "UTC",
    "America/Phoenix": "Europe/Berlin",
    "America/Santiago": "Australia/Lord_Howe",
}
"""Those of calendars, and what the server's own is meanwhile."""


class Clocked:
    """A server, and its clock. Caddy's is read past the C library, so the request brings it."""

    def __init__(self, name, folder, laid, zone, **options):
        self.name, self.now = name, folder / "now"
        self.now.write_text(str(BEGIN))
        if name == "caddy":
            file = laid.folder / "Caddyfile"
            text = file.read_text()
            assert "{time.now.unix}" in text
            file.write_text(text.replace("{time.now.unix}", "{query.now}"))
        else:
            options["env"] = {
                **os.environ,
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.now),
                "FAKETIME_FMT": "%s",
                "FAKETIME_NO_CACHE": "1",
                "DONT_FAKE_MONOTONIC": "1",
                "TZ": zone,
            }
        if name == "apache":  # a second thread may hand on the time that it read before
            options["mpm"] = "mpm_prefork"
        if name == "nginx":
            names = ("LD_PRELOAD", "TZ", "DONT_FAKE_MONOTONIC")
            names += ("FAKETIME_TIMESTAMP_FILE", "FAKETIME_FMT", "FAKETIME_NO_CACHE")
            options["main"] = "".join(f"env {name};\n" for name in names)
        self._serving = serving(name, folder, laid, **options)

    def __enter__(self):
        self.port = self._serving.__enter__()
        return self

    def __exit__(self, *fault):
        return self._serving.__exit__(*fault)

    def ask(self, address, at, query="", method="GET"):
        if self.name == "caddy":
            query = f"{query}&now={at}"
        else:
            with self.now.open("r+") as file:  # as long as before, and never empty
                file.write(str(at))
        return ask(self.port, f"{address}?{query}", method)


def told(name, outcomes=OUTCOMES):
    """A question with a document for each outcome."""
    rows = tuple((outcome, f"{DESK}{outcome}.xml") for outcome in outcomes)
    return Question(f"{DESK}{name}.decide", "desk", (Clock(name, rows, f"{DESK}otherwise.xml"),))


@needs_faketime
@servers
@pytest.mark.sweep
@pytest.mark.parametrize("zone", ZONES)
def test_every_switch_of_three_years(folder, sweep, name, zone):
    random = Random(zone)
    calendars = {"even": calendar(random, zone, override=False), "office": office(zone)}
    flooded = Override(1, random.randrange(BEGIN, END))
    calendars["flooded"] = calendars["office"]._replace(override=flooded)
    questions = [told(calendar) for calendar in calendars]
    laid = lay(folder, name, "/n/", flows=FLOWS, questions=questions, calendars=calendars)
    count = 0
    with Clocked(name, folder, laid, ZONES[zone]) as server:
        for which, settled in calendars.items():
            asked_at = list(instants(settled))
            asked_at = asked_at if sweep else random.sample(asked_at, min(len(asked_at), 120))
            for at in [*asked_at, END + 86400 * 400, END + 86400 * 2000]:
                found = server.ask(f"/n/{DESK}{which}.decide", at)
                want = f"{DESK}{settled.outcome_at(at)}.xml"
                assert found[:3] == (200, NO_STORE, laid.host.files[want]), (which, at, want)
                count += 1
    print(f"{name}, {zone}: {count} instants, 0 wrong")


def office(zone):
    """Weekdays with lunch, a bar past midnight at the end of the week, holidays, two seasons."""
    day = ((0, 0), (540, 1), (720, 3), (780, 1), (1020, 0))
    late, night = ((0, 0), (1080, 1)), ((0, 1), (150, 0), (1110, 1))
    fresh = calendar(Random(1), zone, override=False)
    starts = (fresh.first, fresh.first + 181, fresh.first + 243, fresh.first + 546)
    return fresh._replace(
        outcomes=OUTCOMES,
        patterns=(((0, 0),), day, late, night, ((0, 1), (90, 0)), ((0, 2),), ((0, 4),)),
        weeks=((1, 1, 1, 1, 2, 3, 4), (1, 1, 1, 1, 1, 0, 0)),
        seasons=tuple((start, at % 2) for at, start in enumerate(starts)),
        days=tuple((fresh.first + by, 5 + by % 2) for by in (0, 18, 144, 357, 358, 500, 723, 1095)),
    )


@needs_faketime
@servers
@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(4))
def test_questions_of_several_turns(folder, sweep, name, seed):
    random = Random(seed)
    calendars = {f"c{n}": calendar(random) for n in range(5)}
    questions = [
        question(random, f"{DESK}q{n}.decide", [*calendars, "gone"])
        for n in range(20 if sweep else 8)
    ]
    laid = lay(folder, name, "/n/", flows=FLOWS, questions=questions, calendars=calendars)
    count = 0
    with Clocked(name, folder, laid, "Asia/Tokyo") as server:
        for asking in questions:
            names = list(dict.fromkeys(t.parameter for t in asking.turns if isinstance(t, Cases)))
            known = [
                case
                for turn in asking.turns
                if isinstance(turn, Cases)
                for case, _ in (*turn.whole, *turn.beginnings)
            ]
            values = [None, *VALUES, *known, *(case + "7" for case in known)]
            for value in values if sweep else random.sample(values, 25):
                parts = [list(queries(name, value)) or [""] for name in names]
                for query in {"&".join(map(random.choice, parts)) for _ in range(3)}:
                    at = random.randrange(BEGIN, END)
                    found = server.ask(f"/n/{asking.path}", at, f"CallSid=CA1&{query}&To2=1")
                    answers = {name: decoded(query, name) or "" for name in names}
                    answers |= {name: each.outcome_at(at) for name, each in calendars.items()}
                    want = asking.document(answers)
                    assert found[:3] == (200, NO_STORE, laid.host.files[want]), (asking, query, at)
                    count += 1
            assert server.ask(f"/n/{asking.path}", BEGIN, "From=1", "POST").status == 405
            assert server.ask(f"/n/{asking.path}", BEGIN, "From=1", "HEAD").status == 200
    print(f"{name}: {count} values, 0 wrong")


@servers
@pytest.mark.parametrize("base", ["/", "/n/", "/call~flows/v1.2/"])
def test_what_is_gone(folder, name, base):
    asking = [
        told("office"),
        Question(
            f"{DESK}who.decide", "desk", (Cases("From", f"{DESK}a.xml", (), (), f"{DESK}b.xml"),)
        ),
    ]
    laid = lay(folder, name, base, flows=FLOWS, questions=asking, calendars={"office": OFFICE})
    sorry = laid.host.files["desk/changed.xml"]
    with serving(name, folder, laid) as port:
        for path in ("desk/v.000000000000/office.decide", f"{DESK}never.decide"):
            assert ask(port, f"{base}{path}?From=1")[:3] == (200, NO_STORE, sorry)
            assert ask(port, f"{base}{path}", "POST").status == 405
        assert ask(port, f"{base}Desk/{VERSION}/office.decide").status == 404
        found = ask(port, f"{base}{DESK}who.decid%65?From=%2B1")
        assert (found.body, found.cache) == (laid.host.files[f"{DESK}b.xml"], NO_STORE)
        assert ask(port, f"{base}{DESK}open.xml").cache == CACHE_CONTROL["immutable"]
        assert ask(port, f"{base}hours.xml").status == 404
        for document in (laid.public / DESK).glob("*.xml"):
            document.unlink()  # as somebody may by mistake
        for path in ("office", "who"):
            assert ask(port, f"{base}{DESK}{path}.decide?From=1")[:3] == (200, NO_STORE, sorry), (
                path
            )


@needs(APACHE, "apache2")
def test_apache_without_its_module(folder):
    """The way of every other outcome, never a page that is sent as it lies there."""
    laid = lay(
        folder,
        "apache",
        "/n/",
        flows=FLOWS,
        questions=[told("office")],
        calendars={"office": OFFICE},
    )
    with serving("apache", folder, laid, without=["include"]) as port:
        found = ask(port, f"/n/{DESK}office.decide?From=1")
        assert found[:3] == (200, NO_STORE, laid.host.files[f"{DESK}otherwise.xml"])
        assert ask(port, "/n/hours.xml").status == 404


@servers
def test_the_real_clock(folder, name):
    """It is not the test's: a calendar that is open now, and one that is not."""
    now = int(time.time())
    rest = {"patterns": (((0, 0),), ((0, 1),)), "days": (), "seasons": ((20454, 0),)}
    opened = OFFICE._replace(**rest, weeks=((1,) * 7,))
    closed = opened._replace(weeks=((0,) * 7,))
    ending = closed._replace(override=Override(1, now + 3600))
    calendars = {"opened": opened, "closed": closed, "ending": ending}
    questions = [told(name) for name in calendars]
    laid = lay(folder, name, "/n/", flows=FLOWS, questions=questions, calendars=calendars)
    with serving(name, folder, laid) as port:
        for which, settled in calendars.items():
            found = ask(port, f"/n/{DESK}{which}.decide")
            assert found.body == laid.host.files[f"{DESK}{settled.outcome_at(now)}.xml"], which
            assert found.headers["Content-Type"].startswith("text/xml")


@servers
def test_five_thousand_numbers(folder, name):
    random = Random(9)
    numbers = [f"+1{n}" for n in random.sample(range(2_000_000_000, 9_999_999_999), 4500)]
    people = [f"sip:person.{n}@example.com" for n in range(500)]
    rows = tuple((case, f"{DESK}{random.choice('abc')}.xml") for case in numbers + people)
    turn = Cases("From", f"{DESK}w.xml", rows, (("+1900", f"{DESK}x.xml"),), f"{DESK}z.xml")
    asking = Question(f"{DESK}who.decide", "desk", (turn,))
    began = time.monotonic()
    laid = lay(folder, name, "/n/", flows=FLOWS, questions=[asking])
    with serving(name, folder, laid) as port:
        print(f"{name}: started within {time.monotonic() - began:.1f} s")
        began, count = time.monotonic(), 0
        for value in [*random.sample(numbers, 100), *random.sample(people, 50), *VALUES[:20]]:
            for query in queries("From", value):
                found = ask(port, f"/n/{asking.path}?{query}")
                assert found.body == laid.host.files[turn.way(decoded(query, "From"))], query
                count += 1
        print(f"{name}: {(time.monotonic() - began) / count * 1000:.2f} ms a request")
