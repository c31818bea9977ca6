"""Steps that decide before anything is heard: what callers hear, by who they are and when."""

import io
import json
import re
from pathlib import Path

import pytest

from twimlc import pipeline
from twimlc.calls.run import play_scripts
from twimlc.cli.command import run

ROOT = Path(__file__).parents[1]
HOSTS = {
    "nginx": "{host: nginx, url: https://voice.example.com/ivr}",
    "caddy": "{host: caddy}",
    "apache": "{host: apache, url: https://voice.example.com/ivr}",
    "cdn": "{host: s3, router: cloudfront, url: https://voice.example.com/ivr}",
}
CALENDARS = """
calendars:
  office:
    zone: America/New_York
    open: Mo-Fr 09:00-17:00; Sa 10:00-14:00
    periods: {lunch: Mo-Fr 12:00-13:00}
    holidays: US
    except:
      - {on: 2026-12-24, open: "09:00-12:00"}
      - {on: 2026-12-28..2026-12-31, is: winter-break}
    until: 2028-12-31
"""
DESK = """
lists: {blocked: blocked.txt, vip: [+14155550170, "+4420*"]}
states:
  start:
    - switch: From
      when:
        blocked: turned-away
        withheld: who
        vip: owner
        +14155550123: owner
        "+1900*": turned-away
        "sip:*": colleague
    - say: Welcome to Contoso.
    - hours: office
      when: {lunch: back, holiday: words}
      fallback: closed
    - dial: {number: +14155550100, timeout: 20}
      fallback: closed
  turned-away: [{say: We take no calls from you.}, hangup]
  who: [{say: Please show your number.}, hangup]
  owner: [{hours: office, fallback: closed}, {say: Good to hear you.}, hangup]
  colleague: [{say: Hello colleague.}, hangup]
  back: [{say: We are back at one.}, hangup]
  words: [{say: It is a holiday.}, hangup]
  closed: [{say: We are closed.}, hangup]
"""
HEARD = {
    "turned-away": "say: We take no calls from you.",
    "who": "say: Please show your number.",
    "colleague": "say: Hello colleague.",
}


def project(folder: Path, flow: str = DESK, targets: dict[str, str] | None = None) -> Path:
    named = "".join(f"  {name}: {body}\n" for name, body in (targets or HOSTS).items())
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "twimlc.yaml").write_text(f"targets:\n{named}{CALENDARS}")
    (folder / "flows/desk.yaml").write_text(flow)
    (folder / "flows/blocked.txt").write_text("# nuisance\n+14155550666\n+14155550667 # twice\n")
    return folder


def heard(folder: Path, calls: list[tuple[str, list[str]]]) -> None:
    """Play calls, each the head of a script and what must be heard."""
    script = "".join(
        f"  - name: call {number}\n"
        + "".join(f"    {line}\n" for line in head.splitlines())
        + f"    expect: [{', '.join('{' + each + '}' if ':' in each else each for each in said)}]\n"
        for number, (head, said) in enumerate(calls)
    )
    (folder / "flows/desk.test.yaml").write_text(f"calls:\n{script}")
    verdict = play_scripts(pipeline.Options(cwd=folder))
    assert verdict.ok, [(r.call.name, r.failures) for r in verdict.results] + verdict.findings
    assert len(verdict.results) == len(calls)


def slugs(folder: Path) -> list[str]:
    result = pipeline.check(pipeline.Options(cwd=folder))
    return [finding.rule.slug for finding in result.findings]


@pytest.mark.parametrize(
    ("caller", "state"),
    [
        ("+14155550666", "turned-away"),
        ("14155550667", "turned-away"),
        ("+19005550100", "turned-away"),
        ("", "who"),
        ("+", "who"),
        ("Anonymous", "who"),
        ("RESTRICTED", "who"),
        ("+266696687", "who"),
        ("+17378742833", "who"),
        ("86282452253", "who"),
        ("sip:amy@example.com", "colleague"),
        ("SIP:AMY@EXAMPLE.COM", "colleague"),
    ],
)
def test_who_calls_decides(tmp_path: Path, caller: str, state: str) -> None:
    heard(project(tmp_path), [(f'from: "{caller}"', [HEARD[state], "hangup"])])


