"""Going from a name to what it names, and back: a cursor comes in, spans go out."""

from collections.abc import Iterator

from twimlc.flow.read import name_of_flow
from twimlc.languageserver.anchors import anchor_of
from twimlc.languageserver.mentions import (
    arguments,
    promised,
    script_flow,
    script_states,
    words_of,
)
from twimlc.languageserver.named import (
    ComponentName,
    Kind,
    Name,
    component_name,
    holds,
    is_body_of,
    param_at,
    same,
)
from twimlc.languageserver.names import Body, bodies_of, body_at, state_places, uses
from twimlc.languageserver.open_files import Question, kind_of_file, stem_of
from twimlc.languageserver.shapes import FileKind
from twimlc.pipeline.load import Loaded
from twimlc.source.components import Component
from twimlc.source.files import display_path, read_source
from twimlc.source.reader import read_yaml
from twimlc.source.search import script_files
from twimlc.source.tree import Mapping, Scalar
from twimlc.text import SourceFile, Span

_NAMING = (FileKind.FLOW, FileKind.COMPONENT)


class Names:
    """The names of a file, and of the project it belongs to where those are asked for."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.kind = kind_of_file(question.path)
        self.bodies: list[Body] = []
        self.loaded: Loaded | None = None
        self._whole: Loaded | None = None
        self.tree = None if self.kind is FileKind.DOCUMENT else question.tree()
        if self.kind in _NAMING:
            self.loaded = question.load()
            if self.loaded is not None and self.loaded.whole:
                self._whole = self.loaded
            if self.tree is not None:
                self.bodies = self._bodies(self.tree, self.loaded)

    def _bodies(self, tree: Mapping, loaded: Loaded | None) -> list[Body]:
        flow = name_of_flow(tree, stem_of(self.question.path))
        known = flow if self.kind is FileKind.FLOW else None
        return bodies_of(tree, tree.span.file, known, _shared(loaded))

    def whole(self) -> Loaded | None:
        """All of the project, read when it is first asked for."""
        if self._whole is None:
            self._whole = self.question.load(whole=True)
        return self._whole

    # from a place to a name

    def name_at(self, offset: int) -> Name | None:
        """What is named at an offset."""
        if self.kind is FileKind.SCRIPT and self.tree is not None:
            return self._in_script(self.tree, offset)
        body = body_at(self.bodies, offset)
        if body is None:
            return None
        return self.state_at(offset) or self._component_at(body, offset) or param_at(body, offset)

    def state_at(self, offset: int) -> Name | None:
        """The state that is named, or declared, at an offset."""
        if self.kind is FileKind.SCRIPT:
            found = self.name_at(offset)
            return found if found is not None and found.kind is Kind.STATE else None
        body = body_at(self.bodies, offset)
        if body is None:
            return None
        for name, entry in body.states.items():
            if holds(entry.key_span, offset):
                return Name(Kind.STATE, body, name, entry.key_span)
        for node in state_places(body):
            if holds(node.span, offset):
                found = self._named(body, node.text, node.span)
                if found is not None:
                    return found
        for span in promised(body):
            if holds(span, offset) and span.text in body.states:
                return Name(Kind.STATE, body, span.text, span)
        return None

    def flow_at(self, offset: int) -> Name | None:
        """The flow that is named at an offset: by itself, or before a state."""
        if self.kind is FileKind.SCRIPT:
            found = self.name_at(offset)
            return found if found is not None and found.kind is Kind.FLOW else None
        own = self.bodies[-1] if self.bodies else None
        called = self.tree.get("flow") if self.tree is not None else None
        if own is not None and isinstance(called, Scalar) and holds(called.span, offset):
            return Name(Kind.FLOW, own, called.text, called.span)
        body = body_at(self.bodies, offset)
        for node in state_places(body) if body is not None else ():
            slash = node.span.text.find("/")
            if holds(node.span, offset) and 0 <= offset - node.span.start <= slash:
                state = self._named(body, node.text, node.span) if body is not None else None
                if state is not None:
                    span = Span(node.span.file, node.span.start, node.span.start + slash)
                    return Name(Kind.FLOW, state.body, node.text.partition("/")[0], span)
        return None

    def _component_at(self, body: Body, offset: int) -> Name | None:
        for used in uses(body):
            if holds(used.span, offset) and used.text in body.components:
                return component_name(body.components[used.text], body, used.span)
        own = self.bodies[-1]
        for component in own.components.values():
            span = component.span
            if span.file.path == own.file.path and span.end and holds(span, offset):
                return component_name(component, own, span)
        return None

    def _in_script(self, tree: Mapping, offset: int) -> Name | None:
        flow = script_flow(tree, stem_of(self.question.path))
        if flow is None:
            return None
        named = tree.get("flow")
        if isinstance(named, Scalar) and holds(named.span, offset):
            body = self._flow(flow)
            return Name(Kind.FLOW, body, flow, named.span) if body is not None else None
        for node in script_states(tree):
            if holds(node.span, offset):
                before, slash, state = node.text.rpartition("/")
                body = self._flow(before if slash else flow)
                if body is not None and state in body.states:
                    return Name(Kind.STATE, body, state, node.span)
        return None

    def _named(self, body: Body, text: str, span: Span) -> Name | None:
        flow, slash, name = text.partition("/")
        if not slash:
            return Name(Kind.STATE, body, text, span) if text in body.states else None
        if flow == self.bodies[-1].flow:
            return Name(Kind.STATE, self.bodies[-1], name, span)
        source = self.loaded.flows.get(flow) if self.loaded is not None else None
        if source is None:
            return None
        other = bodies_of(source.tree, source.file, flow, _shared(self.loaded))[-1]
        known = name in other.states or not name
        return Name(Kind.STATE, other, name, span) if known else None

    def _flow(self, name: str) -> Body | None:
        loaded = self.whole()
        source = loaded.flows.get(name) if loaded is not None else None
        if source is None:
            return None
        return bodies_of(source.tree, source.file, name, _shared(loaded))[-1]

    # from a name to its places

    def definition(self, offset: int) -> Span | None:
        """Where the state, component, param, flow or anchor at an offset is declared."""
        found = self.name_at(offset)
        if found is not None:
            return found.declared
        return anchor_of(SourceFile(self.question.name, self.question.text), offset)

    def references(self, found: Name) -> Iterator[Span]:
        """Everywhere that a name is used, its declaration first; in all of the project."""
        if found.kind is Kind.FLOW or found.declared is None:
            return
        yield found.declared
        match found.kind:
            case Kind.STATE:
                yield from self._of_state(found)
            case Kind.PARAM:
                yield from self._of_param(found)
            case Kind.COMPONENT:
                yield from self._of_component(found)

    def _of_state(self, state: Name) -> Iterator[Span]:
        own = state.body
        outside = f"{own.flow}/{state.name}"
        for node in state_places(own):
            if node.text == state.name or (own.flow is not None and node.text == outside):
                yield node.span
        for span in promised(own):
            if span.text == state.name:
                yield span
        if own.flow is None:
            return
        for body in self.every_body():
            if not same(body, own):
                for node in state_places(body):
                    if node.text == outside:
                        yield node.span
        for tree, flow in self.scripts():
            for node in script_states(tree):
                if node.text == outside or (flow == own.flow and node.text == state.name):
                    yield node.span

    def _of_param(self, param: Name) -> Iterator[Span]:
        for word in words_of(param.body):
            if word.text == param.name:
                yield word
        if param.body.flow is not None:
            return
        for body in self.every_body():
            for component, entry in arguments(body):
                if entry.key == param.name and is_body_of(component, param.body):
                    yield entry.key_span

    def _of_component(self, named: Name) -> Iterator[Span]:
        assert isinstance(named, ComponentName)
        for body in self.every_body():
            for used in uses(body):
                known = body.components.get(used.text)
                if known is not None and known.span == named.component.span:
                    yield used.span

    def flows(self) -> dict[str, Body]:
        """The other flows of the project, by name."""
        loaded = self.whole()
        return {
            name: Body(source.tree, source.file, name, {})
            for name, source in (loaded.flows.items() if loaded is not None else ())
            if source.file.path != self.question.name
        }

    def every_body(self) -> Iterator[Body]:
        """All bodies of the project, those of the file itself as they are typed."""
        yield from self.bodies
        loaded = self.whole()
        if loaded is None:
            return
        shared = _shared(loaded)
        for source in loaded.flows.values():
            if source.file.path != self.question.name:
                yield from bodies_of(source.tree, source.file, source.name, shared)
        for component in shared.values():
            if component.file.path != self.question.name:
                yield Body(component.body, component.file, None, shared)

    def scripts(self) -> Iterator[tuple[Mapping, str]]:
        """The call scripts of the project that are about flows, and the names of those."""
        loaded = self.whole()
        if loaded is None:
            return
        texts = self.question.options().texts
        for path in script_files(loaded.project, ())[0]:
            name = display_path(path, self.question.root)
            file, _ = read_source(path, root=None, name=name, texts=texts)
            tree = read_yaml(file)[0] if file is not None else None
            flow = script_flow(tree, stem_of(path)) if isinstance(tree, Mapping) else None
            if isinstance(tree, Mapping) and flow is not None:
                yield tree, flow


def _shared(loaded: Loaded | None) -> dict[str, Component]:
    groups = loaded.components.values() if loaded is not None else ()
    return {name: component for group in groups for name, component in group.items()}
