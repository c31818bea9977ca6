"""The apology of a target: what is heard where nothing else is left, and what is wrong with it."""

import json
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from compiled import Made, make
from test_hosts_bin_engines import FOLDER, NODE
from twimlc.hosts.answer import ENGINES
from twimlc.hosts.twiml_bin.answer import parse, render

DESK = "defaults: {say: {voice: Polly.Amy, language: en-GB, loop: 2}}\nsteps:\n  - say: Hello.\n  - menu: {prompt: Press 1., choices: {1: [{say: One.}, hangup]}}\n  - hangup\n"
LONG = "kind: messaging\nstates:\n  a: [{message: Hello.}, {goto: b}]\n  b:\n" + 6 * (
    f"    - message: Bye. {'x' * 1500}\n"
)
REGRET = "params: {who: Amy}\nsteps:\n  - say: Sorry, says ${who}.\n  - pause: {length: 2}\n  - play: sorry.wav\n  - hangup\n"
WAV = b"RIFF\0\0\0\0WAVEfmt "
OLD = {"go": "1", "named": "1", "s7": "1"}
"""A request with a name that only an earlier Bin gave out."""


def built(target: str, **flows: str) -> Made:
    """The build of target ``t``."""
    files: dict[str, str | bytes] = {f"flows/{name}.yaml": text for name, text in flows.items()}
    files |= {"flows/sorry.wav": WAV, "twimlc.yaml": f"targets:\n  t: {target}\n"}
    return make(files=files, target="t")


def bins(apology: str, more: str = "") -> str:
    return f"{{host: twiml-bin{more}, apology: {apology}}}"


def answers(made: Made, flow: str, asked: dict[str, str] = OLD) -> set[str]:
    """What a Bin answers, on one line, by every engine that can be asked."""
    template = (made.folder / f"{flow}.xml").read_text(encoding="utf-8")
    found = [render(parse(template), asked, engine) for engine in ENGINES]
    if NODE is not None and (Path(FOLDER) / "node_modules" / "handlebars").is_dir():
        line = json.dumps({"template": template, "parameters": asked}) + "\n"
        script = Path(__file__).parent / "engines.js"
        ran = subprocess.run(
            [NODE, script, FOLDER], input=line, capture_output=True, text=True, check=True
        )
        found += json.loads(ran.stdout).values()
    return {"".join(part.strip() for part in text.splitlines()) for text in found}


def last_words(made: Made, flow: str, asked: dict[str, str] = OLD) -> str:
    (answer,) = answers(made, flow, asked)
    body = answer.partition("<Response>")[2].removesuffix("</Response>")
    while "<!--" in body:
        before, _, rest = body.partition("<!--")
        body = before + rest.partition("-->")[2]
    return body


VOICE = '<Say voice="Polly.Amy" language="en-GB">'


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("{host: twiml-bin}", "We are sorry, something went wrong. Please call again."),
        (bins("Sorry. Call 911."), "Sorry. Call 911."),
        (bins("sorry this is broken"), "sorry this is broken"),
        (bins("Sorry", ", tags: bare"), "Sorry"),
        (bins('"{{From}} {x} & <3"'), "{&#123;From}} {x} &amp; &lt;3"),
        (bins("911"), "911"),
    ],
)
def test_a_bin_says_the_words_in_the_voice_of_the_flow(target: str, words: str) -> None:
    made = built(target, desk=DESK)
    assert not made.result.faults
    assert last_words(made, "desk") == f"{VOICE}{words}</Say><Hangup/>"
    assert last_words(made, "desk", {"go": "1", "named": "1"}) == f"{VOICE}{words}</Say><Hangup/>"


def test_a_called_party_hears_no_apology_and_is_not_joined() -> None:
    flow = "states:\n  main:\n    - dial: {number: {phoneNumber: '+14155550100', url: whisper}}\n      then: hangup\n      fallback: hangup\n  whisper: [{say: Good day.}]\n"
    made = built(bins("Sorry. Call again."), desk=flow)
    assert last_words(made, "desk", {**OLD, "leg": "1"}) == "<Hangup/>"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (
            "{host: twiml-bin}",
            "We are sorry, something went wrong. Please send your message again.",
        ),
        (bins("Sorry. Text again."), "Sorry. Text again."),
        (bins("Sorry. Text again.", ", tags: bare"), "Sorry. Text again."),
    ],
)
def test_a_texter_gets_a_message(target: str, words: str) -> None:
    made = built(target, texts=LONG)
    assert not made.result.faults
    assert last_words(made, "texts") == f"<Message>{words}</Message>"
    first = last_words(made, "texts", {})
    assert first.startswith("<Message>Hello.</Message>")
    assert words not in first
    link = dict(parse_qsl(first.partition("?")[2].partition("<")[0].replace("&amp;", "&")))
    again = last_words(made, "texts", link)
    assert again.startswith("<Message>Bye.")
    assert words not in again


