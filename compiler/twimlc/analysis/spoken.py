"""Whether what is spoken can be spoken, and whether the key that is told ends what it should.

The graph comes in, findings go out.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.analysis.prompts import keys_told_in
from twimlc.diagnostics.diagnostic import Diagnostic, Severity
from twimlc.diagnostics.rules.experience import OTHER_END_KEY, UNSPEAKABLE_TEXT
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element
from twimlc.flow.readable import texts_of, unspeakable_in
from twimlc.flow.units import check_milliseconds

Names = Mapping[str, Collection[str]]
NO_NAMES: Names = MappingProxyType({})

# A blank as other languages write it: {{name}} and {name}. $${…} is text that is meant.
_BLANK = re.compile(r"(?<!\$)\{(\{)?\s*([A-Za-z_]\w*)((?:\.\w+)*)\s*\}(?(1)\})")
_DOLLAR = re.compile(r"\$([A-Za-z_]\w*)")
_END_KEYS = ("*", "#")


def check_spoken(
    graph: Graph, calls: Names = NO_NAMES, params: Names = NO_NAMES
) -> Iterator[Diagnostic]:
    """Findings about texts, about keys that end, and about times.

    ``calls`` are each flow's own values of the call; ``params`` those of each file, by its path.
    """
    seen: set[Element] = set()
    for key in graph.contexts:
        node = graph.nodes[key]
        if node.element is None:
            continue
        for element in node.element.walk():
            # The rounds of a menu say the same words.
            if element.tag == "Say" and element not in seen:
                seen.add(element)
                known = _Known(
                    params.get(element.span.file.path, ()), calls.get(node.place.flow, ())
                )
                yield from _unspeakable(element, known)
        yield from check_milliseconds(node.element)
        if graph.contexts[key] is Context.CALL:
            yield from _end_key(graph, node)


class _Known(NamedTuple):
    """What a blank can mean where it stands: params, and values of the call by their own names."""

    params: Collection[str]
    calls: Collection[str]

    def value(self, name: str, rest: str = "") -> str | None:
        """How the value of this name is written."""
        if name in self.params:
            return f"${{{name}{rest}}}"
        if not rest and (name in self.calls or vocabulary.is_standard_parameter(name)):
            return f"${{call.{name}}}"
        return None


def _unspeakable(say: Element, known: _Known) -> Iterator[Diagnostic]:
    words = " ".join(texts_of(say))
    severity = Severity.WARNING
    if (found := unspeakable_in(words)) is not None:
        message, hint = found.message, found.hint
        if found.kind == "markup":
            hint = "markup goes under ssml, as in say: {ssml: …}"
        elif found.kind == "address":
            hint = f"a sound is played: play: {words.strip()}"
    elif (blank := _blank(words, known)) is not None:
        written, value = blank
        message = f"{written} is no value here, and would be read out as it stands"
        hint = f"write {value}"
        if value is None:
            hint, severity = "a param is written ${name}; braces alone are text", Severity.NOTE
    else:
        return
    yield replace(UNSPEAKABLE_TEXT.at(say.span, message, hint=hint), severity=severity)


def _blank(words: str, known: _Known) -> tuple[str, str | None] | None:
    """What looks like a blank that a program fills in, and how the value is written here.

    A name behind a dollar may be prose, so it has to be known.
    """
    blanks = [(found[0], known.value(found[2], found[3])) for found in _BLANK.finditer(words)]
    dollars = (found for found in _DOLLAR.finditer(words) if found[1] in known.params)
    blanks += ((found[0], known.value(found[1])) for found in dollars)
    return min(blanks, key=lambda blank: blank[1] is None, default=None)


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
