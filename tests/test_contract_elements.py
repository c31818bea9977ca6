"""Verbs, nouns, attributes and text: every way to write an element, and what it becomes."""

import pytest

from compiled import make, slugs, xml
from twimlc import vocabulary

TEXTS = {
    vocabulary.AttributeType.URL: "https://x.example.com/a",
    vocabulary.AttributeType.PHONE_NUMBER: "+14155550100",
    vocabulary.AttributeType.SIP_URI: "sip:ann@x.example.com",
}
SIMPLE = ("say", "play", "dial", "enqueue", "sms", "redirect")


@pytest.mark.parametrize("verb", SIMPLE)
def test_text_alone_and_under_its_name_are_the_same(verb: str) -> None:
    text = vocabulary.verbs("voice")[verb].text
    assert text is not None
    value = TEXTS.get(text.type, "word")
    bare = make(f"- {verb}: {value}\n- hangup\n")
    named = make(f'- {verb}: {{{text.name}: "{value}"}}\n- hangup\n')
    assert "Response" not in bare.xml()
    assert value in bare.xml()
    assert bare.documents == named.documents
    assert bare.slugs == named.slugs


NOUNS = [
    ("dial", "number", "phoneNumber", "+14155550100"),
    ("dial", "client", "identity", "ann"),
    ("dial", "conference", "name", "standup"),
    ("dial", "queue", "name", "support"),
    ("dial", "sip", "sipUrl", "sip:ann@x.example.com"),
    ("dial", "application", "applicationSid", "AP00000000000000000000000000000001"),
    ("refer", "sip", "sipUrl", "sip:ann@x.example.com"),
    ("connect", "room", "name", "DailyStandup"),
]


@pytest.mark.parametrize(("verb", "noun", "text", "value"), NOUNS)
def test_nouns_take_text_alone_or_under_its_name(
    verb: str, noun: str, text: str, value: str
) -> None:
    bare = make(f'- {verb}: {{{noun}: "{value}"}}\n- say: After.\n')
    named = make(f'- {verb}: {{{noun}: {{{text}: "{value}"}}}}\n- say: After.\n')
    assert bare.slugs == []
    assert value in bare.xml()
    assert bare.documents == named.documents
    if verb == "dial":
        listed = make(f'- {verb}: [{{{noun}: "{value}"}}]\n- say: After.\n')
        assert bare.documents == listed.documents


@pytest.mark.parametrize("noun", ["siprec", "transcription", "recording"])
def test_a_noun_may_be_a_bare_name(noun: str) -> None:
    bare = make(f"- start: {noun}\n- say: After.\n")
    mapped = make(f"- start: {{{noun}: }}\n- say: After.\n")
    assert bare.documents == mapped.documents
    assert bare.xml() == f"<Start><{noun.capitalize()}/></Start><Say>After.</Say>"


@pytest.mark.parametrize("verb", ["hangup", "pause", "reject", "leave", "echo", "record", "gather"])
def test_a_verb_without_content_may_be_a_bare_string(verb: str) -> None:
    assert make(f"- {verb}\n").documents == make(f"- {verb}:\n").documents
    tag = vocabulary.verbs("voice")[verb].tag
    assert f"<{tag}" in make(f"- {verb}\n").xml()


def test_a_number_alone_is_a_number_noun() -> None:
    expected = "<Dial><Number>+14155550100</Number></Dial>"
    assert xml("- dial: +14155550100\n") == xml("- dial: {number: +14155550100}\n") == expected


def test_several_nouns_keep_their_order() -> None:
    listed = "- dial: [{client: bob}, {number: +14155550100}, {client: ann}]\n"
    assert xml(listed) == (
        "<Dial><Client>bob</Client><Number>+14155550100</Number><Client>ann</Client></Dial>"
    )
    mapped = "- dial: {number: [+14155550100, +14155550101], client: bob, timeout: 20}\n"
    assert xml(mapped) == (
        '<Dial timeout="20"><Number>+14155550100</Number>'
        "<Number>+14155550101</Number><Client>bob</Client></Dial>"
    )


