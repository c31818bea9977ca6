"""What hosts are given for questions, read as their manuals say, on machines without servers."""

import json
import re
from random import Random
from urllib.parse import parse_qsl

import pytest

from random_questions import (
    BEGIN,
    END,
    FIRST,
    OFFICE,
    VALUES,
    calendar,
    cases,
    offsets,
    queries,
    question,
)
from twimlc.calendars.settled import Override
from twimlc.flow.decisions import Cases, Clock
from twimlc.hosts import find_host
from twimlc.hosts.asked import asked
from twimlc.hosts.clocks import seconds_between, timed, times_between
from twimlc.hosts.files import render_host_files
from twimlc.lower.plan import FlowPlace
from twimlc.lower.questions import Question

DESK = "desk/v.0123456789ab/"
PATH = f"{DESK}start.0.decide"
FLOWS = (FlowPlace("desk/", ("v.0123456789ab",)),)
HOSTS = [("nginx", None), ("caddy", None), ("apache", None), ("vercel", None), ("s3", "cloudfront")]


def test_times_as_expressions():
    for begin in range(0, 1440, 7):
        for end in (*range(begin + 1, 1440, 11), 1440):
            found = re.compile(times_between(begin, end))
            for minute in {0, begin - 1, begin, begin + 1, end - 1, end, end + 1, 1439} & set(
                range(1440)
            ):
                told = found.match(f"{minute // 60:02}:{minute % 60:02}:30") is not None
                assert told == (begin <= minute < end), (begin, end, minute)


def test_instants_as_expressions():
    random = Random(7)
    for _ in range(3000):
        begin = random.choice([10**9, random.randrange(BEGIN, END)])
        end = random.choice([10**10, begin + 1, random.randrange(begin + 1, END + 1)])
        found = re.compile(seconds_between(begin, end))
        near = [begin - 1, begin, begin + 1, end - 1, end, end + 1, random.randrange(10**9, 10**10)]
        for at in (at for at in near if 10**9 <= at < 10**10):
            assert (found.match(f"{at}.123") is not None) == (begin <= at < end), (begin, end, at)