@pytest.mark.parametrize("caller", ["+14155550170", "+442079460000", "+14155550123", "4420"])
def test_the_same_question_asks_caller_and_clock(tmp_path: Path, caller: str) -> None:
    calls = [
        (f'from: "{caller}"\nhours: {{office: open}}', ["say: Good to hear you.", "hangup"]),
        (f'from: "{caller}"\nhours: {{office: lunch}}', ["say: We are closed.", "hangup"]),
    ]
    heard(project(tmp_path), calls)


@pytest.mark.parametrize("caller", ["+1900x", "+1415555012", "client:vip", "blocked2", "+44 20 79"])
def test_others_are_nobody_that_is_named(tmp_path: Path, caller: str) -> None:
    said = ["say: Welcome to Contoso.", "say: We are closed.", "hangup"]
    heard(project(tmp_path), [(f'from: "{caller}"\nhours: {{office: closed}}', said)])


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-12-23T12:30", "We are back at one."),
        ("2026-12-25T10:00", "It is a holiday."),
        ("2026-12-24T11:59:59", None),
        ("2026-12-24T12:00", "We are closed."),
        ("2026-12-29T10:00", "We are closed."),
        ("2026-12-23T14:00Z", None),
        ("2026-12-23T13:59:59Z", "We are closed."),
        ("2026-12-23T15:00+01:00", None),
    ],
)
def test_the_clock_decides(tmp_path: Path, at: str, words: str | None) -> None:
    after = (
        ["dial: ['+14155550100']", "say: We are closed."] if words is None else [f"say: {words}"]
    )
    said = ["say: Welcome to Contoso.", *after, "hangup"]
    heard(project(tmp_path), [(f'from: "+12025550100"\nat: {at}', said)])


def test_visits_are_asked_one_by_one(tmp_path: Path) -> None:
    flow = """
states:
  start:
    - hours: office
      fallback: shut
    - say: We are open.
    - pause: {length: 1}
    - goto: start
  shut: [{say: We are closed.}, hangup]
"""
    said = ["say: We are open.", "pause: 1"] * 2 + ["say: We are closed.", "hangup"]
    heard(project(tmp_path, flow), [("hours: {office: [open, open, closed]}", said)])


def test_a_messaging_flow_decides_too(tmp_path: Path) -> None:
    flow = """
kind: messaging
states:
  start:
    - switch: From
      when: {"whatsapp:+1415*": other}
    - hours: office
      fallback: shut
    - message: Hello.
  other: [{message: Hello on WhatsApp.}]
  shut: [{message: We are closed.}]
"""
    calls = [
        ("hours: {office: open}", ["message: Hello."]),
        ("hours: {office: closed}", ["message: We are closed."]),
        ('from: "whatsapp:+14155550100"', ["message: Hello on WhatsApp."]),
        ('from: "whatsapp: 14155550100"', ["message: Hello on WhatsApp."]),
    ]
    heard(project(tmp_path, flow), calls)


def built(folder: Path, target: str = "nginx") -> dict[str, bytes]:
    result = pipeline.build(pipeline.Options(cwd=folder))
    assert not any(finding.is_error for finding in result.findings), result.findings
    assert not [f for t in result.targets for f in t.unverified]
    root = folder / "build" / target
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_decisions_in_a_row_cost_one_request_and_the_entry_leads_to_them(tmp_path: Path) -> None:
    files = built(project(tmp_path))
    entry = files["public/desk/index.xml"].decode()
    asked = re.findall(r">(v\.[0-9a-f]{12}/start\.0\.decide)<", entry)
    assert len(asked) == 1
    manifest = json.loads(files["manifest.json"])
    turns = {q["path"].rpartition("/")[2]: q["turns"] for q in manifest["questions"]}
    assert [sorted(t)[:1] for t in turns["start.0.decide"]] == [["beginnings"], ["calendar"]]
    assert len(turns) == 2  # the clock is asked again after the words