@pytest.mark.parametrize(
    ("given", "becomes"),
    [("loop: 2", 'loop="2"'), ('loop: "2"', 'loop="2"'), ("loop: 0", 'loop="0"')],
)
def test_a_number_is_a_number_or_its_text(given: str, becomes: str) -> None:
    assert xml(f"- say: {{message: Hi, {given}}}\n") == f"<Say {becomes}>Hi</Say>"


@pytest.mark.parametrize("given", ["true", '"true"'])
def test_a_switch_is_true_or_its_text(given: str) -> None:
    assert 'playBeep="true"' in make(f"- record: {{playBeep: {given}}}\n").xml()


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        ('say: {message: Hi, loop: "020"}', "write 20"),
        ("record: {playBeep: yes}", "write true"),
        ("record: {playBeep: True}", "write true"),
        ("record: {playBeep: off}", "write false"),
    ],
)
def test_lookalikes_are_errors_with_a_hint(step: str, hint: str) -> None:
    made = make(f"- {step}\n")
    assert made.slugs == ["wrong-type"]
    assert hint in made.words


def test_an_attribute_of_several_words_takes_a_list_too() -> None:
    listed = make("- gather: {prompt: Hi, input: [dtmf, speech]}\n  fallback: [say: None.]\n")
    typed = make("- gather: {prompt: Hi, input: dtmf speech}\n  fallback: [say: None.]\n")
    assert 'input="dtmf speech"' in listed.xml()
    assert listed.documents == typed.documents


def test_a_prompt_is_text_or_a_list() -> None:
    text = make("- gather: {prompt: Press a key.}\n  fallback: [say: None.]\n")
    assert "><Say>Press a key.</Say></Gather>" in text.xml()
    several = """
        - gather:
            prompt:
              - say: Press a key.
              - pause: {length: 2}
              - play: https://x.example.com/a.mp3
          fallback: [say: None.]
    """
    assert (
        '><Say>Press a key.</Say><Pause length="2"/><Play>https://x.example.com/a.mp3</Play></Gather>'
    ) in make(several).xml()
    assert slugs("- gather: {prompt: [{hangup: }]}\n  fallback: hangup\n") != []


def test_names_and_values_are_maps() -> None:
    stream = "- start: {stream: {url: 'wss://x.example.com/s', parameters: {tenant: contoso}}}\n"
    assert '<Parameter name="tenant" value="contoso"/>' in make(stream).xml()
    agent = "- connect: {virtualAgent: {connectorName: a, configs: {language: en, n: 3}}}\n"
    assert '<Config name="language" value="en"/><Config name="n" value="3"/>' in make(agent).xml()
    sip = "- dial: {sip: {sipUrl: 'sip:a@x.example.com', headers: {X-Reason: overflow}}}\n"
    assert '<Headers><Header name="X-Reason" value="overflow"/></Headers>' in xml(sip)


def test_languages_of_a_relay_stand_beside_its_language() -> None:
    relay = """
        - connect:
            conversationRelay:
              url: wss://x.example.com/s
              language: en-US
              languages: [{code: en-US}, {code: de-DE, voice: Hans}]
    """
    assert xml(relay) == (
        '<Connect><ConversationRelay url="wss://x.example.com/s" language="en-US">'
        '<Language code="en-US"/><Language code="de-DE" voice="Hans"/>'
        "</ConversationRelay></Connect>"
    )


def test_ssml_is_parsed_and_params_in_it_are_text() -> None:
    flow = """
        params: {code: "<b>&1"}
        steps:
          - say: {ssml: "Code <say-as interpret-as='digits'>${code}</say-as>."}
    """
    assert xml(flow) == ('<Say>Code <say-as interpret-as="digits">&lt;b&gt;&amp;1</say-as>.</Say>')


@pytest.mark.parametrize(
    "ssml",
    [
        "<say-as>1</say-as>",
        "<prosodi rate='slow'>1</prosodi>",
        "<p>open",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><p>&a;</p>",
        "<break tempo='1s'/>",
        "<break>words</break>",
    ],
)
def test_bad_ssml_is_an_error(ssml: str) -> None:
    made = make(f'- say: {{ssml: "{ssml}"}}\n')
    assert len(made.slugs) == 1, made.words
    assert not made.result.ok


