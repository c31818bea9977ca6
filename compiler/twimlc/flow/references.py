"""Where names are written and what they mean: trees come in as they were typed, references go out.

Editors go by them. Half of a text may still be wrong, and nothing is expanded: what ``if`` leaves
out counts too, and names that an expression makes do not.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from twimlc import vocabulary
from twimlc.formats.keys import BLOCK_VERBS
from twimlc.text import SourceFile, Span
from twimlc.values.declarations import Component, declared, flow_components
from twimlc.values.expression import Hole, scan
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence, entries_of, items_of, scalars

JUMPS = ("goto", "then", "fallback", "redirect")
JUMP_MAPS = ("when", "choices")
"""Keys whose value is a state, and those of maps whose values are."""
_NO_STEPS = frozenset({"params", "parameters", "configs", "headers", "extra", "components"})
_MAX_CHAIN = 24
_MAX_USES = 1000
"""So many uses of components are followed from one state, and so many states named in them."""
_ONE_PARAM = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")
_WORD = re.compile(
    r"""'(?:[^'\\]|\\.?)*+'?|"(?:[^"\\]|\\.?)*+"?|(?<![\w.])([A-Za-z_]\w*)(?!\w|\s*=(?!=))"""
)
_PROMISED = re.compile(
    r"""'[^']*'|"[^"]*"|(?:^|\b(?:never|reaches|before|or)\s+)((?:[a-z][a-z0-9-]*/)?[a-z][a-z0-9-]*"""
    r"""(?:\.[a-z0-9-]+)*)(?=\s+(?:before|within|or)\s|\.?\s*+$)"""
)


class NameKind(StrEnum):
    """What a name names."""

    STATE = "state"
    COMPONENT = "component"
    PARAM = "param"
    FLOW = "flow"


def _urls() -> dict[str, set[str]]:
    """By the key of an element or block: its attributes that may name a state."""
    found: dict[str, set[str]] = {"redirect": {"url"}}
    for element in vocabulary.VOICE.values():
        for name, attribute in element.attributes.items():
            if attribute.fetch in vocabulary.TWIML_FETCHES:
                found.setdefault(element.key, set()).add(name)
    return found | {block: found.get(verb, set()) for block, verb in BLOCK_VERBS.items()}


_URLS = _urls()


@dataclass(frozen=True, eq=False)
class Body:
    """States that know each other by name: those of a flow, or those of one component.

    ``flow`` is the flow's name, ``components`` are those that its steps can use.
    """

    tree: Mapping
    file: SourceFile
    flow: str | None
    components: dict[str, Component] = field(default_factory=dict)

    @cached_property
    def states(self) -> dict[str, Entry]:
        return {entry.key: entry for entry in entries_of(self.tree.get("states"))}

    @cached_property
    def params(self) -> dict[str, Entry]:
        return declared(self.tree)

    @property
    def start(self) -> Span | None:
        """Where the first state is named, or else the first step is."""
        given = self.tree.get("start")
        if isinstance(given, Scalar) and given.text in self.states:
            return self.states[given.text].key_span
        first = next(iter(self.states.values()), None) or self.tree.entry("steps")
        return first.key_span if first else None

    def state(self, text: str) -> "Name | None":
        """One of the states; without a text, whichever is the first."""
        entry = self.states.get(text)
        if entry is None and text:
            return None
        return Name(NameKind.STATE, text, self, entry.key_span if entry else self.start)

    def param(self, text: str) -> "Name | None":
        entry = self.params.get(text)
        return None if entry is None else Name(NameKind.PARAM, text, self, entry.key_span)

    def component(self, text: str) -> "Name | None":
        """The component of that name that steps here can use; its body is that of the name."""
        component, inner = self.components.get(text), self.used(text)
        if component is None or inner is None:
            return None
        return Name(NameKind.COMPONENT, text, inner, component.span)

    def itself(self) -> "Name":
        """The name of the flow whose body this is."""
        begin = Span(self.file, self.tree.span.start, self.tree.span.start)
        return Name(NameKind.FLOW, self.flow or "", self, begin)

    def used(self, text: str) -> "Body | None":
        """The body of a component that steps here can use."""
        component = self.components.get(text)
        if component is None:
            return None
        return Body(component.body, component.file, None, self.components)


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """Something that has a name: a flow, a component, or what ``body`` declares.

    ``declared`` is where it gets the name; for a flow and for a component's file, where that
    begins, and for a flow's first state (``FLOW/``) where that is. Two are equal if they are the
    same thing, also where its file was read twice.
    """

    kind: NameKind
    text: str
    body: Body
    declared: Span | None

    @property
    def _identity(self) -> tuple[NameKind, str, str, int]:
        return self.kind, self.text, self.body.file.path, self.body.tree.span.start

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