def test_times_are_outside_of_versions_and_names_are_inside(tmp_path: Path) -> None:
    def versions(files: dict[str, bytes]) -> set[str]:
        return {path.split("/")[2] for path in files if "/v." in path}

    folder = project(tmp_path)
    first = built(folder)
    text = (folder / "twimlc.yaml").read_text()
    (folder / "twimlc.yaml").write_text(text.replace("Mo-Fr 09:00-17:00", "Mo-Fr 08:00-16:00"))
    second = built(folder)
    assert versions(first) == versions(second)
    assert first["nginx-http.conf"] != second["nginx-http.conf"]
    (folder / "flows/blocked.txt").write_text("+14155550666\n")
    third = built(folder)
    assert len(versions(third)) == 2  # a list is part of the version, and the earlier one stays
    paths = [q["path"] for q in json.loads(third["manifest.json"])["questions"]]
    assert len(paths) == 4
    assert built(folder)["nginx-http.conf"] == third["nginx-http.conf"]


@pytest.mark.parametrize("host", ["static", "twiml-bin", "vercel"])
def test_a_host_that_cannot_refuses_at_the_step(tmp_path: Path, host: str) -> None:
    flow = "steps:\n  - switch: From\n    when: {+14155550123: hangup}\n  - say: Hello.\n"
    folder = project(tmp_path, flow, {"web": f"{{host: {host}}}"})
    expected = [] if host == "vercel" else ["decision-needs-host"]
    assert slugs(folder) == expected


@pytest.mark.parametrize(
    ("step", "slug"),
    [
        ("switch: Caller\n    when: {+14155550123: hangup}", "not-a-switch"),
        ("switch: Digits\n    when: {1: hangup}", "not-a-switch"),
        ("switch: DialCallStatus\n    when: {busy: hangup}", "not-a-switch"),
        ("switch: FromCity\n    when: {OAKLAND: hangup}", "not-a-switch"),
        ("switch: Fron\n    when: {+14155550123: hangup}", "not-a-switch"),
        ("switch: Patient\n    when: {a: hangup}", "not-a-switch"),
        ("switch: From\n    when: {0014155550123: hangup}", "bad-case"),
        ("switch: From\n    when: {415-555-0123: hangup}", "bad-case"),
        ("switch: From\n    when: {blcked: hangup}", "bad-case"),
        ("switch: From\n    when: {anonymous: hangup}", "bad-case"),
        ("switch: From\n    when: {'+1*5': hangup}", "bad-case"),
        ("switch: From\n    when: {'*': hangup}", "bad-case"),
        ("switch: FromCountry\n    when: {US: hangup, us: next}", "duplicate-case"),
        ("switch: From\n    when: {'+1415*': hangup, +14155550123: hangup}", "idle-case"),
        ("switch: From\n    then: hangup\n    when: {+14155550123: hangup}", "branch-not-allowed"),
        ("hours: ofice\n    fallback: hangup", "unknown-calendar"),
        ("hours: office\n    fallback: hangup\n    when: {lunhc: hangup}", "unknown-outcome"),
        ("hours: office", "open-as-closed"),
    ],
)
def test_mistakes_show(tmp_path: Path, step: str, slug: str) -> None:
    flow = (
        f"call: [Patient]\nlists: {{blocked: [+14155550666]}}\nsteps:\n  - {step}\n  - say: Hi.\n"
    )
    assert slug in slugs(project(tmp_path, flow, {"web": HOSTS["nginx"]}))


