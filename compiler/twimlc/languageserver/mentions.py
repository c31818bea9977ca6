"""Where names are mentioned outside of states: bodies and trees come in, places go out.

Params in expressions and beside ``use``, states in promises and in call scripts.
"""

import re
from collections.abc import Iterator

from twimlc.languageserver.names import Body, maps
from twimlc.source.components import Component
from twimlc.source.placeholder import Hole, scan
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence
from twimlc.text import Span

_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.?)*+'?|"(?:[^"\\]|\\.?)*+"?|(?<![\w.])([A-Za-z_]\w*)(?!\w|\s*=(?!=))"""
)
_PROMISED = (
    re.compile(r"\breaches\s+([a-z][a-z0-9-]*)(?=\s+within\b|\s*+[\"']?\s*+$)"),
    re.compile(r"^[\"']?\s*([a-z][a-z0-9-]*)(?=\s+before\b)"),
    re.compile(r"\bbefore\s+([a-z][a-z0-9-]*)(?=\s*+[\"']?\s*+$)"),
)


def scalars(*nodes: Node) -> Iterator[Scalar]:
    """Every text in some trees."""
    waiting = list(nodes)
    while waiting:
        match waiting.pop():
            case Scalar() as scalar:
                yield scalar
            case Sequence(items=items):
                waiting += items
            case Mapping(entries=entries):
                waiting += [entry.value for entry in entries]


def words_of(body: Body) -> Iterator[Span]:
    """Each name in an expression of a body: a param's, mostly."""
    own = [entry.value for entry in body.tree.entries if entry.key != "components"]
    known: set[int] = set()
    for scalar in scalars(*own):
        start, text = scalar.span.start, scalar.span.text
        if "${" not in text or start in known:
            continue
        known.add(start)
        for hole in scan(text):
            if not isinstance(hole, Hole):
                continue
            for word in _TOKEN.finditer(text, hole.start + 2, hole.end):
                if word[1] is not None:
                    yield Span(scalar.span.file, start + word.start(1), start + word.end(1))


def bound_words(body: Body) -> Iterator[Scalar]:
    """The names that an ``each`` gives to its items, which hide params."""
    for mapping, _ in maps(body.tree):
        name = mapping.get("as")
        if isinstance(name, Scalar):
            yield name


def arguments(body: Body) -> Iterator[tuple[Component, Entry]]:
    """What is given beside ``use``, each with the component that it is given to."""
    for mapping, _ in maps(body.tree):
        used, given = mapping.get("use"), mapping.get("with")
        component = body.components.get(used.text) if isinstance(used, Scalar) else None
        if component is not None and isinstance(given, Mapping):
            for entry in given.entries:
                yield component, entry


def promised(body: Body) -> Iterator[Span]:
    """The names of states in the promises of a flow (or what may be one: a verb, ``human``)."""
    listed = body.tree.get("invariants")
    for item in listed.items if isinstance(listed, Sequence) else ():
        if not isinstance(item, Scalar):
            continue
        for pattern in _PROMISED:
            for found in pattern.finditer(item.span.text):
                start = item.span.start
                yield Span(item.span.file, start + found.start(1), start + found.end(1))


def script_flow(tree: Mapping, stem: str) -> str | None:
    """The flow that a call script is about; None if it is about a folder."""
    if isinstance(tree.get("documents"), Scalar):
        return None
    named = tree.get("flow")
    return named.text if isinstance(named, Scalar) and named.text else stem


def script_states(tree: Mapping) -> Iterator[Scalar]:
    """The states that a call script names, with or without their flow."""
    calls = tree.get("calls")
    for call in calls.items if isinstance(calls, Sequence) else ():
        expect = call.get("expect") if isinstance(call, Mapping) else None
        if not isinstance(expect, Mapping):
            continue
        for key in ("reaches", "avoids"):
            node = expect.get(key)
            yield from scalars(*([] if node is None else [node]))
