"""Whether what callers are told to press is what they can press, and is no secret code.

The graph comes in, findings go out. What is said in a language that nobody here reads is not
judged, nor what an audio file says.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from twimlc.findings import Diagnostic, Label, rules
from twimlc.flow.graph import Context, Graph, Node
from twimlc.flow.model import Element, Menu, Offer, Perform, Target
from twimlc.flow.targets import ignores_dtmf
from twimlc.rules.call_values import values_in
from twimlc.rules.keys import Reader, asks_for_code, is_emergency_number, reader_of
from twimlc.rules.steps import steps_of
from twimlc.rules.words import language_of, literal_words
from twimlc.text import Span

_SHORTEST = 4
_PIN = (
    r"\bpins?\b|\bpin-?(?:code|kode?|number|nummer)|\bpass-?(?:code|wor[dt]|phrase)\b|\bpass code\b"
    r"|\b(?:access|security|secret|door|gate|entry|alarm|personal|private|meeting|conference|room"
    r"|participant|host|member)[ -](?:code|key)s?\b"
    r"|geheimzahl|geheimcode|kennwort|zugangs(?:code|nummer|zahl)|türcode"
    r"|code (?:d['’]accès|secret|confidentiel|personnel)|mot de passe"
    r"|contraseña|\bclave\b|código (?:de acces[os]o?|secreto|personal)|\bsenha\b"
    r"|codice (?:d['’]accesso|di accesso|segreto|personale)|parola d['’]ordine"
    r"|toegangscode|wachtwoord|åtkomstkod|lösenord|adgangskode|adgangskode|kod dostępu|\bhasło\b"
)
# Postal codes are PIN codes in India.
_POST_CODE = (
    r"\b(?:area|post(?:al)?|zip|delivery|locality|city|town|village|district)(?:['’]?s)?"
    r"[ -]pin(?:[ -]?(?:code|number))?s?\b"
    r"|\bpin[ -]?codes? (?:of|for) (?:your|the) "
    r"(?:area|post office|delivery|locality|city|town|village|district)\b"
)
_IN_NAMES = r"(?:^|-)(?:pins?|passcode|password|access-code|door-code)(?:-|$)"


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
                    words = element.elements()
                    if branches.then is None:
                        yield from _agree(
                            branches.keys, words, element, needed.get(span), is_menu=False
                        )
                    else:
                        yield from _ended(branches.keys, element)
    yield from _without_choices(graph)
    for node, verb in graph.verbs(Context.CALL):
        if verb.tag == "Say":
            yield from _too_early(graph, node, verb)


def _needed_keys(graph: Graph) -> dict[Span, set[str]]:
    """The keys of each menu that lead elsewhere than silence does in the end."""
    needed: dict[Span, set[str]] = {}
    for node, verb in graph.verbs():
        if verb.tag == "Gather":
            silence = node.exits.get("no-input")
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
            yield rules.KEY_WITHOUT_CHOICE.at(_where_told(key, prompt), message, hint=hint)
    untold = [key for key in keys if key not in told and (needed is None or key in needed)]
    mentioned = reader.mentioned(words) if untold else ()
    for key in untold:
        if key not in mentioned and not (len(key) > 1 and asks_for_code(words)):
            message = f"the words do not mention the choice {key}"
            hint = f"the words name {', '.join(told)}"
            yield rules.CHOICE_NOT_SPOKEN.at(choices[key].span, message, hint=hint)


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
        message = f"the words offer keys {' and '.join(told[:2])}, and any key is taken here"
        hint = "say 'press any key now', or make it a menu, for a host that looks at the keys"
        yield rules.ANY_KEY_TAKEN.at(_where_told(told[0], parts), message, hint=hint)


def _without_choices(graph: Graph) -> Iterator[Diagnostic]:
    """Gathers that go on in one way, whatever was pressed, and whose digits nothing uses."""
    calls = graph.verbs(Context.CALL)
    gathers = [(n, verb) for n, verb in calls if n.title == "gather" and not n.keys]
    if not gathers:
        return
    seen: set[Span] = set()
    # A host with templates can show values of the call: keys may be among them.
    shown = graph.leading_to(
        node.key for node in graph.nodes if node.element and any(values_in(node.element))
    )
    for node, verb in gathers:
        after = node.exits.get("input")
        if node.span not in seen and after is not None and after not in shown:
            seen.add(node.span)
            yield from _any_key(verb.elements())


def _where_told(key: str, prompt: Sequence[Element]) -> Span:
    """The part of a prompt that speaks of a key, else its first."""
    telling = (part for part in prompt if key in keys_told_in([part]))
    return next(telling, prompt[0]).span


def _ended(choices: Iterable[str], gather: Element) -> Iterator[Diagnostic]:
    end = gather.literal("finishOnKey")
    for key in choices:
        if end and end in key:
            message = f"{end} ends the input, so the choice {key} can never be made"
            hint = 'write finishOnKey: "" to let every key count'
            yield rules.KEY_ENDS_INPUT.at(gather.place("finishOnKey"), message, hint=hint)


def _too_early(graph: Graph, node: Node, say: Element) -> Iterator[Diagnostic]:
    """Words outside a gather that ask for keys, with a gather that comes after them."""
    told = keys_told_in([say])
    if not told:
        return
    *_, after = graph.spoken_from(node.key)
    if after.element is None or after.tag != "Gather" or ignores_dtmf(after.element):
        return
    prompt = list(after.element.elements()) if not graph.twiml else []
    if prompt and (_spoken(prompt) is None or any(key in told for key in keys_told_in(prompt))):
        return
    message = f"the words ask for key {told[0]} before anything listens for keys"
    hint, labels = "move these words into the prompt after them", []
    if graph.twiml:
        message = f"this says to press {told[0]}, but keys only count in the <Gather> after it"
        hint = "move the words into the <Gather>, so that callers need not wait"
        labels = [Label(after.span, "keys count from here on")]
    yield rules.KEY_TOO_EARLY.at(node.span, message, hint=hint, labels=labels)


def check_pins(graph: Graph) -> Iterator[Diagnostic]:
    """A finding for each menu or gather whose choices are PINs, on a host that answers everybody.

    Whether something is a PIN only its words say: extensions, postal codes and order numbers have
    as many digits.
    """
    seen = set()
    for node, verb in graph.verbs(Context.CALL):
        if node.span.place not in seen and _asks_for_pin(node, verb):
            seen.add(node.span.place)
            message = "these PINs can be tried on the host, which answers everybody, without a call"
            hint = "twiml-bin answers Twilio alone; or silence this where a door code is all it is"
            yield rules.PIN_IN_PUBLIC.at(node.span, message, hint=hint)


def _asks_for_pin(node: Node, verb: Element) -> bool:
    if verb.tag != "Gather":
        return False
    if not any(key.isdecimal() and len(key) >= _SHORTEST for key in node.keys):
        return False
    words = re.sub(_POST_CODE, " ", literal_words(verb), flags=re.IGNORECASE)
    asked = re.search(_PIN, words, re.IGNORECASE)
    return asked is not None or re.search(_IN_NAMES, node.state.name) is not None