def test_a_ring_of_decisions_is_refused(tmp_path: Path) -> None:
    flow = """
states:
  start:
    - hours: office
      fallback: again
    - say: Hello.
    - hangup
  again:
    - switch: From
      when: {+14155550123: start}
      fallback: start
"""
    assert "silent-loop" in slugs(project(tmp_path, flow))


def test_what_only_the_first_request_carries_is_asked_at_the_start(tmp_path: Path) -> None:
    step = "switch: StirVerstat\n      when: {TN-Validation-Passed-A: hangup}\n"
    early = f"states:\n  start:\n    - {step}    - say: Hello.\n    - hangup\n"
    assert slugs(project(tmp_path, early)) == []
    late = early.replace(
        "    - switch", "    - menu: {prompt: Press 1., choices: {1: next}}\n    - switch"
    )
    assert "not-a-switch" in slugs(project(tmp_path, late))


def test_no_called_party_decides(tmp_path: Path) -> None:
    flow = """
states:
  start:
    - dial: {number: {phoneNumber: +14155550100, url: whisper}}
    - hangup
  whisper:
    - hours: office
      fallback: hangup
    - say: A caller from the shop.
"""
    assert "wrong-context" in slugs(project(tmp_path, flow))


def test_five_thousand_cases_and_not_one_more(tmp_path: Path) -> None:
    flow = "lists: {many: many.txt}\nsteps:\n  - switch: From\n    when: {many: hangup}\n  - say: Hi.\n"
    folder = project(tmp_path, flow, {"web": HOSTS["nginx"]})
    numbers = [f"+1415555{n:04}" for n in range(5001)]
    (folder / "flows/many.txt").write_text("\n".join(numbers[:5000]))
    assert slugs(folder) == []
    (folder / "flows/many.txt").write_text("\n".join(numbers))
    assert slugs(folder) == ["bad-case"]


@pytest.mark.parametrize(
    ("sentence", "broken"),
    [
        ("never reaches dial when office is closed or holiday", False),
        ("never dials +14155550100 when office is open", True),
        ("always reaches closed when office is closed", True),
        ("always reaches closed when From is blocked", True),
        ("never reaches owner when From is blocked", False),
        ("always hears 'Good to hear you' when From is vip", True),
        ("nobody is hung up on when office is lunch", False),
    ],
)
def test_promises_about_some_calls(tmp_path: Path, sentence: str, broken: bool) -> None:
    folder = project(tmp_path, f'invariants: ["{sentence}"]\n{DESK}', {"web": HOSTS["nginx"]})
    assert ("broken-invariant" in slugs(folder)) is broken
    assert "bad-invariant" not in slugs(folder)


@pytest.mark.parametrize(
    "sentence", ["reaches dial when ofice is open", "reaches dial when office is lnch"]
)
def test_promises_about_what_nobody_asks(tmp_path: Path, sentence: str) -> None:
    flow = f"invariants: ['{sentence}']\n{DESK}"
    assert "bad-invariant" in slugs(project(tmp_path, flow, {"web": HOSTS["nginx"]}))


@pytest.mark.parametrize(
    ("more", "heard"),
    [
        (["--override", "office=lunch"], "at lunch"),
        (["--override", "office=lunch@2027-01-01T00:00", "--at", "2026-12-30T10:00"], "at lunch"),
        (["--override", "office=lunch@2026-12-30T09:59", "--at", "2026-12-30T10:00"], "press 1"),
        (["--override", "office=lunch", "--hours", "office=holiday"], "a holiday"),
    ],
)
def test_what_a_calendar_would_say_at_the_phone(more, heard, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run(["call", "front-desk", "-q", *more]) == 0
    assert heard in capsys.readouterr().out


def test_an_override_that_cannot_be(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    for said, why in (
        ("office=lunch@noon", "is no time"),
        ("office=lunsh", "never 'lunsh'"),
        ("office", "is not"),
    ):
        assert run(["call", "front-desk", "--override", said]) == 2
        assert why in capsys.readouterr().err
