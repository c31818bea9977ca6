"""The names of a file and its project: an offset in, what is named there out, and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from twimlc.editor.open_files import Snapshot
from twimlc.flow.references import (
    Body,
    Name,
    NameKind,
    Reference,
    bodies_of,
    references_in,
    references_in_script,
    script_flow,
)
from twimlc.pipeline.load import FlowSource, Loaded
from twimlc.project.files import display_path, read_source
from twimlc.project.kinds import FileKind, kind_of_file, stem_of
from twimlc.project.search import name_of_flow, script_files
from twimlc.text import Place, SourceFile, Span, lazy_pattern
from twimlc.values.declarations import Component
from twimlc.yaml.reader import read_yaml
from twimlc.yaml.tree import Entry, Mapping, Scalar, Sequence

_ALIAS = lazy_pattern(r"(?<![^\s\[{,:-])[*&]([^\s,\[\]{}]+)")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named part of a file: ``span`` is where its name is written, ``whole`` all of it.

    ``kind`` is None for what has a name and is no part of a call. ``inside`` says whose it is.
    """

    name: str
    kind: NameKind | None
    span: Span
    whole: Span
    inside: str = ""


class Names:
    """The names of a file, and of the project it belongs to where those are asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.kind = kind_of_file(snapshot.path)
        self.tree = None if self.kind is FileKind.DOCUMENT else snapshot.tree()
        self.bodies: list[Body] = []
        if self.kind in (FileKind.FLOW, FileKind.COMPONENT) and self.tree is not None:
            flow = name_of_flow(self.tree, stem_of(snapshot.path))
            known = flow if self.kind is FileKind.FLOW else None
            self.bodies = bodies_of(self.tree, self.tree.span.file, known, _shared(self._near))

    @cached_property
    def _near(self) -> Loaded | None:
        """The file and what it touches."""
        return self.snapshot.load()

    @cached_property
    def project(self) -> Loaded | None:
        """All of the project, read when it is first asked for."""
        near = self._near if self.bodies else None
        return near if near is not None and near.whole else self.snapshot.load(whole=True)

    @property
    def flows(self) -> dict[str, FlowSource]:
        """The flows of the project by name, as they were saved."""
        return self.project.flows if self.project is not None else {}

    def flow(self, name: str, *, whole: bool = False) -> Body | None:
        """The states of a flow, of the file's own as they are typed; with ``whole`` of any."""
        if self.bodies and name == self.bodies[-1].flow:
            return self.bodies[-1]
        loaded = self._near if self.bodies and not whole else self.project
        source = loaded.flows.get(name) if loaded is not None else None
        if source is None:
            return None
        return bodies_of(source.tree, source.file, name, _shared(loaded))[-1]

    def body_at(self, offset: int) -> Body | None:
        """The innermost body that a place of the file is in."""
        for body in self.bodies[:-1]:
            if body.tree.span.start <= offset <= body.tree.span.end:
                return body
        return self.bodies[-1] if self.bodies else None

    def at(self, offset: int) -> Reference | None:
        """What is named at an offset."""
        body = self.body_at(offset)
        found: Iterator[Reference] = iter(())
        if body is not None:
            found = references_in(body, self.flow)
        elif self.kind is FileKind.SCRIPT and self.tree is not None:
            stem = stem_of(self.snapshot.path)
            found = references_in_script(self.tree, stem, self.flow)
        return next((each for each in found if each.span.start <= offset <= each.span.end), None)

    def definition(self, offset: int) -> Span | None:
        """Where the state, component, param, flow or anchor at an offset is declared."""
        found = self.at(offset)
        if found is not None:
            return found.name.declared
        return _anchor_of(self.snapshot.file, offset)

    def references(self, name: Name) -> list[Span]:
        """Everywhere that a name is used, its declaration first; none of a flow's."""
        if name.kind is NameKind.FLOW or name.declared is None:
            return []
        found = [name.declared, *(each.span for each in self._everywhere() if each.name == name)]
        unique: dict[Place, Span] = {}
        for span in found:
            unique.setdefault(span.place, span)
        return [*unique.values()]

    def _everywhere(self) -> Iterator[Reference]:
        flow = partial(self.flow, whole=True)
        for body in self.every_body():
            yield from references_in(body, flow)
        for tree, stem in self.scripts():
            yield from references_in_script(tree, stem, flow)

    def other_flows(self) -> dict[str, Body]:
        """The other flows of the project, by name."""
        return {
            name: Body(source.tree, source.file, name)
            for name, source in self.flows.items()
            if source.file.path != self.snapshot.name
        }

    def every_body(self) -> Iterator[Body]:
        """All bodies of the project, those of the file itself as they are typed."""
        yield from self.bodies
        shared = _shared(self.project)
        for source in self.flows.values():
            if source.file.path != self.snapshot.name:
                yield from bodies_of(source.tree, source.file, source.name, shared)
        for component in shared.values():
            if component.file.path != self.snapshot.name:
                yield Body(component.body, component.file, None, shared)

    def scripts(self) -> Iterator[tuple[Mapping, str]]:
        """The call scripts of the project that are about flows, and the names of those."""
        loaded = self.project
        for path in script_files(loaded.project, ())[0] if loaded is not None else ():
            name = display_path(path, self.snapshot.root)
            texts = self.snapshot.options().texts
            file, _ = read_source(path, root=None, name=name, texts=texts)
            tree = read_yaml(file)[0] if file is not None else None
            flow = script_flow(tree, stem_of(path)) if isinstance(tree, Mapping) else None
            if isinstance(tree, Mapping) and flow is not None:
                yield tree, flow

    def outline(self) -> Iterator[Symbol]:
        """The states of a flow or component, the calls of a script, the targets of a project."""
        targets = self.tree.get("targets") if self.tree is not None else None
        if self.kind is FileKind.SCRIPT:
            yield from _calls(self.tree)
        elif self.kind is FileKind.PROJECT and isinstance(targets, Mapping):
            yield from (_of_entry(entry, None) for entry in targets)
        for body in reversed(self.bodies):
            yield from (_of_entry(entry, NameKind.STATE) for entry in body.states.values())


