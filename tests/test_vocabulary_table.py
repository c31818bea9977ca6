"""The table of TwiML agrees with itself, and its lookups find what flows and documents name."""

import re
import subprocess
import sys
from decimal import Decimal, InvalidOperation

import pytest

from twimlc.text import SourceFile, Span
from twimlc.vocabulary import (
    CONTEXTS,
    DIAL_NOUNS,
    DOCUMENT_LIMITS,
    MESSAGING,
    REQUEST_PARAMETERS,
    VOICE,
    Attribute,
    AttributeType,
    Content,
    Element,
    Fetch,
    Flow,
    Kind,
    connected,
    element_by_tag,
    is_standard_parameter,
    observed,
    scripted,
    table,
    verbs,
    voice_family,
)
from twimlc.vocabulary.rules import (
    TEXT,
    Condition,
    IgnoredWithout,
    MaxChildren,
    MinChildren,
    OneOf,
    SoleChild,
)
from twimlc.vocabulary.types import Child, Parts
from twimlc.vocabulary.values import POLLY_SPEAKERS, SSML_SUPPORT, VOICE_FAMILIES

ELEMENTS = [*VOICE.values(), *MESSAGING.values()]
ATTRIBUTES = [
    pytest.param(element, attribute, id=f"{element.name}.{attribute.name}")
    for element in ELEMENTS
    for attribute in (*element.attributes.values(), *((element.text,) if element.text else ()))
]


def of(element: Element) -> dict[str, Element]:
    return dict(MESSAGING if MESSAGING.get(element.name) is element else VOICE)


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.name)
def test_row(element: Element) -> None:
    elements = of(element)
    assert elements[element.name] is element
    for child in element.children:
        assert element.name in elements[child].parents
    for parent in element.parents:
        assert element.name in elements[parent].children
    assert element.parents or element.kind is Kind.ROOT
    assert element.summary.endswith(".")
    assert element.doc is None or element.doc.startswith("docs/")
    assert (element.flow is not None) is (element.kind is Kind.VERB)
    takes_text = element.content in (Content.TEXT, Content.TEXT_SSML, Content.TEXT_OR_CHILDREN)
    assert takes_text is (element.text is not None) or element.name == "Application"
    if element.content in (Content.NONE, Content.TEXT):
        assert not element.children
    else:
        assert element.children
    keys = element.inside
    assert len(keys) == len(
        [name for name in element.children if elements[name].kind is not Kind.SSML]
    )
    carried = element.text.name if element.text and element.text.as_child else None
    assert not (set(keys) & set(element.attributes)), "a key is an attribute and a child"
    assert element.text is None or element.text.name not in element.attributes
    assert element.text is None or element.text.name not in keys or element.text.name == carried


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.name)
def test_rules_name_what_exists(element: Element) -> None:
    for rule in element.rules:
        assert rule.note.endswith("."), rule
        for name in getattr(rule, "children", ()):
            assert name in element.children, rule
        names = [*getattr(rule, "attributes", ()), *getattr(rule, "alternatives", ())]
        names += [rule.attribute] if hasattr(rule, "attribute") else []
        assert {*names} - {TEXT} <= set(element.attributes), rule
        for part in ("subject", "needs", "other", "when"):
            condition = getattr(rule, part, None)
            if condition is not None and condition.attribute:
                assert condition.attribute in element.attributes, rule
            if condition is not None and condition.child:
                assert condition.child in element.children, rule
        for parent in getattr(rule, "parents", ()):
            assert parent in element.parents, rule


