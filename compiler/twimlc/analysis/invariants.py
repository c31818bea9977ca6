"""Promises about a flow: ``invariants:`` of its file, held against the graph.

The graph and the sentences come in, findings go out. A sentence is one of ``always reaches X``,
``always reaches X within N keys`` (or words, seconds), ``reaches X within N keys``,
``never reaches X``, ``never dials NUMBER``, ``X before Y`` and ``never X before Y``. With
``always`` the worst way counts, without it the best. X may be several things: ``A or B``.
"""

import re
from collections.abc import Callable, Collection, Iterator
from collections.abc import Sequence as Listed
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.analysis.costs import HUMAN, cheapest, worst
from twimlc.analysis.paths import shortest, told
from twimlc.analysis.sounds import NO_SOUNDS, Sounds
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import BAD_INVARIANT, BROKEN_INVARIANT
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import Element
from twimlc.source.names import nearest
from twimlc.source.tree import Node as Tree
from twimlc.source.tree import Scalar, Sequence
from twimlc.text import Span

_LIMIT = re.compile(r"(.+?) within ([0-9]{1,6}) (keys?|words?|seconds?)")
_FORMS = (
    "always reaches X",
    "always reaches X within N keys (or words, seconds)",
    "reaches X within N keys",
    "never reaches X",
    "never dials NUMBER",
    "X before Y",
    "never X before Y",
)
_NUMBER = re.compile(r"\+?[0-9]{2,15}\*?")
_ADDRESS = re.compile(r"(?:sips?|client):[^\s*]*\*?")
_SHORT = 6  # emergency numbers and short codes have no country
_OR = re.compile(r"""'[^']*'|"[^"]*"|( or )""")

Fits = Callable[[Node], bool]