def symbols_of_project(snapshot: Snapshot) -> Iterator[Symbol]:
    """The flows, states and components of a project."""
    loaded = Names(snapshot).project
    if loaded is None:
        return
    for name, source in loaded.flows.items():
        called = source.tree.get("flow")
        span = called.span if isinstance(called, Scalar) else Span(source.file, 0, 0)
        yield Symbol(name, NameKind.FLOW, span, span)
        for entry in Body(source.tree, source.file, name).states.values():
            yield _of_entry(entry, NameKind.STATE, name)
    components = (each for group in loaded.components.values() for each in group.values())
    for component in {each.file.path: each for each in components}.values():
        yield Symbol(component.name, NameKind.COMPONENT, component.span, component.span)


def _shared(loaded: Loaded | None) -> dict[str, Component]:
    groups = loaded.components.values() if loaded is not None else ()
    return {name: component for group in groups for name, component in group.items()}


def _anchor_of(file: SourceFile, offset: int) -> Span | None:
    """The anchor that an alias at an offset stands for: the last of its name before it."""
    line = file.position(offset).line
    start, typed = file.offset(line), file.line(line)
    here = next((m for m in _ALIAS.finditer(typed) if m.start() <= offset - start <= m.end()), None)
    if here is None or not here[0].startswith("*"):
        return None
    anchors = [
        Span(file, *match.span())
        for match in _ALIAS.finditer(file.text, 0, start + here.start())
        if match[0] == f"&{here[1]}"
    ]
    return anchors[-1] if anchors else None


def _of_entry(entry: Entry, kind: NameKind | None, inside: str = "") -> Symbol:
    end = max(entry.value.span.end, entry.key_span.end)
    if entry.value.span.via is not None:  # what an alias stands for is elsewhere
        end = entry.key_span.end
    whole = Span(entry.key_span.file, entry.key_span.start, end)
    return Symbol(entry.key, kind, entry.key_span, whole, inside)


def _calls(tree: Mapping | None) -> Iterator[Symbol]:
    calls = tree.get("calls") if tree is not None else None
    for call in calls if isinstance(calls, Sequence) else ():
        name = call.get("name") if isinstance(call, Mapping) else None
        if isinstance(name, Scalar) and name.text.strip():
            yield Symbol(name.text, None, name.span, call.span)