def fits(attribute: Attribute, value: str) -> bool:
    """Whether a default is a value its own attribute takes."""
    if value.startswith("$"):
        return True
    match attribute.type:
        case AttributeType.ENUM | AttributeType.METHOD:
            return value in attribute.values
        case AttributeType.LIST_OF_ENUM:
            return set(value.split(attribute.separator)) <= set(attribute.values)
        case AttributeType.BOOLEAN:
            return value in ("true", "false")
        case AttributeType.INTEGER | AttributeType.DECIMAL:
            try:
                number = Decimal(value)
            except InvalidOperation:
                return False
            low, high = attribute.minimum, attribute.maximum
            return (low is None or low <= number) and (high is None or number <= high)
        case AttributeType.DIGITS:
            return bool(re.fullmatch(attribute.pattern or ".*", value))
        case _:
            return not attribute.known_values or value in attribute.known_values


@pytest.mark.parametrize(("element", "attribute"), ATTRIBUTES)
def test_attribute(element: Element, attribute: Attribute) -> None:
    assert attribute.note.endswith((".", ")")), "hover help is a sentence"
    assert attribute.default is None or fits(attribute, attribute.default)
    for values in (attribute.values, attribute.known_values, attribute.keywords):
        assert len(set(values)) == len(values)
    closed = (AttributeType.ENUM, AttributeType.LIST_OF_ENUM, AttributeType.METHOD)
    assert bool(attribute.values) is (attribute.type in closed)
    assert set(attribute.aliases.values()) <= set(attribute.values)
    assert not set(attribute.aliases) & set(attribute.values)
    assert (attribute.fetch is not None) is (attribute.type is AttributeType.URL)
    if attribute.method_attribute:
        assert element.attributes[attribute.method_attribute].type is AttributeType.METHOD
    if attribute.pattern:
        re.compile(attribute.pattern)
    if attribute.type is AttributeType.SID:
        assert attribute.prefix
        assert re.fullmatch("[A-Z]{2}", attribute.prefix)
    if attribute.type is AttributeType.COMMA_LIST:
        assert attribute.separator == ","
    if attribute.scheme:
        assert attribute.type is AttributeType.URL
    if attribute.fetch is Fetch.WEBSOCKET:
        assert attribute.scheme == "wss"
    for name in attribute.required_unless:
        assert name in element.attributes or name in element.children
    if attribute.as_child:
        assert attribute.as_child in element.children


def test_every_method_belongs_to_an_address() -> None:
    for element in ELEMENTS:
        used = {each.method_attribute for each in element.attributes.values()}
        used.add(element.text.method_attribute if element.text else None)
        methods = {a.name for a in element.attributes.values() if a.type is AttributeType.METHOD}
        assert methods == used - {None}, element.name


def test_outcomes() -> None:
    for element in ELEMENTS:
        outcomes = element.outcomes
        if outcomes is None:
            continue
        assert len(set(outcomes.names)) == len(outcomes.names)
        assert set(outcomes.values) <= set(outcomes.names)
        assert set(outcomes.read_elsewhere) <= set(outcomes.names)
        reported = [value for values in outcomes.values.values() for value in values]
        assert not set(reported) & set(outcomes.not_outcomes)
        source = f"{element.name}.action"
        if outcomes.parameter:
            assert outcomes.parameter in REQUEST_PARAMETERS[source]
        for parameter, _ in outcomes.read_elsewhere.values():
            assert parameter in REQUEST_PARAMETERS[source]


@pytest.mark.parametrize(
    ("name", "worked", "failed"),
    [
        ("Dial", "completed answered", "busy no-answer failed canceled declined"),
        ("Gather", "input", "no-input"),
        ("Room", "ended", "not-open"),
        ("Stream", "over", ""),
        ("ConversationRelay", "ended handoff", "failed"),
        ("VirtualAgent", "completed live-agent-handoff", "failed"),
        ("Record", "recorded", ""),
        (
            "Enqueue",
            "bridged leave redirected-from-bridged bridging-in-process",
            "queue-full error system-error",
        ),
        ("Refer", "accepted", "busy failed canceled"),
    ],
)
def test_outcome_names(name: str, worked: str, failed: str) -> None:
    outcomes = VOICE[name].outcomes
    assert outcomes is not None
    assert outcomes.worked == tuple(worked.split())
    assert outcomes.failed == tuple(failed.split())


