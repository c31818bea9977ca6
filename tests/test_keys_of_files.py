"""Every key of project files and call scripts is read: another value gives another build or call.

The schemas are walked, so a key that is added needs its row here. A key of a target is tried on every
host; where it does nothing it is refused.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from folders import files_in, write_files
from twimlc import pipeline
from twimlc.calls import report
from twimlc.calls.run import play_scripts
from twimlc.formats.project_file import HOSTS, ROUTERS, project_schema
from twimlc.formats.script_file import script_schema
from twimlc.vocabulary import connected

Tree = Any
Outcome = tuple[list[str], Mapping[str, str]]


def keys_of(schema: Tree, path: str = "") -> Iterator[str]:
    """The keys of a schema, ``*`` for an item of a list or a name of the author's."""
    for key, part in schema.get("properties", {}).items():
        yield path + key
        yield from keys_of(part, f"{path}{key}.")
    inner = [schema.get("items"), schema.get("additionalProperties")]
    for part in (*inner, *schema.get("patternProperties", {}).values()):
        if isinstance(part, dict):
            yield from keys_of(part, f"{path}*.")


def written(folder: Path, files: Mapping[str, Tree]) -> None:
    texts = {p: tree if isinstance(tree, str) else json.dumps(tree) for p, tree in files.items()}
    write_files(folder, texts)


def built(folder: Path, *steps: Mapping[str, Tree]) -> Outcome:
    """The findings of builds of these files, one after another, and what lies there in the end."""
    for files in steps:
        written(folder, files)
        result = pipeline.build(pipeline.Options(cwd=folder))
    assert result.faults == ()
    known = {path for files in steps for path in files}
    found = [f"{f.severity}: {f.message}" for f in result.findings]
    return found, {p: data.decode() for p, data in files_in(folder).items() if p not in known}


def refuses(outcome: Outcome, key: str) -> bool:
    return any(re.search(rf"'{key}'|\b{key}\b", f) for f in outcome[0] if f.startswith("error"))


SAY: Tree = {"steps": [{"say": "Hello."}, "hangup"]}
MENU: Tree = {
    "steps": [
        {"play": "https://media.example.com/a.mp3"},
        {"menu": {"prompt": "For one press 1 now.", "choices": {"1": "next"}}},
        {"gather": {"prompt": "Your code.", "numDigits": 4}, "then": "next"},
        {"dial": "+14155550100"},
        "hangup",
    ]
}


def flow(*steps: Tree) -> Tree:
    return {"steps": [*steps, {"say": "Bye."}, "hangup"]}


def pay(**given: Tree) -> Tree:
    return {"f.yaml": flow({"pay": {"chargeAmount": 10, **given}})}


def of_account(key: str, step: Tree, *values: Tree) -> tuple[Tree, ...]:
    return {"f.yaml": flow(step)}, *({"account": {key: value}} for value in values)


def budget(goal: str, measure: str) -> tuple[Tree, ...]:
    given = {"choice": {"seconds": 60, "words": 60}} if goal == "sound" else {}
    both = ({**given, goal: {measure: most}} for most in (0, 90))
    return {"f.yaml": MENU}, *({"budgets": each, **NGINX} for each in both)


def connector(key: str, step: Tree) -> tuple[Tree, ...]:
    return of_account("connectors", step, {key: ["Mine"]}, {key: ["Other"]})


def payments(key: str, one: Tree, two: Tree) -> tuple[Tree, ...]:
    both = ({"pay": {"Default": {key: value}}} for value in (one, two))
    return pay(), *({"account": {"connectors": each}} for each in both)


NGINX: Tree = {"targets": {"t": {"host": "nginx"}}}
DIAL: Tree = {"dial": {"number": "+14155550100", "callerId": "+14155550199"}}
TEXT: Tree = {"message": {"body": "Hello.", "from": "+14155550199"}}
TABLES: Tree = {
    "a.csv": "store,city\none,Bergen\n",
    "b.csv": "store,city\ntwo,Oslo\n",
    "f.yaml": {"params": {"city": "Rome"}, **flow({"say": "${city}"})},
    "g.yaml": {"params": {"city": "Rome"}, **flow({"say": "Also ${city}"})},
}
APPLICATION = "AP" + "0" * 32

