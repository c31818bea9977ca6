"""Keys are read where they stand: defaults of components, of blocks and of elements, allow, note."""

from pathlib import Path

import pytest

from compiled import Made, make
from twimlc.calls.run import play_scripts
from twimlc.pipeline import Options
from twimlc.pipeline.picture import graph

HOSTS = ("static", "nginx", "twiml-bin")

SPANISH = """
params: {words: , voice: Polly.Lupe-Neural, way: }
defaults:
  say: {voice: "${voice}", language: es-US}
states:
  start:
    - say: ${words}
    - dial: {number: {phoneNumber: +14155550100, url: [say: Una llamada.]}}
    - use: plain
    - goto: more
  more:
    - connect: {room: Sala}
      fallback: [say: La sala no está abierta.]
    - gather: {prompt: Oprima una tecla.}
      then: ${way}
      fallback: hangup
"""
PLAIN = "defaults: {say: {loop: 2}}\nsteps: [say: Plain.]\n"


def spoken(made: Made) -> dict[str, str]:
    """The attributes of each Say, by its words."""
    found: dict[str, str] = {}
    for text in made.documents.values():
        for part in text.split("<Say")[1:]:
            attributes, _, words = part.partition("</Say>")[0].partition(">")
            assert found.setdefault(words, attributes.strip()) == attributes.strip()
    return found


@pytest.mark.parametrize("listed", ["true", "false"])
@pytest.mark.parametrize("host", HOSTS)
def test_defaults_of_a_component_hold_for_what_it_says(host: str, listed: str) -> None:
    way = "[say: Listed.]" if listed == "true" else "mine"
    flow = f"""
        params: {{listed: {listed}}}
        defaults: {{say: {{voice: Polly.Joanna-Neural, language: en-US}}}}
        states:
          start:
            - say: Hello.
            - use: spanish
              with: {{words: Hola., way: {way}}}
            - say: Goodbye.
              if: ${{listed}}
            - goto: mine
              if: ${{listed}}
          mine:
            - say: Mine.
    """
    english = 'voice="Polly.Joanna-Neural" language="en-US"'
    theirs = 'voice="Polly.Lupe-Neural" language="es-US"'
    made = make(
        flow,
        files={"_components/spanish.yaml": SPANISH, "_components/plain.yaml": PLAIN},
        target=host,
    )
    assert made.slugs == [], made.words
    said = spoken(made)
    said.pop("We are sorry, something went wrong. Please call again.", None)
    assert said == {
        "Hello.": english,
        "Hola.": theirs,
        "Una llamada.": theirs,
        "Plain.": 'voice="Polly.Joanna-Neural" loop="2" language="en-US"',
        "La sala no está abierta.": theirs,
        "Oprima una tecla.": theirs,
        "Mine.": english,
        **({"Listed.": english, "Goodbye.": english} if listed == "true" else {}),
    }


def test_defaults_of_a_component_are_checked_like_its_steps() -> None:
    def slugs(defaults: str) -> list[str]:
        piece = f"params: {{v: alice}}\ndefaults: {{say: {{{defaults}}}}}\nsteps: [say: Hi.]\n"
        return make("- use: piece\n", files={"_components/piece.yaml": piece}).slugs

    assert slugs("voice: '${v}'") == []
    assert slugs("loop: 2") == ["unused-param"]
    assert slugs("voice: '${v}', language: '${w}'") == ["unknown-name"]
    assert slugs("loop: -1") == ["unused-param", "wrong-type"]


def test_a_default_of_a_component_may_be_what_an_element_needs() -> None:
    piece = "{defaults: {play: {digits: '1'}}, steps: [play: {loop: 2}]}"
    flow = f"components: {{piece: {piece}}}\nsteps:\n  - use: piece\n  - hangup\n"
    assert make(flow).xml() == '<Play loop="2" digits="1"/><Hangup/>'


def test_the_components_own_come_first_and_then_those_of_the_flow() -> None:
    flow = """
        defaults: {gather: {timeout: 4}, menu: {timeout: 5, invalid: Flow.}, record: {maxLength: 9}}
        components:
          piece:
            defaults: {gather: {timeout: 6}, voicemail: {record: {timeout: 3}, goodbye: Bye.}}
            steps:
              - menu: {prompt: For more press 1., choices: {1: next}, attempts: 2}
              - voicemail: {say: Speak., record: {trim: do-not-trim}}
        steps:
          - use: piece
    """
    made = make(flow, target="nginx")
    text = " ".join(made.documents.values())
    assert made.slugs == [], made.words
    assert '.decide" method="GET" timeout="6" numDigits="1">' in text
    assert "Flow." in text
    assert ' method="GET" timeout="3" maxLength="9" trim="do-not-trim"/>' in text
    assert "<Say>Bye.</Say>" in text


