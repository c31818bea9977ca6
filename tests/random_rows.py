"""Random projects with a table: a seed comes in, files go out.

Columns are used in every kind of place, those where rows can be filled in most of all; values are
ordinary for the most part, and some are not.
"""

import csv
import random
from io import StringIO
from pathlib import Path

COLUMNS = ("name", "place", "phone", "other", "mood", "word")
_NAMES = ("Oak Hill", "Elm Street", "Harbour", "North Mill", "Käse & Brot", "Mühle", "12 Bridges")
_PLACES = ("the old port", "Main Street 5", "Green Park", "Station Road", "Oak Hill", "the mall")
_PHONES = ("+14155550100", "+14155550101", "+14155550102", "+442079460123", "+4930901820")
_HOSTILE = (
    "", " ", "pause", "hangup", "<b>bold</b>", "&amp;", 'say "hi"', "it's", "${name}", "{{name}}",
    "$name", "press 2", "Press star", "For help press 9.", "911", "112", "+19005550100", "4155550100",
    "sip:a@example.com", "true", "no", "12", "x" * 150, "word " * 60, "a\tb", "two\nlines", "\ue000",
    "\ue001x", "Ünï", "日本語", "‮odd", "https://example.com/a.mp3", "chime.wav", "record", "[1, 2]",
    "this call is not recorded", "the call is recorded", "PIN code", "- x", "# no", "\u2019", "main",
    "Oak  Hill", "oak hill", "We are sorry, nobody is here.", "xxxx", "\u00a0", "é" * 90,
)  # fmt: skip
_STEPS = (
    "- say: Welcome to ${name}.",
    "- say: ${name}",
    "- say: '${name} is in ${place}.'",
    "- say: {message: 'Hello from ${place}', loop: 2}",
    "- say: '${greeting}'",
    "- say: You hear this everywhere.",
    "- say: '${name}${place}'",
    "- say: 'x${name}xx'",
    "- use: board\n      with: {what: '${place}'}",
    "- use: board\n      with: {what: 'Room ${name}'}",
    "- gather:\n        numDigits: 1\n        prompt: 'Press any key for ${name}.'",
    "- if: ${mood == 'yes'}\n      say: Yes from ${place}.",
)
_RARE = (
    "- if: \"${name in ['Oak Hill', 'Harbour']}\"\n      say: We know ${name}.",
    "- say: \"${'before' if name < 'M' else 'after'} noon.\"",
    '- say: "${[name, place] | sort | first}"',
    "- say: {ssml: '<p>${name}</p>'}",
    "- say: ${row.word}",
    "- say: ${word | upper}",
    "- each: [a, '${name}']\n      as: it\n      say: Item ${it}.",
    "- say: {message: Hello, voice: '${word}'}",
    "- play: https://media.example.com/${word}.mp3",
    "- play: ${word}",
    "- goto: ${word}",
    "- pause: {length: '${word}'}",
    "- gather: {hints: '${name}', numDigits: 1, prompt: Speak.}",
    "- say: '${word | default(name)}'",
    "- redirect: https://voice.example.com/ivr/s1/shop/index.xml",
    "- say: The row is ${row.store} in ${target}.",
    "- say: ${name}\n      note: ${place}",
)
_DIALS = (
    "- dial: {number: '${phone}', timeout: 20}\n      fallback: sorry",
    "- dial: '${phone}'\n      fallback: sorry",
    "- dial: {number: ['${phone}', '${other}'], timeout: 20}\n      fallback: sorry",
    "- hunt: {people: [{number: '${phone}'}, {number: '${other}'}], timeout: 15}\n      fallback: sorry",
    "- dial: {number: '${phone}', callerId: '${other}'}\n      fallback: sorry",
    "- dial: {conference: '${name}'}\n      then: hangup",
    "- dial: {number: '${phone}', record: record-from-answer}\n      fallback: sorry",
)
_PROJECTS = (
    "targets: {site: {host: nginx, url: https://voice.example.com/ivr}}\n",
    "targets: {site: {host: nginx, url: https://voice.example.com/ivr}}\n",
    "targets: {site: {host: apache}}\n",
    "targets: {site: {host: nginx}, bin: {host: twiml-bin}}\n",
    "targets: {site: {host: nginx}, far: {host: apache, url: https://far.example.com/ivr}}\n",
    "targets: {site: {host: nginx}, same: {host: caddy}, one: {host: s3, router: cloudfront,"
    " url: https://one.example.com, onError: extra}}\n",
    "targets: {site: {host: nginx, params: {place: here}}, other: {host: nginx, apology: extra}}\n",
    "targets: {site: {host: caddy, url: https://v.example.com, apology: 'Please call ${name} later'}}\n",
    "targets: {site: {host: nginx}}\nbudgets: {choice: {seconds: 20, words: 12}, human: {seconds: 60}}\n",
)