_WEEK = {"zone": "UTC", "open": "Mo-Fr 10:00-11:00", "until": "2028-12-31"}
_APART = {"on": "2028-12-25", "is": "winter"}
_CALENDARS: Mapping[str, tuple[Tree, Tree]] = {
    "zone": ({}, {"zone": "EST"}),
    "open": ({}, {"open": "Mon 10:00-11:00"}),
    "periods": ({}, {"periods": {"open": "Mo 10:00-11:00"}}),
    "holidays": ({}, {"holidays": "UK"}),
    "holidays.of": ({"holidays": {"of": "US"}}, {"holidays": {"of": "UK"}}),
    "holidays.only": ({"holidays": {"of": "US"}}, {"holidays": {"of": "US", "only": ["Xmas"]}}),
    "holidays.without": ({"holidays": "US"}, {"holidays": {"of": "US", "without": ["Xmas"]}}),
    "except": ({}, {"except": [{"on": "2028-12-23", "is": "closed"}]}),
    "except.*.on": ({"except": [_APART]}, {"except": [{**_APART, "on": "Feb 30"}]}),
    "except.*.open": ({"except": [_APART]}, {"except": [{"on": "Dec 25", "open": "9-12"}]}),
    "except.*.is": ({"except": [_APART]}, {"except": [{**_APART, "is": "usual"}]}),
    "until": ({}, {"until": "soon"}),
    "override": ({}, {"override": "usual"}),
    "override.is": ({"override": {"is": "flood"}}, {"override": {"is": "usual"}}),
    "override.until": ({"override": "flood"}, {"override": {"is": "flood", "until": "noon"}}),
}
"""By the key of a calendar: what a sound one has more, or a wrong one instead."""

