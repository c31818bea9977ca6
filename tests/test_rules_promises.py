"""Budgets of a project and promises of a flow, held against every way through a call."""

from pathlib import Path
from textwrap import dedent

import pytest

from compiled import make
from twimlc.project.files import FileContent
from twimlc.rules.media import seconds_of

PROJECT = "targets:\n  static: {host: static}\nbudgets:\n  %s\n"
LONG = "- say: one two three four five\n- pause: {length: 10}\n- dial: +14155550100\n- hangup\n"


@pytest.mark.parametrize(
    ("budget", "found"),
    [
        ("human: {words: 5}", []),
        ("human: {words: 4}", ["over-budget"]),
        ("human: {seconds: 42}", []),
        ("human: {seconds: 41}", ["over-budget"]),
        ("choice: {seconds: 1}", []),
        ("human: {keys: many}", ["bad-project"]),
        ("humans: {keys: 1}", ["unknown-project-key"]),
    ],
)
def test_budgets(budget: str, found: list[str]) -> None:
    made = make(
        files={
            "flows/f.yaml": "steps:\n" + "".join(f"  {line}\n" for line in LONG.splitlines()),
            "twimlc.yaml": PROJECT % budget,
        }
    )
    assert made.slugs == found


@pytest.mark.parametrize(("digits", "over"), [(1, False), (4, True)])
def test_missing_keys_are_waited_for(digits: int, over: bool) -> None:
    flow = (
        "states:\n  main:\n    - gather: {numDigits: %d, timeout: 10, prompt: Press 1.}\n"
        "      when: {1: desk}\n      fallback: hangup\n"
        "  desk: [{dial: {number: +14155550100, timeout: 5}}, hangup]\n"
    )
    made = make(
        files={
            "flows/f.yaml": flow % digits,
            "twimlc.yaml": "targets:\n  n: {host: nginx}\nbudgets:\n  human: {seconds: 10}\n",
        }
    )
    assert ("over-budget" in made.slugs) is over


def wav(seconds: int, codec: int = 1) -> bytes:
    """A WAV file of 8000 bytes a second; codec 7 is mu-law."""
    form = b"".join(
        n.to_bytes(size, "little")
        for n, size in ((codec, 2), (1, 2), (8000, 4), (8000, 4), (1, 2), (8, 2))
    )
    data = bytes(8000 * seconds)
    chunks = (
        b"fmt "
        + len(form).to_bytes(4, "little")
        + form
        + b"LIST"
        + (3).to_bytes(4, "little")
        + b"abc\0"
    )
    chunks += b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


@pytest.mark.parametrize(
    ("path", "data", "seconds"),
    [
        ("a.wav", wav(3), 3),
        ("a.wav", wav(4, 7), 4),
        ("a.wav", wav(3)[:-8000], 2),
        ("a.wav", wav(3)[:30], None),
        ("a.wav", b"RIFF\0\0\0\0WAVEdata\1\0\0\0a", None),
        ("a.wav", b"RIFF", None),
        ("a.mp3", b"ID3", None),
        ("a.ulaw", bytes(16000), 2),
    ],
)
def test_lengths_of_sounds(path: str, data: bytes, seconds: float | None) -> None:
    assert seconds_of(path, FileContent.of(data)) == seconds


@pytest.mark.parametrize(
    ("budget", "found"),
    [
        ("human: {seconds: 46}", False),
        ("human: {seconds: 45}", True),
        ("human: {seconds: 50}\n  sound: {seconds: 5}", True),
        ("human: {seconds: 51}\n  sound: {seconds: 5}", False),
        ("human: {words: 9}\n  sound: {words: 10}", True),
    ],
)
def test_sounds_take_their_time(budget: str, found: bool) -> None:
    flow = "steps:\n  - play: {url: hello.wav, loop: 2}\n  - pause: {length: 10}\n  - play: https://x.example.com/a.mp3\n  - dial: +14155550100\n  - hangup\n"
    made = make(
        files={"flows/f.yaml": flow, "flows/hello.wav": wav(3), "twimlc.yaml": PROJECT % budget}
    )
    assert made.slugs == (["over-budget"] if found else [])


def test_a_sound_takes_no_keys() -> None:
    made = make(
        files={"flows/f.yaml": "steps: [hangup]\n", "twimlc.yaml": PROJECT % "sound: {keys: 1}"}
    )
    assert made.slugs == ["unknown-project-key"]


