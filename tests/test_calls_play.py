"""Calls played by a script: the state of far ends, what callers do, and what must be heard."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from compiled import short
from growth import overgrown
from twimlc.calls.run import CallResult, Verdict, play_scripts
from twimlc.pipeline import Options

DESK = """\
flow: f
start: greeting
states:
  greeting:
    - say: Welcome.
    - connect: {room: Daily}
      then: goodbye
      fallback:
        - say: Not open.
        - dial: {number: +14155550100, timeout: 20}
          then: goodbye
          fallback: voicemail
  voicemail:
    - say: {ssml: "Speak <emphasis>after</emphasis> the tone."}
    - record: {maxLength: 120}
      then: goodbye
  goodbye:
    - say: Goodbye.
    - hangup
"""

MENU = """\
flow: f
start: main
states:
  main:
    - menu:
        prompt: One for sales, two for support.
        attempts: 2
        invalid: Wrong key.
        choices: {1: sales, 2: support}
      fallback: bye
  sales:
    - hunt: {number: [+14155550101, +14155550102]}
      then: bye
      fallback: mail
  mail:
    - record:
      then: bye
  support:
    - enqueue: {name: support, waitUrl: waiting}
      then: bye
      when: {queue-full: full, leave: mail}
  full:
    - say: The queue is full.
  waiting:
    - gather: {numDigits: 1, prompt: Please wait.}
      then: [leave]
  bye:
    - say: Bye.
"""

WHISPER = """\
flow: f
start: main
states:
  main:
    - dial: {number: {phoneNumber: +14155550100, url: whisper}}
      when: {declined: mail}
      then: bye
      fallback: nobody
  whisper:
    - gather: {numDigits: 1, prompt: Take the call with any key.}
      then: taken
    - hangup
  taken:
    - say: You are connected.
  mail:
    - say: They declined.
  nobody:
    - say: Nobody is there.
  bye:
    - say: Bye.
"""


def tried(folder: Path, flow: str, calls: str, target: str = "nginx", head: str = "") -> Verdict:
    (folder / "f.yaml").write_text(flow)
    text = f"{head}calls:\n{indent(dedent(calls).strip(), '  ')}\n"
    (folder / "f.test.yaml").write_text(text)
    return play_scripts(Options(cwd=folder, targets=(target,)), coverage=True)


def one(folder: Path, flow: str, call: str, target: str = "nginx") -> CallResult:
    """The result of a call; ``call`` is what stands beside its name."""
    made = tried(folder, flow, f"- name: it\n{indent(dedent(call).strip(), '  ')}", target)
    assert made.findings == []
    (result,) = made.results
    return result


def why(result: CallResult) -> list[str]:
    return [failure.message for _, failure in result.failures]


def passes(folder: Path, flow: str, call: str, target: str = "nginx") -> None:
    assert why(one(folder, flow, call, target)) == []


def test_unlisted_rooms_are_closed_and_nobody_answers(tmp_path: Path) -> None:
    passes(
        tmp_path,
        DESK,
        """
        expect:
          - say: Welcome.
          - connect: {room: Daily}
          - say: Not open.
          - dial: ["+14155550100"]
          - say: Speak   after the tone.
          - record: {maxLength: 120}
          - say
          - hangup
        """,
    )


@pytest.mark.parametrize(
    ("state", "last"),
    [("open", "hangup"), ("{open: hangup}", "caller-hangup"), ("[closed, open]", "hangup")],
)
def test_rooms(tmp_path: Path, state: str, last: str) -> None:
    passes(tmp_path, DESK, f"rooms: {{Daily: {state}}}\nexpect: {{last: {last}}}")


def test_list_of_visits_and_its_last_value_stays(tmp_path: Path) -> None:
    flow = "steps:\n" + "  - connect: {room: R}\n    then: hangup\n  - say: Again.\n" * 3
    for state, says in (("[closed, open]", 1), ("[closed, closed, open]", 2), ("[closed]", 3)):
        heard = "  - connect: room\n  - say: Again.\n" * says
        end = "" if says == 3 else "  - connect: {room: R}\n"
        passes(tmp_path, flow, f"rooms: {{R: {state}}}\nexpect:\n{heard}{end}  - hangup")


@pytest.mark.parametrize(
    ("status", "reaches"),
    [("completed", "goodbye"), ("busy", "voicemail"), ("canceled", "voicemail")],
)
def test_dial(tmp_path: Path, status: str, reaches: str) -> None:
    passes(tmp_path, DESK, f"dial: {{+14155550100: {status}}}\nexpect: {{reaches: {reaches}}}")


def test_caller_hangs_up_while_it_rings(tmp_path: Path) -> None:
    passes(
        tmp_path,
        DESK,
        """
        dial: {+14155550100: hangup}
        expect: {last: caller-hangup, avoids: [voicemail, goodbye]}
        """,
    )


def test_keys_are_used_up_in_order_then_silence(tmp_path: Path) -> None:
    passes(
        tmp_path,
        MENU,
        """
        caller: ["7", silence]
        expect:
          - say: One for sales, two for support.
          - say: Wrong key.
          - say: One for sales, two for support.
          - say: Bye.
          - hangup
        """,
    )
    passes(tmp_path, MENU, 'caller: ["7", "2"]\nexpect: {reaches: support}')
    passes(tmp_path, MENU, "caller: [hangup]\nexpect: [say, caller-hangup]")


def test_hunt_is_one_event_for_each_ring(tmp_path: Path) -> None:
    passes(
        tmp_path,
        MENU,
        """
        caller: ["1"]
        dial: {+14155550101: busy, +14155550102: completed}
        expect: [say, dial: "+14155550101", dial: ["+14155550102"], say: Bye., hangup]
        """,
    )


def test_who_answers_first_wins_where_several_ring_at_once(tmp_path: Path) -> None:
    flow = """\
