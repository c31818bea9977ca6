"""Budgets of a project and promises of a flow, held against every way through a call."""

import pytest

from compiled import make
from twimlc.analysis.sounds import seconds_of
from twimlc.source.files import FileContent

PROJECT = "targets:\n  static: {host: static}\nbudgets:\n  %s\n"
LONG = "- say: one two three four five\n- pause: {length: 10}\n- dial: +14155550100\n- hangup\n"


@pytest.mark.parametrize(
    ("budget", "found"),
    [
        ("human: {words: 5}", []),
        ("human: {words: 4}", ["over-budget"]),
        ("human: {seconds: 12}", []),
        ("human: {seconds: 11}", ["over-budget"]),
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
        "  desk: [{dial: +14155550100}, hangup]\n"
    )
    made = make(
        files={
            "flows/f.yaml": flow % digits,
            "twimlc.yaml": "targets:\n  n: {host: nginx}\nbudgets:\n  human: {seconds: 5}\n",
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
        ("human: {seconds: 16}", False),
        ("human: {seconds: 15}", True),
        ("human: {seconds: 20}\n  sound: {seconds: 5}", True),
        ("human: {seconds: 21}\n  sound: {seconds: 5}", False),
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
        ("always reaches human", "2 is pressed at"),
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
    assert "round and round" in made.words


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
