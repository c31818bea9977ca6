"""Call scripts: every key and event, the rows of a matrix, queues, and what coverage counts."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from twimlc.calls import report
from twimlc.calls.generate import generate
from twimlc.calls.run import Verdict, play_scripts
from twimlc.cli.command import run
from twimlc.pipeline import Options

KEYS = """\
flow: k
states:
  main:
    - menu:
        prompt: Choose.
        choices:
          1: client
          2: relay
          3: agent
          4: pay
          5: refer
          6: stream
          7: conf
          8: tones
          9: sms
          0: both
          "*": sip
  client:
    - dial: {client: amy, timeout: 10}
      then: done
      fallback: none
  sip:
    - dial: {sip: "sip:amy@example.com"}
      then: done
      fallback: none
  relay:
    - connect: {conversationRelay: {url: "wss://a.example.com"}}
      when: {handoff: more}
      then: done
      fallback: none
  agent:
    - connect: {virtualAgent: {connectorName: a}}
      when: {live-agent-handoff: more}
      then: done
      fallback: none
  pay:
    - pay: {chargeAmount: "10.00"}
      then: done
      fallback: none
  refer:
    - refer: {sip: "sip:other@example.com"}
      then: done
      fallback: none
  stream:
    - start: {stream: {url: "wss://a.example.com", name: s}}
    - stop: {stream: {name: s}}
    - connect: {stream: {url: "wss://b.example.com"}}
  conf:
    - dial: {conference: {name: Team, startConferenceOnEnter: true}}
      then: done
  tones:
    - play: {digits: "12w3"}
    - pause: {length: 2}
    - record: {maxLength: 5}
    - goto: done
  sms:
    - sms: {message: Hello., to: +14155550100}
    - redirect: https://other.example.com/x
  both:
    - dial: [{client: amy}, {number: +14155550100}]
      then: done
      fallback: none
  more: [{say: More.}]
  done: [{say: Done.}]
  none: [{say: None.}]
"""
CALLS = [
    'caller: ["1"], dial: {client:amy: completed}, expect: [say, dial: [client:amy], say: Done., hangup]',
    'caller: ["1"], dial: {amy: completed}, expect: [say, dial: [amy], say: Done., hangup]',
    'caller: ["1"], expect: [say, dial: {client: client:amy, timeout: 10}, say: None., hangup]',
    'caller: ["1"], expect: [say, dial: client:amy, say: None., hangup]',
    'caller: ["1"], expect: {hears: {dial: "client:a*"}, never: [{dial: client:bob}]}',
    'caller: ["0"], dial: {client:amy: busy, +14155550100: completed},'
    " expect: [say, dial: [client:amy, +14155550100], say: Done., hangup]",
    'caller: ["0"], expect: {hears: {dial: [amy, "+14155550100"]}}',
    'caller: ["*"], dial: {sip:amy@example.com: busy}, expect: [say, dial: [sip:amy@example.com], say: None., hangup]',
    'caller: ["2"], connect: {relay: {ended: {HandoffData: x}}}, expect: [say, connect: relay, say: More., hangup]',
    'caller: ["2"], connect: {relay: failed}, expect: [say, connect: {relay: "wss://a.example.com"}, say: None., hangup]',
    'caller: ["2"], connect: {relay: hangup}, expect: [say, connect, caller-hangup]',
    'caller: ["2"], expect: [say, connect: {conversationRelay: "wss://a.example.com"}, say: Done., hangup]',
    'caller: ["3"], connect: {virtualAgent: ended}, expect: [say, connect: {virtualAgent: a}, say: Done., hangup]',
    'caller: ["3"], connect: {virtualAgent: live-agent-handoff}, expect: [say, connect, say: More., hangup]',
    'caller: ["4"], pay: success, expect: [say, pay: {chargeAmount: "10.00"}, say: Done., hangup]',
    'caller: ["4"], pay: too-many-failed-attempts, expect: [say, pay, say: None., hangup]',
    'caller: ["4"], pay: hangup, expect: [say, pay, caller-hangup]',
    'caller: ["5"], refer: accepted, expect: [say, refer, say: Done., hangup]',
    'caller: ["5"], refer: busy, expect: [say, refer: "sip:other@example.com", say: None., hangup]',
    'caller: ["6"], connect: {stream: ended}, expect: [say, start: {stream: s}, stop: {stream: s},'
    ' connect: {stream: "wss://b.example.com"}, hangup]',
    'caller: ["7"], expect: [say, conference: Team, say: Done., hangup]',
    'caller: ["7"], expect: [say, conference: {name: Team, startConferenceOnEnter: true}, say: Done., hangup]',
    'caller: ["7"], dial: {Team: hangup}, expect: [say, conference, caller-hangup]',
    'caller: ["8", silence], expect: [say, digits: 12w3, pause: 2, record: {maxLength: 5, playBeep: true}, say: Done., hangup]',
    'caller: ["8", hangup], expect: [say, digits, pause, record, caller-hangup]',
    'caller: ["9"], expect: [say, sms: Hello., goto-external: "https://other.example.com/x"]',
    'caller: ["9"], expect: [say, message: {message: Hello., to: +14155550100}, redirect: "https://other.example.com/x"]',
    'from: +14155550123, to: "+14155550100", params: {Patient: Ann}, caller: [hangup], expect: [say, caller-hangup]',
]


def played(folder: Path, flow: str, script: str, target: str = "nginx") -> Verdict:
    (folder / "f.yaml").write_text(flow)
    (folder / "f.test.yaml").write_text(script)
    return play_scripts(Options(cwd=folder, targets=(target,)), coverage=True)


def failures(made: Verdict) -> list[str]:
    return [failure.message for result in made.results for _, failure in result.failures]


def test_every_key_and_event(tmp_path: Path) -> None:
    calls = "".join(f"  - {{name: call {n}, {call}}}\n" for n, call in enumerate(CALLS))
    made = played(tmp_path, KEYS, f"flow: k\ncalls:\n{calls}", "twiml-bin")
    assert [f"{finding}" for finding in made.findings] == []
    assert failures(made) == []
    assert len(made.results) == len(CALLS)


@pytest.mark.parametrize("target", ["nginx", "twiml-bin"])
def test_a_called_client_may_be_named_either_way(target: str, tmp_path: Path) -> None:
    flow = """\
