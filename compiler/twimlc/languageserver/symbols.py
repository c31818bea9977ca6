"""What a file or a project consists of, for outlines and searches by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from twimlc.languageserver.named import Kind
from twimlc.languageserver.open_files import Question
from twimlc.languageserver.places import Names
from twimlc.languageserver.shapes import FileKind
from twimlc.source.tree import Entry, Mapping, Scalar, Sequence
from twimlc.text import Span


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named part of a file: ``span`` is where its name stands, ``whole`` all of it.

    ``kind`` is None for what has a name and is none of a call's parts. ``inside`` says whose it is.
    """

    name: str
    kind: Kind | None
    span: Span
    whole: Span
    inside: str = ""


def outline(names: Names) -> Iterator[Symbol]:
    """The states of a flow or component, the calls of a script, the targets of a project."""
    if names.kind is FileKind.SCRIPT:
        yield from _calls(names.tree)
    elif names.kind is FileKind.PROJECT:
        targets = names.tree.get("targets") if names.tree is not None else None
        for entry in targets.entries if isinstance(targets, Mapping) else ():
            yield _of_entry(entry, None)
    for body in reversed(names.bodies):
        for entry in body.states.values():
            yield _of_entry(entry, Kind.STATE)


def symbols_of_project(question: Question) -> Iterator[Symbol]:
    """The flows, states and components of a project."""
    names = Names(question)
    loaded = names.whole()
    if loaded is None:
        return
    for name, source in loaded.flows.items():
        called = source.tree.get("flow")
        span = called.span if isinstance(called, Scalar) else Span(source.file, 0, 0)
        yield Symbol(name, Kind.FLOW, span, span)
        states = source.tree.get("states")
        for entry in states.entries if isinstance(states, Mapping) else ():
            yield _of_entry(entry, Kind.STATE, name)
    known: set[str] = set()
    for group in loaded.components.values():
        for name, component in group.items():
            if component.file.path not in known:
                known.add(component.file.path)
                yield Symbol(name, Kind.COMPONENT, component.span, component.span)


def _of_entry(entry: Entry, kind: Kind | None, inside: str = "") -> Symbol:
    end = max(entry.value.span.end, entry.key_span.end)
    if entry.value.span.via is not None:  # what an alias stands for lies elsewhere
        end = entry.key_span.end
    whole = Span(entry.key_span.file, entry.key_span.start, end)
    return Symbol(entry.key, kind, entry.key_span, whole, inside)


def _calls(tree: Mapping | None) -> Iterator[Symbol]:
    calls = tree.get("calls") if tree is not None else None
    for call in calls.items if isinstance(calls, Sequence) else ():
        name = call.get("name") if isinstance(call, Mapping) else None
        if isinstance(name, Scalar) and name.text.strip():
            yield Symbol(name.text, None, name.span, call.span)
