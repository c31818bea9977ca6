"""A build takes the place of another while calls are in progress: each hears what is right.

Thousands more: ``python -m rebuilds.sweep``, and by ``make sweep``. The judge itself is tested on answers made by hand.
"""

import pytest

from rebuilds import servers
from rebuilds.flows import APOLOGY, HOSTS
from rebuilds.hosts import Answer
from rebuilds.judge import Judge, Rules
from rebuilds.player import Call
from rebuilds.reader import Project
from rebuilds.script import Script
from rebuilds.world import KINDS, abilities, judged, world

SHARE = 6  # of the kinds of edit, one in so many is tried on each host


def some(number, share):
    return [kind for at, kind in enumerate(KINDS) if at % share == number % share]


@pytest.mark.parametrize("host", HOSTS)
def test_calls_in_progress(host):
    number = HOSTS.index(host)
    reports = [judged(number, host, kind) for kind in some(number, SHARE)]
    assert sum(report.count for report in reports) > 30
    faults = [fault for report in reports for fault in report.faults]
    assert not faults, f"{len(faults)} calls went wrong, the first one:\n{faults[0]}"


@pytest.mark.slow
@pytest.mark.parametrize("host", servers.REAL)
def test_calls_in_progress_on_the_servers_themselves(host):
    name = host.rpartition(" ")[2]
    if not servers.installed(name):
        pytest.skip(f"NOT TESTED: {name} is not installed")
    number = servers.REAL.index(host)
    reports = [judged(number, host, kind) for kind in some(number, len(KINDS) // 2)]
    faults = [fault for report in reports for fault in report.faults]
    assert not faults, f"{len(faults)} calls went wrong, the first one:\n{faults[0]}"


def test_what_stays_and_what_comes_before_are_played():
    assert {"keep", "previous"} <= abilities()


@pytest.mark.parametrize("host", HOSTS)
def test_the_reader_says_what_one_build_says(host, tmp_path):
    for seed in range(3):
        made = world(seed, host, "words", tmp_path / str(seed))
        for flow in made.projects[0].first:
            for script in range(4):
                call = made.call(flow, script, lambda n: 0)
                judge = Judge(call.items, call.cut, made.projects, script, made.rules)
                assert judge.verdict(flow)[0] == "same", (seed, flow, script, call.items)


# The judge

FRONT = {
    "main": [
        {"say": "Hello.", "note": "n1"},
        {"menu": {"prompt": "Press.", "choices": {"1": "sales", "2": "back/"}}, "note": "n2"},
    ],
    "sales": [{"say": "Sales.", "note": "n3"}],
}
BACK = {"main": [{"say": "Back.", "note": "n4"}], "more": [{"say": "More.", "note": "n5"}]}


def project(sales="Sales.", back="Back."):
    front = {**FRONT, "sales": [{"say": sales, "note": "n3"}]}
    return Project({"front": front, "back": {**BACK, "main": [{"say": back, "note": "n4"}]}}, {})


OLD = project()
PRESSED = {key: next(s for s in range(99) if Script(s).keys() == key) for key in ("1", "2")}
ASKED = "<Say>Hello.</Say><Gather action='menu'><Say>Press.</Say></Gather>"
FOOT = f"<Say>{APOLOGY}</Say><Hangup/>"


class Site:
    """A host that says the same to every key; None: there is nothing."""

    def __init__(self, answer):
        self.answer = answer

    def get(self, url, parameters):
        body = ASKED if url.endswith("/start") else self.answer
        return Answer(404) if body is None else Answer(200, f"<Response>{body}</Response>".encode())


def judgment(answer, new, key="1", **rules):
    """What the judge says of a call that presses a key and is answered by the new build's host."""
    call = Call([Site("unused"), Site(answer)], lambda n: int(n > 1), Script(PRESSED[key]))
    call.play("https://a.example/start")
    rules = Rules(APOLOGY, **rules)
    return Judge(call.items, call.cut, [OLD, new], PRESSED[key], rules).verdict("front")[0]


SALES, BETTER, REPAIRS = "<Say>Sales.</Say>", "<Say>Better sales.</Say>", "<Say>Repairs.</Say>"
CASES = [
    (SALES, project(), {}, "same"),
    (SALES, project("Better sales."), {}, "same"),
    (BETTER, project("Better sales."), {}, "newer"),
    (BETTER, project("Better sales."), {"names": True}, "fresh"),
    (BETTER, project(), {"names": True}, "misread"),
    (REPAIRS, project(), {}, "misread"),
    (REPAIRS, project(), {"names": True}, "misread"),
    (REPAIRS, project(), {"keep": 0}, "misread"),
    (REPAIRS, project(), {"decides": False}, "rerouted"),
    ("<Say>Back.</Say>", project(), {"names": True}, "misread"),
    (SALES + REPAIRS, project(), {}, "rerouted"),
    ("", project(), {}, "misread"),
    (FOOT, project(), {"names": True}, "foot"),
    (FOOT, project(), {}, "cut off"),
    (FOOT, project(), {"keep": 0}, "apology"),
    (None, project(), {}, "404"),
    (None, project(), {"names": True}, "404"),
    (None, project(), {"keep": 0}, "404"),
    (None, project(), {"keep": 0, "answered": False}, "fallback"),
]


@pytest.mark.parametrize(("answer", "new", "rules", "verdict"), CASES)
def test_the_judge(answer, new, rules, verdict):
    assert judgment(answer, new, **rules) == verdict


def test_the_judge_knows_what_a_sound_is_worth():
    flows = {"front": {"main": [{"say": "Hello."}, {"play": "la.wav"}]}}
    old, new = (Project(flows, {"la.wav": data}) for data in (b"old", b"new"))
    answer = "<Say>Hello.</Say><Play>la.wav</Play>"

    def verdict(sound, **rules):
        site = Site(answer)
        site.get = lambda url, _: sound if url.endswith("wav") else Site(answer).get(url, {})
        call = Call([Site(answer), site], lambda n: int(n > 1), Script(0))
        call.play("https://a.example/index.xml")
        judge = Judge(call.items, call.cut, [old, new], 0, Rules(APOLOGY, **rules))
        return judge.verdict("front")[0]

    assert verdict(Answer(200, b"old")) == "same"
    assert verdict(Answer(200, b"new")) == "rerouted"
    assert verdict(Answer(404)) == "no sound"
    assert verdict(Answer(404), keep=0) == "fallback"


def test_the_judge_knows_that_another_flows_start_is_live():
    new = project(back="New.")
    assert judgment("<Say>New.</Say>", new, "2") == "same"
    assert judgment("<Say>Back.</Say>", new, "2") == "misread"
    assert judgment("<Say>Back.</Say>", new, "2", live=False) == "same"
    assert judgment("<Say>More.</Say>", new, "2", live=False) == "misread"
    assert judgment("<Say>Back.</Say>", new, "2", partial="front") == "same"
    gone = Project({"front": FRONT}, {})
    assert judgment(None, gone, "2") == "fallback"
    assert judgment(None, gone, "1") == "404"
