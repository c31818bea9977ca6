"""From YAML events to a positioned tree: a file comes in, its tree and findings go out.

The tree is built from events and not from PyYAML's nodes: nodes hide where an alias is used,
accept a key twice, recurse, and keep everything twice.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from yaml import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from twimlc.findings.diagnostic import Diagnostic, Label
from twimlc.text import NOT_XML, SourceFile, Span, lazy_pattern
from twimlc.yaml import refusals as words
from twimlc.yaml.comments import find_cut_texts
from twimlc.yaml.events import open_events, skip_properties
from twimlc.yaml.syntax import Fault, explain_fault
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence, parse_scalar

MAX_DEPTH: Final = 64
MAX_NODES: Final = 300_000
MAX_ALIASED_NODES: Final = 100_000

_COLON = lazy_pattern(r"(?:\s*:)?")
_TAG = lazy_pattern(r"(?:&\S*\s+)?(![^\s,\[\]{}]*)")
_TEXT_TAG = "tag:yaml.org,2002:str"
# A quoted "<<" is a key like any other; inside the open map it is kept apart by this name.
_QUOTED_MERGE = "<<\0"


@dataclass(slots=True, eq=False)
class _Frame:
    """A list or map whose end has not come yet; ``seen`` is None for a list."""

    seen: dict[str, Span] | None
    start: int
    flow: bool
    anchor: str | None
    base: int
    items: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    key: str | None = None
    key_span: Span | None = None
    merge: Entry | None = None


class _Refusal(Exception):  # noqa: N818 - a way out of the loop, never seen outside this file
    """A finding after which reading on makes no sense."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