steps:
  - dial: {number: [+14155550101, +14155550102]}
    then: hangup
    fallback: [{say: Nobody.}]
"""
    both = 'expect: [dial: ["+14155550101", "+14155550102"], hangup]'
    passes(tmp_path, flow, f"dial: {{+14155550101: busy, +14155550102: completed}}\n{both}")
    said = "expect: [dial, say: Nobody., hangup]"
    passes(tmp_path, flow, f"dial: {{+14155550101: busy}}\n{said}")


def test_queue_and_what_is_heard_in_it(tmp_path: Path) -> None:
    passes(tmp_path, MENU, 'caller: ["2"]\nexpect: [say, enqueue: support, say: Bye., hangup]')
    passes(
        tmp_path,
        MENU,
        """
        caller: ["2"]
        queue: {support: queue-full}
        expect: {hears: {say: The queue is full.}}
        """,
    )
    for leaves in ("leave", 'leave: ["5"]'):
        passes(
            tmp_path,
            MENU,
            f"""
            caller: ["2"]
            queue: {{support: {"{" + leaves + "}" if ":" in leaves else leaves}}}
            expect:
              reaches: mail
              waiting: {{support: [say: Please wait., leave]}}
            """,
        )


@pytest.mark.parametrize(
    ("status", "says", "called"),
    [
        ("completed", "Bye.", "[say, say: You are connected., join]"),
        ('{completed: ["5"]}', "Bye.", "[say: Take the call with any key., say, join]"),
        ("{completed: [silence]}", "They declined.", "[say, hangup]"),
        ("declined", "They declined.", "[say, hangup]"),
    ],
)
def test_called_party_has_a_document_of_its_own(
    tmp_path: Path, status: str, says: str, called: str
) -> None:
    passes(
        tmp_path,
        WHISPER,
        f"""
        dial: {{+14155550100: {status}}}
        expect:
          events: [dial, say: {says}, hangup]
          called: {{+14155550100: {called}}}
        """,
    )


def test_declined_needs_a_document(tmp_path: Path) -> None:
    result = one(tmp_path, DESK, "dial: {+14155550100: declined}")
    assert "only a party with a document" in why(result)[0]


@pytest.mark.parametrize(
    ("noun", "given", "says"),
    [
        ("conversationRelay: {url: 'wss://a.example.com'}", "relay: ended", "Ended."),
        ("conversationRelay: {url: 'wss://a.example.com'}", "relay: failed", "Failed."),
        (
            "conversationRelay: {url: 'wss://a.example.com'}",
            "relay: {ended: {HandoffData: x}}",
            "More.",
        ),
        ("virtualAgent: {connectorName: a}", "virtualAgent: failed", "Failed."),
        ("virtualAgent: {connectorName: a}", "virtualAgent: ended", "Ended."),
    ],
)
def test_connect(tmp_path: Path, noun: str, given: str, says: str) -> None:
    handoff = "handoff" if "Relay" in noun else "live-agent-handoff"
    flow = f"""\
start: main
states:
  main:
    - connect: {{{noun}}}
      when: {{{handoff}: more}}
      then: ended
      fallback: failed
  more: [say: More.]
  ended: [say: Ended.]
  failed: [say: Failed.]
"""
    passes(tmp_path, flow, f"connect: {{{given}}}\nexpect: [connect, say: {says}, hangup]")


def test_stream_that_failed_is_over_too(tmp_path: Path) -> None:
    flow = "steps:\n  - connect: {stream: {url: 'wss://a.example.com'}}\n  - say: Over.\n"
    for word in ("ended", "failed"):
        passes(
            tmp_path,
            flow,
            f"connect: {{stream: {word}}}\nexpect: [connect: stream, say: Over., hangup]",
            "static",
        )
    passes(
        tmp_path,
        flow,
        "connect: {stream: hangup}\nexpect: [connect: {stream: 'wss://a.example.com'}, caller-hangup]",
        "static",
    )


def test_events_by_their_short_names(tmp_path: Path) -> None:
    relay = "steps:\n  - connect: {conversationRelay: {url: 'wss://a.example.com'}}\n"
    passes(tmp_path, relay, "expect: [connect: {relay: 'wss://a.example.com'}, hangup]", "static")
    passes(tmp_path, "steps:\n  - reject: {reason: busy}\n", "expect: [reject: busy]", "static")
    assert why(one(tmp_path, "steps:\n  - reject\n", "expect: [reject: busy]", "static"))


def test_speech_and_speaking(tmp_path: Path) -> None:
    flow = """\