TREE = """\
invariants: ["{promise}"]
states:
  top:
    - say: This call is recorded.
    - menu:
        prompt: Press 1 for sales or 2 for a message.
        attempts: 2
        choices: {{"1": sales, "2": message}}
      fallback: bye
  sales:
    - dial: +14155550100
    - goto: bye
  message:
    - record: {{maxLength: 20}}
    - goto: bye
  bye:
    - say: Goodbye.
    - hangup
"""


@pytest.mark.parametrize(
    ("promise", "way"),
    [
        ("always reaches bye", None),
        (
            "always reaches human",
            "nothing is pressed at 'Press 1 for sales or 2 for a…' 2 times, then",
        ),
        ("reaches human within 1 key", None),
        ("reaches human within 0 keys", "1 is pressed at"),
        ("never reaches voicemail", "2 is pressed at"),
        ("never dials +1900*", None),
        ("never dials +1415*", "1 is pressed at"),
        ("'recorded' before record", None),
        ("'consent' before record", "2 is pressed at"),
        ("sales before message", "2 is pressed at"),
        ("always reaches bye within 2 keys", None),
        ("always reaches bye within 1 key", "it may take 2 keys"),
        ("Always reaches bye.", None),
        ("reaches sales", None),
        ("always reaches human or voicemail", "is pressed at"),
        ("always reaches human or voicemail or bye", None),
        ("always reaches f/bye", None),
        ("always says 'goodbye'", None),
        ("never says 'press 1'", "then 'Press 1 for sales or 2"),
        ("never says 'press 7'", None),
        ("never says 'call is recorded'", "'This call is recorded.'"),
        ("always 'recorded' before record", None),
        ("never record before 'recorded'", None),
        ("never record before sales", "2 is pressed at"),
        ("never dials +1 415 555-0100", "1 is pressed at"),
        ("never dials sip:*", None),
        ("never dials client:anna", None),
    ],
)
def test_promises(promise: str, way: str | None) -> None:
    made = make(TREE.format(promise=promise), target="nginx")
    assert made.slugs == ([] if way is None else ["broken-invariant"])
    assert way is None or way in made.words


def test_a_way_is_told_as_the_caller_lives_it() -> None:
    flow = """\
    invariants: [never reaches message]
    states:
      top:
        - say: Welcome.
        - dial: {number: +14155550100}
          then: hangup
          when: {busy: queue}
          fallback: message
      queue:
        - enqueue: patients
          when: {queue-full: message}
        - hangup
      message:
        - record: {maxLength: 20}
        - say: Thank you.
    """
    made = make(flow, target="nginx")
    assert "'Welcome.', then +14155550100 does not answer, then record" in made.words
    made = make(flow.replace("      fallback: message", "      fallback: hangup"), target="nginx")
    assert "+14155550100 is busy, then the queue patients is full, then record" in made.words
    made = make(flow.replace("reaches message", "says 'thank you'"), target="nginx")
    assert "then a message is recorded, then 'Thank you.'" in made.words


def test_a_circle_breaks_what_must_always_be_reached() -> None:
    flow = "invariants: [always reaches human]\nstates:\n  a:\n    - say: Hold on.\n    - pause: {length: 9}\n    - goto: a\n"
    made = make(flow)
    assert "broken-invariant" in made.slugs
    assert "endless loop" in made.words


@pytest.mark.parametrize(
    "promise",
    [
        "always reaches byee",
        "never dials sales",
        "never dials 4155550100",
        "be nice",
        "always reaches human or robot",
        "never reaches human within 2 keys",
        "human within 2 keys",
        "always says goodbye",
        "reaches f/nowhere",
        "before record",
    ],
)
def test_what_cannot_be_checked_is_an_error(promise: str) -> None:
    made = make(TREE.format(promise=promise), target="nginx")
    assert made.slugs == ["bad-invariant"]