@pytest.mark.parametrize("more", ["", ", flows: [desk, texts]"])
def test_a_flow_as_apology(more: str) -> None:
    target = bins("regret", f", media: https://media.example.com/ivr{more}")
    made = built(target, desk=DESK, texts=LONG, regret=REGRET)
    assert (made.slugs, made.result.faults) == ([], ())
    said = last_words(made, "desk")
    assert said.startswith('<Say>Sorry, says Amy.</Say><Pause length="2"/><Play>https://media.')
    assert said.endswith(".wav</Play><Hangup/>")
    (sound,) = (made.folder / "public/media").iterdir()
    assert sound.name in said
    # Its kind is not theirs.
    assert last_words(made, "texts").startswith("<Message>We are sorry")
    assert (made.folder / "regret.xml").exists() is not more
    lines = json.loads((made.folder / "manifest.json").read_text())["documents"]["desk.xml"]
    assert ["regret/start", 3] in [line[1:] for line in lines["lines"]]


def test_a_messaging_flow_is_the_apology_of_messaging_flows() -> None:
    regret = "kind: messaging\nsteps:\n  - message: Sorry.\n  - message: Text again.\n"
    made = built(bins("regret"), desk=DESK, texts=LONG, regret=regret)
    assert last_words(made, "texts") == "<Message>Sorry.</Message><Message>Text again.</Message>"
    assert last_words(made, "desk").startswith(f"{VOICE}We are sorry")


def test_a_row_of_a_matrix_has_an_apology_of_its_own() -> None:
    files = {
        "twimlc.yaml": "matrix: stores.csv\ntargets:\n  t: {host: twiml-bin, flows: [desk], apology: regret}\n",
        "stores.csv": "store,who\nnorth,Ann\nsouth,Bo\n",
        "flows/desk.yaml": DESK,
        "flows/regret.yaml": "params: {who: }\nsteps:\n  - say: Sorry, says ${who}.\n",
    }
    made = make(files=files, target="t")
    assert made.slugs == [], made.words
    assert "Sorry, says Ann." in last_words(made, "north/desk")
    assert "Sorry, says Bo." in last_words(made, "south/desk")


HOP = "{host: s3, url: https://voice.example.com/hop, router: twiml-bin, bin: EH00000000000000000000000000000001, flows: [desk], apology: %s}"


@pytest.mark.parametrize(
    ("apology", "said"),
    [
        ('"Sorry {{n}} & more."', "<Say>Sorry {&#123;n}} &amp; more.</Say>"),
        ("regret", "<Say>Sorry, says Amy.</Say>"),
    ],
)
def test_the_hop_says_it(apology: str, said: str) -> None:
    made = built(HOP % apology, desk=DESK, regret=REGRET)
    assert (made.slugs, made.result.faults) == ([], ())
    answer = last_words(made, "hop", {})
    assert answer.startswith(said)
    assert answer.partition("<Hangup/>")[0].count("https://voice.example.com/hop/media/") == (
        apology == "regret"
    )


@pytest.mark.parametrize(
    ("apology", "found", "words"),
    [
        ("regrat", "no-such-flow", "did you mean 'regret'"),
        ("goodbye", "no-such-flow", "one word in lower case names a flow"),
        ('""', "bad-apology", "says nothing"),
        ('"  "', "bad-apology", "says nothing"),
        ('"Sorry, ${call.From}."', "bad-apology", "cannot hold values"),
        ("[Sorry., Bye.]", "bad-target", "takes text, not a list"),
        (f'"{"Sorry. " * 1200}"', "too-long", "4500"),
        ("desk", "apology-not-straight", "'menu' is not a step"),
    ],
)
@pytest.mark.parametrize("host", ["twiml-bin", "nginx", "static"])
def test_what_is_no_apology(host: str, apology: str, found: str, words: str) -> None:
    if host == "static":
        target = f"{{host: static, flows: [plain], apology: {apology}}}"
    else:
        target = f"{{host: {host}, flows: [plain, desk], apology: {apology}}}"
    made = built(target, plain="steps: [{say: Hello.}, hangup]\n", desk=DESK, regret=REGRET)
    assert set(made.slugs) == {found}, made.words
    assert words in made.words
    assert made.files == []