flow: f
states:
  main:
    - dial: {client: {identity: amy, url: words}}
      then: hangup
  words: [{say: A call.}]
"""
    call = "- {{name: {0}, dial: {{{0}: completed}}, expect: {{called: {{{0}: [say: A call., join]}}}}}}"
    lines = "\n".join(f"  {call.format(name)}" for name in ("amy", "client:amy"))
    made = played(tmp_path, flow, f"calls:\n{lines}\n", target)
    assert made.findings == []
    assert failures(made) == []


QUEUE = """\
flow: f
states:
  main:
    - enqueue: {name: support, waitUrl: waiting}
      then: bye
      when: {queue-full: bye, leave: bye}
  waiting:
    - say: Please wait.
    - gather: {numDigits: 1, prompt: Press a key.}
      then: out
    - play: https://example.com/a.mp3
  out: [leave]
  bye: [{say: Bye.}]
"""
ONCE = "say: Please wait., say: Press a key., play"


@pytest.mark.parametrize(
    ("answer", "waiting", "last"),
    [
        ("bridged", ONCE, "hangup"),
        ("hangup", ONCE, "caller-hangup"),
        ("leave", "say, say, leave", "hangup"),
        ('{leave: [silence, "1"]}', f"{ONCE}, say, say, leave", "hangup"),
        ("{bridged: [silence, silence]}", f"{ONCE}, {ONCE}", "hangup"),
        ("{bridged: [hangup]}", "say, say", "caller-hangup"),
    ],
)
def test_what_is_heard_in_a_queue(answer: str, waiting: str, last: str, tmp_path: Path) -> None:
    expect = f"{{last: {last}, waiting: {{support: [{waiting}]}}}}"
    call = f"{{name: a, queue: {{support: {answer}}}, expect: {expect}}}"
    made = played(tmp_path, QUEUE, f"calls:\n  - {call}\n")
    assert made.findings == []
    assert failures(made) == []


@pytest.mark.parametrize(
    ("name", "shown", "heard"),
    [("From", "", "+14155550177"), ("ParentCallSid", "+14155550123", "CA5")],
)
def test_who_is_called_is_told_of_the_call(
    name: str, shown: str, heard: str, tmp_path: Path
) -> None:
    line = f"      callerId: '{shown}'\n" if shown else ""
    number = f"{{phoneNumber: +14155550100, url: [{{say: 'From ${{call.{name}}}.'}}]}}"
    flow = f"flow: f\nsteps:\n  - dial:\n      number: {number}\n{line}"
    expect = f"{{called: {{'+14155550100': [say: From {heard}., join]}}}}"
    call = "name: a, from: '+14155550177', params: {CallSid: CA5}, dial: {+14155550100: completed}"
    made = played(tmp_path, flow, f"calls:\n  - {{{call}, expect: {expect}}}\n", "twiml-bin")
    assert made.ok, (failures(made), made.findings)


def test_who_waits_is_told_of_their_own_call(tmp_path: Path) -> None:
    flow = QUEUE.replace("say: Please wait.", "say: '${call.CallerName} at ${call.From}'")
    expect = "{waiting: {support: [say: Ann at +14155550177, say: Press a key., play]}}"
    call = f"{{name: a, from: '+14155550177', params: {{CallerName: Ann}}, expect: {expect}}}"
    made = played(tmp_path, flow, f"calls:\n  - {call}\n", "twiml-bin")
    assert made.ok, (failures(made), made.findings)


def test_nobody_waits_where_the_queue_is_full(tmp_path: Path) -> None:
    call = "{name: a, queue: {support: queue-full}, expect: {waiting: {support: [say]}}}"
    made = played(tmp_path, QUEUE, f"calls:\n  - {call}\n")
    assert failures(made) == ["nobody waits at support in this call"]


# The rows of a matrix


TABLE = """\
store,city,phone,late
rome,Rome,+14155550101,no
oslo,Oslo,+14155550102,no
bonn,Bonn,+14155550103,yes
"""
SHOP = """\
flow: shop
params: {city: , phone: , late: }
steps:
  - say: This is ${city}.
  - say: We are open late.
    if: ${late == "yes"}
  - dial: {number: "${phone}", timeout: 20}
    then: hangup
    fallback: [{say: "Nobody is in ${city}."}]
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "twimlc.yaml").write_text(
        "flows: .\nmatrix: stores.csv\ntargets: {web: {host: nginx}, other: {host: caddy}}\n"
    )
    (tmp_path / "stores.csv").write_text(TABLE)
    (tmp_path / "shop.yaml").write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shop_played(shop: Path, script: str) -> Verdict:
    (shop / "shop.test.yaml").write_text(script)
    return play_scripts(Options(cwd=shop), coverage=True)