@pytest.mark.parametrize(
    ("promise", "hint"),
    [
        ("never dial", "write never dials +1900*"),
        ("never calls +1900*", "write never dials +1900*"),
        ("always dial", "write always reaches dial"),
        ("always reach", "write always reaches X"),
        ("never reach sales", "write never reaches sales"),
        ("reach bye", "write reaches bye"),
        ("always reach humans or byee", "write always reaches human or bye"),
        ("never be rude", "write never reaches X, never dials NUMBER, or never X before Y"),
        ("be nice", "write always reaches X, always reaches X within"),
        ("recorded before record", "did you mean 'record'? words that are said need quotes"),
        ("goodbye before record", "words that are said need quotes of their own, inside those of"),
    ],
)
def test_the_form_that_was_meant_is_told(promise: str, hint: str) -> None:
    made = make(f'invariants: ["{promise}"]\nstates: {{main: [say: Goodbye.], bye: [hangup]}}\n')
    (found,) = [found for found in made.result.findings if found.rule.slug == "bad-invariant"]
    assert (found.hint or "").startswith(hint)


BLOCKS = """
states:
  main:
    - menu: {prompt: Press 1., choices: {1: next}}
      fallback: hangup
    - hunt: [+14155550100, +14155550101]
    - offer: {options: [{say: For a message press any key., then: bye}]}
    - hangup
  bye: [hangup]
"""


@pytest.mark.parametrize(
    ("promise", "holds"),
    [
        ("menu before dial", True),
        ("menu before hunt", True),
        ("never menu before hunt", False),
        ("always reaches menu", True),
        ("never reaches offer", False),
        ("always reaches hunt", False),
    ],
)
def test_blocks_are_things_that_happen(promise: str, holds: bool) -> None:
    made = make(f'invariants: ["{promise}"]\n{BLOCKS}', target="nginx")
    assert made.slugs == ([] if holds else ["broken-invariant"])


@pytest.mark.parametrize(
    ("promise", "found"), [("never says 'sale'", True), ("never says 'PIN'", False)]
)
def test_messages_are_words_too(promise: str, found: bool) -> None:
    made = make(f'kind: messaging\ninvariants: ["{promise}"]\nsteps: [message: The sale is on.]\n')
    assert made.slugs == (["broken-invariant"] if found else [])


def broken(promise: str, flow: str, target: str = "nginx", **more: str) -> str | None:
    """How a promise of flow ``f`` is broken; None where it holds. ``more`` are other flows."""
    head, _, rest = flow.partition("states:") if "states:" in flow else ("", "", f"\n{flow}")
    body = f"states:{rest}" if "states:" in flow else f"steps:{rest}"
    files = {f"flows/{name.replace('_', '-')}.yaml": text for name, text in more.items()}
    files["flows/f.yaml"] = f"invariants:\n  - {promise}\n{head}{body}"
    files["twimlc.yaml"] = f"targets: {{{target}: {{host: {target}}}}}\n"
    made = make(files=files, target=target)
    found = [
        f for f in made.result.findings if f.rule.slug in ("broken-invariant", "bad-invariant")
    ]
    assert len(found) <= 1, made.words
    return found[0].message.partition("does not hold: ")[2] if found else None


RING = "- say: One moment.\n- dial: {number: +14155550100, timeout: 20}\n"
LINE = """
states:
  main:
    - say: One moment.
    - dial: {number: +14155550100, timeout: 20}
      then: hangup
      fallback: message
  message:
    - say: Nobody is here. Please leave a message after the tone.
    - record: {maxLength: 60}
    - say: Thank you. Goodbye.
"""


