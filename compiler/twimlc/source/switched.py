"""Steps that ``if:`` may leave out: the tree of a file comes in, where they stand and what they
name goes out.

The tree is the one that was read, so steps that this build leaves out are still in it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from twimlc.source import tree as t
from twimlc.source.components import Component, flow_components
from twimlc.text import Place


class Switched(NamedTuple):
    """``places`` are those of the steps' verbs, and of uses that may return in another build.

    ``names`` holds every text in such steps, by the state they stand in; None for elsewhere.
    """

    places: frozenset[Place]
    names: Mapping[str | None, frozenset[str]]


NOTHING_SWITCHED = Switched(frozenset(), MappingProxyType({}))


def switched(tree: t.Mapping, shared: Mapping[str, Component]) -> Switched:
    """What ``if:`` switches in a flow and in the components that it can use."""
    bodies = {name: component.body for name, component in _within_reach(tree, shared).items()}
    switching, returning = _switching(bodies)
    if not switching and not _has_if(tree):
        return NOTHING_SWITCHED
    places: set[Place] = set()
    names: dict[str | None, set[str]] = {}
    for state, part in (*_parts(tree), *((None, body) for body in bodies.values())):
        for step in _maps(part):
            used = _used(step)
            if "if" in _keys(step) or used in returning:
                places.update(entry.key_span.place for entry in step.entries)
            if "if" in _keys(step) or used in switching:
                names.setdefault(state, set()).update(_texts(step))
    return Switched(frozenset(places), {key: frozenset(found) for key, found in names.items()})


def _within_reach(tree: t.Mapping, shared: Mapping[str, Component]) -> dict[str, Component]:
    """The components that a flow uses, itself or through others; all where a name is computed."""
    inner, _ = flow_components(tree)
    found: dict[str, Component] = {}
    waiting: list[t.Node] = [tree]
    while waiting:
        for name in set(map(_used, _maps(waiting.pop()))) - found.keys() - {None}:
            if "${" in (name or ""):
                return {**shared, **inner}
            component = inner.get(name or "") or shared.get(name or "")
            if name is not None and component is not None:
                found[name] = component
                waiting.append(component.body)
    return found


def _keys(step: t.Mapping) -> set[str]:
    """The keys of a step that have a value."""
    return {entry.key for entry in step.entries if not t.is_empty(entry.value)}


def _switching(bodies: Mapping[str, t.Mapping]) -> tuple[set[str], set[str]]:
    """The components that hold a step with ``if:``, and those in which such a step returns.

    One that uses such a component counts as well.
    """
    switching = {name for name, body in bodies.items() if _has_if(body)}
    returning = {
        name
        for name, body in bodies.items()
        if any("if" in _keys(step) and step.entry("return") for step in _maps(body))
    }
    uses = {name: {_used(step) for step in _maps(body)} for name, body in bodies.items()}
    for found in (switching, returning):
        while more := {name for name in uses if uses[name] & found} - found:
            found |= more
    return switching, returning


def _parts(tree: t.Mapping) -> Iterator[tuple[str | None, t.Node]]:
    """The parts of a flow, each with the state that it is."""
    for entry in tree.entries:
        if entry.key == "states" and isinstance(entry.value, t.Mapping):
            yield from ((state.key, state.value) for state in entry.value.entries)
        elif entry.key != "components":
            yield None, entry.value


def _used(step: t.Mapping) -> str | None:
    use = step.get("use")
    return use.text if isinstance(use, t.Scalar) else None


def _has_if(node: t.Node) -> bool:
    return any("if" in _keys(step) for step in _maps(node))


def _maps(node: t.Node) -> Iterator[t.Mapping]:
    return (part for part in t.walk(node) if isinstance(part, t.Mapping))


def _texts(node: t.Node) -> Iterator[str]:
    return (part.text for part in t.walk(node) if isinstance(part, t.Scalar))