def test_what_a_voicemail_says_takes_its_attributes_one_by_one() -> None:
    flow = """
        defaults: {voicemail: {say: {message: Default., voice: alice}, record: {maxLength: 60, extra: {a: 1}}}}
        steps:
          - voicemail: {say: Own., record: {timeout: 3}}
          - voicemail: {say: {ssml: Own <break/>, voice: Polly.Amy}}
          - voicemail: {say: [{say: Own list.}]}
          - voicemail
    """
    made = make(flow, target="nginx")
    text = " ".join(made.documents.values())
    assert set(made.slugs) == {"extra-markup"}, made.words
    for said in (
        '<Say voice="alice">Own.</Say>',
        '<Say voice="Polly.Amy">Own <break/></Say>',
        "<Say>Own list.</Say>",
        '<Say voice="alice">Default.</Say>',
        'timeout="3" maxLength="60" a="1"/>',
    ):
        assert said in text


MENU = "- menu: {prompt: For one press 1., choices: {CHOICES}MORE}\n  fallback: hangup\n- hangup\n"


@pytest.mark.parametrize(
    ("defaults", "choices", "more", "written", "slugs"),
    [
        ("", "'#': next", "", 'finishOnKey="" numDigits="1"', []),
        ("", "'#': next, 12: hangup", ", finishOnKey: '*'", 'finishOnKey="*"', ["mixed-choices"]),
        ("", "'#': next", ", finishOnKey: '#'", "", ["conflicting-parts"]),
        ("menu: {finishOnKey: '#'}", "'#': next", "", "", ["conflicting-parts"]),
        ("menu: {numDigits: 2}", "1: next", "", 'numDigits="2"', ["more-keys-than-choices"]),
        ("menu: {numDigits: 1}", "12: next", "", "", ["choice-too-long"]),
        ("gather: {numDigits: 2}", "1: next", "", 'numDigits="1"', []),
        ("gather: {finishOnKey: '1'}", "1: next", "", 'timeout="5" numDigits="1"', []),
        ("gather: {input: speech}", "1: next", "", 'GET" timeout="5" numDigits="1"', []),
        ("menu: {input: speech}", "1: next", "", "", ["conflicting-parts"]),
        ("menu: {extra: {a: 1}}", "1: next", "", "", ["unknown-key"]),
    ],
)  # fmt: skip
def test_which_keys_a_menu_takes(
    defaults: str, choices: str, more: str, written: str, slugs: list[str]
) -> None:
    steps = MENU.replace("CHOICES", choices).replace("MORE", more)
    made = make(f"defaults: {{{defaults}}}\nsteps:\n" + steps, target="nginx")
    about_words = {"choice-not-spoken", "key-without-choice"}
    assert [slug for slug in made.slugs if slug not in about_words] == slugs, made.words
    assert ("unused-default" in made.notes) is defaults.startswith("gather")
    if written:
        assert written in " ".join(made.documents.values())


def test_a_default_that_some_gather_takes_is_used() -> None:
    flow = """
        defaults: {gather: {finishOnKey: "*"}}
        steps:
          - gather: {prompt: Your number.}
            then: next
          - menu: {prompt: For one press 1., choices: {1: next}}
    """
    assert "unused-default" not in make(flow, target="nginx").notes


OFFER = """
defaults: {gather: GIVEN}
steps:
  - offer:
      attempts: 2
      options:
        - {say: "For sales, press any key.", then: [say: Sales.]}
        - {say: "For help, press any key.", then: [say: Help.]}
    fallback: [say: Nothing.]
"""
ALL_HOSTS = """
flows: .
targets:
  static: {host: static}
  nginx: {host: nginx}
  caddy: {host: caddy}
  apache: {host: apache}
  vercel: {host: vercel}
  cloudfront: {host: s3, router: cloudfront, url: "https://v.example.com"}
  hop: {host: s3, router: twiml-bin, url: "https://v.example.com", bin: EH00000000000000000000000000000001}
  bins: {host: twiml-bin}
"""