class _UnclearError(Exception):
    """A part of a sentence that means nothing: what, and what may help."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class _Limit(NamedTuple):
    most: int
    measure: str


def check_invariants(
    graph: Graph,
    flow: str,
    node: Tree | None,
    sounds: Sounds = NO_SOUNDS,
    apology: tuple[Node, ...] = (),
) -> Iterator[Diagnostic]:
    """Findings about the sentences of one flow; ``apology`` is what else its callers may hear."""
    if flow not in graph.starts or not isinstance(node, Sequence):
        return
    for item in node.items:
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            continue
        sentence = " ".join(item.value.split())
        try:
            yield from _check(_Promise(graph, flow, sentence, item.span, sounds, apology))
        except _UnclearError as unclear:
            yield BAD_INVARIANT.at(item.span, str(unclear), hint=unclear.hint)


class _Promise(NamedTuple):
    """A sentence, where it stands, and what it is held against."""

    graph: Graph
    flow: str
    sentence: str
    span: Span
    sounds: Sounds
    apology: tuple[Node, ...]

    def broken(self, way: str) -> Diagnostic:
        return BROKEN_INVARIANT.at(self.span, f"'{self.sentence}' does not hold: {way}")

    def broken_by(self, fits: Fits, barred: Collection[NodeKey] = ()) -> Iterator[Diagnostic]:
        """The finding if a way leads to what fits, past nothing that is barred."""
        start = self.graph.starts[self.flow]
        found = shortest(self.graph, start, lambda key: fits(self.graph.nodes[key]), barred=barred)
        if found is not None:
            yield self.broken(told(self.graph, *found))


def _check(promise: _Promise) -> Iterator[Diagnostic]:
    graph, flow = promise.graph, promise.flow
    words = promise.sentence.rstrip(".")
    word, _, rest = words.partition(" ")
    word = word.lower()
    if word not in ("always", "never"):
        word, rest = "", words
    verb, _, what = rest.partition(" ")
    if word == "never" and verb == "dials" and what:
        yield from promise.broken_by(_dials(what))
    elif verb in ("reaches", "says") and what and _is_spoken(verb, what):
        limit = None
        if (found_limit := _LIMIT.fullmatch(what)) is not None:
            what = found_limit[1]
            limit = _Limit(int(found_limit[2]), found_limit[3].rstrip("s") + "s")
        fits = _thing(graph, flow, what)
        if word == "never":
            if limit is not None:
                raise _UnclearError("'never' takes no limit", f"write {_listed(_FORMS)}")
            found = list(promise.broken_by(fits))
            if not found and what[0] in "'\"" and any(map(fits, promise.apology)):
                found.append(promise.broken("the target's apology says it"))
            yield from found
        else:
            yield from _reaches(promise, fits, word == "always", limit)
    else:
        first, middle, second = rest.partition(" before ")
        if not middle:
            message = f"'{promise.sentence}' is no promise that can be checked"
            raise _UnclearError(message, f"write {_near_forms(word, rest)}")
        if word == "never":
            first, second = second, first
        before, after = _thing(graph, flow, first), _thing(graph, flow, second)
        yield from promise.broken_by(
            after, {key for key in graph.contexts if before(graph.nodes[key])}
        )


def _near_forms(word: str, rest: str) -> str:
    """The forms that are nearest to a sentence which has none of them."""
    verb, _, what = rest.partition(" ")
    dialling = nearest(verb.lower(), ["dial", "dials", "call", "calls", "ring"]) is not None
    if dialling and word == "never":
        return f"never dials {what or '+1900*'}"
    if dialling and word:
        return f"{word} reaches dial"
    if nearest(verb.lower(), ["reach", "reaches"]) is not None:
        return f"{word} reaches {what or 'X'}".strip()
    return _listed([form for form in _FORMS if form.startswith(word)])


def _listed(forms: Listed[str]) -> str:
    return f"{', '.join(forms[:-1])}, or {forms[-1]}"


def _is_spoken(verb: str, what: str) -> bool:
    return verb == "reaches" or what[0] in "'\""


def _reaches(
    promise: _Promise, fits: Fits, always: bool, limit: _Limit | None
) -> Iterator[Diagnostic]:
    graph, start = promise.graph, promise.graph.starts[promise.flow]
    if always:
        barred = {key for key in graph.contexts if fits(graph.nodes[key])}
        ended = list(promise.broken_by(_is_end, barred)) or list(_caught(promise, barred))
        yield from ended
        if ended:
            return
    elif shortest(graph, start, lambda key: fits(graph.nodes[key])) is None:
        yield promise.broken("no way leads there at all")
        return
    if limit is None:
        return
    measured = (worst if always else cheapest)(graph, start, fits, limit.measure, promise.sounds)
    if measured is not None and getattr(measured[0], limit.measure) > limit.most:
        spent = f"{getattr(measured[0], limit.measure):.0f} {limit.measure}"
        way = told(graph, measured[1], measured[2])
        yield promise.broken(f"it {'may take' if always else 'takes'} {spent}: {way}")


def _caught(promise: _Promise, barred: Collection[NodeKey]) -> Iterator[Diagnostic]:
    """A circle that nothing leads out of, not even to what was promised."""
    graph = promise.graph
    before: dict[NodeKey, list[NodeKey]] = {}
    for key in graph.contexts:
        for _, after in graph.nodes[key].successors():
            before.setdefault(after, []).append(key)
    free = {key for key in graph.contexts if key in barred or _is_end(graph.nodes[key])}
    waiting = list(free)
    while waiting:
        new = [key for key in before.get(waiting.pop(), ()) if key not in free]
        free.update(new)
        waiting += new
    start = graph.starts[promise.flow]
    found = shortest(graph, start, lambda key: key not in free, barred=barred)
    if found is not None:
        yield promise.broken(f"{told(graph, *found)}, and from there round and round")


def _is_end(node: Node) -> bool:
    return not any(node.successors())


def _dials(what: str) -> Fits:
    """Whether a verb calls this number or address, or one that begins like it (``+1900*``)."""
    sought = what if _ADDRESS.fullmatch(what) else re.sub(r"[ ().-]", "", what)
    if not _ADDRESS.fullmatch(what) and not _NUMBER.fullmatch(sought):
        raise _UnclearError(
            f"'{what}' is no number",
            "write it as +14155550100, or +1900* for all of a kind; sip:… and client:… can be "
            "given too",
        )
    if sought[0].isdecimal() and len(sought) > _SHORT:
        raise _UnclearError(
            f"the number '{what}' does not say which country it is in",
            "write a plus and the country code, as in +14155550100",
        )
    start = sought.rstrip("*")

    def fits(node: Node) -> bool:
        return any(
            text.startswith(start) if sought.endswith("*") else text == start
            for text in _dialed(node.element)
        )

    return fits


def _dialed(element: Element | None) -> Iterator[str]:
    """Whom a verb calls: numbers without blanks, apps as ``client:NAME``."""
    if element is None or element.tag != "Dial":
        return
    for inner in element.walk():
        for child in inner.children:
            if not isinstance(child, str):
                continue
            if inner.tag in ("Client", "Identity"):
                yield f"client:{child}"
            elif inner.tag == "Sip":
                yield child
            else:
                yield re.sub(r"[^+0-9]", "", child)


def _thing(graph: Graph, flow: str, what: str) -> Fits:
    """What a sentence names: one thing, or several with ``or`` between them."""
    parts = _OR.sub(lambda found: "\n" if found[1] else found[0], what).split("\n")
    each = [_one(graph, flow, part) for part in dict.fromkeys(parts)]
    return lambda node: any(fits(node) for fits in each)


def _one(graph: Graph, flow: str, what: str) -> Fits:
    """A state, a verb, words in quotes, or one of a few plain words."""
    if len(what) > 2 and what[0] == what[-1] and what[0] in "'\"":
        words = " ".join(what[1:-1].lower().split())
        return lambda node: any(words in text.lower() for text in _said(node.element))
    states = {key.name for key in graph.flows[flow].states}
    other, _, place = what.partition("/")
    if place and other in graph.flows and any(k.name == place for k in graph.flows[other].states):
        return lambda node: node.state.flow == other and node.state.name == place
    if what in states:
        return lambda node: node.place.flow == flow and node.state.name == what
    if what in _PLAIN:
        return _PLAIN[what]
    verbs = {spec.key: spec.tag for spec in vocabulary.verbs("voice").values()}
    if what in verbs:
        return lambda node: node.element is not None and node.element.tag == verbs[what]
    quoted = f"words that are said need quotes of their own, inside those of YAML: \"'{what}' …\""
    message = f"nothing is called '{what}'"
    if any(what.lower() in text.lower() for node in graph.nodes for text in _said(node.element)):
        raise _UnclearError(message, quoted)
    close = nearest(what, [*states, *_PLAIN, *verbs])
    known = f"a state, a verb, {', '.join(_PLAIN)}, or words in quotes"
    hint = f"did you mean '{close}'?" if close else f"it can be {known}"
    raise _UnclearError(message, f"{hint} {quoted}" if close else f"{hint}; {quoted}")


def _said(element: Element | None) -> Iterator[str]:
    for inner in element.walk() if element is not None else ():
        if inner.tag in ("Say", "Message"):
            spoken = (part for piece in inner.walk() for part in piece.children)
            yield " ".join(" ".join(part for part in spoken if isinstance(part, str)).split())


_PLAIN: dict[str, Fits] = {
    "menu": lambda node: node.title == "menu",
    "offer": lambda node: node.title == "offer",
    "hunt": lambda node: node.title == "hunt",
    "human": lambda node: node.element is not None and node.element.tag in HUMAN,
    "voicemail": lambda node: node.element is not None and node.element.tag == "Record",
    "hangup": lambda node: node.element is None or node.element.tag == "Hangup",
}