def test_every_noun_of_connect_has_outcomes() -> None:
    assert all(VOICE[name].outcomes for name in VOICE["Connect"].children)
    assert VOICE["Connect"].outcomes is None


def test_default_actions() -> None:
    own = {element.name for element in ELEMENTS if element.default_action}
    assert own == {"Gather", "Record", "Pay", "VirtualAgent"}
    assert VOICE["Gather"].flow is Flow.ACTION_IF_INPUT


def test_lookup_by_key_follows_the_parent() -> None:
    dial, refer = verbs("voice").get("dial"), verbs("voice").get("refer")
    assert dial is VOICE["Dial"]
    assert dial.inside.get("sip") is VOICE["Sip"]
    assert refer.inside.get("sip") is VOICE["ReferSip"]
    assert verbs("voice").get("say") is VOICE["Say"]
    assert dial.inside.get("say") is None
    assert verbs("voice").get("message") is None
    assert verbs("messaging").get("message") is MESSAGING["Message"]
    assert verbs("messaging").get("redirect") is MESSAGING["Redirect"]
    assert dial.inside.get("whatsApp") is VOICE["WhatsApp"]


def test_queue_and_prompt_are_no_verbs() -> None:
    assert verbs("voice").get("queue") is None
    assert verbs("voice").get("prompt") is None
    assert VOICE["Dial"].inside.get("queue") is VOICE["Queue"]
    assert VOICE["Pay"].inside.get("prompt") is VOICE["Prompt"]
    assert "prompt" not in verbs("voice")


def test_names_and_values_are_written_as_maps() -> None:
    assert VOICE["Transcription"].inside == {
        "configs": VOICE["Config"],
        "parameters": VOICE["Parameter"],
    }
    assert VOICE["ConversationRelay"].inside["languages"] is VOICE["Language"]
    assert VOICE["Sip"].inside == {"uri": VOICE["Uri"], "headers": VOICE["Headers"]}
    assert VOICE["Headers"].inside == {"headers": VOICE["Header"]}
    assert VOICE["Say"].inside == {}


def test_lookup_by_tag() -> None:
    assert element_by_tag("voice", None, "Response") is VOICE["Response"]
    assert element_by_tag("voice", "Refer", "Sip") is VOICE["ReferSip"]
    assert element_by_tag("voice", "Dial", "Sip") is VOICE["Sip"]
    assert element_by_tag("voice", "Say", "say-as") is VOICE["say-as"]
    assert element_by_tag("voice", "Response", "Queue") is None
    assert element_by_tag("voice", None, "Say") is None
    assert element_by_tag("voice", "Nothing", "Say") is None


def test_contexts_name_verbs_and_addresses() -> None:
    for name, context in CONTEXTS.items():
        element, attribute = name.split(".")
        assert VOICE[element].attributes[attribute].fetch in (Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML)
        assert set(context.verbs) <= set(VOICE["Response"].children)
    assert CONTEXTS["Conference.waitUrl"].verbs == ("Play", "Say", "Pause", "Redirect")
    assert CONTEXTS["Conference.waitUrl"].twilio == (13238,)
    assert "Dial" not in CONTEXTS["Sip.url"].verbs
    assert "Enqueue" in CONTEXTS["Sip.url"].verbs


def test_voices() -> None:
    for name, family in VOICE_FAMILIES.items():
        assert voice_family(family.example) is family, name
    assert voice_family("Polly.Joana-Loud") is None
    assert all(voice_family(f"Polly.{speaker}") for speaker in POLLY_SPEAKERS)
    for family_name, support in SSML_SUPPORT.items():
        assert family_name in VOICE_FAMILIES
        assert all(VOICE[name].kind is Kind.SSML for name in support)