PROJECT: Mapping[str, tuple[Tree, ...]] = {
    "calendars": ({"f.yaml": SAY}, {}, {"calendars": {"a": {"zone": "EST"}}}),
    **{
        f"calendars.*.{key}": (
            {"f.yaml": SAY},
            *({"calendars": {"a": {**_WEEK, **parts}}} for parts in both),
        )
        for key, both in _CALENDARS.items()
    },
    "lists": (
        {"f.yaml": flow({"switch": "From", "when": {"some": "hangup"}}, {"say": "Hello."})},
        *({"lists": {"some": [number]}, **NGINX} for number in ("+14155550100", "4155550100")),
    ),
    "flows": ({"a/f.yaml": SAY, "b/f.yaml": MENU}, {"flows": "a"}, {"flows": "b"}),
    "build": ({"f.yaml": SAY}, {"build": "one"}, {"build": "two"}),
    "params": (TABLES, {"params": {"city": "Bergen"}}, {"params": {"city": "Oslo"}}),
    "targets": ({"f.yaml": SAY}, NGINX, {"targets": {"u": {"host": "nginx"}}}),
    "matrix": (TABLES, {"matrix": "a.csv"}, {"matrix": "b.csv"}),
    "matrix.table": (TABLES, {"matrix": {"table": "a.csv"}}, {"matrix": {"table": "b.csv"}}),
    "matrix.folder": (
        TABLES,
        *({"matrix": {"table": "a.csv", "folder": column}} for column in ("store", "city")),
    ),
    "matrix.flows": (
        TABLES,
        *({"matrix": {"table": "a.csv", "flows": [name]}} for name in ("f", "g")),
    ),
    "budgets": ({"f.yaml": MENU}, {"budgets": {"human": {"keys": 0}}, **NGINX}, NGINX),
    **{f"budgets.{goal}": budget(goal, "seconds") for goal in ("choice", "human", "sound")},
    **{
        f"budgets.{goal}.{measure}": budget(goal, measure)
        for goal in ("choice", "human", "sound")
        for measure in ("seconds", "words", "keys")
        if goal == "human" or measure != "keys"
    },
    "account": ({"f.yaml": flow(DIAL)}, {"account": {"countries": ["GB"]}}, {"account": {}}),
    "account.region": of_account("region", {"connect": {"room": "Standup"}}, "us1", "au1"),
    "account.pci": of_account("pci", {"redirect": "http://a.example.com/x"}, True, False),
    "account.recordingEncryption": of_account(
        "recordingEncryption", {"record": {"maxLength": 20, "transcribe": True}}, True, False
    ),
    "account.callTransfer": of_account(
        "callTransfer", {"dial": {"sip": "sip:a@pbx.example.com"}}, True, False
    ),
    "account.interconnect": of_account(
        "interconnect", {"play": "https://m.example.com/a.mp3#e=ashburn-ix"}, True, False
    ),
    "account.calls": of_account(
        "calls", {"refer": {"sip": "sip:a@pbx.example.com"}}, ["sip"], ["client"]
    ),
    "account.countries": of_account("countries", DIAL, ["US"], ["GB"]),
    "account.numbers": (
        {"f.yaml": {"kind": "messaging", "steps": [TEXT]}},
        *({"account": {"numbers": [number]}} for number in (TEXT["message"]["from"], "+14155550198")),
    ),
    "account.callerIds": of_account("callerIds", DIAL, ["+14155550199"], ["+14155550198"]),
    "account.sipDomains": of_account(
        "sipDomains", {"dial": {"sip": "sip:a@desk.sip.twilio.com"}},
        ["desk.sip.twilio.com"], ["shop.sip.twilio.com"],
    ),
    "account.applications": of_account(
        "applications", {"dial": {"application": APPLICATION}}, [APPLICATION], ["AP" + "1" * 32]
    ),
    "account.connectors": (pay(), *({"account": {"connectors": {"pay": [n]}}} for n in ("Default", "A"))),
    "account.connectors.pay": connector("pay", {"pay": {"paymentConnector": "Mine"}}),
    "account.connectors.virtualAgent": connector(
        "virtualAgent", {"connect": {"virtualAgent": {"connectorName": "Mine"}}}
    ),
    "account.connectors.stream": connector(
        "stream", {"connect": {"stream": {"url": "wss://a.example.com/x", "connectorName": "Mine"}}}
    ),
    "account.connectors.siprec": connector(
        "siprec", {"start": {"siprec": {"connectorName": "Mine"}}}
    ),
    "account.connectors.pay.*.charge": payments("charge", True, False),
    "account.connectors.pay.*.currencies": payments("currencies", ["usd"], ["eur"]),
    "account.connectors.pay.*.paymentMethods": payments(
        "paymentMethods", ["credit-card"], ["ach-debit"]
    ),
    "account.connectors.pay.*.tokenTypes": (
        pay(chargeAmount=0), *payments("tokenTypes", ["reusable"], ["one-time"])[1:],
    ),
    "account.connectors.pay.*.parameters": (
        pay(parameters={"shop": "one"}), *payments("parameters", ["shop"], ["till"])[1:],
    ),
    "rules": ({"f.yaml": {"params": {"x": 1}, **SAY}}, {"rules": {"unused-param": "off"}}, {}),
}  # fmt: skip
"""The files beside the project file, and what it says with two values of a key."""


def test_the_rows_are_those_of_the_project_file() -> None:
    known = {key for key in keys_of(project_schema()) if not key.startswith("targets.")}
    assert known == set(PROJECT)
    assert set(connected()) == {"pay", "virtualAgent", "stream", "siprec"}


@pytest.mark.sweep(5)
@pytest.mark.parametrize("key", PROJECT)
def test_another_value_of_the_project_file_is_another_build(key: str, tmp_path: Path) -> None:
    files, one, two = PROJECT[key]
    said = [built(tmp_path / "home", {**files, "twimlc.yaml": one})]
    (tmp_path / "home").rename(tmp_path / "first")
    said += [built(tmp_path / "home", {**files, "twimlc.yaml": two})]
    assert said[0] != said[1]


SID, OTHER = "EH" + "0" * 32, "EH" + "1" * 32
ON: Mapping[str, Tree] = {
    **{host: {"host": host} for host in HOSTS},
    "s3": {"host": "s3", "url": "https://a.example.com"},
    "vercel": {"host": "vercel", "url": "https://a.example.com"},
    "twiml-bin": {"host": "twiml-bin", "media": "https://m.example.com"},
    **{
        router: {"host": hosts[0], "router": router, "url": "https://a.example.com"}
        for router, hosts in ROUTERS.items()
        if router != "twiml-bin"
    },
    "hop": {"host": "s3", "router": "twiml-bin", "url": "https://a.example.com", "bin": SID},
}
"""A target of each host, and of each router."""