def load_tree(file: SourceFile) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a file whose characters are all allowed."""
    loader = _Loader(file)
    findings = loader.findings
    try:
        loader.run()
    except MarkedYAMLError as error:
        findings.append(loader.explain(error))
        return None, findings
    except _Refusal as refusal:
        findings.append(refusal.finding)
        return None, findings
    root = loader.root
    if root is not None and "#" in file.text:
        findings += find_cut_texts(file, root)
    if loader.broken or (isinstance(root, Scalar) and root.value is None):
        return None, findings
    return root, findings


class _Loader:
    """One run over the events of one file."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.findings: list[Diagnostic] = []
        self.root: Node | None = None
        self.broken = False
        self.stack: list[_Frame] = []
        self.last_quoted: tuple[int, int] = (0, 0)
        self.aliased = 0
        # None while the anchored node is still open; else the node and its expanded size.
        self.anchors: dict[str, tuple[Node, int] | None] = {}

    def run(self) -> None:
        """Take all events; one loop without calls where there is nothing to decide."""
        file, text = self.file, self.file.text
        next_event = open_events(text)
        stack, anchors = self.stack, self.anchors
        frame: _Frame | None = None
        node: Node
        # ``total`` counts nodes, those of aliases included; ``end`` is where the last one ended.
        total = documents = end = 0
        while True:
            event = next_event()
            kind = event.__class__
            wants_key = frame is not None and frame.seen is not None and frame.key is None
            if kind is ScalarEvent:
                start, end = event.start_mark.index, event.end_mark.index
                value: str = event.value
                total += 1
                if event.style or event.tag is not None or event.anchor is not None:
                    scalar = self.scalar(event, start, end)
                    start, end = scalar.span.start, scalar.span.end
                    if event.anchor is not None:
                        anchors[event.anchor] = (scalar, 1)
                    if not wants_key:
                        node = scalar
                elif not wants_key:
                    if start == end and frame is not None and frame.key_span is not None:
                        # The two parsers put a value that is not there in different places.
                        match = _COLON.match(text, frame.key_span.end)
                        start = end = match.end() if match else end
                    node = Scalar(parse_scalar(value), value, Span(file, start, end))
                if wants_key and frame is not None:
                    if not event.style and not value:
                        raise _Refusal(_no_text_key(Span(file, start, end)))
                    frame.key = _QUOTED_MERGE if event.style and value == "<<" else value
                    frame.key_span = Span(file, start, end)
                    continue
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                start = event.start_mark.index
                if wants_key and frame is not None:
                    self.refuse_key(frame, start, event.end_mark.index)
                if event.tag is not None:
                    self.findings.append(self.tag(start))
                if event.tag is not None or event.anchor is not None:
                    start = skip_properties(text, start, len(text))
                    if event.anchor is not None:
                        anchors[event.anchor] = None
                flow = event.flow_style and text[start : start + 1] in ("[", "{")
                is_map = kind is MappingStartEvent
                frame = _Frame({} if is_map else None, start, flow, event.anchor, total)
                stack.append(frame)
                if len(stack) > MAX_DEPTH:
                    span = Span(file, start, start + 1)
                    raise _Refusal(words.TOO_DEEP.at(span, limit=MAX_DEPTH))
                total += 1
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                assert frame is not None
                if frame.flow:
                    end = event.end_mark.index
                node = self.close(frame, end)
                if frame.anchor is not None:
                    anchors[frame.anchor] = (node, total - frame.base)
                stack.pop()
                frame = stack[-1] if stack else None
            elif kind is AliasEvent:
                start, end = event.start_mark.index, event.end_mark.index
                span = Span(file, start, end)
                node, size = self.follow(event.anchor, span)
                total += size
                if wants_key and frame is not None:
                    if not isinstance(node, Scalar):
                        raise _Refusal(_no_text_key(span))
                    frame.key, frame.key_span = node.text, span
                    continue
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    start = event.start_mark.index
                    span = Span(file, start, min(start + 3, len(text)))
                    raise _Refusal(words.SECOND_DOCUMENT.at(span))
                continue
            elif kind is StreamEndEvent:
                return
            else:
                continue
            if total > MAX_NODES:
                span = Span(file, end, end)
                raise _Refusal(words.TOO_MANY_VALUES.at(span, limit=MAX_NODES))
            if frame is None:
                self.root = node
            elif frame.seen is None:
                frame.items.append(node)
            else:
                self.add(frame, node)

    def scalar(self, event: Any, start: int, end: int) -> Scalar:
        """A scalar that is quoted, a block, anchored or tagged."""
        text, value, plain = self.file.text, event.value, not event.style
        if event.tag is not None and event.tag != _TEXT_TAG:
            self.findings.append(self.tag(start))
        if event.tag is not None or event.anchor is not None:
            start = skip_properties(text, start, end)
        if plain:
            typed = parse_scalar(value) if event.tag is None else value
            return Scalar(typed, value, Span(self.file, start, end))
        self.last_quoted = (start, end)
        if event.style not in ('"', "'"):
            # The event of block text reaches to whatever comes next.
            end = start + len(text[start:end].rstrip())
        elif (
            event.style == '"'
            and not value.isprintable()  # which tells most texts in a fraction of the time
            and (bad := re.search(NOT_XML, value)) is not None
        ):
            span = Span(self.file, start, end)
            self.findings.append(words.ESCAPED_CHARACTER.at(span, code=ord(bad[0])))
            value = re.sub(NOT_XML, "\ufffd", value)
        return Scalar(value, value, Span(self.file, start, end), plain=False)

    def add(self, frame: _Frame, node: Node) -> None:
        """Put the waiting key and its value into the open map."""
        key, span, seen = frame.key, frame.key_span, frame.seen
        assert key is not None
        assert span is not None
        assert seen is not None
        frame.key = frame.key_span = None
        if key in seen:
            first = seen[key]
            row = words.DUPLICATE_MERGE if key == "<<" else words.DUPLICATE_KEY
            label = Label(first, "the first one is here")
            self.findings.append(row.at(span, labels=[label], key=key, line=first.begin.line))
            return
        seen[key] = span
        entry = Entry(key if key != _QUOTED_MERGE else "<<", span, node)
        if key == "<<":
            frame.merge = entry
        frame.entries.append(entry)

    def close(self, frame: _Frame, end: int) -> Node:
        """The finished list or map."""
        if frame.seen is None:
            return Sequence(tuple(frame.items), Span(self.file, frame.start, end))
        entries = frame.entries
        if frame.merge is not None:
            sources, findings = _sources(frame.merge)
            entries = _merged(entries, frame.merge, sources)
            # What an unknown alias left has its finding already.
            if findings and not self.broken:
                self.findings += findings
                self.broken = True
        return Mapping(tuple(entries), Span(self.file, frame.start, end))

    def tag(self, start: int) -> Diagnostic:
        """A tag other than ``!!str``; ``start`` is where the node's properties begin."""
        match = _TAG.match(self.file.text, start)
        span = Span(self.file, *(match.span(1) if match else (start, start + 1)))
        return words.TAG.at(span, text=span.text)

    def refuse_key(self, frame: _Frame, start: int, end: int) -> None:
        """A list or map as a key: mostly ``{{desk}}`` without quotes."""
        text = self.file.text
        if not frame.flow or not text.startswith("{{", frame.start):
            raise _Refusal(_no_text_key(Span(self.file, start, max(end, start + 1))))
        line = self.file.position(frame.start).line
        close = text.find("}}", start, self.file.offset(line) + len(self.file.line(line)))
        span = Span(self.file, frame.start, close + 2 if close >= 0 else start + 1)
        name = span.text.strip("{} \t\r\n") or "name"
        raise _Refusal(words.MAP_IN_MAP.at(span, text=span.text, name=name))

    def follow(self, name: str, span: Span) -> tuple[Node, int]:
        """What an alias stands for, reached through its place, and the size of it."""
        found = self.anchors.get(name)
        if found is None:
            row = words.ALIAS_OF_ITSELF if name in self.anchors else words.UNKNOWN_ALIAS
            self.findings.append(row.at(span, name=name))
            self.broken = True
            return Scalar(None, name, span), 1
        node, size = found
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            raise _Refusal(words.TOO_MANY_ALIASED.at(span, limit=MAX_ALIASED_NODES))
        return replace(node, span=node.span.through(span)), size

    def explain(self, error: MarkedYAMLError) -> Diagnostic:
        """The finding for the place where the parser stopped."""
        length = len(self.file.text)
        problem, context = error.problem_mark, error.context_mark
        at = min(problem.index, length) if problem is not None else 0
        if "nesting" in (error.problem or ""):
            # libyaml reads ahead and has a limit of its own, which is far above ours.
            return words.TOO_DEEP.at(Span(self.file, max(at - 1, 0), at), limit=MAX_DEPTH)
        fault = Fault(
            file=self.file,
            problem=error.problem or "",
            at=at,
            context=min(context.index, length) if context is not None else None,
            brackets=tuple(frame.start for frame in self.stack if frame.flow),
            last_quoted=self.last_quoted,
        )
        return explain_fault(fault)