@pytest.mark.parametrize("target", ["nginx", "twiml-bin"])
@pytest.mark.parametrize(
    ("promise", "flow", "way"),
    [
        # somebody answered, not: a phone rang
        ("always reaches human", RING, "'One moment.', then +14155550100 does not answer, then"),
        (
            "always reaches connected",
            RING,
            "+14155550100 does not answer, then the end of the call",
        ),
        ("always reaches rings", RING, None),
        ("always rings", RING, None),
        ("always rings within 2 seconds", RING, None),
        ("always rings within 0 seconds", RING, "it may take 1 seconds: 'One moment.', then +1415"),
        ("never rings", RING, "'One moment.', then +14155550100 rings"),
        ("always reaches rings", "- say: Hello.\n- hangup\n", "'Hello.', then the end of the call"),
        ("reaches human", RING, None),
        ("reaches human", "- say: Hello.\n", "no path leads there"),
        ("never reaches human", RING, "'One moment.', then +14155550100 answers"),
        ("always reaches human or voicemail", LINE, None),
        ("always reaches connected or voicemail", LINE, None),
        (
            "human before voicemail",
            LINE,
            "then 'Nobody is here. Please leave…', then record",
        ),
        ("rings before voicemail", LINE, None),
        # a recording that words announce
        ("reaches voicemail", "- record: {maxLength: 9}\n", "no path leads there"),
        ("reaches voicemail", "- say: Speak.\n- record: {maxLength: 9}\n", None),
        ("reaches voicemail", "- play: https://a.example.com/b.mp3\n- record: {}\n", None),
        ("reaches voicemail", "- play: {digits: '12'}\n- record: {}\n", "no path leads there"),
        ("reaches voicemail", f"{RING}- record: {{}}\n", "no path leads there"),
        ("always reaches voicemail", "- voicemail: {}\n", None),
        # the end comes with words
        ("nobody is hung up on", LINE, None),
        ("No one is ever hung up on.", LINE, None),
        ("nobody is hung up on", RING, "does not answer, then the call ends without a word"),
        (
            "nobody is hung up on",
            LINE.replace("    - say: Thank you. Goodbye.\n", ""),
            "recorded, then the call ends",
        ),
        ("nobody is hung up on", "- say: Goodbye.\n- pause: {length: 1}\n- hangup\n", None),
        ("nobody is hung up on", "- hangup\n", "the call ends without a word"),
        ("nobody is hung up on", "- reject\n", "the call ends without a word"),
        ("nobody is hung up on", "- redirect: https://a.example.com/b\n", None),
        # words
        ('always hears "one moment"', RING, None),
        ("always hears 'nobody is here'", LINE, "+14155550100 answers, and the conversation ends"),
        ("never hears 'nobody is here'", LINE, "then 'Nobody is here. Please leave…'"),
        ("hears 'goodbye'", RING, "no path leads there"),
        ("always hears 'moment' within 1 seconds", RING, None),
        ("always hears 'moment' within 0 seconds", RING, "it may take 1 seconds: 'One moment.'"),
        (
            "always hears 'Leave a message' within 33 seconds",
            f"{RING}- say: Please leave a message, if you like.\n- hangup\n",
            None,
        ),
        (
            "always hears 'Leave a message' within 27 seconds",
            f"{RING}- say: Please leave a message, if you like.\n- hangup\n",
            "it may take 28 seconds",
        ),
        # ringing takes its time
        ("reaches human within 1 second", RING, None),
        ("reaches voicemail within 5 seconds", LINE, None),
        ("reaches voicemail within 4 seconds", LINE, "it takes 5 seconds"),
    ],
)
def test_what_the_words_of_promises_mean(
    target: str, promise: str, flow: str, way: str | None
) -> None:
    found = broken(promise, flow, target)
    assert (found is None) if way is None else (found is not None and way in found), found


QUEUE = """
states:
  main:
    - say: Please hold.
    - enqueue: {name: support, waitUrl: %s}
      then: bye
      fallback: message
  message:
    - voicemail: {}
    - hangup
  bye: [{say: Goodbye.}, hangup]
  hold: [{say: You are still in line.}, {play: https://a.example.com/b.mp3}]
  leaving:
    - gather: {numDigits: 1, prompt: Any key to leave.}
      then: [leave]
  cut: [{say: Nobody comes.}, hangup]
  dead: [{pause: {length: 60}}, hangup]
"""
HUNT = """
states:
  main:
    - say: One moment.
    - hunt: {number: [+14155550101, +14155550102, +14155550103], timeout: 15%s}
      then: hangup
      fallback: message
  message:
    - voicemail: {}
    - hangup
"""
ROOM = """
states:
  main:
    - connect: {room: Standup}
      then: hangup
      fallback: closed
  closed: [{say: The room is closed. Goodbye.}, hangup]
"""
MENU = """
states:
  main:
    - menu: {prompt: "For a nurse press 1.", choices: {1: nurse}, attempts: 2}
      fallback: %s
  nurse:
    - dial: {number: +14155550100, timeout: 20}
      then: hangup
      fallback: goodbye
  goodbye: [{say: Please call 911. Goodbye.}, hangup]
"""
TIERS = """
states:
  main:
    - dial: {number: +14155550101, timeout: 10}
      then: hangup
    - dial: {number: +14155550102, timeout: 10}
      then: hangup
    - goto: other/
"""
AGAIN = """
states:
  main:
    - dial: {number: +14155550101, timeout: 10}
      then: hangup
    - say: Please hold.
    - goto: main
"""