ANSWERED = """\
calls:
  - name: somebody is in ${city | upper}
    dial: {"${phone}": "${'completed' if late == 'no' else 'busy'}"}
    expect: {hears: [{say: "This is ${city}."}, {dial: ["${phone}"]}], last: hangup}
"""


@pytest.mark.parametrize(
    ("row", "rows"),
    [
        ("row: all\n", ["rome", "oslo", "bonn"]),
        ("row: oslo\n", ["oslo"]),
        ("row: [rome, bonn]\n", ["rome", "bonn"]),
        ("", ["rome"]),
    ],
)
def test_rows_that_calls_are_played_in(row: str, rows: list[str], shop: Path) -> None:
    made = shop_played(shop, row + ANSWERED)
    assert made.findings == []
    assert failures(made) == []
    assert [result.row for result in made.results] == rows
    assert made.results[0].title == f"somebody is in {rows[0].upper()} [{rows[0]}]"
    assert {result.targets for result in made.results} == {("web", "other")}


def test_a_call_may_have_rows_of_its_own(shop: Path) -> None:
    calls = "  - {name: late, row: bonn, expect: {hears: {say: We are open late.}}}\n"
    made = shop_played(shop, ANSWERED + calls)
    assert made.findings == []
    assert failures(made) == []
    assert [result.title[-6:] for result in made.results] == ["[rome]", "[bonn]"]


def test_coverage_counts_every_row(shop: Path) -> None:
    made = shop_played(shop, ANSWERED)
    (coverage,) = made.coverage
    assert 0 < coverage.percent < 34
    assert coverage.states == {"rome/shop/start", "oslo/shop/start", "bonn/shop/start"}
    assert coverage.states_missing == ["bonn/shop/start", "oslo/shop/start"]
    text = report.human(made, coverage=True)
    assert "  shop.yaml:4: state start is never reached, in 2 rows: bonn, oslo\n" in text
    assert text.endswith("1 call played on 2 targets in 1 row, all as expected, 22.7% covered\n")


def test_a_failure_in_many_rows_is_told_once(shop: Path) -> None:
    made = shop_played(shop, "row: all\ncalls:\n  - {name: it, expect: {never: hangup}}\n")
    text = report.human(made)
    assert text.count("FAIL") == 1
    assert "FAIL  shop.test.yaml:3: it (in 3 rows, first: rome)\n" in text
    made = shop_played(shop, "row: [rome]\ncalls:\n  - {name: it, expect: {last: play}}\n")
    assert "FAIL  shop.test.yaml:3: it [rome]\n" in report.human(made)