def test_faults_in_ssml_name_the_code_and_the_place_that_are_true() -> None:
    """13320 is about what a Gather holds; a column says little in a text of several lines."""
    (unknown,) = make('- say: {ssml: "<prosodi>Hi</prosodi>"}\n').result.findings
    assert unknown.twilio == (12200,)
    (open_tag,) = make("- say:\n    ssml: |\n      Hello.\n      a <p>b\n").result.findings
    assert "mismatched tag in line 3, column 3" in open_tag.message


def test_what_is_newer_than_the_table_passes_with_a_warning() -> None:
    verb = make('- twiml: <NewVerb a="1"><Inner>x</Inner></NewVerb>\n')
    assert verb.slugs == ["extra-markup"]
    assert verb.xml() == '<NewVerb a="1"><Inner>x</Inner></NewVerb>'
    attribute = make("- say: {message: Hi, extra: {newAttribute: v}}\n")
    assert attribute.slugs == ["extra-markup"]
    assert attribute.xml() == '<Say newAttribute="v">Hi</Say>'
    silenced = "# twimlc: ignore[extra-markup] agreed with Twilio\n"
    assert slugs(f"- twiml: <NewVerb/>  {silenced}") == []
    assert slugs("- twiml: <NewVerb>\n") == ["bad-markup"]
    assert slugs('- twiml: <Say loop="many">Hi</Say>\n')[0] != "extra-markup"


@pytest.mark.parametrize(
    ("markup", "rules"),
    [
        ("<Say>Hi.<Pause/></Say>", ["not-allowed-inside"]),
        ("<Say>a<Say>b</Say></Say>", ["not-allowed-inside"]),
        ("<Say>Hi.<Foo bar='1'/></Say>", ["not-allowed-inside"]),
        ("<Number>+14155550100</Number>", ["not-allowed-inside"]),
        ("<Say Voice='man'>Hi</Say>", ["bad-markup"]),
        ("<dial timeout='20'>+14155550100</dial>", ["bad-markup"]),
        ("<Sya>Hi</Sya>", ["bad-markup"]),
        ("<Start><Strem url='wss://x.contoso.com'/></Start>", ["bad-markup"]),
        ("<Start><Recording>words</Recording></Start>", ["bad-markup"]),
        ("<Start><NewNoun name='a'/></Start>", ["extra-markup"]),
        ("<Say mood='glad'>Hi</Say>", ["extra-markup"]),
        ("<Say>Your <break/> <emphasis>own</emphasis> code</Say>", ["extra-markup"]),
        ("<NewVerb><Say>Hi<Say/></Say></NewVerb>", ["extra-markup"]),
    ],
)
def test_what_the_table_knows_of_passed_markup_is_checked(markup: str, rules: list[str]) -> None:
    made = make(f'- twiml: "{markup}"\n- say: Bye.\n')
    assert made.slugs == rules, made.words


def test_what_is_wrong_with_words_stands_at_them() -> None:
    long = "word " * 700
    made = make(f"- say:\n    voice: Polly.Joanna\n    message: {long}\n")
    [finding] = [f for f in made.result.findings if "3000" in f.message]
    assert finding.span.text == long.strip()


def test_an_attribute_that_is_refused_makes_no_other_useless() -> None:
    gather = "- gather: {input: 'dtmf,speech', speechTimeout: auto, prompt: Hi.}\n  then: hangup\n"
    assert slugs(gather) == ["bad-value"]


def test_blanks_between_marks_of_words_are_kept() -> None:
    words = "<Say>Your <break/> <emphasis>own</emphasis> code</Say>"
    made = make(f"- twiml: {words}\n")
    assert words in made.places["f/index.xml"].read_text("utf-8")


@pytest.mark.parametrize("extra", ["loop: 3", "'a:b': 3", "'1a': 3", "x: [1]", "x: "])
def test_extra_is_for_new_attributes_only(extra: str) -> None:
    made = make(f"- say: {{message: Hi, extra: {{{extra}}}}}\n")
    assert made.slugs == ["wrong-type"], made.words


