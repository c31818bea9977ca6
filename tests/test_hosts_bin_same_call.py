"""Flows in one TwiML Bin: the same call as the flow, whichever engine reads the Bin."""

import json
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest

from compiled import make, variant_of
from folders import write_files
from proofs import verify_plan
from rebuilt_bins import written
from twimlc import pipeline
from twimlc.hosts.answer import ENGINES
from twimlc.hosts.twiml_bin.answer import Part, parse, render
from twimlc.interpret import verify

PROJECT = 'targets: {bins: {host: twiml-bin, media: "https://media.example.com/s", tags: TAGS}}\n'


def grown(seed, folder, tags="comment"):
    """A random project, without what a Bin refuses."""
    project = {"twimlc.yaml": PROJECT.replace("TAGS", tags), "flows/sounds/la.mp3": b"ID3"}
    flows = {f"flows/{name}.yaml": json.dumps(tree) for name, tree in written(seed).items()}
    return write_files(folder, project | flows)


@pytest.mark.sweep(5)
@pytest.mark.parametrize("seed", range(60))
def test_random_flows_are_the_same_call(seed, tmp_path):
    folder = grown(seed, tmp_path, "bare" if seed % 3 == 0 else "comment")
    result = pipeline.build(pipeline.Options(cwd=folder))
    assert not result.faults, result.faults
    if result.ok:  # a random author makes mistakes of their own too
        assert result.targets[0].pairs
        for path in (folder / "build" / "bins").glob("*.xml"):
            inspect(path.read_text())


def names_of(pieces):
    for piece in pieces:
        if isinstance(piece, Part):
            yield from piece.names
            yield from names_of(piece.inside)


def static(pieces, inside=False):
    """Nothing in a positive section depends on the request."""
    for piece in pieces:
        if isinstance(piece, Part):
            static(piece.inside, inside or not piece.inverted)
        else:
            assert isinstance(piece, str) or not inside, piece


def inspect(template):
    pieces = parse(template)
    static(pieces)
    names = sorted(set(names_of(pieces)))
    for engine in ENGINES:
        for asked in (
            {},
            {"go": "1"},
            {"go": "1", "named": "1", "old7": "1"},
            dict.fromkeys(names, "1"),
        ):
            never_asks_itself(pieces, asked, engine)


def never_asks_itself(pieces, asked, engine):
    """Redirects followed from any request end in a verb within a few steps, or wait for somebody."""
    for _ in range(12):
        root = ElementTree.fromstring(render(pieces, asked, engine))
        if not len(root) or root[0].tag != "Redirect" or (root[0].text or "")[:1] != "?":
            return
        asked = dict(parse_qsl(urlsplit(root[0].text).query, keep_blank_values=True))
    raise AssertionError(asked)


def test_a_star_is_what_no_digit_is():
    made = make(
        "- menu: {prompt: P., choices: {1: [{say: One.}, hangup], '*': [{say: Star.}, hangup]}, invalid: No., attempts: 2}\n- say: Bye.",
        target="twiml-bin",
    )
    assert made.slugs == [], made.words


@pytest.mark.parametrize(
    ("flow", "slug"),
    [
        ("- menu: {prompt: P., choices: {1: hangup, '#': [{say: Hash.}]}}", "key-not-in-name"),
        ("- menu: {prompt: P., choices: {11: hangup, '**': [{say: Star.}]}}", "key-not-in-name"),
        (
            "- menu: {prompt: P., choices: {11: [{say: A.}], 22: hangup}, finishOnKey: '*'}",
            "key-not-in-name",
        ),
        ("- play: la.mp3", "media-needs-address"),
        ("- redirect: /x.php", "address-needs-folder"),
    ],
)
def test_refusals(flow, slug):
    made = make(flow, files={"la.mp3": b"ID3"}, target="twiml-bin")
    assert slug in made.slugs, made.words


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("${call.From}", False),
        ("${call.Digits}", False),
        ("${call.SpeechResult}", True),
        ("${call.Patient}", True),
    ],
)
def test_values_behind_a_decision(text, lost):
    flow = f"""
    call: [Patient]
    states:
      main:
        - say: Hello ${{call.Patient}}.
        - gather: {{input: dtmf speech, numDigits: 1, prompt: P.}}
          when: {{1: one}}
          then: other
        - hangup
      one: [{{say: "One {text} {{{{x}}}}"}}, hangup]
      other: [{{say: "Other {text}"}}, hangup]
    """
    made = make(flow, target="twiml-bin")
    assert ("call-value-lost" in made.slugs) is lost, made.words
    assert not made.result.faults, made.result.faults[0]
    if not lost:
        static(parse((made.folder / "f.xml").read_text()))


