"""Synthetic projects: a number comes in, files go out, the same on every machine.

The flows are what people write, 70 to 80 lines in the median. `ordinary` ones have params, states
and an offer; `simple` ones are one list of steps, which a plain template can write as well.
"""

import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent

Files = Iterator[tuple[str, str]]
"""Names and texts of a project's files."""

_ROOT = Path(__file__).resolve().parents[1]
_ADDRESS = "url: https://voice.example.com/ivr"
STATIC = ("static: {host: static}",)
BIN = ("bins: {host: twiml-bin}",)
DECIDING = (
    f"nginx: {{host: nginx, {_ADDRESS}}}",
    f"caddy: {{host: caddy, {_ADDRESS}}}",
    f"apache: {{host: apache, {_ADDRESS}}}",
    f"cloudfront: {{host: s3, router: cloudfront, {_ADDRESS}}}",
    "elsewhere: {host: nginx, url: https://calls.example.com}",
    "edge: {host: static, router: cloudfront, url: https://edge.example.com}",
    "second: {host: caddy, url: https://second.example.com/ivr, keep: 5}",
    "third: {host: apache, url: https://third.example.com/ivr}",
)
"""Eight targets that take flows which decide."""

_TEAMS = ("sales", "support", "billing", "renewals", "front desk", "night shift", "returns")
_VERBS = {"say": 34, "play": 16, "pause": 9, "gather": 10, "dial": 13}
_DIAL = """\
- dial:
    number: "<desk>"
    timeout: <few><digit>
  allow: [fallback-after-answer]
  fallback:
    <say>
    <play>"""
_GATHER = """\
- gather:
    numDigits: <few>
    timeout: 1<few>
    method: GET
    action: https://apps.example.com/<digit><digit><digit>
    prompt:
      <say>
      <say>"""
_ORDINARY = """\
# Owner: <team>
flow: <name>
description: Line <name>
params:
  desk: +14155550<few><digit><digit>
  company: Harbour Print
defaults:
  say: {voice: <voice>, language: en-US}
start: greeting
states:
  greeting:
    - say: Welcome to <company>. This call is recorded.
    <any>
    <some>
    - offer:
        options:
          <options>
    - goto: goodbye
  <states>
  goodbye:
    <dial>
    - hangup
"""
_SIMPLE = """\
# Owner: <team>
flow: <name>
steps:
  - say: Welcome to <company>. This call is recorded.
  <many>
  <dial>
"""
_STATE = "part-%d:\n  <some>\n  - goto: goodbye"
_OPTION = "- say: For part %d, press any key now.\n  then: part-%d"
# What may be put for <NAME>; one after another is as likely.
_DRAWN: Mapping[str, tuple[str, ...]] = {
    "digit": tuple("0123456789"),
    "few": tuple("1234"),
    "team": _TEAMS,
    "voice": ("Polly.Joanna", "Polly.Matthew", "alice"),
    "words": (
        "Thank you for calling <team> at <company>.",
        "All our people in <team> are talking to somebody; please stay on the line.",
        "Nobody in <team> could take your call.",
        "You can write to <team> as well, we answer within a day & a half.",
        "This call may be recorded, so that <team> can learn from it.",
        "Grüß Gott, hier ist <team>. Wir sind gleich für Sie da.",
    ),
    "say": (
        *["- say: <words>"] * 10,
        *['- say: "<words>"'] * 4,
        *["- say:\n    message: <words>\n    loop: <few>"] * 3,
        *["- say:\n    voice: <voice>\n    message: >-\n      <words>\n      Please hold."] * 3,
    ),
    "play": ("- play: https://media.example.com/<digit><digit><digit><digit><digit>.mp3",),
    "pause": ("- pause: {length: <few>}  # seconds",),
    "gather": (_GATHER,),
    "dial": (_DIAL, _DIAL.replace("  allow", "    record: record-from-answer\n  allow")),
    "record": ('- record:\n    maxLength: <few>0\n    finishOnKey: "#"',),
    "step": (*["<verb>"] * 6, "# agreed with <team>\n<verb>"),
    "verb": tuple(f"<{verb}>" for verb, weight in _VERBS.items() for _ in range(weight)),
    "any": (*["<step>"] * 10, "<record>"),
    "some": tuple("\n".join(["<any>"] * number) for number in (2, 3, 4, 5)),
    "many": tuple("\n".join(["<step>"] * number) for number in range(11, 22)),
}


def _fill(text: str, chance: random.Random, known: Mapping[str, str]) -> str:
    """Put something for each <NAME>; many lines are indented as it is."""

    def put(match: re.Match[str]) -> str:
        name = match["name"]
        drawn = known[name] if name in known else chance.choice(_DRAWN[name])
        return indent(_fill(drawn, chance, known), match["indent"] or "")

    return re.sub(r"(?m)(?P<indent>^ *)?<(?P<name>[a-z]+)>", put, text)


def _flow(text: str, name: str, seed: int) -> str:
    chance = random.Random(seed)
    parts = range(1, chance.randint(2, 4))
    known = {
        "name": name,
        "desk": "${desk}" if "params:" in text else f"+1415555{seed % 10000:04d}",
        "company": "${company}" if "params:" in text else "Harbour Print",
        "options": "\n".join(_OPTION % (part, part) for part in parts),
        "states": "\n".join(_STATE % part for part in parts),
    }
    return _fill(text, chance, known)