class Reference(NamedTuple):
    """A place where a name is written, with the flow's before it and the quotes around it."""

    span: Span
    name: Name


FindFlow = Callable[[str], Body | None]
"""From the name of a flow to its body."""


def bodies_of(
    tree: Mapping, file: SourceFile, flow: str | None, shared: dict[str, Component]
) -> list[Body]:
    """The bodies of one file: one for each component declared in it, and last its own."""
    own, _ = flow_components(tree)
    known = {**shared, **own}
    inner = [Body(each.body, file, None, known) for each in own.values()]
    return [*inner, Body(tree, file, flow, known)]


def references_in(body: Body, find_flow: FindFlow) -> Iterator[Reference]:
    """Everything in a body that names something, declarations included."""
    declared_here = [body.state(text) for text in body.states]
    declared_here += [body.param(text) for text in body.params]
    declared_here += [body.component(text) for text in flow_components(body.tree)[0]]
    called = body.tree.get("flow")
    if body.flow is not None and isinstance(called, Scalar):
        yield Reference(called.span, body.itself())
    for name in declared_here:
        if name is not None and name.declared is not None:
            yield Reference(name.declared, name)
    for node in _state_scalars(body):
        yield from _state_named(body, node.text, node.span, find_flow)
    for mapping, _ in keyed_maps(body.tree):
        used = mapping.get("use")
        if isinstance(used, Scalar) and (component := body.component(used.text)) is not None:
            yield Reference(used.span, component)
            for entry in entries_of(mapping.get("with")):
                if (param := component.body.param(entry.key)) is not None:
                    yield Reference(entry.key_span, param)
    yield from _params_in_expressions(body)
    yield from _promised(body, find_flow)


def references_in_script(tree: Mapping, stem: str, find_flow: FindFlow) -> Iterator[Reference]:
    """The flow and the states that a call script names; ``stem`` is its file's."""
    flow = script_flow(tree, stem)
    body = find_flow(flow) if flow is not None else None
    if body is None:
        return
    named = tree.get("flow")
    if isinstance(named, Scalar):
        yield Reference(named.span, body.itself())
    for call in items_of(tree.get("calls")):
        expect = call.get("expect") if isinstance(call, Mapping) else None
        named_in = {entry.key: entry.value for entry in entries_of(expect)}
        for state in scalars(*(named_in[key] for key in ("reaches", "avoids") if key in named_in)):
            yield from _state_named(body, state.text, state.span, find_flow)


def script_flow(tree: Mapping, stem: str) -> str | None:
    """The flow that a call script is about; None if it is about a folder."""
    if isinstance(tree.get("documents"), Scalar):
        return None
    named = tree.get("flow")
    return named.text if isinstance(named, Scalar) and named.text else stem


def states_of_components(body: Body) -> dict[str, Name]:
    """The states of all components that a flow uses, as it calls them: ``USE.STATE``."""
    found: dict[str, Name] = {}
    homes = [(text, body, entry.value) for text, entry in body.states.items()]
    for home, owner, steps in homes:
        times: Counter[str] = Counter()
        for inner in islice(_used_in(owner, steps), _MAX_USES):
            for text, entry in inner.states.items():
                times[text] += 1
                number = f"{times[text]}." if times[text] > 1 else ""
                called = f"{home}.{number}{text}"
                if (name := inner.state(text)) is not None and len(found) < _MAX_USES:
                    found[called] = name
                    homes.append((called, inner, entry.value))
    return found