def outcome_of(found, settled, at):
    """What a server finds that knows the spans and the weeks alone."""
    what = next((w for w, spans in found.held if any(a <= at < b for a, b in spans)), found.rest)
    if what[0] == "o":
        return settled.outcomes[int(what[1:])]
    day, minute = divmod((at // 60 + 3 * 1440) % 10080, 1440)
    rows = [
        outcome
        for outcome, days, spans in found.weeks[int(what[1:])]
        if day in days and any(begin <= minute < end for begin, end in spans)
    ]
    assert len(rows) < 2
    return settled.outcomes[rows[0] if rows else 0]


@pytest.mark.parametrize("seed", range(60))
def test_spans_and_weeks_say_what_the_calendar_says(seed):
    random = Random(seed)
    settled = calendar(random)
    found = timed(settled)
    asked_at = [random.randrange(BEGIN - 10**8, END + 4 * 10**8) for _ in range(100)]
    asked_at += [
        at + by for at, _ in offsets(settled.zone)[1:] for by in (-3600, -1, 0, 1, 3599, 3600)
    ]
    for day, _ in (*settled.days, *settled.seasons):
        edge = (day * 1440 - settled.offset_at(day * 86400)) * 60
        asked_at += [edge - 1, edge, edge + 1, edge + 43200]
    for at in asked_at:
        assert outcome_of(found, settled, at) == settled.outcome_at(at), at


def led(step, query):
    """What a server finds that looks at the query as it came."""
    sent = re.search(rf"(?:^|&){step.parameter}=([^&]*)", query)
    value = sent[1] if sent else ""
    return next((to for text, to in step.rows if re.search(text, value, re.I | re.A)), step.default)


def decoded(query, name):
    found = dict(reversed(parse_qsl(query, keep_blank_values=True)))
    return found.get(name)


@pytest.mark.parametrize("seed", range(40))
def test_values_as_expressions(seed):
    random = Random(seed)
    documents = [f"{DESK}{name}.xml" for name in "abcd"]
    turn = cases(random, documents)
    ((found,), _) = asked([Question(PATH, "desk", (turn,))], {})
    known = [case for case, _ in (*turn.whole, *turn.beginnings)]
    values = [
        None,
        *VALUES,
        *known,
        *(f"{case}7" for case in known),
        *(case.upper() for case in known),
    ]
    for value in values:
        for query in ["", *queries(turn.parameter, value)]:
            want = turn.way(decoded(query, turn.parameter))
            assert f"{DESK}{led(found.steps[0], query)}.xml" == want, (turn, query)


@pytest.mark.parametrize("parameter", ["From", "ForwardedFrom", "To", "FromZip"])
@pytest.mark.parametrize("value", [None, "", "+", " ", "Anonymous", "+17378742833", "2562533"])
def test_a_withheld_number(parameter, value):
    withheld = None if parameter == "FromZip" else f"{DESK}withheld.xml"
    turn = Cases(parameter, withheld, (("us", f"{DESK}us.xml"),), (), f"{DESK}other.xml")
    ((found,), _) = asked([Question(PATH, "desk", (turn,))], {})
    for query in ["", *queries(parameter, value)]:
        if query or value is None:
            given = value or parameter in ("From", "ForwardedFrom")
            want = "withheld" if parameter != "FromZip" and given else "other"
            assert led(found.steps[0], query) == want


def rendered(host, router, questions, calendars=None):
    made = render_host_files(
        find_host(host, router).files,
        *("site", "https://voice.example.com/ivr", ()),
        flows=FLOWS,
        questions=questions,
        calendars=calendars or {},
    )
    return {file.path: data.decode() for file, data in made}


def one(turn):
    return [Question(PATH, "desk", (turn,))]


@pytest.mark.parametrize(("host", "router"), HOSTS)
@pytest.mark.parametrize("bad", ['1"; }', "1 2", "$x", "{y}", "1\n", "1\\", "ü", "`", "(a|b)", "A"])
def test_what_could_be_configuration_is_refused(host, router, bad):
    a, b = f"{DESK}a.xml", f"{DESK}b.xml"
    turns = [
        Cases("From", a, ((f"sip:{bad}", a),), (), b),
        Cases("From", a, (), ((f"sip:{bad}", a),), b),
        Cases(f"Fr{bad}" if bad != "A" else "Fr om", a, (), (), b),
        Clock("office", ((bad if bad != "A" else "a b", a),), b),
        Clock(bad if bad != "A" else "a b", (), b),
        Cases("From", a, (), (), f"{DESK}{bad if bad != 'A' else 'a b'}.xml"),
    ]
    for turn in turns:
        with pytest.raises(ValueError, match="cannot be used in a configuration"):
            rendered(host, router, one(turn), {"office": OFFICE})
    strange = OFFICE._replace(outcomes=("closed", bad if bad != "A" else "a b", "lunch", "holiday"))
    with pytest.raises(ValueError, match="cannot be used in a configuration"):
        rendered(host, router, one(Clock("office", (), b)), {"office": strange})


def test_equal_calendars_are_written_once():
    clocks = [Clock(name, (("open", f"{DESK}a.xml"),), f"{DESK}b.xml") for name in ("x", "y", "z")]
    questions = [Question(f"{DESK}{n}.decide", "desk", (c,)) for n, c in enumerate(clocks)]
    alike = {"x": OFFICE, "y": OFFICE._replace(zone="US/Eastern"), "z": OFFICE._replace(days=())}
    ((_, _, _), clocks) = asked(questions, alike)
    assert clocks.numbers == {"x": 1, "y": 1, "z": 2}
    assert rendered("nginx", None, questions, alike)["nginx-http.conf"].count("map $msec") == 2


def test_a_calendar_that_is_gone_and_an_outcome_that_is_not_known():
    a, b = f"{DESK}a.xml", f"{DESK}b.xml"
    gone = Clock("gone", (("open", a),), b)
    ((found,), clocks) = asked(one(gone), {"office": OFFICE})
    assert (found.steps[0].rows, found.steps[0].default, clocks.settled) == ((), "b", ())
    older = Clock("office", (("open", a), ("flooded", a)), b)
    ((found,), _) = asked(one(older), {"office": OFFICE})
    assert found.steps[0].rows == (("open", "a"),)


@pytest.mark.parametrize(("host", "router"), HOSTS)
def test_nothing_is_added_where_nothing_is_asked(host, router):
    plain = rendered(host, router, [], {"office": OFFICE})
    assert "hours.xml" not in str(plain)
    assert plain == rendered(host, router, [])


def test_an_override_is_over_everything():
    for until in (None, BEGIN + 86400):
        flooded = OFFICE._replace(override=Override(2, until))
        found = timed(flooded)
        for at in (BEGIN, BEGIN + 86399, BEGIN + 86400, BEGIN + 50 * 86400):
            assert outcome_of(found, flooded, at) == flooded.outcome_at(at)


def test_vercel_rewrites():
    """The first rewrite whose conditions hold counts, as its documentation says."""
    random = Random(3)
    values = [None, *(value for value in VALUES if "%" not in value)]  # decoded, or as they come
    for _ in range(40):
        made = question(random, PATH, (), ("From", "FromCountry"))
        rows = json.loads(rendered("vercel", None, [made])["vercel.json"])["rewrites"]
        rows = [row for row in rows if row["source"] == f"/ivr/{PATH}"]
        for _ in range(60):
            sent = {name: random.choice(values) for name in ("From", "FromCountry")}

            def holds(row, sent=sent):
                return all(
                    (found := sent[item["key"]]) is not None
                    and re.search(item["value"], found, re.A)
                    for item in row.get("has", [])
                ) and all(sent[item["key"]] is None for item in row.get("missing", []))

            first = next(row for row in rows if holds(row))
            assert first["destination"] == f"/ivr/{made.document(sent)}"


def test_five_thousand_cases_take_little_room():
    rows = tuple((f"+1415{n:07}", f"{DESK}{'ab'[n % 2]}.xml") for n in range(5000))
    turn = Cases("From", f"{DESK}c.xml", rows, (("+1900", f"{DESK}a.xml"),), f"{DESK}b.xml")
    for host, router in HOSTS:
        texts = rendered(host, router, one(turn))
        longest = max(len(word) for text in texts.values() for word in text.split('"'))
        assert longest < 4096 or host == "s3", host
    store = json.loads(texts["router.kvs.json"])["data"]
    assert len(texts["router.js"]) <= 10240
    assert all(len(item["key"]) <= 512 and len(item["value"]) <= 1024 for item in store)
    assert len(store) == 5000 + 4


def test_a_store_keeps_the_meaning_of_its_keys():
    """Only the name of a calendar leads elsewhere, when its times change."""
    asking = one(Clock("office", (("open", f"{DESK}a.xml"),), f"{DESK}b.xml"))
    flows = [FlowPlace(f"desk/flow{n}/", (f"v.{n:012x}",)) for n in range(900)]
    pairs = []
    for settled in (OFFICE, OFFICE._replace(days=((FIRST, 2),)), None):
        made = render_host_files(
            find_host("s3", "cloudfront").files,
            *("site", None, ()),
            flows=flows,
            questions=asking,
            calendars={"office": settled} if settled else {},
        )
        texts = {file.path: data.decode() for file, data in made}
        pairs.append({i["key"]: i["value"] for i in json.loads(texts["router.kvs.json"])["data"]})
    changed = {key for a in pairs for b in pairs for key in a if a[key] != b.get(key, a[key])}
    assert changed == {"?office"}
    assert pairs[2]["?office"] == "-"
    assert list(pairs[0])[-1] == "?office", "after what it leads to"