def test_a_build_of_one_flow_reads_the_apology_too() -> None:
    files = {
        "twimlc.yaml": "targets:\n  t: {host: twiml-bin, media: https://m.example.com, apology: regret}\n",
        "flows/desk.yaml": DESK,
        "flows/regret.yaml": REGRET,
        "flows/sorry.wav": WAV,
    }
    made = make(files=files, target="t", paths=("flows/desk.yaml",))
    assert "Sorry, says Amy." in last_words(made, "desk")
    files["flows/regret.yaml"] = "steps: ["
    made = make(files=files, target="t", paths=("flows/desk.yaml",))
    assert made.slugs == ["no-such-flow"]
    assert made.files == []


@pytest.mark.parametrize(
    ("regret", "found"),
    [
        ("steps: [{say: Sorry.}, {dial: '+14155550100'}, hangup]\n", "apology-not-straight"),
        ("steps: [{say: Sorry.}, {goto: desk/}]\n", "apology-not-straight"),
        ("states: {a: [{say: Sorry.}, {goto: a}]}\n", "apology-not-straight"),
        ("states: {a: [{goto: a}]}\n", "silent-loop"),
        ("steps: [{say: 'Sorry, ${call.From}.'}]\n", "bad-apology"),
        ("steps: [{play: none.wav}]\n", "missing-media"),
        ("steps: [{say: 'Sorry <b>.'}]\n", "unspeakable-text"),
        ("states: {a: [{say: Sorry.}, {goto: b}], b: [{say: Bye.}, {goto: hangup}]}\n", None),
        ("steps: [" + f"{{say: {'x' * 2900}}}, " * 24 + "hangup]\n", "apology-not-straight"),
    ],
)
def test_a_flow_that_is_no_apology(regret: str, found: str | None) -> None:
    target = "{host: nginx, flows: [desk], apology: regret}"
    made = built(target, desk=DESK, regret=regret)
    assert [slug for slug in made.slugs if slug != "endless-repeat"] == [found] * (
        found is not None
    )


def test_sounds_of_an_apology_need_an_address_on_bins() -> None:
    made = built(bins("regret", ", flows: [desk]"), desk=DESK, regret=REGRET)
    assert made.slugs == ["media-needs-address"]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("{host: twiml-bin}", ["apology-language"]),
        ("{host: nginx}", ["apology-language"]),
        ("{host: static}", []),  # nobody asks a plain host for what is gone and hears it
        (bins("Beklager."), []),
        (bins("regret", ", flows: [lukket]"), ["apology-language"]),
        (bins("regret-da", ", flows: [lukket]"), []),
    ],
)
def test_callers_understand_it(target: str, found: list[str]) -> None:
    flow = "defaults: {say: {language: da-DK}}\nsteps: [{say: Vi har lukket.}, hangup]\n"
    english = "steps: [{say: {message: Sorry., language: en-GB}}]\n"
    flows = {"lukket": flow, "regret": english, "regret-da": flow} if "regret" in target else {}
    assert built(target, **(flows or {"lukket": flow})).slugs == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("For help press 0.", ["apology-asks-for-key"]),
        ("In an emergency press 911.", []),
        ('"Sorry, <b>you</b>."', ["unspeakable-text"]),
    ],
)
def test_what_its_words_ask(words: str, found: list[str]) -> None:
    assert built(bins(words), desk=DESK).slugs == found


@pytest.mark.parametrize(
    ("promise", "apology", "holds"),
    [
        ("never says 'call again'", "Sorry.", True),
        ("never says 'call again'", "Please call again.", False),
        ("never says 'bye' or 'call again'", "Please call again.", False),
        ("never reaches say", "Please call again.", True),  # a promise about the flow
        ("always reaches hangup", "Please call again.", True),
    ],
)
@pytest.mark.parametrize("host", ["twiml-bin", "static"])
def test_a_promise_never_to_say_words(promise: str, apology: str, holds: bool, host: str) -> None:
    flow = f'invariants: ["{promise}"]\nsteps: [{{play: sorry.wav}}, hangup]\n'
    media = "media: https://m.example.com, " if host == "twiml-bin" else ""
    made = built(f"{{host: {host}, {media}apology: {apology}}}", desk=flow)
    # On a plain host nobody hears it.
    assert made.slugs == ([] if holds or host == "static" else ["broken-invariant"])
