"""Where names are given and where they are used: raw trees come in, places go out.

States, components and params, as they are written: values that an expression makes are no places.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from twimlc import vocabulary
from twimlc.source.components import Component, flow_components
from twimlc.source.params import declared
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence
from twimlc.text import SourceFile, Span
from twimlc.vocabulary import Fetch

_TARGETS = ("goto", "then", "fallback")
_MAPS = ("when", "choices")
_NO_STEPS = frozenset({"params", "parameters", "configs", "headers", "extra", "components"})
_FETCHED = (Fetch.TWIML, Fetch.TWIML_LEG, Fetch.MEDIA_OR_TWIML)
_WHOLE = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")
_MAX_CHAIN = 24


def _urls() -> dict[str, set[str]]:
    """By the key of an element: its attributes that may name a state."""
    found: dict[str, set[str]] = {"redirect": {"url"}}
    for element in vocabulary.VOICE.values():
        for name, attribute in element.attributes.items():
            if attribute.fetch in _FETCHED:
                found.setdefault(element.key, set()).add(name)
    for block in ("menu", "voicemail", "hunt"):
        found[block] = {"action", "referUrl"}
    return found


_URLS = _urls()


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """States that know each other by name: those of a flow, or those of one component."""

    tree: Mapping
    file: SourceFile
    flow: str | None
    components: dict[str, Component] = field(default_factory=dict)

    @property
    def states(self) -> dict[str, Entry]:
        states = self.tree.get("states")
        entries = states.entries if isinstance(states, Mapping) else ()
        return {entry.key: entry for entry in entries}

    @property
    def params(self) -> dict[str, Entry]:
        return declared(self.tree)

    @property
    def start(self) -> Span | None:
        """Where the first state is named, or else the first step stands."""
        given = self.tree.get("start")
        if isinstance(given, Scalar) and given.text in self.states:
            return self.states[given.text].key_span
        first = next(iter(self.states.values()), None) or self.tree.entry("steps")
        return first.key_span if first else None


def bodies_of(
    tree: Mapping, file: SourceFile, flow: str | None, shared: dict[str, Component]
) -> list[Body]:
    """The bodies of one file: its own, and one for each component declared in it."""
    own, _ = flow_components(tree)
    known = {**shared, **own}
    inner = [Body(each.body, file, None, known) for each in own.values()]
    return [*inner, Body(tree, file, flow, known)]


def body_at(bodies: list[Body], offset: int) -> Body | None:
    """The innermost body that a place of the file lies in."""
    for body in bodies:
        if body.flow is None and body.tree.span.start <= offset <= body.tree.span.end:
            return body
    return bodies[-1] if bodies else None


def state_places(body: Body) -> list[Scalar]:
    """Every scalar of a body that names a state (or, with a slash, one of another flow)."""
    found = [*_named(body, 0)]
    outside = state_params(body)
    found += [
        entry.value
        for name, entry in body.params.items()
        if name in outside and isinstance(entry.value, Scalar)
    ]
    start = body.tree.get("start")
    if isinstance(start, Scalar):
        found.append(start)
    unique = {(node.span.start, node.span.end): node for node in found}
    return [node for node in unique.values() if not _address(node.text)]


def state_params(body: Body, depth: int = 0) -> set[str]:
    """The params whose value is the name of a state."""
    matches = (_WHOLE.fullmatch(node.text) for node in _named(body, depth))
    return {match[1] for match in matches if match}


def uses(body: Body) -> Iterator[Scalar]:
    """The names of components in ``use`` steps."""
    for mapping, _ in maps(body.tree):
        used = mapping.get("use")
        if isinstance(used, Scalar):
            yield used


def _named(body: Body, depth: int) -> Iterator[Scalar]:
    for mapping, key in maps(body.tree):
        for entry in mapping.entries:
            if entry.key in _TARGETS or entry.key in _URLS.get(key, ()) or entry.key == "redirect":
                yield from _scalars(entry.value)
            elif entry.key in _MAPS and isinstance(entry.value, Mapping):
                for below in entry.value.entries:
                    yield from _scalars(below.value)
        used, given = mapping.get("use"), mapping.get("with")
        if isinstance(used, Scalar) and isinstance(given, Mapping) and depth < _MAX_CHAIN:
            component = body.components.get(used.text)
            if component is not None:
                inner = Body(component.body, component.file, None, body.components)
                wanted = state_params(inner, depth + 1)
                for entry in given.entries:
                    if entry.key in wanted:
                        yield from _scalars(entry.value)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node


def maps(tree: Mapping) -> Iterator[tuple[Mapping, str]]:
    """Every map that may be a step or an element, with the key that it is the value of."""
    waiting: list[tuple[Node, str]] = [(tree, "")]
    while waiting:
        node, key = waiting.pop()
        match node:
            case Mapping(entries=entries):
                if key != "states" and node is not tree:
                    yield node, key
                waiting += [
                    (entry.value, entry.key)
                    for entry in reversed(entries)
                    if key == "states" or entry.key not in _NO_STEPS
                ]
            case Sequence(items=items):
                waiting += [(item, key) for item in reversed(items)]


def _address(text: str) -> bool:
    return not text or text.startswith("/") or any(mark in text for mark in ":.?")