@pytest.mark.parametrize(
    ("promise", "flow", "way"),
    [
        # queues: somebody takes the call, it is left, it is full, and what is heard meanwhile
        ("always reaches human or voicemail", QUEUE % "hold", None),
        ("always reaches human or voicemail", QUEUE % "leaving", "the queue support is left"),
        ("always reaches human or voicemail", QUEUE % "cut", "while waiting in the queue support"),
        ("always reaches human", QUEUE % "hold", "the queue support is full"),
        ("always reaches enqueue within 1 second", QUEUE % "hold", None),
        (
            "always reaches human or voicemail within 60 seconds",
            QUEUE % "hold",
            "it may take any time: 'Please hold.', then the queue support takes the call",
        ),
        (
            "never hears 'still in line'",
            QUEUE % "hold",
            "while waiting in the queue support, then 'You are still",
        ),
        ("always hears 'still in line'", QUEUE % "hold", "the queue support"),
        ("nobody is hung up on", QUEUE % "hold", None),
        ("nobody is hung up on", QUEUE % "cut", None),
        (
            "nobody is hung up on",
            QUEUE % "dead",
            "while waiting in the queue support, then the call ends without",
        ),
        # hunts ring one after another, each for its time and the seconds of the question
        ("always reaches human or voicemail", HUNT % "", None),
        ("always reaches human", HUNT % "", "none of +14155550101 … +14155550103 answers"),
        ("never reaches human", HUNT % "", "one of +14155550101 … +14155550103 answers"),
        ("always rings within 1 second", HUNT % "", None),
        ("always reaches human or voicemail within 65 seconds", HUNT % "", None),
        (
            "always reaches human or voicemail within 60 seconds",
            HUNT % "",
            "it may take 64 seconds",
        ),
        # rooms: those in it are people
        ("reaches human", ROOM, None),
        ("always reaches human", ROOM, "the room Standup is not open"),
        ("nobody is hung up on", ROOM, None),
        ("always reaches human or closed", ROOM, None),
        # a caller who is passed on is not hung up on; one who is not, is
        (
            "nobody is hung up on",
            "- say: One moment.\n- refer: {sip: 'sip:a@example.com'}\n",
            "then sip:a@example.com is busy, then the call ends without a word",
        ),
        (
            "nobody is hung up on",
            "states:\n  a:\n    - refer: {sip: 'sip:a@example.com'}\n      fallback: b\n  b: [{say: Goodbye.}]\n",
            None,
        ),
        # a program is no human
        (
            "reaches human",
            "- connect: {stream: {url: 'wss://a.example.com/b'}}\n",
            "no path leads there",
        ),
        ("always reaches connected", "- connect: {stream: {url: 'wss://a.example.com/b'}}\n", None),
        ("nobody is hung up on", "- connect: {stream: {url: 'wss://a.example.com/b'}}\n", None),
        # whoever is asked in a menu and then hears nothing is hung up on
        ("nobody is hung up on", MENU % "goodbye", None),
        (
            "nobody is hung up on",
            MENU % "hangup",
            "nothing is pressed at 'For a nurse press 1.' 2 times, then the call ends without a word",
        ),
        ("always reaches human or 'call 911'", MENU % "goodbye", None),
        (
            "always reaches human or 'call 911'",
            MENU % "hangup",
            "nothing is pressed at 'For a nurse",
        ),
        ("always hears '911' or 'nurse' within 20 seconds", MENU % "goodbye", None),
        # other flows, and loops
        ("always reaches human or 'call 911'", TIERS, None),
        ("always reaches human", TIERS, "+14155550102 does not answer, then 'Please call 911.'"),
        ("nobody is hung up on", TIERS, None),
        ("always reaches human or other/main", TIERS, None),
        (
            "always reaches human",
            AGAIN,
            "+14155550101 does not answer, then 'Please hold.', then +14155550101 does not answer, and so on in an endless loop",
        ),
        ("always rings", AGAIN, None),
        ("always reaches voicemail", AGAIN, "+14155550101 answers"),
        # an action that is a state, and one that is an address
        (
            "always hears 'the end'",
            "states:\n  a:\n    - dial: {number: +14155550101, action: b}\n  b: [{say: The end.}]\n",
            None,
        ),
        (
            "always hears 'the end'",
            "- dial: {number: +14155550101, action: 'https://a.example.com/b'}\n- say: The end.\n",
            "+14155550101 does not answer",
        ),
        # the parts of a component are parts of the call
        (
            "nobody is hung up on",
            "components: {ring: {params: {who: }, steps: [{dial: '${who}'}]}}\nstates:\n  a: [{use: ring, with: {who: +14155550101}}]\n",
            "+14155550101 does not answer, then the call ends without a word",
        ),
        (
            "nobody is hung up on",
            "components: {ring: {params: {who: }, steps: [{dial: '${who}'}, {say: Goodbye.}]}}\nstates:\n  a: [{use: ring, with: {who: +14155550101}}]\n",
            None,
        ),
    ],
)
def test_promises_follow_the_whole_call(promise: str, flow: str, way: str | None) -> None:
    found = broken(promise, flow, other="states:\n  main: [{say: Please call 911.}, hangup]\n")
    assert (found is None) if way is None else (found is not None and way in found), found