@pytest.mark.parametrize("given", ["{}", "{input: speech}", "{finishOnKey: '1'}", "{numDigits: 4}"])
def test_any_key_is_any_key_on_every_host(given: str, tmp_path: Path) -> None:
    (tmp_path / "twimlc.yaml").write_text(ALL_HOSTS)
    (tmp_path / "f.yaml").write_text(OFFER.replace("GIVEN", given))
    calls = [
        f"  - name: '{key} {'sales' if first else 'help'}'\n"
        f"    caller: [{'' if first else 'silence, '}'{key}']\n"
        f"    expect: {{last: hangup, hears: [say: {'Sales.' if first else 'Help.'}], never: [say: Nothing.]}}\n"
        for key in "01#*"
        for first in (True, False)
    ]
    (tmp_path / "f.test.yaml").write_text("calls:\n" + "".join(calls))
    made = play_scripts(Options(cwd=tmp_path), coverage=False)
    assert [f.message for f in made.findings if f.is_error] == []
    assert [(len(call.targets), call.failures) for call in made.results] == [(8, ())] * 8


ALLOWED = """
components:
  ring:
    steps:
      - dial: +14155550100
        fallback: [say: Nobody.]
  outer:
    steps:
      - use: ring
  words:
    steps:
      - say: Hello.
steps:
  - STEP
    allow: [fallback-after-answer]
  - say: Bye.
"""


@pytest.mark.parametrize("use", ["ring", "outer"])
@pytest.mark.parametrize("host", HOSTS)
def test_allow_beside_a_use_reaches_what_it_leads_to(use: str, host: str) -> None:
    flow = ALLOWED.replace("STEP", f"use: {use}")
    assert set(make(flow, target=host).slugs) == {"unused-component"}
    without = make(flow.replace("    allow: [fallback-after-answer]\n", ""), target=host)
    assert ("decision-needs-host" in without.slugs) is (host == "static")


def test_allow_beside_a_use_is_for_nothing_around_it() -> None:
    flow = ALLOWED.replace("STEP", "use: ring") + (
        "  - dial: +14155550101\n    fallback: [say: Nobody.]\n"
    )
    assert "decision-needs-host" in make(flow).slugs


@pytest.mark.parametrize(
    "step",
    [
        "say: Hello.",
        "use: words",
        "gather: {prompt: Key.}",
        "voicemail: {}",
        "twiml: <New/>",
        "menu: {prompt: For one press 1., choices: {1: [dial: +14155550100]}}",
        "hangup:",
    ],
)
@pytest.mark.parametrize("name", ["fallback-after-answer", "caller-chosen-number"])
def test_allow_is_refused_where_nothing_dials(step: str, name: str) -> None:
    flow = ALLOWED.replace("STEP", step).replace("[fallback-after-answer]", f"[{name}]")
    made = make(flow, target="nginx")
    assert "lost-step-key" in made.slugs
    assert f"'{name}' cannot be allowed beside" in made.words


