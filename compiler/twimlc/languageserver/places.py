"""Going from a name to what it names, and back: a cursor comes in, spans go out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twimlc.flow.read import name_of_flow
from twimlc.languageserver.names import Body, bodies_of, body_at, state_places, uses
from twimlc.languageserver.open_files import Question, kind_of_file
from twimlc.languageserver.shapes import FileKind
from twimlc.pipeline.load import Loaded
from twimlc.source.components import Component
from twimlc.source.tree import Mapping, Scalar
from twimlc.text import Span

_HOLE = re.compile(r"\$\{([^}\n]*)\}")
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, eq=False)
class StateName:
    """A state as it is known in one body; ``span`` is where it was asked about."""

    body: Body
    name: str
    span: Span


class Names:
    """The names of a file, and of the project it belongs to where those are asked for."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.loaded = question.load() if kind_of_file(question.path) in _NAMING else None
        self.bodies: list[Body] = []
        tree = question.tree()
        if tree is not None:
            self.bodies = self._bodies(tree, self.loaded)

    def _bodies(self, tree: Mapping, loaded: Loaded | None) -> list[Body]:
        path = self.question.path
        flow = None
        if kind_of_file(path) is FileKind.FLOW:
            flow = name_of_flow(tree, re.sub(r"(\.flow)?\.ya?ml$", "", path.name))
        shared = _shared(loaded)
        return bodies_of(tree, tree.span.file, flow, shared)

    def state_at(self, offset: int) -> StateName | None:
        """The state that is named, or declared, at an offset."""
        body = body_at(self.bodies, offset)
        if body is None:
            return None
        for name, entry in body.states.items():
            if _holds(entry.key_span, offset):
                return StateName(body, name, entry.key_span)
        for node in state_places(body):
            if _holds(node.span, offset):
                found = self._named(body, node)
                if found is not None:
                    return found
        return None

    def definition(self, offset: int) -> Span | None:
        """Where the state, component or param at an offset is declared."""
        state = self.state_at(offset)
        if state is not None:
            known = state.body.states.get(state.name)
            return known.key_span if known else state.body.start
        body = body_at(self.bodies, offset)
        if body is None:
            return None
        for name in uses(body):
            if _holds(name.span, offset) and name.text in body.components:
                return body.components[name.text].span
        return _argument(body, offset) or _param(body, offset)

    def references(self, state: StateName) -> Iterator[Span]:
        """Everywhere that a state is named, its declaration first; in all flows of the project."""
        declared = state.body.states.get(state.name)
        if declared is not None:
            yield declared.key_span
        for node in state_places(state.body):
            own = None if state.body.flow is None else f"{state.body.flow}/{state.name}"
            if node.text in (state.name, own):
                yield node.span
        if state.body.flow is None:
            return
        outside = f"{state.body.flow}/{state.name}"
        for body in self._others(state.body):
            for node in state_places(body):
                if node.text == outside:
                    yield node.span

    def flows(self) -> dict[str, Body]:
        """The other flows of the project, by name."""
        loaded = self.question.load(whole=True)
        if loaded is None:
            return {}
        return {
            name: Body(source.tree, source.file, name, {})
            for name, source in loaded.flows.items()
            if source.file.path != self.question.name
        }

    def _others(self, own: Body) -> Iterator[Body]:
        loaded = self.question.load(whole=True)
        if loaded is None:
            return
        shared = _shared(loaded)
        for source in loaded.flows.values():
            for body in bodies_of(source.tree, source.file, source.name, shared):
                if body.file.path != own.file.path or body.flow is None:
                    yield body
        for component in shared.values():
            yield Body(component.body, component.file, None, shared)

    def _named(self, body: Body, node: Scalar) -> StateName | None:
        flow, slash, name = node.text.partition("/")
        if not slash:
            return StateName(body, node.text, node.span) if node.text in body.states else None
        if flow == self.bodies[-1].flow:
            return StateName(self.bodies[-1], name, node.span)
        source = self.loaded.flows.get(flow) if self.loaded is not None else None
        if source is None:
            return None
        other = bodies_of(source.tree, source.file, flow, _shared(self.loaded))[-1]
        return StateName(other, name, node.span) if name in other.states or not name else None


_NAMING = (FileKind.FLOW, FileKind.COMPONENT)


def _shared(loaded: Loaded | None) -> dict[str, Component]:
    groups = loaded.components.values() if loaded is not None else ()
    return {name: component for group in groups for name, component in group.items()}


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def _argument(body: Body, offset: int) -> Span | None:
    """The param of a component whose value is given beside ``use`` at an offset."""
    waiting = [body.tree]
    while waiting:
        node = waiting.pop()
        used, given = node.get("use"), node.get("with")
        if isinstance(used, Scalar) and isinstance(given, Mapping):
            component = body.components.get(used.text)
            params = Body(component.body, component.file, None).params if component else {}
            for entry in given.entries:
                if _holds(entry.key_span, offset) and entry.key in params:
                    return params[entry.key].key_span
        for entry in node.entries:
            below = entry.value if isinstance(entry.value, Mapping) else None
            items = () if isinstance(entry.value, (Scalar, Mapping)) else entry.value.items
            waiting += [item for item in (below, *items) if isinstance(item, Mapping)]
    return None


def _param(body: Body, offset: int) -> Span | None:
    """The param that an expression mentions at an offset."""
    file = body.file
    line = file.position(offset).line
    start = file.offset(line)
    for hole in _HOLE.finditer(file.line(line)):
        for word in _NAME.finditer(hole[1]):
            first = start + hole.start(1) + word.start()
            if first <= offset <= first + len(word[0]):
                known = body.params.get(word[0])
                return known.key_span if known else None
    return None
