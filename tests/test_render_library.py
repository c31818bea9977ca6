"""Twilio's own Python library writes the same documents for the same elements."""

import random
from xml.etree import ElementTree

import pytest
from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

from twimlc.lower.plan import Document, Markup
from twimlc.render.document import render_document
from twimlc.vocabulary import VOICE, Content, Element, Kind

VALUES = ["1", "true", "a & b", "<x>", 'say "hi"', "naïve ☎", "https://x.example.com/?a=1&b=2"]


def grow(chance: random.Random, element: Element, depth: int) -> Markup:
    """A random element that the table allows."""
    attributes = tuple(
        (name, chance.choice(VALUES))
        for name in element.attributes
        if chance.random() < 3 / (len(element.attributes) + 1)
    )
    children: list[Markup | str] = []
    if element.text is not None and chance.random() < 0.7:
        children.append(chance.choice(VALUES))
    elif element.children and depth < 4:
        names = chance.choices(element.children, k=chance.randrange(4))
        children += [grow(chance, VOICE[name], depth + 1) for name in names]
    tight = element.content is Content.TEXT_SSML or element.kind is Kind.SSML
    return Markup(element.tag, attributes, tuple(children), tight=tight)


def in_library(markup: Markup, into: TwiML) -> None:
    """The same through the library's own writer; its element classes rename some attributes."""
    made = TwiML()
    made.name = markup.tag
    for name, value in markup.attributes:
        made.attrs[name] = value
    for child in markup.children:
        if isinstance(child, Markup):
            in_library(child, made)
        else:
            made.value = child
    into.append(made)


def canonical(xml: str) -> str:
    return ElementTree.canonicalize(xml, strip_text=True)


@pytest.mark.sweep(5)
@pytest.mark.parametrize("seed", range(60))
def test_the_library_writes_the_same(seed: int) -> None:
    chance = random.Random(seed)
    verbs = [VOICE[name] for name in VOICE["Response"].children]
    body = tuple(grow(chance, element, 0) for element in chance.choices(verbs, k=5))
    response = VoiceResponse()
    for markup in body:
        in_library(markup, response)
    document = Document("a/index.xml", "a", body, (), "a.yaml")
    assert canonical(render_document(document).data.decode()) == canonical(response.to_xml())


def test_the_verbs_of_the_library_write_the_same() -> None:
    response = VoiceResponse()
    response.say("Welcome & hello.", voice="Polly.Joanna-Neural", language="en-US")
    gather = response.gather(action="sales.xml", method="GET", num_digits=1, finish_on_key="")
    gather.say("Press any key.")
    dial = response.dial(caller_id="+14155550100", timeout=20, sequential=True)
    dial.number("+14155550101", url="screen.xml", method="GET")
    connect = response.connect(action="bye.xml", method="GET")
    connect.room("DailyStandup", participant_identity="phone")
    response.redirect("again.xml", method="GET")
    body = (
        Markup(
            "Say", (("voice", "Polly.Joanna-Neural"), ("language", "en-US")), ("Welcome & hello.",)
        ),
        Markup(
            "Gather",
            (("action", "sales.xml"), ("method", "GET"), ("numDigits", "1"), ("finishOnKey", "")),
            (Markup("Say", (), ("Press any key.",)),),
        ),
        Markup(
            "Dial",
            (("callerId", "+14155550100"), ("timeout", "20"), ("sequential", "true")),
            (Markup("Number", (("url", "screen.xml"), ("method", "GET")), ("+14155550101",)),),
        ),
        Markup(
            "Connect",
            (("action", "bye.xml"), ("method", "GET")),
            (Markup("Room", (("participantIdentity", "phone"),), ("DailyStandup",)),),
        ),
        Markup("Redirect", (("method", "GET"),), ("again.xml",)),
    )
    document = Document("a/index.xml", "a", body, (), "a.yaml")
    assert canonical(render_document(document).data.decode()) == canonical(response.to_xml())