def test_notes_of_every_step_are_in_the_picture(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("""
description: The whole line.
components:
  piece:
    description: A piece.
    steps:
      - say: Hi.
        note: Inside.
      - return: out
        note: Leaves.
states:
  a:
    - use: piece
    - use: piece
      note: Used.
    - dial: {number: {phoneNumber: +14155550100, url: [{say: A call., note: Whisper.}]}}
      fallback: [{goto: b, note: Goes.}]
    - redirect: b
      note: Redirects.
  b:
    - offer: {options: [{say: Key., then: [{say: Hi., note: Nested.}]}]}
      note: Offers.
""")
    picture, _ = graph(Options(cwd=tmp_path, targets=("nginx",)), "f")
    assert picture is not None
    assert picture.description == "The whole line."
    notes = [(box.name, box.component, *box.notes) for box in picture.boxes.values() if box.notes]
    assert notes == [
        ("a", "piece", "A piece.", "Inside.", "Leaves."),
        ("a (2)", "piece", "Used.", "Inside.", "Leaves."),
        ("a (3)", "", "Goes.", "Redirects."),
        ("a (4)", "", "Whisper."),
        ("b", "", "Offers."),
        ("b (2)", "", "Nested."),
    ]


@pytest.mark.parametrize("side", ["then: a", "when: {x: a}", "fallback: a"])
def test_nothing_leads_on_beside_return(side: str) -> None:
    flow = f"""
        components: {{piece: {{steps: [{{return: out, {side}}}]}}}}
        states:
          a: [{{use: piece, when: {{out: b}}}}]
          b: [say: Hi.]
    """
    assert "branch-not-allowed" in make(flow).slugs


@pytest.mark.parametrize(
    ("kind", "step", "slug"),
    [
        ("voice", "dial: {number: +14155550100, method: GET}", "ignored-part"),
        ("voice", "enqueue: {name: q, method: GET}", "ignored-part"),
        (
            "voice",
            "dial: {number: {phoneNumber: +14155550100, url: b, method: POST}}",
            "ignored-part",
        ),
        ("voice", "redirect: {url: b, method: POST}", "ignored-part"),
        ("messaging", "redirect: {url: b, method: POST}", "ignored-part"),
    ],
)
def test_a_method_without_an_address_of_its_own_is_reported(
    kind: str, step: str, slug: str
) -> None:
    says = "message" if kind == "messaging" else "say"
    made = make(f"kind: {kind}\nstates:\n  a:\n    - {step}\n    - hangup\n  b: [{says}: Hi.]\n".replace(
        "    - hangup\n" if kind == "messaging" else "\0", ""
    ))  # fmt: skip
    assert slug in made.slugs


def test_defaults_that_no_verb_has_an_address_for_are_reported() -> None:
    dial = "{number: +14155550100MORE}"
    flow = f"defaults: {{dial: {{method: GET}}}}\nsteps:\n  - dial: {dial}\n  - hangup\n"
    assert "unused-default" in make(flow.replace("MORE", "")).notes
    more = ", action: 'https://a.example.com/x'"
    assert "unused-default" not in make(flow.replace("MORE", more)).notes


def test_notices_of_a_start_and_a_message_keep_their_method() -> None:
    away = "https://a.example.com/x"
    text = make(
        f"- start: {{action: '{away}', method: GET, stream: {{url: 'wss://a.example.com/x'}}}}\n- say: Hi.\n"
    ).xml()
    assert f'<Start action="{away}" method="GET">' in text
    assert text.endswith("<Say>Hi.</Say>")
    message = (
        f"kind: messaging\nsteps: [message: {{body: Hi., statusCallback: '{away}', method: GET}}]\n"
    )
    assert f'<Message method="GET" statusCallback="{away}">' in make(message).xml()


def test_a_text_that_may_be_an_element_may_be_a_map() -> None:
    text = make("- dial: {client: {identity: {clientIdentity: ann}}}\n- hangup\n").xml()
    assert "<Client><Identity>ann</Identity></Client>" in text


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("host: static, media: https://m.example.com", "media"),
        ("host: nginx, media: https://m.example.com", "media"),
        ("host: s3, router: cloudfront, bin: EH00000000000000000000000000000001", "bin"),
        ("host: s3, router: cloudfront, bins: {f: EH00000000000000000000000000000001}", "bins"),
        (
            "host: s3, router: twiml-bin, url: https://v.example.com, media: https://m.example.com,"
            " bin: EH00000000000000000000000000000001",
            "media",
        ),
        (
            "host: s3, router: twiml-bin, url: https://v.example.com,"
            " bin: EH00000000000000000000000000000001, bins: {f: EH00000000000000000000000000000002}",
            "bins",
        ),
        ("host: twiml-bin, bin: EH00000000000000000000000000000001", "bin"),
        ("host: nginx, tags: bare", "tags"),
    ],
)
def test_a_key_that_a_host_has_no_use_for_is_refused(target: str, key: str) -> None:
    made = make(
        "- say: Hi.\n",
        files={"twimlc.yaml": f"flows: .\ntargets: {{t: {{{target}}}}}\n"},
        target="t",
    )
    (finding,) = [found for found in made.result.findings if found.is_error]
    assert f"'{key}'" in finding.message


@pytest.mark.parametrize(
    ("flow", "component", "step", "length"),
    [
        ("voicemail: {record: {maxLength: 44}}", "voicemail: {record: {maxLength: 8}}", "{}", 8),
        (
            "voicemail: {record: {maxLength: 44}}",
            "voicemail: {record: {maxLength: 8}}",
            '{record: {finishOnKey: "1"}}',
            8,
        ),
        ("voicemail: {record: {maxLength: 44}}", "record: {maxLength: 8}", "{}", 8),
        ("record: {maxLength: 44}", "voicemail: {record: {maxLength: 8}}", "{}", 8),
        ("voicemail: {record: {maxLength: 44}}", "say: {voice: man}", "{record: {}}", 44),
        ("record: {maxLength: 44}", "record: {maxLength: 8}", "{record: {maxLength: 3}}", 3),
    ],
)
def test_what_a_component_says_of_a_part_of_a_block_comes_first(
    flow: str, component: str, step: str, length: int
) -> None:
    made = make(f"""
defaults: {{{flow}}}
components:
  c:
    defaults: {{{component}}}
    steps: [{{voicemail: {step}}}]
steps: [{{use: c}}, hangup]
""")
    assert made.slugs == []
    assert f'maxLength="{length}"' in made.xml()