def keyed_maps(tree: Node) -> Iterator[tuple[Mapping, str]]:
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


def _used_in(body: Body, steps: Node, depth: int = 0) -> Iterator[Body]:
    """The components that some steps use, and those that the steps of these use."""
    for mapping, _ in keyed_maps(steps):
        used = mapping.get("use")
        inner = body.used(used.text) if isinstance(used, Scalar) else None
        if inner is not None and depth < _MAX_CHAIN:
            yield inner
            if (inside := inner.tree.get("steps")) is not None:
                yield from _used_in(inner, inside, depth + 1)


def _state_named(body: Body, text: str, span: Span, find_flow: FindFlow) -> Iterator[Reference]:
    """The states that one text names: ``STATE``, ``FLOW/STATE``, ``FLOW/`` or ``USE.STATE``."""
    flow, slash, path = text.rpartition("/")
    owner = find_flow(flow) if slash else body
    if owner is None or not text:
        return
    if (state := owner.state(path)) is not None:
        yield Reference(span, state)
        return
    inside = states_of_components(owner) if "." in path else {}
    if path not in inside or text not in span.text:
        return
    start = span.start + span.text.index(text) + len(text) - len(path)
    called = ""
    for part in path.split("."):
        called = f"{called}.{part}" if called else part
        if (name := owner.state(called) or inside.get(called)) is not None:
            yield Reference(span._replace(start=start, end=start + len(part)), name)
        start += len(part) + 1


def _state_scalars(body: Body) -> list[Scalar]:
    """Every scalar of a body that may name a state: where steps lead, or what is given for it."""
    found = [*_jumps(body)]
    params = _state_params(found)
    found += [
        entry.value
        for text, entry in body.params.items()
        if text in params and isinstance(entry.value, Scalar)
    ]
    start = body.tree.get("start")
    if isinstance(start, Scalar):
        found.append(start)
    return [*{(node.span.start, node.span.end): node for node in found}.values()]


def _state_params(jumps: list[Scalar]) -> set[str]:
    """The params whose value is the name of a state."""
    return {match[1] for node in jumps if (match := _ONE_PARAM.fullmatch(node.text))}


def _jumps(body: Body, depth: int = 0) -> Iterator[Scalar]:
    for mapping, key in keyed_maps(body.tree):
        values: list[Node] = []
        for entry in mapping:
            if entry.key in JUMPS or entry.key in _URLS.get(key, ()):
                values.append(entry.value)
            elif entry.key in JUMP_MAPS:
                values += [below.value for below in entries_of(entry.value)]
        used, given = mapping.get("use"), entries_of(mapping.get("with"))
        if isinstance(used, Scalar) and given and depth < _MAX_CHAIN:
            inner = body.used(used.text)
            wanted = _state_params([*_jumps(inner, depth + 1)]) if inner is not None else ()
            values += [entry.value for entry in given if entry.key in wanted]
        yield from (value for value in values if isinstance(value, Scalar))


def _params_in_expressions(body: Body) -> Iterator[Reference]:
    own = [entry.value for entry in body.tree if entry.key != "components"]
    pieces = {scalar.span.start: scalar.span for scalar in scalars(*own)}
    for span in pieces.values():
        for hole in scan(span.text) if "${" in span.text else ():
            if not isinstance(hole, Hole):
                continue
            for word in _WORD.finditer(span.text, hole.start + 2, hole.end):
                if word[1] is not None and (param := body.param(word[1])) is not None:
                    start = span.start + word.start(1)
                    yield Reference(span._replace(start=start, end=start + len(word[1])), param)


def _promised(body: Body, find_flow: FindFlow) -> Iterator[Reference]:
    """The states in the promises of a flow."""
    for item in items_of(body.tree.get("invariants")):
        if isinstance(item, Scalar):
            quote = 0 if item.plain else 1
            text = item.span.text[quote : len(item.span.text) - quote]
            for found in _PROMISED.finditer(text):
                if found[1] is not None:
                    start = item.span.start + quote + found.start(1)
                    span = item.span._replace(start=start, end=start + len(found[1]))
                    yield from _state_named(body, found[1], span, find_flow)
