"""What voices say: whether it can be spoken, whether its key ends what it should, its language.

The graph comes in, findings go out. So are the apology of a target, and times in a wrong unit.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from twimlc import vocabulary
from twimlc.findings import Diagnostic, Severity, rules
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element
from twimlc.flow.targets import ignores_dtmf
from twimlc.rules.keys import end_keys_told, is_emergency_number
from twimlc.rules.prompts import keys_told_in
from twimlc.rules.words import language_of, literal_words, texts_of
from twimlc.text import Span, lazy_pattern

Names = Mapping[str, Collection[str]]
NO_NAMES: Names = MappingProxyType({})

_OF_PAGES = ("a", "b", "br", "em", "i", "strong", "u")
_TAG = lazy_pattern(
    rf"</?({'|'.join(map(re.escape, (*vocabulary.SSML, *_OF_PAGES)))})(?:\s[^<>]*)?/?>"
)
_ENTITY = lazy_pattern(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]+|#x[0-9A-Fa-f]+);")
_ADDRESS = lazy_pattern(r"https?://\S+")
# A placeholder as other languages write it: {{name}} and {name}. $${…} is text that is meant.
_PLACEHOLDER = lazy_pattern(r"(?<!\$)\{(\{)?\s*([A-Za-z_]\w*)((?:\.\w+)*)\s*\}(?(1)\})")
_DOLLAR = lazy_pattern(r"\$([A-Za-z_]\w*)((?:\.\w+)*)")
_END_KEYS = ("*", "#")
_MANY_SECONDS = 1000
_HEAR = "hear the apology in another language"


def check_spoken(
    graph: Graph, calls: Names = NO_NAMES, params: Names = NO_NAMES
) -> Iterator[Diagnostic]:
    """Findings about texts, about keys that end, and about times.

    ``calls`` are each flow's own values of the call; ``params`` those of each file, by its path.
    """
    seen: set[Element] = set()
    for node, verb in graph.verbs():
        for element in verb.walk():
            # The rounds of a menu say the same words.
            if element.tag == "Say" and element not in seen:
                seen.add(element)
                own = params.get(element.span.file.path, ())
                values = calls.get(node.place.flow, ())
                yield from _unspeakable(element, own, values, graph.twiml)
        yield from _milliseconds(verb)
        if graph.contexts[node.key] is Context.CALL:
            yield from _end_key(graph, node, verb)


def _milliseconds(verb: Element) -> Iterator[Diagnostic]:
    """Timeouts of a verb that are too long to be meant in seconds."""
    for attribute in verb.attributes:
        spec = verb.spec.attributes.get(attribute.name) if verb.spec else None
        if spec is None or spec.unit != "seconds" or not attribute.name.lower().endswith("timeout"):
            continue
        text = attribute.value if isinstance(attribute.value, str) else ""
        if not text.isdecimal() or int(text) < _MANY_SECONDS:
            continue
        # One above the maximum is refused anyway.
        if spec.maximum is None or int(text) <= spec.maximum:
            message = f"{attribute.name} is in seconds: {text} is {int(text) // 60} minutes"
            yield rules.MILLISECONDS.at(attribute.span, message)


def _unspeakable(
    say: Element, params: Collection[str], calls: Collection[str], twiml: bool
) -> Iterator[Diagnostic]:
    """The first tag, entity, address or placeholder that callers would hear read out."""
    words = " ".join(texts_of(say))
    severity = Severity.WARNING
    if tag := _TAG.search(words):
        message = f"the tag {tag[0]} would be read out as it is"
        hint = "markup goes under ssml, as in say: {ssml: …}"
        if twiml:
            hint = "write markup with < and >, not as text"
        if tag[1] in _OF_PAGES:
            hint = "leave it out: voices do not understand HTML"
    elif entity := _ENTITY.search(words):
        message, hint = f"{entity[0]} would be read out as it is", "write the character itself"
    elif _ADDRESS.fullmatch(words.strip()):
        message = "an address would be read out, letter by letter"
        how = "put it into a <Play>" if twiml else f"play: {words.strip()}"
        hint = f"an audio file is played: {how}"
    elif not twiml and (placeholder := _placeholder(words, params, calls)) is not None:
        written, value = placeholder
        message = f"{written} is not a value here, and would be read out as it is written"
        hint = f"write {value}"
        if value is None:
            hint, severity = "a param is written ${name}; braces alone are text", Severity.NOTE
    else:
        return
    yield replace(rules.UNSPEAKABLE_TEXT.at(say.span, message, hint=hint), severity=severity)


def _placeholder(
    words: str, params: Collection[str], calls: Collection[str]
) -> tuple[str, str | None] | None:
    """What looks like a value that a program fills in, and how the value is written here.

    A name after a dollar may be prose, so it has to be known.
    """

    def value(name: str, rest: str) -> str | None:
        if name in params:
            return f"${{{name}{rest}}}"
        known = name in calls or vocabulary.is_standard_parameter(name)
        return f"${{call.{name}}}" if known and not rest else None

    braces = [(found[0], value(found[2], found[3])) for found in _PLACEHOLDER.finditer(words)]
    dollars = (found for found in _DOLLAR.finditer(words) if found[1] in params)
    braces += ((found[0], value(found[1], found[2])) for found in dollars)
    return min(braces, key=lambda placeholder: placeholder[1] is None, default=None)


def _end_key(graph: Graph, node: Node, verb: Element) -> Iterator[Diagnostic]:
    """The words before a recording, or in a gather, and the keys that end it."""
    asked, words = verb, [*verb.elements()]
    if verb.tag == "Say":
        words = [verb]
        after = (other.element for other in graph.spoken_from(node.key) if other is not node)
        next_verb = next((e for e in after if e is None or e.tag not in ("Play", "Pause")), None)
        if next_verb is None or not next_verb.does.records:
            return
        asked = next_verb
    elif verb.tag != "Gather" or node.keys or verb.get("numDigits") is not None:
        return
    ends = asked.known("finishOnKey")
    if graph.twiml or asked.get("finishOnKey") is None:  # any key may be a choice
        told = end_keys_told(" ".join(map(literal_words, words)))
    else:
        told = [key for key in keys_told_in(words) if key in _END_KEYS]
    if ends is None or not told or any(key in ends for key in told) or ignores_dtmf(asked):
        return
    message = f"the words ask for key {told[0]}, and {ends or 'no key'} ends this"
    written = f'finishOnKey="{told[0]}"' if graph.twiml else f'finishOnKey: "{told[0]}"'
    hint = f"write {written}, or ask for the other key"
    yield rules.OTHER_END_KEY.at(asked.place("finishOnKey"), message, hint=hint)


def check_apology(
    graph: Graph, apology: Mapping[str, tuple[Node, ...]], place: Span | None, usual: bool
) -> Iterator[Diagnostic]:
    """Whether callers understand the apology of a target, and what its words ask of them.

    ``apology`` is what each flow's callers may hear where nothing else is left; ``place`` of the
    project file, if any, speaks of it. Of what is said in words of the project file only the voice
    shows the language; the ``usual`` words are English.
    """
    for node in dict.fromkeys(node for nodes in apology.values() for node in nodes):
        assert node.element is not None, "an apology is of verbs"
        words = " ".join(texts_of(node.element))
        told = [key for key in keys_told_in([node.element]) if not is_emergency_number(key, words)]
        if told:
            message = f"the apology asks callers to press {told[0]}, and nothing listens for keys"
            hint = "it is the end of the call: say whom to call, or to call again"
            yield rules.APOLOGY_ASKS_FOR_KEY.at(place or node.span, message, hint=hint)
    spoken: dict[str, set[str | None]] = {}
    for node, _ in graph.verbs():
        spoken.setdefault(node.place.flow, set()).update(_languages([node]))
    for flow in graph.starts:
        said, heard = _languages(apology.get(flow, ())), spoken.get(flow, set())
        known = said and heard and None not in said | heard
        if known and heard.isdisjoint({"en"} if usual else said):
            message = f"callers of '{flow}' {_HEAR}"
            hint = "give the target of twimlc.yaml words in theirs, or the name of a flow"
            start = graph.flows[flow]
            span = place or start.states[start.start].span
            yield rules.APOLOGY_LANGUAGE.at(span, message, hint=f"{hint}: apology: …")


def once_for_all(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings of a target; what is wrong with its apology in many flows is told once."""
    kept: list[Diagnostic] = []
    strange: list[Diagnostic] = []
    for found in findings:
        (strange if found.rule is rules.APOLOGY_LANGUAGE else kept).append(found)
    if strange:
        first, *more = strange
        others = f"and of {len(more)} more flows {_HEAR}" if more else _HEAR
        kept.append(replace(first, message=first.message.replace(_HEAR, others)))
    return kept


def _languages(nodes: Iterable[Node]) -> set[str | None]:
    return {
        language_of(element)
        for node in nodes
        if node.element is not None
        for element in node.element.walk()
        if element.tag == "Say"
    }