def _no_text_key(span: Span) -> Diagnostic:
    """A key that is missing, a list or a map."""
    return (words.NO_KEY if span.start == span.end else words.KEY_NOT_TEXT).at(span)


def _merged(entries: list[Entry], merge: Entry, sources: list[Mapping]) -> list[Entry]:
    """The entries of a map with those that ``<<`` names in its place.

    Keys that the map has itself win, then those of earlier maps.
    """
    taken = {entry.key for entry in entries if entry is not merge}
    brought: list[Entry] = []
    for source in sources:
        via = source.span.via
        for entry in source.entries:
            if entry.key not in taken:
                taken.add(entry.key)
                if via is not None:
                    value = replace(entry.value, span=entry.value.span.through(via))
                    entry = Entry(entry.key, entry.key_span.through(via), value)
                brought.append(entry)
    place = entries.index(merge)
    return [*entries[:place], *brought, *entries[place + 1 :]]


def _sources(merge: Entry) -> tuple[list[Mapping], list[Diagnostic]]:
    """The maps that ``<<`` names, and findings for what is no map."""
    value = merge.value
    items = value.items if isinstance(value, Sequence) else (value,)
    findings = []
    for item in items:
        if not isinstance(item, Mapping):
            kind = "a list in a list" if isinstance(item, Sequence) else f"'{item.span.text}'"
            place = item.span.via or item.span
            if place.start == place.end:
                kind, place = "nothing", merge.key_span
            findings.append(words.MERGE_KEY.at(place, kind=kind))
    return [item for item in items if isinstance(item, Mapping)], findings