def test_results_name_the_rows(shop: Path) -> None:
    made = shop_played(shop, "row: [rome, oslo]\ncalls:\n  - {name: it, expect: {last: play}}\n")
    cases = ElementTree.fromstring(report.junit(made)).iter("testcase")
    assert [case.get("name") for case in cases] == ["it [rome]", "it [oslo]"]
    calls = json.loads(report.as_json(made))["calls"]
    assert [(call["name"], call["row"]) for call in calls] == [("it", "rome"), ("it", "oslo")]


@pytest.mark.parametrize(
    ("script", "message", "hint"),
    [
        ("row: olso\ncalls: []\n", "unknown row 'olso'", "did you mean 'oslo'?"),
        ("calls:\n  - {name: a, row: bon}\n", "unknown row 'bon'", "did you mean 'bonn'?"),
        (
            'row: all\ncalls:\n  - {name: a, dial: {"${phnoe}": busy}}\n',
            "unknown param 'phnoe'",
            "did you mean 'phone'?",
        ),
        (
            'row: all\ncalls:\n  - {name: "${target}"}\n',
            "'target' is not known here: a call is the same for every target",
            None,
        ),
        (
            'row: all\ncalls:\n  - {name: a, dial: {"${phone}": "${late}"}}\n',
            "'no' is not how a call to somebody ends",
            None,
        ),
    ],
)
def test_faults_of_rows(script: str, message: str, hint: str | None, shop: Path) -> None:
    made = shop_played(shop, script)
    assert not made.ok
    assert made.findings[0].message.startswith(message)
    assert made.findings[0].hint == hint


def test_a_flow_without_rows(tmp_path: Path) -> None:
    made = played(tmp_path, QUEUE, "row: all\ncalls:\n  - {name: a}\n")
    assert made.ok
    made = played(tmp_path, QUEUE, "row: rome\ncalls:\n  - {name: a}\n")
    assert [f.message for f in made.findings] == [
        "'f' has no rows: no matrix of the project covers it"
    ]


