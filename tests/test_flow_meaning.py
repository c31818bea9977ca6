"""What a flow means where two of its parts meet: ways that never open, values, flows left out."""

import pytest

from compiled import make

AWAY = "https://voice.example.com/answer"


def test_an_action_of_the_authors_that_is_asked_on_silence_too_ends_the_list() -> None:
    steps = f"""
- gather: {{prompt: Key, numDigits: 1, action: "{AWAY}", actionOnEmptyResult: true}}
- say: Nobody comes here.
"""
    made = make(steps, target="nginx")
    assert made.slugs == ["unreachable-step"]
    assert "Nobody" not in made.xml()
    silent = make(steps.replace(", actionOnEmptyResult: true", ""), target="nginx")
    assert silent.slugs == []
    assert silent.xml().endswith("<Say>Nobody comes here.</Say>")


@pytest.mark.parametrize(
    ("attributes", "slug", "words"),
    [
        ("numDigits: 2", "choice-too-long", "'123' can never be entered: numDigits is 2"),
        ("input: speech", "conflicting-parts", "input 'speech' ignores keys"),
        ("input: [speech]", "conflicting-parts", "write input: [dtmf, speech]"),
    ],
)
def test_keys_that_never_arrive_at_a_gather(attributes: str, slug: str, words: str) -> None:
    made = make(
        f'- gather: {{prompt: Key, {attributes}}}\n  when: {{"123": hangup}}\n- say: Bye.\n',
        target="nginx",
    )
    assert made.slugs == [slug]
    assert words in made.words


def test_a_menu_that_hears_no_keys_is_refused() -> None:
    made = make(
        "- menu: {prompt: Press 1., input: speech, choices: {1: hangup}}\n- say: Bye.\n",
        target="nginx",
    )
    assert made.slugs == ["conflicting-parts"]
    assert "choice '1' never arrives" in made.words


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (f'voicemail: {{record: {{action: "{AWAY}"}}}}', "for voicemail; then says where"),
        (
            f'hunt: {{number: "+14155550100", action: "{AWAY}"}}',
            "for hunt; then, when and fallback say where",
        ),
        (
            f'menu: {{prompt: Press 1., choices: {{1: hangup}}, action: "{AWAY}"}}',
            "for menu; its choices say where",
        ),
    ],
)
def test_who_says_where_a_block_leads(block: str, words: str) -> None:
    made = make(f"- {block}\n- say: Bye.\n", target="nginx")
    assert made.slugs == ["action-owned"]
    assert words in made.words


def test_a_reply_may_repeat_what_the_message_says() -> None:
    made = make(
        "kind: messaging\nsteps:\n  - message: 'You wrote ${call.Body}, ${call.From}.'\n",
        target="twiml-bin",
    )
    assert made.slugs == []
    assert "You wrote {{Body}}, {{From}}." in made.xml("f.xml")
    assert make("- say: '${call.Body}'\n", target="twiml-bin").slugs == ["unknown-call-value"]


def test_a_flow_as_the_document_of_a_called_party_is_named_as_the_author_wrote_it() -> None:
    made = make(
        "- dial: {number: {phoneNumber: '+14155550100', url: g/}}\n- say: Bye.\n",
        target="nginx",
        files={"g.yaml": "steps: [{say: A call for you.}]\n"},
    )
    assert made.slugs == ["state-used-both-ways"]
    assert "'g/' is used in two ways" in made.words


@pytest.mark.parametrize(
    ("component", "then"),
    [
        (
            "steps: [{gather: {prompt: Key, numDigits: 1}, then: [{return: told}]}, {say: Nothing.}]",
            "",
        ),
        (
            "start: ask\n"
            "    states: {over: [{return: told}], ask: [{gather: {prompt: Key, numDigits: 1}, then: over}]}",
            "",
        ),
        (
            "steps: [{gather: {prompt: Key, numDigits: 1}, then: [{return: told}]}]",
            "then: [{say: Silence.}]",
        ),
    ],
)
def test_a_state_that_begins_with_a_component_has_the_document_of_its_name(
    component: str, then: str
) -> None:
    flow = f"""
components:
  c:
    {component}
start: first
states:
  first:
    - gather: {{prompt: First, numDigits: 1}}
      then: second
    - hangup
  second:
    - use: c
      when: {{told: [{{say: Thanks.}}]}}
      {then}
    - say: Bye.
"""
    made = make(flow)
    assert made.slugs == []
    assert 'action="v/second.xml"' in made.xml()
    assert made.xml("f/v/second.xml").startswith("<Gather")
    assert "<Say>Key</Say>" in made.xml("f/v/second.xml")


PROJECT = """\
flows: .
targets:
  bins: {host: twiml-bin, flows: [f]}
  site: {host: nginx, flows: [f]}
  plain: {host: static, flows: [f]}
  hop: {host: s3, url: "https://v.example.com/x", router: twiml-bin, bin: EH00000000000000000000000000000001, flows: [f]}
"""
OTHER = """\
states:
  main:
    - menu: {prompt: Press hash., choices: {"#": bye}}
    - goto: bye
  bye:
    - gather: {prompt: Key for more., numDigits: 1}
      then: more
    - goto: last/
  more: [{say: More.}, {goto: f/}]
"""


@pytest.mark.parametrize("jump", ["goto: other/bye", "gather: {prompt: A.}\n  then: other/more"])
def test_a_bin_holds_the_states_that_its_flow_jumps_into(jump: str) -> None:
    files = {"twimlc.yaml": PROJECT, "other.yaml": OTHER, "last.yaml": "steps: [{say: Last.}]\n"}
    made = make(f"- say: Hi.\n- {jump}\n", files=files, target="bins")
    assert not made.result.faults
    assert made.result.ok, made.words  # though no Bin could serve the start of the other flow
    assert made.files == ["f.xml"]
    assert "<Say>More.</Say>" in made.xml("f.xml")
    assert ("<Say>Last.</Say>" in made.xml("f.xml")) is ("bye" in jump)


@pytest.mark.parametrize("target", ["site", "plain", "hop"])
@pytest.mark.parametrize("jump", ["other/", "other/bye"])
def test_elsewhere_the_flow_is_missing(target: str, jump: str) -> None:
    files = {"twimlc.yaml": PROJECT, "other.yaml": OTHER, "last.yaml": "steps: [{say: Last.}]\n"}
    made = make(f"- say: Hi.\n- goto: {jump}\n", files=files, target=target)
    assert made.slugs == ["unknown-flow"]
    assert f"'other' is not among the flows of target '{target}'" in made.words


@pytest.mark.parametrize("target", ["static", "nginx", "twiml-bin"])
@pytest.mark.parametrize(
    "flow",
    [
        "kind: messaging\nsteps: []\n",
        "kind: messaging\nstates: {main: []}\n",
        "kind: messaging\nstates: {main: [{goto: quiet}], quiet: []}\n",
        "kind: messaging\nparams: {people: []}\nsteps:\n  - {each: '${people}', as: p, message: {to: '${p}', body: Hi.}}\n",
    ],
)
def test_no_reply_is_an_answer(flow: str, target: str) -> None:
    made = make(flow, target=target)
    assert made.slugs == [], made.words
    assert not made.result.faults
    assert set(made.documents.values()) == {""}
    assert not any("<Message" in path.read_text() for path in made.folder.rglob("*.xml"))


def test_a_call_with_nothing_in_it_is_refused() -> None:
    assert make("steps: []\n").slugs == ["empty-list"]
    assert make("kind: messaging\nsteps: [{message: {body: a, media: []}}]\n").slugs != []