@pytest.mark.parametrize("name", ["each", "helperMissing", "constructor", "__proto__"])
def test_a_value_that_an_engine_has_a_meaning_for_is_refused(name):
    flow = f"""
    call: [{name}]
    steps:
      - say: Hello ${{call.{name}}}.
      - hangup
    """
    assert make(flow, target="twiml-bin").slugs == ["call-value-lost"]


def test_a_place_with_many_names_is_written_once():
    menus = "\n".join(
        f"  m{n}:\n    - menu: {{prompt: Menu {n}., choices: {{0: main, 1: m{(n + 1) % 9}, 2: hangup}}}}\n      fallback: hangup"
        for n in range(9)
    )
    welcome = "Welcome to Acme. " * 100
    says = f"    - say: {welcome}\n" * 6
    made = make(f"states:\n  main:\n{says}    - goto: m0\n{menus}\n", target="twiml-bin")
    assert made.slugs == [], made.words
    text = (made.folder / "f.xml").read_text()
    assert text.count(welcome.strip()) <= 6 * 2  # the entry, and the place


def test_known_bins_give_whole_addresses(tmp_path):
    sid = "EH" + "0" * 31 + "1"
    (tmp_path / "twimlc.yaml").write_text(
        f"targets: {{b: {{host: twiml-bin, bins: {{f: {sid}}}}}}}\n"
    )
    flow = "- dial: {number: {phoneNumber: +14155550100, url: [{say: A call.}]}}\n- hangup\n"
    made = make(flow, folder=tmp_path, target="b")
    assert made.slugs == [], made.words
    text = (made.folder / "f.xml").read_text()
    assert f'url="https://handler.twilio.com/twiml/{sid}?go=1' in text
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert "relative-urls" not in manifest["assumptions"]


def test_the_same_words_end_a_call_and_a_whisper() -> None:
    made = make(
        """\
        flow: f
        states:
          main:
            - dial: {number: {phoneNumber: "+14155550100", url: whisper}}
              then: words
              fallback: hangup
          words:
            - say: Good day.
          whisper:
            - say: Good day.
        """,
        target="twiml-bin",
    )
    # The build compares the Bin with the flow, so a called party who is hung up on is a fault.
    assert not made.result.faults
    assert made.files == ["f.xml"]


TWO_ANSWERS = """\
states:
  main:
    - gather: {prompt: Press any key.}
      then: more
    - hangup
  more: [{say: More.}, hangup]
"""


@pytest.mark.parametrize(
    ("words", "walks", "same"),
    [
        ("More.", 1, True),  # the engines answer alike, so one walk is both
        ("More.{{#go}} No.{{/go}}", 1, False),  # as Mustache reads it
        ("More.{{^go}} No.{{/go}}", 2, False),  # as Handlebars does
        ("More.{{^go}}<!-- -->{{/go}}", 2, True),  # two texts, the same call
    ],
)
def test_a_bin_is_walked_for_each_way_that_it_answers(words, walks, same, tmp_path, monkeypatch):
    write_files(tmp_path, {"twimlc.yaml": PROJECT.replace("TAGS", "bare"), "f.yaml": TWO_ANSWERS})
    variant = variant_of(tmp_path, "bins")
    plan, files = variant.finished().plan, variant.finished().files
    ((path, text),) = ((p, t.decode()) for p, t in files.items() if b"More." in t)
    walked = []
    walk = verify.verify
    monkeypatch.setattr(verify, "verify", lambda *given: walked.append(1) or walk(*given))
    changed = {**files, path: text.replace("More.", words).encode()}
    ((_, found),) = verify_plan(variant.graph, plan, changed)
    assert (found.same, len(walked)) == (same, walks)