FLOW: Tree = {
    "params": {"word": "Hello."},
    "steps": [
        {"say": "${word}"},
        {"record": {"maxLength": 9}, "then": "next"},
        {"play": "a.mp3"},
        "hangup",
    ],
}
SORRY: Tree = {"steps": [{"say": "Sorry."}, "hangup"]}
RINGS: Tree = flow({"dial": "+14155550100", "fallback": [{"say": "Nobody."}]})
ALSO: Tree = {"steps": [{"say": "Also."}, {"play": "a.mp3"}, "hangup"]}

TARGET: Mapping[str, tuple[Tree, Tree]] = {
    "host": ("static", "nginx"),
    "url": ("https://a.example.com", "https://b.example.com"),
    "router": ("cloudfront", None),
    "bin": (SID, OTHER),
    "bins": ({"f": SID}, {"f": OTHER}),
    "media": ("https://m.example.com", "https://n.example.com"),
    "flows": (["f"], ["g"]),
    "keep": (0, 3),
    "params": ({"word": "One."}, {"word": "Two."}),
    "allow": ([], ["fallback-after-answer"]),
    "onError": ("g", None),
    "apology": ("Sorry, call us again.", "Sorry."),
    "limits": ({"documents": 1}, {"documents": 9}),
    "limits.documents": ({"documents": 1}, {"documents": 9}),
    "limits.bytes": ({"bytes": 1}, {"bytes": 99999}),
    "tags": ("comment", "bare"),
}
"""Two values of each key of a target."""

READ_ELSEWHERE: Mapping[tuple[str, str], str] = {
    **{
        (host, "allow"): "it keeps the promise all the same"
        for host in ("nginx", "caddy", "apache", "vercel", "twiml-bin", "cloudfront", "hop")
    },
}
"""Keys that a host takes although they give the same there, and the reason."""


def test_the_rows_are_those_of_a_target() -> None:
    start = "targets.*."
    known = [key.removeprefix(start) for key in keys_of(project_schema()) if key.startswith(start)]
    assert set(known) == set(TARGET)


@pytest.mark.sweep(9)
@pytest.mark.parametrize(("host", "key"), [(host, key) for host in ON for key in TARGET])
def test_another_value_of_a_target_is_another_build(host: str, key: str, tmp_path: Path) -> None:
    outcomes = []
    row = key.partition(".")[0]
    files = {"f.yaml": RINGS if key in ("allow", "bin") else FLOW, "g.yaml": SORRY, "h.yaml": ALSO}
    for number, value in enumerate(TARGET[key]):
        target = {k: v for k, v in {**ON[host], row: value}.items() if v is not None}
        project = {"flows": ".", "targets": {"t": target}}
        folder = tmp_path / str(number)
        written(folder, {"a.mp3": "ID3"})
        now = {**files, "twimlc.yaml": project, "a.mp3": "ID3"}
        later = {**now, "f.yaml": SORRY, "h.yaml": SORRY}
        outcomes.append(built(folder, now, *([later] if key == "keep" else [])))
    read = outcomes[0] != outcomes[1] or refuses(outcomes[0], row)
    assert read is ((host, key) not in READ_ELSEWHERE), outcomes[0]


def call(**given: Tree) -> Tree:
    return {"calls": [{"name": "it", "expect": {"hears": "hangup"}, **given}]}


def expects(
    step: Tree, key: str, one: Tree, two: Tree, wanted: Tree, **more: Tree
) -> tuple[Tree, ...]:
    """A flow of a step whose outcomes lead apart, and what happens, once so and once otherwise."""
    files = {"f.yaml": flow({**step, "then": [{"say": "Good."}], "fallback": [{"say": "Bad."}]})}
    return files, *(call(**{key: v}, expect={"hears": {"say": wanted}}, **more) for v in (one, two))


def listens(key: str, one: Tree, two: Tree, **more: Tree) -> tuple[Tree, ...]:
    """A flow with a queue and a called party, of which other things are expected."""
    return HEARD, call(expect={key: one}, **more), call(expect={key: two}, **more)