def test_defaults_go_from_the_element_outwards() -> None:
    flow = """
        defaults:
          say: {voice: alice, language: de-DE}
          gather: {timeout: 9}
          offer: {timeout: 7}
        steps:
          - say: {message: Own voice., voice: man}
          - gather: {prompt: Plain.}
            fallback: [say: None.]
          - gather: {prompt: Own., timeout: 4}
            fallback: [say: None.]
          - offer: {prompt: Block., options: [{say: Any key., then: hangup}]}
          - offer: {prompt: Own., timeout: 6, options: [{say: Any key., then: hangup}]}
    """
    document = make(flow).xml()
    assert '<Say voice="man" language="de-DE">Own voice.</Say>' in document
    timeouts = [part[:1] for part in document.split('timeout="')[1:]]
    assert timeouts == ["9", "4", "7", "6"]


def test_defaults_of_an_element_are_stronger_than_the_blocks_own() -> None:
    block = "- hunt: {number: [+14155550100]}\n"
    assert 'timeout="20"' in xml(block)
    given = "defaults: {dial: {timeout: 11}}\nsteps:\n  - hunt: {number: [+14155550100]}\n"
    assert 'timeout="11"' in xml(given)
    both = "defaults: {dial: {timeout: 11}, hunt: {timeout: 12}}\nsteps:\n  - hunt: {number: [+14155550100]}\n"
    assert 'timeout="12"' in xml(both)


@pytest.mark.parametrize("value", ["", "null"])
def test_nothing_behind_a_verb_is_not_passed_over(value: str) -> None:
    assert slugs(f"- goto: {value}\n- say: Hi.\n") != []
    assert slugs(f"- say: {value}\n") != []


def test_messaging_flows() -> None:
    flow = """
        kind: messaging
        states:
          first:
            - message: Hello.
            - message: {body: Look., media: [https://x.example.com/a.png], to: +14155550100}
            - goto: second
          second:
            - message: Never.
              if: false
            - redirect: https://x.example.com/more
    """
    assert xml(flow) == (
        '<Message>Hello.</Message><Message to="+14155550100"><Body>Look.</Body>'
        "<Media>https://x.example.com/a.png</Media></Message>"
        "<Redirect>https://x.example.com/more</Redirect>"
    )
    assert slugs("kind: messaging\nsteps: [say: Hi]\n") == ["not-allowed-inside"]
    assert slugs("- message: Hi\n") == ["not-allowed-inside"]


def test_no_jumps_between_kinds() -> None:
    flow = "kind: messaging\nsteps:\n  - message: Hi\n  - goto: v/\n"
    assert slugs(flow, files={"v.yaml": "steps: [say: Hi]\n"}) == ["jump-between-kinds"]


def test_local_audio_is_copied_under_a_name_of_its_content() -> None:
    made = make("- play: hello.mp3\n", files={"hello.mp3": b"ID3 hello"})
    (media,) = [path for path in made.files if path.startswith("media/")]
    name, mark, extension = media.split(".")
    assert (name, extension) == ("media/hello", "mp3")
    assert len(mark) >= 8
    assert made.places[media].read_bytes() == b"ID3 hello"
    assert made.xml() == f"<Play>../{media}</Play>"
    other = make("- play: hello.mp3\n", files={"hello.mp3": b"ID3 other"})
    assert media not in other.files


def test_audio_that_is_not_there_is_an_error() -> None:
    assert slugs("- play: hello.mp3\n") == ["missing-media"]
    outside = make("- play: ../../etc/hostname\n")
    assert outside.slugs == ["missing-media"]


@pytest.mark.parametrize(
    ("flow", "document"),
    [
        (
            "- dial: {client: {identity: {clientIdentity: ann}, parameters: {a: b}}}",
            '<Dial><Client><Identity>ann</Identity><Parameter name="a" value="b"/></Client></Dial>',
        ),
        (
            "kind: messaging\nsteps: {message: {body: {message: Hi.}}}",
            "<Message><Body>Hi.</Body></Message>",
        ),
    ],
)
def test_a_text_that_is_an_element_may_be_a_map(flow: str, document: str) -> None:
    assert xml(flow) == document
