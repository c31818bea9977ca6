"""Whether what callers are told to press is what they can press.

The graph comes in, findings go out. What is said in a language that nobody here reads is not
judged, nor what a sound file says.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from twimlc.analysis.keys import Reader, asks_for_code, is_emergency_number, reader_of
from twimlc.analysis.languages import language_of
from twimlc.analysis.steps import steps_of
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import (
    ANY_KEY_TAKEN,
    CHOICE_NOT_SPOKEN,
    KEY_ENDS_INPUT,
    KEY_TOO_EARLY,
    UNKNOWN_KEY_SPOKEN,
)
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element, Menu, Offer, Perform, Target
from twimlc.source.tree import CallValue, Template
from twimlc.text import Span


def check_prompts(graph: Graph) -> Iterator[Diagnostic]:
    """Findings about words and keys that do not agree."""
    needed = _needed_keys(graph)
    for flow in graph.flows.values():
        for step in steps_of(flow):
            match step:
                case Menu(choices=choices, prompt=prompt, gather=gather, span=span):
                    yield from _agree(choices, prompt, gather, needed.get(span), is_menu=True)
                case Offer(prompt=prompt, options=options):
                    yield from _any_key((*prompt, *(option.gather for option in options)))
                case Perform(element=element, branches=branches, span=span) if branches.keys:
                    words = tuple(element.elements())
                    if branches.then is None:
                        yield from _agree(
                            branches.keys, words, element, needed.get(span), is_menu=False
                        )
                    else:
                        yield from _ended(branches.keys, element)
    yield from _without_choices(graph)
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        if context is Context.CALL and node.element is not None and node.element.tag == "Say":
            yield from _too_early(graph, node)


def _needed_keys(graph: Graph) -> dict[Span, set[str]]:
    """The keys of each menu that lead elsewhere than silence does in the end."""
    needed: dict[Span, set[str]] = {}
    for key in graph.contexts:
        node = graph.nodes[key]
        silence = node.exits.get("no-input")
        if node.element is None or node.element.tag != "Gather":
            continue
        differ = {keys for keys, after in node.keys.items() if after != silence}
        needed[node.span] = differ & needed.get(node.span, differ)
    return needed


def _spoken(elements: Iterable[Element]) -> tuple[str, Reader] | None:
    """The words of a prompt, and who reads them; None where more is said than can be read."""
    parts: list[str] = []
    reader: Reader | None = None
    for element in elements:
        for inner in element.walk():
            if inner.tag == "Play":
                return None
            if inner.tag == "Say":
                found = reader_of(language_of(inner) or "en")
                if found is None or reader not in (None, found):
                    return None
                reader = found
            parts += [child if isinstance(child, str) else " " for child in inner.children]
    return (" ".join(parts), reader) if reader is not None else None


def keys_told_in(elements: Iterable[Element]) -> list[str]:
    """The keys that callers are told to press, where the words can be read."""
    spoken = _spoken(elements)
    return spoken[1].told(spoken[0]) if spoken is not None else []


def _agree(
    choices: Mapping[str, Target],
    prompt: Sequence[Element],
    gather: Element,
    needed: Collection[str] | None,
    *,
    is_menu: bool,
) -> Iterator[Diagnostic]:
    keys = list(choices)
    yield from _ended(keys, gather)
    spoken = _spoken(prompt)
    if spoken is None:
        return
    words, reader = spoken
    told = reader.told(words)
    if not told:
        return
    untaken = [key for key in told if _is_untaken(key, keys, words, reader)]
    # Other digits of a gather go to the next step, so one key that is told may be meant for it.
    if is_menu or len(untaken) > 1:
        for key in untaken:
            message = f"the words say to press {key}, and the menu has no choice for it"
            hint = f"its choices are {', '.join(keys)}"
            if not is_menu:
                message = f"the words say to press {key}, and this gather's when does not name it"
                hint = f"it names {', '.join(keys)}; all other digits go to the next step"
            yield UNKNOWN_KEY_SPOKEN.at(_where_told(key, prompt), message, hint=hint)
    mentioned = reader.mentioned(words)
    codes_known = asks_for_code(words)
    for key in keys:
        if needed is not None and key not in needed:
            continue
        if key not in mentioned and not (len(key) > 1 and codes_known):
            message = f"nothing tells callers of the choice {key}"
            hint = f"the words name {', '.join(told)}"
            yield CHOICE_NOT_SPOKEN.at(choices[key].span, message, hint=hint)


def _is_untaken(key: str, keys: Collection[str], words: str, reader: Reader) -> bool:
    """Whether callers are told this key of a menu, and it has no choice."""
    # The pound key ends an input; what it does is no choice of the menu.
    if key in keys or key == "#":
        return False
    if len(key) > max(map(len, keys)) and is_emergency_number(key, words):
        return False
    # Keys told one after the other may be a count, as in "press 1 two times".
    return len(key) == 1 or key in reader.written(words)


def _any_key(parts: Sequence[Element]) -> Iterator[Diagnostic]:
    """Words that tell several keys apart where any key does the same."""
    told = keys_told_in(parts)
    if len(told) > 1:
        message = f"the words tell {' and '.join(told[:2])} apart, and any key is taken here"
        hint = "say 'press any key now', or make it a menu, for a host that looks at the keys"
        yield ANY_KEY_TAKEN.at(_where_told(told[0], parts), message, hint=hint)


def _without_choices(graph: Graph) -> Iterator[Diagnostic]:
    """Gathers that go on in one way, whatever was pressed, and whose digits nothing uses."""
    seen: set[Span] = set()
    shown = graph.leading_to(node.key for node in graph.nodes if _shows_values(node))
    for key, context in graph.contexts.items():
        node = graph.nodes[key]
        if node.title != "gather" or context is not Context.CALL or node.span in seen:
            continue
        after = node.exits.get("input")
        if node.element is None or node.keys or after is None or after in shown:
            continue
        seen.add(node.span)
        yield from _any_key(tuple(node.element.elements()))


def _shows_values(node: Node) -> bool:
    """Whether it shows values of the call, as a host with templates can: keys may be among them."""
    return any(
        isinstance(part, CallValue)
        for inner in (node.element.walk() if node.element is not None else ())
        for value in (*inner.children, *(attribute.value for attribute in inner.attributes))
        if isinstance(value, Template)
        for part in value.parts
    )


def _where_told(key: str, prompt: Sequence[Element]) -> Span:
    """The part of a prompt that speaks of a key, else its first."""
    telling = (part for part in prompt if key in keys_told_in([part]))
    return next(telling, prompt[0]).span


def _ended(choices: Iterable[str], gather: Element) -> Iterator[Diagnostic]:
    end = gather.literal("finishOnKey")
    for key in choices:
        if end and end in key:
            found = gather.get("finishOnKey")
            message = f"{end} ends the input, so the choice {key} can never be made"
            hint = 'write finishOnKey: "" to let every key count'
            yield KEY_ENDS_INPUT.at((found or gather).span, message, hint=hint)


def _too_early(graph: Graph, node: Node) -> Iterator[Diagnostic]:
    """Words outside a gather that tell keys, with a gather that comes behind them."""
    assert node.element is not None
    told = keys_told_in([node.element])
    if not told:
        return
    after = node
    seen = {node.key}
    while after.element is not None and after.element.tag in ("Say", "Play", "Pause"):
        following = after.exits.get("done")
        if following is None or following in seen:
            return
        seen.add(following)
        after = graph.nodes[following]
    if after.element is None or after.element.tag != "Gather":
        return
    prompt = list(after.element.elements())
    if prompt and (_spoken(prompt) is None or any(key in told for key in keys_told_in(prompt))):
        return
    message = f"callers are told to press {told[0]} before the keys are listened to"
    yield KEY_TOO_EARLY.at(node.span, message, hint="move these words into the prompt behind them")