CONNECTED: Mapping[str, Tree] = {
    "autopilot": {"name": "UA" + "0" * 32},
    "virtualAgent": {"connectorName": "desk"},
    "conversation": {"serviceInstanceSid": "IS" + "0" * 32},
    "relay": {"url": "wss://a.example.com/x"},
    "conversationRelaySession": {"connector": "desk"},
    "aiSession": {"aiConnector": "desk"},
    "stream": {"url": "wss://a.example.com/x"},
}


def connects(key: str) -> tuple[Tree, ...]:
    noun = {"relay": "conversationRelay"}.get(key, key)
    files = {"f.yaml": flow({"connect": {noun: CONNECTED[key]}})}
    wanted = {"last": "caller-hangup"}
    return files, *(call(connect={key: end}, expect=wanted) for end in ENDS.get(key, ENDS[""]))


ENDS: Mapping[str, tuple[str, str]] = {"": ("hangup", "ended"), "stream": ("hangup", "over")}
DESK = "+14155550100"
ROOM: Tree = {"connect": {"room": "Daily"}}
FAR: Tree = {"number": {"phoneNumber": "+14155550100", "url": [{"say": "A call."}]}}
HEARD: Tree = {
    "f.yaml": {
        "states": {
            "a": [
                {"say": "Hello."},
                {"enqueue": {"name": "q", "waitUrl": [{"say": "Wait."}]}, "then": "b"},
                {"goto": "b"},
            ],
            "b": [{"dial": FAR}, "hangup"],
            "c": [{"say": "Nobody comes here."}],
        }
    }
}
ASKS: Tree = {"f.yaml": flow({"gather": {"prompt": "Key."}, "when": {"1": [{"say": "One."}]}})}
SPEAKS: Tree = {
    "f.yaml": flow(
        {
            "gather": {"prompt": "Speak.", "input": "speech"},
            "then": [{"say": "${call.SpeechResult}."}],
        }
    )
}
VALUE: Tree = {"f.yaml": {"call": ["Room"], **flow({"say": "Room ${call.Room}."})}}
FROM: Tree = {"f.yaml": flow({"say": "You are ${call.From} at ${call.To}."})}
FOLDER: Tree = {
    "one/index.xml": "<Response><Say>Hello.</Say><Redirect>https://a.example.com/b.xml</Redirect></Response>",
    "one/b.xml": "<Response><Say>More.</Say></Response>",
    "two/index.xml": "<Response><Reject/></Response>",
}
SAYS: Tree = {"calls": [{"name": "it", "expect": {"hears": {"say": "Hello."}}}]}
AT: Tree = {**SAYS, "documents": "one", "url": "https://a.example.com"}

OFFICE = {
    "twimlc.yaml": {"flows": ".", **NGINX},
    "f.yaml": {
        **flow({"hours": "office", "fallback": "hangup"}, {"say": "Open."}),
        "calendars": {
            "office": {"zone": "UTC", "open": "Mo-Fr 09:00-17:00", "until": "2028-12-31"}
        },
    },
}
"""A flow that asks a calendar."""