def _flows(text: str, flows: int) -> Files:
    for seed in range(flows):
        name = f"flow-{seed:05d}"
        yield f"flows/{seed // 100:03d}/{name}.yaml", _flow(text, name, seed)


def ordinary(flows: int) -> Files:
    """Flows of four documents each."""
    return _flows(_ORDINARY, flows)


def simple(flows: int) -> Files:
    """Flows of one document each."""
    return _flows(_SIMPLE, flows)


def steps(number: int) -> Files:
    """One flow with a single list of so many steps."""
    head, _, _ = _ORDINARY.partition("start:")
    text = "\n".join([f"{head}steps:", *["  <any>"] * (number - 1), "  <dial>", ""])
    yield "flows/giant.yaml", _flow(text, "giant", number)


def deciding(times: int) -> Files:
    """The example flows that decide by answers, each under so many names.

    Bins take these too; what asks who calls, or when, is left out.
    """
    return _examples("nginx", times)


def undecided(times: int) -> Files:
    """The example flows that do not decide."""
    return _examples("plain", times)


def _examples(target: str, times: int) -> Files:
    for path in sorted((_ROOT / "flows" / "_components").iterdir()):
        yield f"flows/_components/{path.name}", path.read_text(encoding="utf-8")
    project = (_ROOT / "twimlc.yaml").read_text(encoding="utf-8")
    listed = re.search(rf"(?ms)^  {target}:.*?^    flows:\n((?:      - [^\n]+\n)+)", project)
    for name in re.findall(r"- (\S+)", listed[1] if listed else ""):
        text = (_ROOT / "flows" / f"{name}.yaml").read_text(encoding="utf-8")
        if re.search(r"(?m)^ *- (hours|switch):", text):
            continue
        text = text.replace("media/", "https://media.example.com/")
        for number in range(times):
            renamed = text.replace(f"\nflow: {name}\n", f"\nflow: {name}-{number}\n")
            yield f"flows/{name}-{number}.yaml", renamed


def entries(number: int) -> Files:
    """One menu of so many entries; each says its own words and leads back to it."""
    entry = '          "%d": [{say: Entry %d.}, {goto: ask}]\n'
    choices = "".join(entry % (100000 + each, each) for each in range(number))
    head = "states:\n  ask:\n    - menu:\n        prompt: Which number, please?\n"
    tail = "      fallback: bye\n  bye:\n    - say: Goodbye.\n    - hangup\n"
    yield "flows/menu.yaml", f"{head}        numDigits: 6\n        choices:\n{choices}{tail}"


def uses(number: int) -> Files:
    """One component with a menu, used so many times in a row."""
    used = "".join(f"  - use: question\n    with: {{about: part {n}}}\n" for n in range(number))
    component = """\
components:
  question:
    params: {about: null}
    steps:
      - menu:
          prompt: Are you content with ${about}?
          choices: {1: [{say: We are glad.}], 2: [{say: We are sorry.}]}
        fallback: next
"""
    yield "flows/survey.yaml", f"{component}steps:\n{used}  - hangup\n"


def rows(number: int) -> Files:
    """A flow of eight documents for each of so many rows of a table."""
    shops = "".join(
        f"shop-{row},Shop {row} & Sons,+1415{5550000 + row},from {row % 4 + 6} to {row % 5 + 16}\n"
        for row in range(number)
    )
    yield "shops.csv", f"id,shop,phone,hours\n{shops}"
    asked = "".join(
        f'  - say: "{topic} at ${{shop}}, open ${{hours}}."\n'
        f'  - gather: {{prompt: "For {topic}, press any key."}}\n'
        "    then: next\n    fallback: [{say: Goodbye.}, hangup]\n"
        for topic in ("Orders", "Returns", "Repairs", "Parts", "Prices", "News", "Jobs")
    )
    params = "params: {shop: null, phone: null, hours: null}\n"
    dial = '  - dial: "${phone}"\n    fallback: [hangup]\n'
    yield "flows/shop.yaml", f"{params}steps:\n{asked}{dial}"


def templates(number: int) -> Files:
    """CloudFormation templates as long as the flows, for cfn-lint."""
    queues = "".join(
        f"  Line{queue}:\n    Type: AWS::SQS::Queue\n    Properties:\n"
        f"      QueueName: line-{queue}\n      DelaySeconds: {queue}\n"
        f"      VisibilityTimeout: {30 + queue}\n      Tags:\n"
        f"        - Key: team\n          Value: {_TEAMS[queue % len(_TEAMS)]}\n"
        for queue in range(8)
    )
    for template in range(number):
        text = f"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{queues}"
        yield f"templates/{template:05d}.yaml", text


def write_project(root: Path, files: Files, targets: tuple[str, ...]) -> None:
    """The files, and a project file for them."""
    for name, text in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lines = ["flows: flows", "build: build", "targets:", *(f"  {target}" for target in targets)]
    if (root / "shops.csv").exists():
        lines.append("matrix: shops.csv")
    (root / "twimlc.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