@pytest.mark.parametrize("phones", [1, 2, 3])
def test_a_long_way_is_told_in_whole_steps(phones: int) -> None:
    """Middle steps are left out, and every quote that is opened is closed."""
    numbers = ", ".join(f"+1415555010{n}" for n in range(phones))
    turns = "".join(
        f"- say: {word} is a long text that nobody hears to its very end.\n"
        f"- dial: {{number: [{numbers}]}}\n"
        for word in ("First", "Second", "Third", "Fourth", "Last")
    )
    way = broken("always reaches human", turns) or ""
    begin, _, end = way.partition(", then … ")
    who = "+14155550100 does not answer"
    if phones > 1:
        who = "neither +14155550100 nor +14155550101 answers"
    if phones > 2:
        who = "none of +14155550100 … +14155550102 answers"
    assert begin.startswith(f"'First is a long text that…', then {who}")
    assert end.partition(" more steps …, then ")[0].isdecimal()
    assert end.endswith(f"{who}, then the end of the call")
    assert len(way) < 200
    assert way.count("'") % 2 == 0


def test_the_question_to_the_called_person_takes_its_time() -> None:
    flow = HUNT.replace("15%s}", "15, people: [%s]}").replace(
        "number: [+14155550101, +14155550102, +14155550103], ", ""
    ) % ", ".join(f"{{number: {{phoneNumber: +1415555010{n}, url: asks}}}}" for n in (1, 2))
    flow += "  asks: [{gather: {numDigits: 1, timeout: 8, prompt: one two three four five}, then: taken}, hangup]\n"
    flow += "  taken: [{say: Connected now.}]\n"
    way = broken("always reaches human or voicemail within 63 seconds", flow) or ""
    assert "it may take 64 seconds" in way
    assert broken("always reaches human or voicemail within 64 seconds", flow) is None


def test_words_that_are_taken_out_break_the_promise() -> None:
    crisis = """
    states:
      main:
        - say: Please hold for a counselor.
        - dial: {number: +14155550101, timeout: 20}
          then: hangup
        - say: Nobody is free. If you are in danger call 911.
        - hangup
    """
    kept = "always reaches human or 'call 911'"
    assert broken(kept, dedent(crisis)) is None
    gone = dedent(crisis).replace(" If you are in danger call 911.", "")
    way = (
        "'Please hold for a counselor.', then +14155550101 does not answer, then 'Nobody is free.'"
    )
    assert (broken(kept, gone) or "").startswith(way)


@pytest.mark.parametrize(
    ("promise", "hint"),
    [
        ("nobody is hang up on", "write nobody is hung up on"),
        ("always hear goodbye", "write always hears 'goodbye'"),
        ("always reaches humans", "did you mean 'human'?"),
        ("always reaches voicmail", "did you mean 'voicemail'?"),
        ("always reaches conected", "did you mean 'connected'?"),
        ("always reaches ring", "did you mean 'rings'?"),
    ],
)
def test_unknown_words_get_the_nearest(promise: str, hint: str) -> None:
    made = make(f'invariants: ["{promise}"]\nsteps: [hangup]\n')
    (found,) = [found for found in made.result.findings if found.rule.slug == "bad-invariant"]
    assert hint in (found.hint or "")


