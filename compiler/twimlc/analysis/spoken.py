"""Whether what is spoken can be spoken, and whether the key that is told ends what it should.

The graph comes in, findings go out.
"""

import re
from collections.abc import Iterator

from twimlc import vocabulary
from twimlc.analysis.prompts import keys_told_in
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import OTHER_END_KEY, UNSPEAKABLE_TEXT
from twimlc.diagnostics.rules.twiml import MILLISECONDS
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element

_OF_PAGES = ("a", "b", "br", "em", "i", "strong", "u")
_TAG = re.compile(
    rf"</?({'|'.join(map(re.escape, (*vocabulary.SSML, *_OF_PAGES)))})(?:\s[^<>]*)?/?>"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]+|#x[0-9A-Fa-f]+);")
_ADDRESS = re.compile(r"https?://\S+")
_TEMPLATE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_END_KEYS = ("*", "#")
_MANY_SECONDS = 1000


def check_spoken(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about texts, about keys that end, and about times."""
    seen: set[Element] = set()
    for key in graph.contexts:
        node = graph.nodes[key]
        if node.element is None:
            continue
        for element in node.element.walk():
            # The rounds of a menu say the same words.
            if element.tag == "Say" and element not in seen:
                seen.add(element)
                yield from _unspeakable(element)
        yield from _milliseconds(node.element)
        if graph.contexts[key] is Context.CALL:
            yield from _end_key(graph, node)


def _unspeakable(say: Element) -> Iterator[Diagnostic]:
    words = " ".join(child for child in say.children if isinstance(child, str))
    if found := _TAG.search(words):
        message = f"the tag {found[0]} would be read out as it stands"
        hint = "markup goes under ssml, as in say: {ssml: …}"
        if found[1] in _OF_PAGES:
            hint = "leave it out: a voice knows no markup of web pages"
    elif found := _ENTITY.search(words):
        message, hint = f"{found[0]} would be read out as it stands", "write the character itself"
    elif _ADDRESS.fullmatch(words.strip()):
        message = "an address would be read out, letter by letter"
        hint = f"a sound is played: play: {words.strip()}"
    elif (found := _TEMPLATE.search(words)) and vocabulary.is_standard_parameter(found[1]):
        message = f"{found[0]} is no value here, and would be read out as it stands"
        hint = f"a value of the call is written ${{call.{found[1]}}}"
    else:
        return
    yield UNSPEAKABLE_TEXT.at(say.span, message, hint=hint)


def _milliseconds(element: Element) -> Iterator[Diagnostic]:
    for attribute in element.attributes:
        spec = element.spec.attributes.get(attribute.name) if element.spec else None
        if spec is None or spec.unit != "seconds" or not attribute.name.lower().endswith("timeout"):
            continue
        text = attribute.value if isinstance(attribute.value, str) else ""
        if text.isdecimal() and int(text) >= _MANY_SECONDS:
            message = f"{attribute.name} is in seconds: {text} are {int(text) // 60} minutes"
            yield MILLISECONDS.at(attribute.span, message)


def _end_key(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """The words before a recording, or in a gather, and the keys that end it."""
    assert node.element is not None
    asked = node.element
    if asked.tag == "Say":
        words, after = [asked], _behind(graph, node)
        if after is None or after.tag != "Record":
            return
        asked = after
    elif asked.tag == "Gather" and not node.keys and asked.get("numDigits") is None:
        words = list(asked.elements())
    else:
        return
    ends = asked.literal("finishOnKey")
    told = [key for key in keys_told_in(words) if key in _END_KEYS]
    if ends is None or not told or any(key in ends for key in told):
        return
    given = asked.get("finishOnKey")
    message = f"callers are told to press {told[0]}, and {ends or 'no key'} ends this"
    hint = f'write finishOnKey: "{told[0]}", or tell the other key'
    yield OTHER_END_KEY.at((given or asked).span, message, hint=hint)


def _behind(graph: Graph, node: Node) -> Element | None:
    """The verb that follows words, behind pauses and sounds."""
    seen = {node.key}
    key = node.exits.get("done")
    while key is not None and key not in seen:
        seen.add(key)
        after = graph.nodes[key]
        if after.element is None or after.element.tag not in ("Play", "Pause"):
            return after.element
        key = after.exits.get("done")
    return None