def _flow(chance: random.Random) -> str:
    def some(number: int) -> str:
        picked = chance.choices(_STEPS, k=number)
        if chance.random() < 0.15:
            picked.append(chance.choice(_RARE))
        chance.shuffle(picked)
        return "".join(f"    {step}\n" for step in picked)

    params = "".join(f"  {name}: '+14155550199'\n" for name in COLUMNS)
    keys = "press 1. For us press 2" if chance.random() < 0.8 else "press ${word}. Or press 2"
    padding = f"    - say: {'much to say, ' * chance.choice((0, 0, 40, 150, 220))}and so on.\n"
    return (
        f"flow: shop\nparams:\n{params}  greeting: Good day from ${{name}}!\n"
        "components:\n  board:\n    params: {what: x}\n    steps:\n"
        "      - say: The board says ${what}.\n"
        f"states:\n  main:\n{some(chance.randint(1, 3))}{padding}"
        f"    - menu: {{prompt: 'At ${{name}}, for the desk {keys}.', choices: {{'1': desk, '2': more}}}}\n"
        f"      fallback: desk\n  more:\n{some(2)}{padding}    - goto: main\n"
        f"  desk:\n    {chance.choice(_DIALS)}\n  sorry:\n{some(1)}"
        f"    - {chance.choice(('hangup', 'hangup', 'goto: extra/'))}\n"
    )


_EXTRA = """\
flow: extra
params: {name: x, place: y, phone: "+14155550199"}
steps:
  - say: You were at ${name}, ${place}.
  - dial: {number: "${phone}"}
    fallback: [{say: Bye.}, hangup]
"""


def _table(chance: random.Random, rows: int, hostile: float) -> str:
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(("store", *COLUMNS))
    ordinary = (_NAMES, _PLACES, _PHONES[:2], _PHONES[2:], ("yes", "no"), ("alice", "Oak", "1"))
    for number in range(rows):
        cells = [
            chance.choice(_HOSTILE)
            if chance.random() < hostile
            else chance.choice(pool) + (f" {number}" if pool in (_NAMES, _PLACES) else "")
            for pool in ordinary
        ]
        writer.writerow((f"s{number}", *cells))
    return table.getvalue()


def write_rows(folder: Path, seed: int, rows: int = 9) -> None:
    """A project of one or two flows for so many rows."""
    chance = random.Random(seed)
    project = chance.choice(_PROJECTS).replace("${name}", "us")
    folder.mkdir(parents=True)
    matrix = chance.choice(("stores.csv", "stores.csv", "{file: stores.csv, flows: [shop]}"))
    (folder / "twimlc.yaml").write_text(f"flows: flows\nmatrix: {matrix}\n{project}", "utf-8")
    (folder / "flows").mkdir()
    (folder / "flows/shop.yaml").write_text(_flow(chance), "utf-8")
    (folder / "flows/extra.yaml").write_text(_EXTRA, "utf-8")
    hostile = chance.choice((0.0, 0.0, 0.02, 0.06))
    (folder / "stores.csv").write_text(_table(chance, rows, hostile), "utf-8")