def test_request_parameters() -> None:
    assert is_standard_parameter("From")
    assert is_standard_parameter("SipHeader_X-Reason")
    assert not is_standard_parameter("Digits")
    for source, names in REQUEST_PARAMETERS.items():
        assert len(set(names)) == len(names), source
        element, _, attribute = source.partition(".")
        if attribute and attribute != "action":
            assert attribute in VOICE[element].attributes, source
    assert DOCUMENT_LIMITS.max_bytes == 65536


def holds(condition: Condition, given: dict[str, str], kid: str = "") -> bool:
    place = Span(SourceFile("f", ""), 0, 0)
    kids = [Child(VOICE[kid], place, given.get)] if kid else []
    return condition.holds(Parts(VOICE["Say"], None, place, given, {}, kids, "", False))


def test_condition() -> None:
    dtmf = Condition("input", ("dtmf",), absent=True)
    assert holds(dtmf, {})
    assert holds(dtmf, {"input": "dtmf speech"})
    assert not holds(dtmf, {"input": "speech"})
    assert holds(Condition("voice", prefix="Polly."), {"voice": "Polly.Amy"})
    assert not holds(Condition("voice", prefix="Polly."), {"voice": "man"})
    assert holds(Condition(child="Task"), {}, "Task")
    assert holds(Condition("url"), {"url": ""})
    words = [
        str(Condition("a", ("b", "c"))),
        str(Condition("a", prefix="b")),
        str(Condition(child="C")),
        str(Condition("a")),
    ]
    assert words == ["a 'b' or 'c'", "a that starts with 'b'", "a C", "a"]


def test_well_known_limits_are_there() -> None:
    dial = VOICE["Dial"].rules
    assert next(rule for rule in dial if isinstance(rule, MaxChildren)).max == 10
    assert any(isinstance(rule, SoleChild) and rule.children == ("Conference",) for rule in dial)
    assert any(isinstance(rule, OneOf) and rule.exclusive for rule in VOICE["Play"].rules)
    assert any(isinstance(rule, IgnoredWithout) for rule in VOICE["Gather"].rules)
    assert any(isinstance(rule, MinChildren) and rule.unless_text for rule in VOICE["Client"].rules)
    assert VOICE["Gather"].attributes["timeout"].twilio == (13313,)


def test_tables_are_read_only() -> None:
    assert table("voice") is VOICE
    assert table("messaging") is MESSAGING
    with pytest.raises(TypeError):
        VOICE["Say"] = VOICE["Play"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        VOICE["Say"].name = "Play"  # type: ignore[misc]


def test_loading_is_light() -> None:
    code = (
        "import sys; before = set(sys.modules);"  # what measures coverage brings modules of its own
        "import twimlc.vocabulary;"
        "heavy = {'yaml', 'jinja2', 'jsonschema', 'click', 'xml.etree.ElementTree', 'importlib.metadata'};"
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.name)
def test_what_it_does_is_about_what_it_has(element: Element) -> None:
    does, outcomes, script = element.does, element.outcomes, element.script
    if does.waits:
        assert element.attributes[does.waits].fetch is Fetch.MEDIA_OR_TWIML
    if does.connector is not None:
        assert does.connector.attribute in element.attributes
    if outcomes is not None:
        assert {*outcomes.next_verb} <= {*outcomes.names}
    if script is not None:
        assert outcomes is not None
        assert {*script.words, script.usual} - {""} <= {*outcomes.names}
        assert script.what
    assert does.script is None or script is not None
    assert not (does.silent and (does.audible or does.listens or does.reaches))


def test_lookups_of_what_rows_do() -> None:
    assert {"say", "digits", "conference", "message", "pay"} < {*observed()}
    assert [row.name for row in scripted()["rooms"]] == ["Room"]
    assert {key for key, rows in scripted().items() if rows[0].kind is Kind.VERB} == {
        "dial", "queue", "refer", "pay",
    }  # fmt: skip
    assert connected()["siprec"] is VOICE["Siprec"]
    ringing = [row.name for row in ELEMENTS if row.does.rings and "Dial" in row.parents]
    assert {*DIAL_NOUNS} - {*ringing} == {"Conference", "Queue"}