def test_a_text_message_hangs_up_on_nobody() -> None:
    made = make("kind: messaging\ninvariants: [nobody is hung up on]\nsteps: [message: Hello.]\n")
    assert made.slugs == ["bad-invariant"]


@pytest.mark.parametrize(
    ("taken_out", "left", "way"),
    [
        ("", "", None),
        (
            " If a life is in danger now, hang up and call 911.",
            "",
            "then each of +14155550131 and +14155550132 rings",
        ),
        ("fallback: message", "fallback: hangup", "the call ends without a word"),
        (
            "fallback: second-tier",
            "fallback: hangup",
            "then neither +14155550131 nor +14155550132 answers, then the",
        ),
        (
            "- say: Please stay on the line.",
            "- pause: {length: 30}\n    - say: Now.",
            "it may take",
        ),
    ],
)
def test_the_crisis_line_keeps_its_promises(taken_out: str, left: str, way: str | None) -> None:
    flow = (Path(__file__).parents[1] / "flows" / "hotline.yaml").read_text(encoding="utf-8")
    assert taken_out in flow
    made = make(files={"hotline.yaml": flow.replace(taken_out, left, 1)}, target="nginx")
    assert ("broken-invariant" in made.slugs) is (way is not None)
    assert way is None or way in made.words


LEG = """
states:
  main:
    - say: One moment.
    - dial: {number: {phoneNumber: +14155550100, url: asks}}
      then: [{say: Thank you.}]
      when: {declined: [{say: Declined.}]}
      fallback: hangup
  asks: %s
"""
REFERRED = """
states:
  main:
    - dial: {number: +14155550100, referUrl: moved}
  moved: [{say: You are moved.}, {dial: +19005550100}]
"""
SIP = "- dial: {sip: 'sip:bob@C.example;transport=tls?X-A=1'}\n"
MARKED = "- say: {ssml: 'Dial <emphasis>nine</emphasis>, <sub alias=\"World\">W</sub> <p>now</p><p>then</p>'}\n"


@pytest.mark.parametrize(
    ("promise", "flow", "way"),
    [
        # a call that the called side transfers, and one that a called party's document passes on
        ("never dials +1900*", REFERRED, "conversation ends, then 'You are moved.', then +1900"),
        ("never hears 'moved'", REFERRED, "conversation ends, then 'You are moved.'"),
        ("never dials +1800*", REFERRED, None),
        ("never dials sip:a@b.example", "- refer: {sip: 'sip:a@b.example'}\n", "refer"),
        (
            "never dials sip:a@b.example",
            "states:\n  main: [{dial: {client: {identity: anna, url: on}}}]\n"
            "  on: [{refer: {sip: 'sip:a@b.example'}}]\n",
            "refer",
        ),
        # values of the call
        (
            "never dials sip:bob@c.example",
            "- dial: {sip: 'sip:${call.From}@c.example'}\n",
            "may be",
        ),
        ("never dials sip:bob@c.example", "- dial: {sip: 'sip:${call.From}@d.example'}\n", None),
        ("never dials sip:*", "- dial: {sip: 'sip:${call.From}@c.example'}\n", "sip:"),
        ("never dials +1900*", "- dial: {sip: 'sip:${call.From}@c.example'}\n", None),
        ("never dials +1900*", "- dial: {conference: '${call.From}'}\n", None),
        # who is called does not hang on headers, nor on the case of a host
        ("never dials sip:bob@c.example", SIP, "rings"),
        ("never dials SIP:bob@c.EXAMPLE", SIP, "rings"),
        ("never dials sip:bob*", SIP, "rings"),
        ("never dials sip:Bob@c.example", SIP, None),
        ("never dials sip:bob@c.example:5080", SIP, None),
        # words in the order of the document
        ("never hears 'dial nine, world now then'", MARKED, "'"),
        ("never hears 'nine now'", MARKED, None),
        ("reaches 'dial now'", MARKED, "no path leads there"),
        # who is called and cannot accept is never talked to; who cannot decline does not
        ("never reaches human", LEG % "[{say: No.}, hangup]", None),
        ("reaches human", LEG % "[{say: No.}, hangup]", "no path leads there"),
        ("never hears 'declined'", LEG % "[{say: No.}, hangup]", "declines the call"),
        ("never hears 'declined'", LEG % "[{say: A call.}]", None),
        ("never reaches human", LEG % "[{say: A call.}]", "answers"),
        (
            "never hears 'declined'",
            LEG % "[{gather: {numDigits: 1, prompt: Any key.}, then: [{say: Hello.}]}, hangup]",
            "declines the call",
        ),
        # a sound without an end
        (
            "always hears 'bye'",
            "- play: {url: https://a.example.com/b.mp3, loop: 0}\n- say: Bye.\n",
            "b.mp3",
        ),
        # words around others in quotes
        ("\"'a before b' before 'c'\"", "- say: a before b\n- say: c\n", None),
    ],
)
def test_promises_follow_every_line(promise: str, flow: str, way: str | None) -> None:
    found = broken(promise, flow)
    assert (found is None) if way is None else (found is not None and way in found), found


