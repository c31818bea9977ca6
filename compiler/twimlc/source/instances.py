"""Putting a component into the place of the ``use`` that names it.

A ``use`` entry comes in, the same entry goes out with a map as its value: ``component`` (the
name), and the component's ``steps``, or ``states`` and ``start``, expanded in its own scope.
"""

from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from twimlc.source import values
from twimlc.source.components import (
    Component,
    argument_findings,
    circle,
    unknown_component,
)
from twimlc.source.params import declared, fill
from twimlc.source.scope import Scope
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, Template, is_empty
from twimlc.source.values import ExhaustedError, TooManyError
from twimlc.text import Span

if TYPE_CHECKING:
    from twimlc.source.expansion import Expansion

MAX_CHAIN = 24
# In nodes: filling in params takes longer than copying what a component says.
USE_COST = 10


def put_in_place(
    expansion: "Expansion",
    components: Map[str, Component],
    use: Entry,
    arguments: Entry | None,
    scope: Scope,
    *,
    ready: bool = False,
) -> Entry:
    """The ``use`` with the component in it; empty when there is a finding about the name.

    ``ready`` says that ``use`` and the arguments are expanded already.
    """
    span = expansion.span(use.value.span, scope)
    key_span = expansion.span(use.key_span, scope)
    empty = Scalar("", "", span)
    nothing = Entry(
        "use",
        key_span,
        Mapping((Entry("component", span, empty), Entry("steps", span, Sequence((), span))), span),
    )
    early = scope.at_compile_time("the name of a component is needed at compile time")
    name = use.value if ready else expansion.attempt(use.value, early)
    if name is None:
        return nothing
    if not isinstance(name, Scalar) or isinstance(name.value, Template):
        expansion.add(unknown_component(empty, components))
        return nothing
    expansion.used_components.add(name.text)
    component = components.get(name.text)
    if component is None:
        # A component that could not be read has a finding where it stands.
        if name.text not in expansion.unreadable:
            expansion.add(unknown_component(name, components))
        return nothing
    if name.text in scope.chain:
        expansion.add(circle(name, scope.chain))
        return nothing
    if len(scope.chain) >= MAX_CHAIN:
        raise ExhaustedError("components use components too deeply here")
    scope.budget.make(USE_COST)
    if expansion.documents + (least := expansion.least.of(name.text)) > expansion.around.documents:
        expansion.made.append((key_span, f"use: {name.text}", least))
        raise TooManyError(expansion.least.why(name.text))
    given = _given(expansion, arguments, scope, ready)
    inner = _inside(expansion, component, given, name.span, scope)
    head = [Entry("component", name.span, name)]
    if returns := tuple(_returns(component.body)):
        head.append(Entry("returns", span, Sequence(returns, span)))
    return Entry("use", key_span, Mapping((*head, *_body(expansion, component, inner)), span))


def _returns(node: Node) -> Iterator[Scalar]:
    """The names that stand behind ``return``, those of steps included that ``if`` leaves out."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Sequence(items=items):
                waiting += items
            case Mapping(entries=entries):
                for entry in entries:
                    if entry.key == "return" and isinstance(entry.value, Scalar):
                        yield entry.value
                    waiting.append(entry.value)


@dataclass(slots=True)
class _Given:
    """What ``with`` gives: the values, and which of the entries have a finding instead."""

    values: dict[str, Node] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    unknown: bool = False


def _given(expansion: "Expansion", arguments: Entry | None, scope: Scope, ready: bool) -> _Given:
    given = _Given()
    if arguments is None or is_empty(arguments.value):
        return given
    whole: Node | None = arguments.value
    if isinstance(whole, Scalar) and not ready:
        whole, ready = expansion.attempt(whole, scope), True
    if not isinstance(whole, Mapping):
        given.unknown = True
        return given
    for entry in whole.entries:
        value = entry.value if ready else expansion.attempt(entry.value, scope)
        if value is not None and is_empty(value):
            continue
        span = entry.key_span if ready else expansion.span(entry.key_span, scope)
        given.entries[entry.key] = Entry(entry.key, span, entry.value)
        if value is None:
            given.failed.add(entry.key)
        else:
            given.values[entry.key] = values.given(value)
    return given


def _inside(
    expansion: "Expansion", component: Component, given: _Given, use: Span, scope: Scope
) -> Scope:
    """The scope of a component: its params, from the values given or from its defaults."""
    inner = replace(
        scope,
        names={},
        broken=frozenset(),
        via=use,
        chain=(*scope.chain, component.name),
        early=None,
        repeated=True,
    )
    params = declared(component.body)
    if given.unknown:
        return replace(inner, broken=frozenset(params))
    places = {
        name: Entry(name, entry.key_span.through(use), entry.value)
        for name, entry in params.items()
    }
    for finding in argument_findings(component, places, given.entries, use):
        expansion.add(finding)
    defaults = {
        name: entry.value
        for name, entry in params.items()
        if name not in given.entries and not is_empty(entry.value)
    }
    chosen = {name: value for name, value in given.values.items() if name in params}

    def expand(node: Node, so_far: Map[str, Node], broken: frozenset[str]) -> Node | None:
        names = {**chosen, **so_far}
        without = (frozenset(params) - names.keys()) | broken
        filling = replace(inner, names=names, broken=without)
        return expansion.attempt(
            node, filling.at_compile_time("the params of a component are known at compile time")
        )

    filled, _, circles = fill(defaults, places, expand)
    for finding in circles:
        expansion.add(finding)
    names = {**chosen, **filled}
    return replace(inner, names=names, broken=frozenset(params) - names.keys())


def _body(expansion: "Expansion", component: Component, scope: Scope) -> tuple[Entry, ...]:
    made = []
    for entry in component.body.entries:
        if entry.key == "states" and isinstance(entry.value, Mapping):
            value: Node = expansion.states(entry.value, scope)
        elif entry.key in ("steps", "start"):
            value = expansion.expand(entry.value, scope, entry.key)
        else:
            continue
        made.append(Entry(entry.key, expansion.span(entry.key_span, scope), value))
    return tuple(made)
