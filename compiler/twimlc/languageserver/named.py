"""A name at a place: bodies and an offset come in, what is named there goes out."""

from dataclasses import dataclass
from enum import StrEnum

from twimlc.languageserver.mentions import arguments, words_of
from twimlc.languageserver.names import Body
from twimlc.source.components import Component
from twimlc.text import Span


class Kind(StrEnum):
    """What a name names."""

    STATE = "state"
    COMPONENT = "component"
    PARAM = "param"
    FLOW = "flow"


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name of a flow or component; ``span`` is where it was asked about.

    ``body`` is the one that declares a state or param, and that a component or flow is.
    """

    kind: Kind
    body: Body
    name: str
    span: Span

    @property
    def declared(self) -> Span | None:
        """Where it gets its name; for a flow, where it begins."""
        if self.kind is Kind.STATE:
            known = self.body.states.get(self.name)
            return known.key_span if known else self.body.start
        if self.kind is Kind.PARAM:
            return self.body.params[self.name].key_span
        if self.kind is Kind.FLOW:
            return Span(self.body.file, self.body.tree.span.start, self.body.tree.span.start)
        return None


@dataclass(frozen=True, slots=True, eq=False)
class ComponentName(Name):
    """A component's name; ``component`` is what was read of it."""

    component: Component

    @property
    def declared(self) -> Span:
        return self.component.span

    @property
    def is_file(self) -> bool:
        """Whether the component is a file, and not declared inside one."""
        return self.component.span.start == self.component.span.end == 0


def holds(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def same(one: Body, other: Body) -> bool:
    """Whether two bodies, maybe read twice, are the same piece of the same file."""
    return one.file.path == other.file.path and one.tree.span.start == other.tree.span.start


def is_body_of(component: Component, body: Body) -> bool:
    return same(Body(component.body, component.file, None), body)


def component_name(component: Component, owner: Body, span: Span) -> Name:
    body = Body(component.body, component.file, None, owner.components)
    return ComponentName(Kind.COMPONENT, body, component.name, span, component)


def param_at(body: Body, offset: int) -> Name | None:
    """The param that is declared, mentioned in an expression or given beside ``use``."""
    for name, entry in body.params.items():
        if holds(entry.key_span, offset):
            return Name(Kind.PARAM, body, name, entry.key_span)
    for word in words_of(body):
        if holds(word, offset):
            known = word.text in body.params
            return Name(Kind.PARAM, body, word.text, word) if known else None
    for component, entry in arguments(body):
        if holds(entry.key_span, offset):
            inner = Body(component.body, component.file, None, body.components)
            known = entry.key in inner.params
            return Name(Kind.PARAM, inner, entry.key, entry.key_span) if known else None
    return None
