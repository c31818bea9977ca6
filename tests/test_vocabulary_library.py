"""The table of TwiML against Twilio's own Python library: elements, attributes, text, nesting."""

import inspect
import re
from collections.abc import Iterator

import pytest
import twilio
from twilio.twiml import TwiML, messaging_response, voice_response

from twimlc.vocabulary import DocumentKind, table

pytestmark = pytest.mark.skipif(
    tuple(map(int, twilio.__version__.split(".")[:2])) < (9, 13),
    reason="the table follows twilio 9.13 and later; an older library lacks what is new",
)

MODULES = {"voice": voice_response, "messaging": messaging_response}

# Class names of the library that differ from the names of our rows.
ROWS = {"VoiceResponse": "Response", "MessagingResponse": "Response", "SipUri": "Uri"}

# Methods that nest nothing of TwiML's own.
PLUMBING = {
    "append",
    "nest",
    "xml",
    "to_xml",
    "add_child",
    "comment",
    "comment_before",
    "comment_after",
}

# (kind, what, where it is) that the library has and the table lacks, each with its reason.
LIBRARY_ONLY = {
    ("voice", "child", "Response.Queue"): "Twilio's pages know Queue inside Dial only",
    ("voice", "child", "Response.Prompt"): "Twilio's pages know Prompt inside Pay only",
}

# What the table has and the library lacks.
TABLE_ONLY = {
    ("voice", "attribute", "Dial.callReason"): "on the page of Dial, private beta",
    ("voice", "attribute", "Client.clientNotificationUrl"): "on the page of Client",
    ("voice", "attribute", "Transcription.enableProviderData"): "on the page of Transcription",
    (
        "voice",
        "attribute",
        "Transcription.conversationConfiguration",
    ): "on the page of Transcription",
    ("voice", "attribute", "Transcription.conversationId"): "on the page of Transcription",
    ("voice", "attribute", "Recording.name"): "on the page of Recording",
    ("voice", "child", "Stop.Recording"): "on the page of Recording",
}


def row_name(cls: type) -> str:
    name = ROWS.get(cls.__name__, cls.__name__)
    if name.startswith("Ssml"):
        return {"SsmlSayAs": "say-as"}.get(name, name[4:].lower())
    return name


def classes(kind: DocumentKind) -> dict[str, type[TwiML]]:
    module = MODULES[kind]
    found = (value for value in vars(module).values() if inspect.isclass(value))
    return {
        row_name(cls): cls
        for cls in found
        if issubclass(cls, TwiML) and cls is not TwiML and cls.__module__ == module.__name__
    }


def camel(argument: str) -> str:
    head, *rest = argument.split("_")
    return head + "".join(part.capitalize() for part in rest)


def methods(kind: DocumentKind, cls: type[TwiML]) -> Iterator[tuple[str, list[str]]]:
    """Name of the row that each of the class's methods nests, and the arguments it takes."""
    by_class = {value.__name__: name for name, value in classes(kind).items()}
    for name, function in inspect.getmembers(cls, inspect.isfunction):
        if name.startswith("_") or name in PLUMBING:
            continue
        made = re.search(r"self\.nest\(\s*(\w+)\(", inspect.getsource(function))
        assert made, f"{cls.__name__}.{name} nests nothing that is recognised"
        arguments = inspect.signature(function).parameters
        yield (
            by_class[made.group(1)],
            [each for each in arguments if each not in ("self", "kwargs")],
        )


def shape(cls: type[TwiML], arguments: list[str]) -> tuple[set[str], str | None]:
    """The attributes that an object of the class writes, and the argument that becomes its text."""
    made = cls(**{name: name for name in arguments})
    return set(made.attrs), camel(made.value) if made.value else None


def library_facts(kind: DocumentKind) -> Iterator[tuple[str, str, str]]:
    by_name = classes(kind)
    for parent, cls in by_name.items():
        yield kind, "element", parent
        for name, arguments in methods(kind, cls):
            yield kind, "child", f"{parent}.{name}"
            attributes, text = shape(by_name[name], arguments)
            for attribute in attributes:
                yield kind, "attribute", f"{name}.{attribute}"
            if text:
                yield kind, "text", f"{name}.{text}"


def table_facts(kind: DocumentKind) -> Iterator[tuple[str, str, str]]:
    for element in table(kind).values():
        yield kind, "element", element.name
        for attribute in element.attributes:
            yield kind, "attribute", f"{element.name}.{attribute}"
        if element.text:
            yield kind, "text", f"{element.name}.{element.text.name}"
        for child in element.children:
            yield kind, "child", f"{element.name}.{child}"


def listed(
    differences: dict[tuple[str, str, str], str], kind: DocumentKind
) -> set[tuple[str, str, str]]:
    return {difference for difference in differences if difference[0] == kind}


@pytest.mark.parametrize("kind", ["voice", "messaging"])
def test_table_has_all_the_library_has(kind: DocumentKind) -> None:
    lacking = set(library_facts(kind)) - set(table_facts(kind))
    assert lacking == listed(LIBRARY_ONLY, kind)


@pytest.mark.parametrize("kind", ["voice", "messaging"])
def test_table_has_more_only_where_a_page_says_so(kind: DocumentKind) -> None:
    more = set(table_facts(kind)) - set(library_facts(kind))
    assert more == listed(TABLE_ONLY, kind)


@pytest.mark.parametrize("kind", ["voice", "messaging"])
def test_in_library_is_true_to_the_library(kind: DocumentKind) -> None:
    known = set(library_facts(kind))
    for element in table(kind).values():
        for attribute in element.attributes.values():
            expected = (kind, "attribute", f"{element.name}.{attribute.name}") in known
            assert attribute.in_library is expected, f"{element.name}.{attribute.name}"


@pytest.mark.parametrize("kind", ["voice", "messaging"])
def test_tags_are_those_that_the_library_writes(kind: DocumentKind) -> None:
    for cls in classes(kind).values():
        for name, arguments in methods(kind, cls):
            made = classes(kind)[name](**dict.fromkeys(arguments, "x"))
            assert table(kind)[name].tag == made.name