@pytest.mark.parametrize(
    ("promise", "step", "way"),
    [
        (
            "never hears 'sell it'",
            "say: 'Your number is ${call.From}. We never sell it.'",
            "We never…",
        ),
        ("never hears 'number is . We'", "say: 'Your number is ${call.From}. We sell it.'", None),
        ("never hears 'sell it'", "gather: {prompt: 'To ${call.To}: we sell it.'}", "we sell it"),
        (
            "never dials +1900*",
            "dial: '${call.From}'\n  allow: [caller-chosen-number]",
            "which may be +1900*",
        ),
    ],
)
def test_promises_read_values_of_the_call(promise: str, step: str, way: str | None) -> None:
    found = broken(promise, f"- {step}\n", "twiml-bin")
    assert (found is None) if way is None else (found is not None and way in found), found


@pytest.mark.parametrize(
    "promise",
    [
        "always reaches ${call.From}",
        """'never hears "Hello"or"x"'""",
        """"never hears 'Hello'or'x'\"""",
        """'"a" before "b" before "Hello"'""",
        """'always reaches "a" before "Hello"'""",
        """"never hears ' '\"""",
        "'never dials sip:'",
        "'never dials client:'",
    ],
)
def test_what_is_no_sentence_never_holds(promise: str) -> None:
    made = make(f"invariants:\n  - {promise}\nsteps: [say: Hello., hangup]\n", target="nginx")
    assert made.slugs == ["bad-invariant"], made.words


@pytest.mark.parametrize(
    ("promise", "target", "way"),
    [
        ("always hears 'nobody'", "static", None),
        ("always hears 'nobody'", "nginx", "answers, and the conversation ends, then 'Thank"),
        ("reaches 'thank you'", "static", "no path leads there"),
        ("reaches 'thank you'", "nginx", None),
        ("human before 'nobody'", "static", "does not answer, then 'Nobody"),
    ],
)
def test_where_fallback_is_for_everybody(promise: str, target: str, way: str | None) -> None:
    flow = """
states:
  main:
    - dial: {number: +14155550100}
      then: [{say: Thank you.}]
      fallback: [{say: Nobody is here.}]
      allow: [fallback-after-answer]
"""
    found = broken(promise, flow, target)
    assert (found is None) if way is None else (found is not None and way in found), found


HOP = """
states:
  main: [{goto: top}]
  top:
    - gather: {numDigits: 1, prompt: Press 1.}
      when: {1: hop}
      then: bye
      fallback: bye
  hop: [{goto: again}]
  again: [{goto: desk}]
  unused: [{goto: bye}]
  desk: [{say: Hello.}, {dial: {number: +14155550100}}, {goto: bye}]
  bye: [{say: Goodbye.}, hangup]
"""


@pytest.mark.parametrize(
    ("promise", "way"),
    [
        ("always reaches main", None),
        ("never reaches main", "'Press 1.'"),
        ("never reaches hop", "1 is pressed at 'Press 1.'"),
        ("never reaches again", "1 is pressed at 'Press 1.'"),
        ("always reaches hop", "nothing is pressed at 'Press 1.', then 'Goodbye.'"),
        ("reaches hop within 1 key", None),
        ("reaches hop within 0 keys", "it takes 1 keys"),
        ("hop before desk", None),
        ("desk before hop", "1 is pressed"),
        ("always reaches f/hop or bye", None),
        ("reaches unused", "no path leads there"),
    ],
)
def test_states_that_only_go_on_are_reached_too(promise: str, way: str | None) -> None:
    found = broken(promise, HOP)
    assert (found is None) if way is None else (found is not None and way in found), found
