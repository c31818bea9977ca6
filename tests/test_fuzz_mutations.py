"""Flows broken by chance: whatever is done to a file, it is answered with findings that lie in it.

A fixed seed makes the same files each time. Flows go in as if from standard input, so that
nothing but the compiler takes time.
"""

from pathlib import Path
from random import Random

import pytest

from twimlc import pipeline
from twimlc.findings.catalogue import ALL_RULES
from twimlc.findings.diagnostic import Diagnostic
from twimlc.findings.pages import page_of
from twimlc.report import render
from twimlc.text import Span

ROUNDS = 2400
SEED = 20
PORTIONS = 8

RECEPTION = """\
flow: reception
description: The line of a small office.
params:
  name: Mill Street
  desk: +14155550100
  open: true
  people: [{who: Ann, number: +14155550101}, {who: Bob, number: +14155550102}]
call: [Caller]
defaults:
  say: {voice: Polly.Joanna-Neural, language: en-US}
start: greeting
states:
  greeting:
    - say: Welcome to ${name | title}.
    - if: ${not open}
      goto: closed
    - offer:
        prompt: Press any key at what you want.
        options:
          - {say: Sales., then: sales}
          - {say: The team., then: [{say: "One moment."}, {goto: team}]}
        attempts: 2
      fallback: closed
  sales:
    - dial: {number: {phoneNumber: "${desk}", url: whisper}, timeout: 20, callerId: "+14155550100"}
      then: next
      fallback: next
    - dial: {number: "${desk}", timeout: 20}
      fallback: closed
      allow: [fallback-after-answer]
    - gather: {numDigits: 4, input: dtmf speech, prompt: "Enter four digits."}
      then: closed
      fallback: team
  whisper:
    - say: A call from ${name}.
  team:
    - each: ${people}
      as: person
      say: "${person.who} has ${people | length}."
    - hunt: {people: [{number: "${people[0].number}"}, {client: bob}], timeout: 15}
      fallback: closed
      allow: [fallback-after-answer]
    - use: notice
      with: {text: "${name ~ '!'}", after: closed}
      when: {done: greeting}
  closed: &closed
    - say: {ssml: "We are <emphasis level='strong'>closed</emphasis>, ${name}."}
    - voicemail: {record: {maxLength: 60, finishOnKey: "#"}}
    - hangup
components:
  notice:
    params: {text: , after: next}
    steps:
      - say: ${text}
      - return: done
"""

VERBS = """\
x-quiet: &quiet {timeout: 3, numDigits: 1}
steps:
  - say: {message: "Hello", loop: 2}
  - play: {url: "https://media.example.com/hello.mp3", loop: 2}
  - pause: {length: 2}
  - gather: {<<: *quiet, prompt: [{say: "Press one."}, pause]}
    then: [{say: One.}, {redirect: "https://example.com/on?a=1&b=2"}]
    fallback: next
  - connect: {room: {name: DailyStandup, participantIdentity: guest}}
    fallback: [{say: Not open.}]
  - connect: {stream: {url: "wss://example.com/s", parameters: {tenant: contoso}}}
  - enqueue: {name: support, waitUrl: [{say: Please wait.}, {play: "https://example.com/m.mp3"}]}
  - dial:
      - conference: {name: Room1, beep: false}
  - dial: {sip: {sipUrl: "sip:alice@example.com", headers: {X-Reason: overflow}}}
  - pay: {paymentConnector: stripe, chargeAmount: "20.45", action: "https://example.com/paid"}
  - start: recording
  - refer: {sip: "sip:bob@example.com"}
  - twiml: <Say>Raw &amp; ready</Say>
  - offer:
      prompt: Welcome.
      options: [{say: For sales press any key now, then: [{say: Sales.}]}, {say: For help, then: next}]
  - hangup
"""

REPLY = """\
kind: messaging
params: {shop: Corner, codes: [1, 2.50, "03"]}
states:
  main:
    - message: {body: "Thanks from ${shop}", media: ["https://example.com/a.png"]}
    - each: ${codes}
      as: code
      message: Code ${code}
    - goto: last
  last: [{redirect: "https://example.com/next"}]
"""