steps:
  - gather: {input: dtmf speech, prompt: Say it.}
    then: [{say: Thanks.}]
    fallback: hangup
  - record
"""
    passes(
        tmp_path, flow, "caller: [{say: sales}, speak]\nexpect: [say, say: Thanks., record, hangup]"
    )
    passes(tmp_path, flow, "caller: [silence]\nexpect: [say, hangup]")


def test_never_with_a_beginning_of_numbers(tmp_path: Path) -> None:
    assert why(one(tmp_path, DESK, 'expect: {never: {dial: "+1415*"}}')) == [
        "dial +14155550100 (timeout=20) happens, which must never be"
    ]
    passes(tmp_path, DESK, 'expect: {never: [{dial: "+1900*"}, goto-external]}')


def test_difference_shows_script_flow_and_document(tmp_path: Path) -> None:
    from twimlc.calls.report import human

    made = tried(
        tmp_path,
        DESK,
        """
        - name: wrong words
          rooms: {Daily: open}
          expect: [say: Welcome., connect, say: Bye., hangup]
        """,
    )
    assert not made.ok
    text = short(human(made))
    assert "FAIL  f.test.yaml:2: wrong words" in text
    assert 'f.test.yaml:4: say "Bye." was expected; say "Goodbye." is heard' in text
    assert "f.yaml:18, f/v/goodbye.xml:3" in text


def test_a_failure_names_the_documents_that_decisions_lead_to(tmp_path: Path) -> None:
    result = one(tmp_path, MENU, 'caller: ["1"]\nexpect: {last: record}', target="nginx")
    ((_, failure),) = result.failures
    heard = [row.heard for row in failure.rows if row.heard is not None]
    lines = [short(observed.document).rpartition(":")[0] for observed in heard]
    documents = ["index.xml", "v/sales.xml", "v/mail.xml", "v/bye.xml"]
    assert [*dict.fromkeys(filter(None, lines))] == [f"f/{name}" for name in documents]


def test_attributes_and_their_defaults(tmp_path: Path) -> None:
    passes(tmp_path, DESK, "expect: {hears: {record: {maxLength: 120, playBeep: true}}}")
    assert why(one(tmp_path, DESK, "expect: {hears: {record: {maxLength: 60}}}"))
    passes(tmp_path, DESK, "expect: {hears: {dial: {number: +14155550100, timeout: 20}}}")


def test_call_for_ever_is_a_failure(tmp_path: Path) -> None:
    flow = "start: a\nstates:\n  a:\n    - gather: {prompt: Press.}\n      then: hangup\n    - goto: a\n"
    result = one(tmp_path, flow, "caller: []", target="static")
    assert why(result) == ["the call fails: the call goes on forever: 1000 verbs were played"]


def test_targets_of_a_call(tmp_path: Path) -> None:
    flow = """\
steps:
  - dial: +14155550100
    fallback: [{say: Nobody.}]
    then: hangup
    allow: [fallback-after-answer]
"""
    (tmp_path / "f.yaml").write_text(flow)
    (tmp_path / "f.test.yaml").write_text(
        "calls:\n"
        "  - {name: plain, targets: static, dial: {+14155550100: completed}, expect: [dial, say, hangup]}\n"
        "  - {name: right, targets: nginx, dial: {+14155550100: completed}, expect: [dial, hangup]}\n"
    )
    made = play_scripts(Options(cwd=tmp_path, targets=("static", "nginx")))
    assert made.ok
    assert [result.targets for result in made.results] == [("static",), ("nginx",)]


def test_messages(tmp_path: Path) -> None:
    passes(
        tmp_path,
        "kind: messaging\nsteps:\n  - message: Hello.\n",
        "expect: [message: Hello.]",
        "static",
    )


def test_sounds_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "chime.wav").write_bytes(b"RIFF")
    passes(tmp_path, "steps:\n  - play: chime.wav\n", "expect: [play: chime.wav, hangup]", "static")


def test_time_is_counted(tmp_path: Path) -> None:
    flow = "steps:\n  - pause: {length: 30}\n  - dial: {number: +14155550100, timeout: 25}\n"
    assert one(tmp_path, flow, "expect: [pause: 30, dial, hangup]", "static").seconds == 55


def test_the_work_grows_with_the_calls(tmp_path: Path) -> None:
    def played(size: int) -> None:
        calls = "\n".join(
            f"- {{name: call {n}, caller: ['7', '1'], expect: {{last: hangup}}}}"
            for n in range(size)
        )
        made = tried(tmp_path, MENU, calls)
        assert made.ok
        assert len(made.results) == size

    assert overgrown(played, 100) == {}
