"""Promises about a flow: ``invariants:`` of its file, held against the graph.

The graph and the sentences come in, findings go out. A sentence is one of ``always reaches X``,
``always reaches X within N keys`` (or words, seconds), ``reaches X within N keys``,
``never reaches X``, ``never dials NUMBER`` and ``X before Y``. With ``always`` the worst way
counts, without it the best.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.analysis.costs import HUMAN, cheapest, worst
from twimlc.analysis.paths import shortest, told
from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.experience import BAD_INVARIANT, BROKEN_INVARIANT
from twimlc.flow.graph import Graph, Node, NodeKey
from twimlc.flow.model import Element
from twimlc.source.names import nearest
from twimlc.source.tree import Node as Tree
from twimlc.source.tree import Scalar, Sequence
from twimlc.text import Span

_LIMIT = re.compile(r"(.+?)\s+within\s+([0-9]{1,6})\s+(keys?|words?|seconds?)")
_FORMS = (
    "always reaches X, always reaches X within N keys, reaches X within N keys, never reaches X, "
    "never dials NUMBER, or X before Y"
)
_NUMBER = re.compile(r"\+?[0-9]{2,15}\*?")

Fits = Callable[[Node], bool]


class _UnclearError(Exception):
    """A part of a sentence that means nothing: what, and what may help."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class _Limit(NamedTuple):
    most: int
    measure: str


def check_invariants(graph: Graph, flow: str, node: Tree | None) -> Iterator[Diagnostic]:
    """Findings about the sentences of one flow."""
    if flow not in graph.starts or not isinstance(node, Sequence):
        return
    for item in node.items:
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            continue
        sentence = " ".join(item.value.split())
        try:
            yield from _check(graph, flow, sentence, item.span)
        except _UnclearError as unclear:
            yield BAD_INVARIANT.at(item.span, str(unclear), hint=unclear.hint)


def _check(graph: Graph, flow: str, sentence: str, span: Span) -> Iterator[Diagnostic]:
    start = graph.starts[flow]
    word, _, rest = sentence.partition(" ")
    if word == "never":
        verb, _, what = rest.partition(" ")
        if verb not in ("reaches", "dials") or not what:
            raise _UnclearError(
                f"'{sentence}' is no promise that can be checked", f"write {_FORMS}"
            )
        fits = _dials(what) if verb == "dials" else _thing(graph, flow, what)
        found = shortest(graph, start, lambda key: fits(graph.nodes[key]))
        if found is not None:
            yield _broken(span, sentence, told(graph, *found))
        return
    if sentence.startswith(("always reaches ", "reaches ")):
        always = word == "always"
        what = sentence.split("reaches ", 1)[1]
        limit = None
        if (found_limit := _LIMIT.fullmatch(what)) is not None:
            what = found_limit[1]
            limit = _Limit(int(found_limit[2]), found_limit[3].rstrip("s") + "s")
        yield from _reaches(
            graph, start, _thing(graph, flow, what), always, limit, (sentence, span)
        )
        return
    first, middle, second = sentence.partition(" before ")
    if not middle:
        raise _UnclearError(f"'{sentence}' is no promise that can be checked", f"write {_FORMS}")
    before, after = _thing(graph, flow, first), _thing(graph, flow, second)
    barred = {key for key in graph.contexts if before(graph.nodes[key])}
    found = shortest(graph, start, lambda key: after(graph.nodes[key]), barred=barred)
    if found is not None:
        yield _broken(span, sentence, told(graph, *found))


def _reaches(
    graph: Graph,
    start: NodeKey,
    fits: Fits,
    always: bool,
    limit: _Limit | None,
    said: tuple[str, Span],
) -> Iterator[Diagnostic]:
    sentence, span = said
    if always:
        barred = {key for key in graph.contexts if fits(graph.nodes[key])}
        found = shortest(graph, start, lambda key: _is_end(graph.nodes[key]), barred=barred)
        if found is not None:
            yield _broken(span, sentence, told(graph, *found))
            return
    elif shortest(graph, start, lambda key: fits(graph.nodes[key])) is None:
        yield _broken(span, sentence, "no way leads there at all")
        return
    if limit is None:
        return
    measured = (worst if always else cheapest)(graph, start, fits, limit.measure)
    if measured is not None and getattr(measured[0], limit.measure) > limit.most:
        spent = f"{getattr(measured[0], limit.measure):.0f} {limit.measure}"
        way = told(graph, measured[1], measured[2])
        yield _broken(span, sentence, f"it {'may take' if always else 'takes'} {spent}: {way}")


def _broken(span: Span, sentence: str, way: str) -> Diagnostic:
    return BROKEN_INVARIANT.at(span, f"'{sentence}' does not hold: {way}")


def _is_end(node: Node) -> bool:
    return not any(node.successors())


def _dials(what: str) -> Fits:
    """Whether a verb calls this number, or one that begins like it (``+1900*``)."""
    if not _NUMBER.fullmatch(what):
        raise _UnclearError(
            f"'{what}' is no number", "write it as +14155550100, or +1900* for all of a kind"
        )
    start = what.rstrip("*")

    def fits(node: Node) -> bool:
        return any(
            text.startswith(start) if what.endswith("*") else text == start
            for text in _dialed(node.element)
        )

    return fits


def _dialed(element: Element | None) -> Iterator[str]:
    if element is None or element.tag != "Dial":
        return
    for inner in element.walk():
        for child in inner.children:
            if isinstance(child, str):
                yield re.sub(r"[^+0-9]", "", child)


def _thing(graph: Graph, flow: str, what: str) -> Fits:
    """What a sentence names: a state, a verb, words in quotes, or one of a few plain words."""
    if len(what) > 2 and what[0] == what[-1] and what[0] in "'\"":
        words = what[1:-1].lower()
        return lambda node: any(words in text.lower() for text in _said(node.element))
    states = {key.name for key in graph.flows[flow].states}
    if what in states:
        return lambda node: node.place.flow == flow and node.state.name == what
    if what in _PLAIN:
        return _PLAIN[what]
    verbs = {spec.key: spec.tag for spec in vocabulary.verbs("voice").values()}
    if what in verbs:
        return lambda node: node.element is not None and node.element.tag == verbs[what]
    close = nearest(what, [*states, *_PLAIN, *verbs])
    known = f"a state, a verb, {', '.join(_PLAIN)}, or words in quotes"
    raise _UnclearError(
        f"nothing is called '{what}'", f"did you mean '{close}'?" if close else known
    )


def _said(element: Element | None) -> Iterator[str]:
    for inner in element.walk() if element is not None else ():
        if inner.tag == "Say":
            yield " ".join(child for child in inner.children if isinstance(child, str))


_PLAIN: dict[str, Fits] = {
    "human": lambda node: node.element is not None and node.element.tag in HUMAN,
    "voicemail": lambda node: node.element is not None and node.element.tag == "Record",
    "hangup": lambda node: node.element is None or node.element.tag == "Hangup",
}