HOSTILE = (
    *(
        "",
        "~",
        "null",
        "true",
        "0",
        "-1",
        "99999999999999999999999",
        "1e999",
        ".nan",
        "0x1F",
        "'",
        '"',
    ),
    *(
        "[]",
        "{}",
        "[[[[[]]]]]",
        "{a: {a: {a: 1}}}",
        "*closed",
        "*quiet",
        "&closed 1",
        "<<",
        "!!python/none x",
    ),
    *(
        "!!binary aGk=",
        "|",
        ">-",
        "- - - -",
        "? x",
        ": :",
        "%YAML 1.2",
        "---",
        "...",
        "#",
        " #",
        "@",
        "`",
    ),
    *(
        "${",
        "${}",
        "$${",
        "${name",
        "${call.From}",
        "${call.}",
        "${name.x.y}",
        "${people}",
        "${people[9]}",
    ),
    *(
        "${name|nothing}",
        "${name()}",
        "${1 + 'a'}",
        "${desk - name}",
        "${'a' * 9}",
        "${name if}",
        "${{1: 2}}",
    ),
    *(
        "${[1, [2, {}]]}",
        "${row.x}",
        "${flow}${state}",
        "${name | replace('', name) | replace('', name)}",
    ),
    *(
        "${name | round}",
        "${open | join('x') | int}",
        "${people | sort}",
        "${people | first | last}",
    ),
    *(
        "${-open}",
        "${people < 1}",
        "${'x' in 3}",
        "${name | float(1, 2, 3)}",
        "${people | unique | string}",
    ),
    *(
        "${desk | round(99999999)}",
        "${'%s' | default(name, true)}",
        "${name | trim(1)}",
        "${1 // 0}",
        "{{name}}",
    ),
    *(
        "{% x %}",
        "hangup",
        "next",
        "greeting",
        "reception/",
        "reception/closed",
        "../x",
        "a/b/c",
        "CON",
        "con",
    ),
    *(
        "https://",
        "https://[",
        "http://[::1",
        "https://a:b@c:99999/",
        "sip:",
        "file:///etc/passwd",
        "/",
        "?",
        ".",
    ),
    *(
        "<Say>",
        "<Say/>",
        "<!DOCTYPE a><Say/>",
        "<a:b/>",
        "<Response><Say/></Response>",
        "<Say x='1' x='2'/>",
    ),
    *(
        "]]>",
        "&amp;",
        "&#0;",
        "\\0",
        '"\\0"',
        '"\\ud800"',
        '"\\U00110000"',
        "\u2028",
        "\u202e",
        "\ufeff",
        "é",
        "😀",
    ),
    *(
        "\t",
        "\r",
        "\v",
        "\x7f",
        "\x85",
        "a" * 5000,
        "+14155550100",
        "+",
        "12:30",
        "0123",
        "1_000",
        "on",
        "__class__",
    ),
)
KEYS = (
    *(
        "then",
        "when",
        "fallback",
        "if",
        "each",
        "as",
        "with",
        "allow",
        "note",
        "say",
        "dial",
        "menu",
        "use",
        "goto",
    ),
    *(
        "gather",
        "choices",
        "prompt",
        "states",
        "steps",
        "start",
        "flow",
        "params",
        "defaults",
        "components",
        "<<",
    ),
    *(
        "kind",
        "call",
        "number",
        "url",
        "waitUrl",
        "action",
        "timeout",
        "extra",
        "twiml",
        "ssml",
        "return",
        "",
        "x-a",
    ),
    *(
        "1",
        "*",
        "#",
        "name",
        "people",
        "record",
        "connect",
        "room",
        "method",
        "loop",
        "self",
        "items",
        "\u00e9",
    ),
)


