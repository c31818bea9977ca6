"""Steps that ``if:`` may leave out: the tree of a file comes in, where they are and what they
name goes out.

The tree is the one that was read, so steps that this build leaves out are still in it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from twimlc.text import Place
from twimlc.values.declarations import Component, flow_components, used_by
from twimlc.yaml import tree as t


class Switched(NamedTuple):
    """``places`` are those of the steps' verbs, and of uses that may return in another build.

    ``names`` holds every text in such steps, by the state they are in; None for elsewhere.
    """

    places: frozenset[Place]
    names: Mapping[str | None, frozenset[str]]


NOTHING_SWITCHED = Switched(frozenset(), MappingProxyType({}))


def switched(tree: t.Mapping, shared: Mapping[str, Component]) -> Switched:
    """What ``if:`` switches in a flow and in the components that it can use."""
    bodies = _within_reach(tree, shared)
    switching = _with_users({name for name in bodies if _has_if(bodies[name])}, bodies)
    if not switching and not _has_if(tree):
        return NOTHING_SWITCHED
    returning = {
        name
        for name, body in bodies.items()
        if any("if" in _keys(step) and step.entry("return") for step in t.maps(body))
    }
    returning = _with_users(returning, bodies)
    places: set[Place] = set()
    names: dict[str | None, set[str]] = {}
    for state, part in (*_parts(tree), *((None, body) for body in bodies.values())):
        for step in t.maps(part):
            used = t.name_of(step.get("use"))
            if "if" in _keys(step) or used in returning:
                places.update(entry.key_span.place for entry in step.entries)
            if "if" in _keys(step) or used in switching:
                names.setdefault(state, set()).update(part.text for part in t.scalars(step))
    return Switched(frozenset(places), {key: frozenset(texts) for key, texts in names.items()})


def _within_reach(tree: t.Mapping, shared: Mapping[str, Component]) -> dict[str, t.Mapping]:
    """The bodies of components that a flow can use; of all where a name is computed."""
    inner, _ = flow_components(tree)
    everything = {name: component.body for name, component in {**shared, **inner}.items()}
    bodies: dict[str, t.Mapping] = {}
    waiting = [tree]
    while waiting:
        for name in set(used_by(waiting.pop())) - bodies.keys():
            if "${" in name:
                return everything
            if name in everything:
                bodies[name] = everything[name]
                waiting.append(bodies[name])
    return bodies


def _with_users(names: set[str], bodies: Mapping[str, t.Mapping]) -> set[str]:
    """The components of these names, and those that use one of them, itself or through others."""
    uses = {name: set(used_by(body)) for name, body in bodies.items()}
    while more := {name for name in uses if uses[name] & names} - names:
        names |= more
    return names


def _keys(step: t.Mapping) -> set[str]:
    """The keys of a step that have a value."""
    return {entry.key for entry in step.entries if not t.is_empty(entry.value)}


def _parts(tree: t.Mapping) -> Iterator[tuple[str | None, t.Node]]:
    """The parts of a flow, each with the state that it is."""
    for entry in tree.entries:
        if entry.key == "states":
            yield from ((state.key, state.value) for state in t.entries_of(entry.value))
        elif entry.key != "components":
            yield None, entry.value


def _has_if(node: t.Node) -> bool:
    return any("if" in _keys(step) for step in t.maps(node))