SCRIPT: Mapping[str, tuple[Tree, ...]] = {
    "flow": ({"f.yaml": SAY, "g.yaml": SORRY}, {**SAYS, "flow": "f"}, {**SAYS, "flow": "g"}),
    "documents": (FOLDER, {**AT, "documents": "one"}, {**AT, "documents": "two"}),
    "entry": (FOLDER, {**AT, "entry": "index.xml"}, {**AT, "entry": "b.xml"}),
    "url": (
        FOLDER,
        *(
            {"documents": "one", "url": url, "calls": [{"name": "it", "expect": {"hears": {"say": "More."}}}]}
            for url in ("https://a.example.com", "https://b.example.com")
        ),
    ),
    "row": (
        {"twimlc.yaml": {"flows": ".", "matrix": "a.csv"}, "a.csv": "store,city\none,Oslo\ntwo,Rome\n",
         "f.yaml": {"params": {"city": "Bergen"}, **flow({"say": "${city}"})}},
        *({"row": row, "calls": [{"name": "it", "expect": {"hears": {"say": "Oslo"}}}]} for row in ("one", "two")),
    ),
    "calls": ({"f.yaml": SAY}, call(), {"calls": [*call()["calls"], {"name": "also"}]}),
    "calls.*.name": ({"f.yaml": SAY}, call(name="one"), call(name="two")),
    "calls.*.from": (FROM, *(call(**{"from": n}, expect={"never": {"say": "You are +14155550101 at +14155550199."}}, to="+14155550199") for n in ("+14155550101", "+14155550102"))),
    "calls.*.to": (FROM, *(call(to=n, expect={"never": {"say": "You are +14155550101 at +14155550199."}}, **{"from": "+14155550101"}) for n in ("+14155550199", "+14155550198"))),
    "calls.*.targets": ({"f.yaml": SAY}, call(targets="twiml-bin"), call(targets="other")),
    "calls.*.row": ({"f.yaml": SAY}, call(row="one"), call(row="two")),
    "calls.*.rooms": expects(ROOM, "rooms", {"Daily": "open"}, {"Daily": "closed"}, "Good."),
    "calls.*.at": (OFFICE, *(call(at=f"2026-11-{day}T10:00", expect={"hears": {"say": "Open."}}) for day in ("30", "29"))),
    "calls.*.hours": (OFFICE, *(call(hours={"office": is_}, expect={"hears": {"say": "Open."}}) for is_ in ("open", "closed"))),
    "calls.*.dial": expects({"dial": "+14155550100"}, "dial", {DESK: "completed"}, {DESK: "busy"}, "Good."),
    "calls.*.queue": expects({"enqueue": "q"}, "queue", {"q": "bridged"}, {"q": "error"}, "Good."),
    "calls.*.connect": connects("relay"),
    **{f"calls.*.connect.{key}": connects(key) for key in CONNECTED},
    "calls.*.pay": expects({"pay": {}}, "pay", "success", "payment-connector-error", "Good."),
    "calls.*.refer": expects({"refer": {"sip": "sip:a@b.example.com"}}, "refer", "accepted", "busy", "Good."),
    "calls.*.params": (VALUE, *(call(params={"Room": n}, expect={"hears": {"say": "Room 7."}}) for n in ("7", "8"))),
    "calls.*.caller": (ASKS, *(call(caller=[k], expect={"hears": {"say": "One."}}) for k in ("1", "2"))),
    "calls.*.caller.*.say": (SPEAKS, *(call(caller=[{"say": n}], expect={"hears": {"say": "Hi."}}) for n in ("Hi", "Ho"))),
    "calls.*.expect": ({"f.yaml": SAY}, call(expect=[{"say": "Hello."}, "hangup"]), call(expect=[])),
    "calls.*.expect.events": ({"f.yaml": SAY}, *(call(expect={"events": e}) for e in (["say", "hangup"], ["say"]))),
    "calls.*.expect.last": listens("last", "hangup", "say"),
    "calls.*.expect.hears": listens("hears", {"say": "Hello."}, {"say": "Other."}),
    "calls.*.expect.never": listens("never", {"say": "Hello."}, {"say": "Other."}),
    "calls.*.expect.reaches": listens("reaches", "b", "c"),
    "calls.*.expect.avoids": listens("avoids", "b", "c"),
    "calls.*.expect.called": listens("called", {DESK: ["say"]}, {DESK: []}, dial={DESK: "completed"}),
    "calls.*.expect.waiting": listens("waiting", {"q": [{"say": "Wait."}]}, {"q": [{"say": "No."}]}),
}  # fmt: skip
"""The files of a project, and a script with two values of a key."""


def test_the_rows_are_those_of_a_call_script() -> None:
    assert {key for key in keys_of(script_schema()) if not key.startswith("definitions")} == set(
        SCRIPT
    )


@pytest.mark.sweep(3)
@pytest.mark.parametrize("key", SCRIPT)
def test_another_value_of_a_call_script_is_another_result(key: str, tmp_path: Path) -> None:
    files, *scripts = SCRIPT[key]
    said = []
    for number, script in enumerate(scripts):
        written(tmp_path / str(number), {**files, "f.test.yaml": script})
        options = pipeline.Options(cwd=tmp_path / str(number))
        tested = play_scripts(options)
        assert tested.results or key == "calls.*.targets"
        said.append(json.loads(report.as_json(tested)))
    assert said[0] != said[1]