def originals() -> list[str]:
    """Good flows to start from: those above and the examples of every rule."""
    given = [e for rule in ALL_RULES for e in page_of(rule.slug)[2:] if not e.files]
    examples = [example for example in given if example.name.endswith(".yaml")]
    return [*[RECEPTION, VERBS, REPLY] * 40, *(example.flow for example in examples)]


def mutated(text: str, random: Random) -> bytes:
    """The text with one to four mistakes in it."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        text = random.choice(MISTAKES)(text, random)
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    if random.random() < 0.1 and data:
        for _ in range(random.randint(1, 3)):
            data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data[: random.randrange(len(data))] if random.random() < 0.03 and data else data)


def _line(text: str, random: Random) -> str:
    lines = text.split("\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = " " * random.randint(1, 4) + lines[at]
        case 4:
            lines[at] = lines[at][random.randint(1, 4) :]
        case _:
            first, last = sorted((at, other))
            lines[last:last] = lines[first:last]
    return "\n".join(lines)


def _value(text: str, random: Random) -> str:
    lines = text.split("\n")
    places = [n for n, line in enumerate(lines) if ":" in line or line.lstrip().startswith("- ")]
    if not places:
        return text
    at = random.choice(places)
    line = lines[at]
    cut = (
        max(line.find(": ") + 1, line.find("- ") + 1)
        if random.random() < 0.8
        else line.rfind(":") + 1
    )
    lines[at] = f"{line[:cut]} {random.choice(HOSTILE)}"
    return "\n".join(lines)


def _word(text: str, random: Random) -> str:
    """A word that stands before ``:``, after it, or in brackets, for another one."""
    words = [piece for piece in text.replace("\n", " ").split(" ") if piece.strip("{}[],:-")]
    if not words:
        return text
    old = random.choice(words).strip("{}[],:-")
    place = random.choice([n for n in range(len(text)) if text.startswith(old, n)])
    new = random.choice((random.choice(HOSTILE), random.choice(KEYS), random.choice(words)))
    return text[:place] + new + text[place + len(old) :]


def _character(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    piece = random.choice(
        (*":-#{}[]\"'&*!|>%@`,?\n\t \x00\x1f\ufffe$<", "${", "}", "\r\n", "- ", ": ", chr(0x1F600))
    )
    return text[:at] + piece + text[at + random.randrange(3) :]


def _key(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    entry = f"{random.choice(KEYS)}: {random.choice(HOSTILE)}"
    return (
        text[:at]
        + random.choice((f"{entry}, ", f"\n{' ' * random.randrange(9)}{entry}\n"))
        + text[at:]
    )


MISTAKES = (_line, _line, _value, _value, _word, _word, _character, _key)


def inside(span: Span) -> bool:
    """Whether a place, and whatever brought it in, lies in its file."""
    within = 0 <= span.start <= span.end <= len(span.file.text)
    return within and (span.via is None or inside(span.via))


def printed(findings: tuple[Diagnostic, ...]) -> bytes:
    """The findings in the forms that a person and a machine read."""
    return "".join(render(findings, form) for form in ("human", "json", "sarif")).encode()


@pytest.mark.sweep(4)
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_mutated(portion: int, tmp_path: Path) -> None:
    random = Random(SEED * PORTIONS + portion)
    texts = originals()
    built = 0
    for _ in range(ROUNDS // PORTIONS):
        data = mutated(random.choice(texts), random)
        options = pipeline.Options(
            stdin=("flow.yaml", data), targets=("static",), cwd=tmp_path, write=False
        )
        try:
            checked = pipeline.check(options)
            result = pipeline.build(options) if checked.ok or random.random() < 0.2 else checked
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error} from {data!r}") from error
        assert checked.ok == result.ok, data
        assert all(target.built == checked.ok for target in result.targets), data
        assert b"\0" not in printed(result.findings), data
        for finding in result.findings:
            assert inside(finding.span), (finding, data)
            assert all(inside(label.span) for label in finding.labels), (finding, data)
        built += checked.ok
    assert built > ROUNDS // PORTIONS // 40  # some mistakes must be harmless, or nothing is tried