def test_generated_script_for_a_matrix(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--generate", "shop"]) == 0
    assert "4 calls, 100.0% of 'shop' covered\n" in capsys.readouterr().out
    text = (shop / "shop.test.yaml").read_text()
    assert text.startswith("row: all\n")
    assert '  - name: "${phone} completed"\n    row: [rome, oslo]\n' in text
    assert '      - say: "This is ${city}."\n' in text
    made = play_scripts(Options(cwd=shop), coverage=True)
    assert made.ok
    assert made.percent == 100


def test_rows_of_the_documentation(shop: Path) -> None:
    text = (Path(__file__).parents[1] / "docs/testing.md").read_text()
    (script,) = re.findall(r"```yaml[^\n]*\n(row: all\n.*?)```", text, re.DOTALL)
    (shop / "stores.csv").write_text(
        "store,phone,city\ndowntown,+14155550101,San Francisco\nharbour,+14155550102,Oakland\n"
    )
    (shop / "shop.yaml").write_text(
        """\
flow: shop
params: {city: , phone: }
steps:
  - say: This is the shop in ${city}.
  - say: We move in June.
    if: ${row.store == "downtown"}
  - dial: "${phone}"
"""
    )
    moves = "      - say: This is the shop in ${city}.\n"
    assert moves in script
    made = shop_played(shop, script.replace("row: all", "row: harbour"))
    assert made.findings == []
    assert failures(made) == []
    assert [result.title for result in made.results] == [
        "the old shop says when it moves [downtown]",
        "the shop in Oakland answers [harbour]",
    ]


def test_generated_calls_have_names_of_their_own_in_every_row(shop: Path) -> None:
    (shop / "stores.csv").write_text("store,pin\nrome,4711\noslo,8811\n")
    (shop / "shop.yaml").write_text(
        "flow: shop\nparams: {pin: }\nsteps:\n"
        '  - menu: {prompt: Your code., choices: {"4711": [{say: Rome.}], "8811": [{say: Oslo.}]}}\n'
        "    fallback: hangup\n"
        "  - say: The code was ${pin}.\n"
    )
    made, _ = generate(Options(cwd=shop), "shop")
    assert made is not None
    again = shop_played(shop, made.text)
    assert again.ok, again.findings
    assert again.percent == 100


# What counts as covered


HUB = """\
flow: hub
steps:
  - menu: {prompt: One or two., choices: {1: emergency/, 2: emergency/night}}
    fallback: hangup
"""
EMERGENCY = """\
flow: emergency
states:
  day:
    - dial: +14155550101
      then: hangup
      fallback: [{say: Nobody.}]
  night:
    - hunt: {number: [+14155550111, +14155550112, +14155550113]}
      then: hangup
      fallback: [{say: Nobody at night.}]
"""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "twimlc.yaml").write_text("flows: .\ntargets: {web: {host: nginx}}\n")
    (tmp_path / "hub.yaml").write_text(HUB)
    (tmp_path / "emergency.yaml").write_text(EMERGENCY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_calls_count_in_every_flow_that_they_come_to(hub: Path) -> None:
    (hub / "hub.test.yaml").write_text(
        "calls:\n"
        '  - {name: a, caller: ["1"], dial: {+14155550101: completed}}\n'
        '  - {name: b, caller: ["1"]}\n'
        '  - {name: c, caller: ["2"]}\n'
        '  - {name: d, caller: ["2"], dial: {+14155550112: completed}}\n'
    )
    made = play_scripts(Options(cwd=hub), coverage=True)
    percents = {one.name: one.percent for one in made.coverage}
    assert percents["emergency"] == 100
    assert percents["hub"] < 100
    assert {way.label for one in made.coverage for way in one.ways if way.step.title == "Dial"} == {
        "completed",
        "failure",  # whatever each phone of the hunt says
    }
    assert len([w for one in made.coverage for w in one.ways if w.step.title == "Dial"]) == 4


def test_generated_scripts_cover_what_no_other_script_can(
    hub: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", "--generate", "emergency"]) == 0
    assert "no call that begins here comes to 'emergency/night'" in capsys.readouterr().err
    assert run(["test", "--generate", "hub"]) == 0
    assert "calls lead on into 'emergency'" in capsys.readouterr().err
    assert "Nobody at night." in (hub / "hub.test.yaml").read_text()
    assert "Nobody.\n" not in (hub / "hub.test.yaml").read_text()
    assert run(["test", "--fail-under", "100"]) == 0


def test_what_each_turn_makes_is_a_step_of_its_own(tmp_path: Path) -> None:
    flow = """\
flow: f
states:
  main:
    - dial: "${phone}"
      each: [+14155550101, +14155550102]
      as: phone
      then: hangup
      fallback: [{say: "No answer."}]
    - say: Nobody.
"""
    made = played(tmp_path, flow, "calls:\n  - {name: a, dial: {+14155550102: completed}}\n")
    (coverage,) = made.coverage
    assert sorted(way.label for way in coverage.ways) == [
        "completed",
        "completed",
        "failure",
        "failure",
    ]
    assert sorted(way.label for way in coverage.ways_missing) == ["completed", "failure"]
    text = report.human(made, coverage=True)
    assert "  f.yaml:8: Say is never reached (state main)\n" in text
    generated, _ = generate(Options(cwd=tmp_path, targets=("nginx",)), "f")
    assert generated is not None
    assert "name: +14155550101 no-answer, +14155550102 no-answer" in generated.text


def test_generated_scripts_tell_what_is_heard_in_a_queue(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(QUEUE)
    made, _ = generate(Options(cwd=tmp_path, targets=("nginx",)), "f")
    assert made is not None
    assert made.coverage.percent == 100
    assert (
        "      waiting:\n        support:\n          - say: Please wait.\n          - say: Press a key.\n"
    ) in made.text
    (tmp_path / "f.test.yaml").write_text(made.text)
    again = play_scripts(Options(cwd=tmp_path, targets=("nginx",)), coverage=True)
    assert again.ok
    assert again.percent == 100


def test_reports_fit_a_terminal(tmp_path: Path) -> None:
    words = "These are many words, more than a line of a terminal could ever hold, and then some."
    flow = f"flow: f\nsteps:\n  - say: {words}\n  - dial: +14155550100\n    then: hangup\n"
    wrong = words.replace("many", "few")
    made = played(
        tmp_path, flow, f"calls:\n  - {{name: a, expect: [say: '{wrong}', dial, hangup]}}\n"
    )
    lines = report.human(made, coverage=True).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("      - 2: say") for line in lines)
    assert any(line.startswith("      + say") for line in lines)
    assert lines[-1].startswith("1 call played on 1 target, 1 failed, ")
    table = next(n for n, line in enumerate(lines) if line.endswith(" not covered"))
    assert table < next(n for n, line in enumerate(lines) if line.startswith("FAIL"))


def test_check_reads_call_scripts(hub: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hub / "hub.test.yaml").write_text("calls:\n  - {name: a, expect: [sya: b]}\n")
    for paths in ([], ["."]):
        assert run(["check", *paths]) == 1
        assert "hub.test.yaml:2:" in capsys.readouterr().out
    assert run(["check", "hub.yaml"]) == 0
