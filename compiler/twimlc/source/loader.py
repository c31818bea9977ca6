"""From YAML events to a positioned tree: a file comes in, its tree and findings go out.

The tree is built from events and not from PyYAML's nodes: nodes hide where an alias is used,
accept a key twice, recurse, and keep everything twice.
"""

import re
from dataclasses import replace
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

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.source import refusals
from twimlc.source.cut_text import find_cut_texts
from twimlc.source.events import open_events, skip_properties
from twimlc.source.fault import Fault
from twimlc.source.merge import merge_entries
from twimlc.source.scalars import parse_scalar
from twimlc.source.syntax import explain_fault
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence
from twimlc.text import SourceFile, Span

MAX_DEPTH: Final = 64
MAX_NODES: Final = 300_000
MAX_ALIASED_NODES: Final = 100_000

_COLON = re.compile(r"(?:\s*:)?")
_TEXT_TAG = "tag:yaml.org,2002:str"
# What an escape in double quotes may produce and XML 1.0 cannot carry.
_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
# A quoted "<<" is a key like any other; inside the open map it is kept apart by this name.
_QUOTED_MERGE = "<<\0"


class _Frame:
    """A list or map whose end has not come yet; ``seen`` is None for a list."""

    __slots__ = (
        *("anchor", "base", "entries", "flow", "items", "key"),
        *("key_span", "merge", "seen", "start"),
    )

    def __init__(self, is_map: bool, start: int, flow: bool, anchor: str | None, base: int) -> None:
        self.items: list[Node] = []
        self.entries: list[Entry] = []
        self.seen: dict[str, Span] | None = {} if is_map else None
        self.key: str | None = None
        self.key_span: Span | None = None
        self.merge: Entry | None = None
        self.start = start
        self.flow = flow
        self.anchor = anchor
        self.base = base


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
                        raise _Refusal(refusals.no_text_key(Span(file, start, end)))
                    frame.key = _QUOTED_MERGE if event.style and value == "<<" else value
                    frame.key_span = Span(file, start, end)
                    continue
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                start = event.start_mark.index
                if wants_key and frame is not None:
                    self.refuse_key(frame, start, event.end_mark.index)
                if event.tag is not None:
                    self.findings.append(refusals.tag(file, start))
                if event.tag is not None or event.anchor is not None:
                    start = skip_properties(text, start, len(text))
                    if event.anchor is not None:
                        anchors[event.anchor] = None
                flow = event.flow_style and text[start : start + 1] in ("[", "{")
                frame = _Frame(kind is MappingStartEvent, start, flow, event.anchor, total)
                stack.append(frame)
                if len(stack) > MAX_DEPTH:
                    raise _Refusal(refusals.too_deep(Span(file, start, start + 1), MAX_DEPTH))
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
                        raise _Refusal(refusals.no_text_key(span))
                    frame.key, frame.key_span = node.text, span
                    continue
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _Refusal(refusals.second_document(file, event.start_mark.index))
                continue
            elif kind is StreamEndEvent:
                return
            else:
                continue
            if total > MAX_NODES:
                raise _Refusal(refusals.too_many_values(Span(file, end, end), MAX_NODES))
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
            self.findings.append(refusals.tag(self.file, start))
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
            and (bad := re.search(_NOT_XML, value)) is not None
        ):
            self.findings.append(refusals.escaped_character(Span(self.file, start, end), bad[0]))
            value = re.sub(_NOT_XML, "\ufffd", value)
        return Scalar(value, value, Span(self.file, start, end), plain=False)

    def add(self, frame: _Frame, node: Node) -> None:
        """Put the waiting key and its value into the open map."""
        key, span, seen = frame.key, frame.key_span, frame.seen
        assert key is not None
        assert span is not None
        assert seen is not None
        frame.key = frame.key_span = None
        if key in seen:
            self.findings.append(refusals.duplicate_key(key, span, seen[key]))
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
            entries, findings = merge_entries(entries, frame.merge)
            # What an unknown alias left behind has its finding already.
            if findings and not self.broken:
                self.findings += findings
                self.broken = True
        return Mapping(tuple(entries), Span(self.file, frame.start, end))

    def refuse_key(self, frame: _Frame, start: int, end: int) -> None:
        if frame.flow and self.file.text.startswith("{{", frame.start):
            raise _Refusal(refusals.map_in_map(self.file, frame.start, start))
        raise _Refusal(refusals.no_text_key(Span(self.file, start, max(end, start + 1))))

    def follow(self, name: str, span: Span) -> tuple[Node, int]:
        """What an alias stands for, reached through its place, and the size of it."""
        found = self.anchors.get(name)
        if found is None:
            refuse = refusals.alias_of_itself if name in self.anchors else refusals.unknown_alias
            self.findings.append(refuse(span, name))
            self.broken = True
            return Scalar(None, name, span), 1
        node, size = found
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            raise _Refusal(refusals.too_many_aliased(span, MAX_ALIASED_NODES))
        return replace(node, span=node.span.through(span)), size

    def explain(self, error: MarkedYAMLError) -> Diagnostic:
        """The finding for the place where the parser stopped."""
        length = len(self.file.text)
        problem, context = error.problem_mark, error.context_mark
        at = min(problem.index, length) if problem is not None else 0
        if "nesting" in (error.problem or ""):
            # libyaml reads ahead and has a limit of its own, which lies far behind ours.
            return refusals.too_deep(Span(self.file, max(at - 1, 0), at), MAX_DEPTH)
        fault = Fault(
            problem=error.problem or "",
            at=at,
            context=min(context.index, length) if context is not None else None,
            brackets=tuple(frame.start for frame in self.stack if frame.flow),
            last_quoted=self.last_quoted,
        )
        return explain_fault(self.file, fault)
