"""The walk that expands a tree: raw nodes and a scope come in, expanded nodes come out.

Nodes without anything to expand are shared with the raw tree. What comes from a component gets
new spans, so that a finding shows the component's line and the ``use`` that brought it in. A
value that cannot be expanded has a finding and is left as it was typed.
"""

from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import replace
from operator import is_

from twimlc.diagnostics.diagnostic import Diagnostic, Rule
from twimlc.diagnostics.edits import rewrite_word
from twimlc.diagnostics.rules import values as rules
from twimlc.source import values
from twimlc.source.components import Component
from twimlc.source.expression import evaluate, names_in
from twimlc.source.instances import put_in_place
from twimlc.source.multiples import VERBS, Least, documents_of
from twimlc.source.params import mentioned
from twimlc.source.placeholder import Hole, place, scan
from twimlc.source.scope import Scope, Surroundings
from twimlc.source.tree import (
    CallValue,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Template,
    is_empty,
    walk,
)
from twimlc.source.turns import holds, turns_of
from twimlc.source.values import (
    BrokenRuleError,
    ExhaustedError,
    KnownBrokenError,
    TooManyError,
)
from twimlc.text import Span

MAX_DEPTH = 120

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})
_STEP_KEYS = ("if", "each", "as", "with")


class Expansion:
    """Expands one flow and collects what it finds and uses on the way.

    Without components, as where params are computed, the steps that use one are left for later.
    """

    def __init__(
        self,
        around: Surroundings,
        components: Map[str, Component] | None = None,
        unreadable: frozenset[str] = frozenset(),
    ) -> None:
        self.around = around
        self.components = components
        self.made: list[tuple[Span, str, int]] = []  # the steps that make documents
        self.documents = 0
        self.least = Least(components or {})
        self.unreadable = unreadable
        self.findings: list[Diagnostic] = []
        self.used_names: set[str] = set()
        self.used_components: set[str] = set()
        self.here: Span | None = None
        self._failures = 0
        self._depth = 0
        self._seen: set[tuple[str, str, int, int, str]] = set()
        self._left_out: set[int] = set()

    def attempt(self, node: Node, scope: Scope) -> Node | None:
        """The expanded node, or None when something in it could not be expanded."""
        before, made = self._failures, (len(self.made), self.documents)
        result = self.expand(node, scope)
        del self.made[made[0] :]  # steps of a value count where they are put
        self.documents = made[1]
        return result if self._failures == before else None

    def expand(self, node: Node, scope: Scope, within: str = "", xml: bool = False) -> Node:
        """The expanded node. ``within`` is the key it stands at, ``xml`` makes values escape."""
        self.here = self.span(node.span, scope)
        if scope.repeated:
            scope.budget.make(1)
        if isinstance(node, Scalar):
            return self._scalar(node, scope, xml)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExhaustedError("components, lists and maps are nested too deeply here")
        try:
            if isinstance(node, Sequence):
                return self._sequence(node, scope)
            return self._mapping(node.entries, node, scope, within)
        finally:
            self._depth -= 1

    def add(self, finding: Diagnostic) -> None:
        """Keep a finding, unless it is the same one again from another turn or another use."""
        self._failures += 1
        span = finding.span
        mark = (finding.rule.slug, span.file.path, span.start, span.end, finding.message)
        if mark not in self._seen:
            self._seen.add(mark)
            self.findings.append(finding)

    def report(self, rule: Rule, span: Span, message: str, hint: str | None = None) -> None:
        self.add(rule.at(span, message, hint=hint))

    @staticmethod
    def span(span: Span, scope: Scope) -> Span:
        return span if scope.via is None else span.through(scope.via)

    # Leaves

    def _scalar(self, node: Scalar, scope: Scope, xml: bool) -> Node:
        span = self.span(node.span, scope)
        text = node.value
        if not isinstance(text, str) or "${" not in text:
            if scope.via is None:
                return node
            return Scalar(node.value, node.text, span, node.plain, node.outward)
        try:
            pieces = scan(text)
            # A block scalar ends with a line break that nobody typed on purpose.
            whole = pieces[0] if pieces[1:] in ([], ["\n"]) else None
            if isinstance(whole, Hole) and not xml:
                return self._whole(whole, node, text, span, scope)
            return self._text(pieces, node, text, span, scope, xml)
        except KnownBrokenError:
            self._failures += 1
        return Scalar(node.value, node.text, span, node.plain, node.outward)

    def _whole(self, hole: Hole, node: Scalar, text: str, span: Span, scope: Scope) -> Node:
        result = self._evaluate(hole, text, span, scope)
        if not isinstance(result, Scalar):
            scope.budget.make(*values.weigh(result, values.NODE_LIMIT))
            for part in walk(result):
                if isinstance(part, Mapping):
                    self._count(part.entries, scope)
            return self._uses(result, scope)
        scope.budget.make(0, len(result.text))
        if result.outward:
            span = result.span.through(span)
        return Scalar(result.value, result.text, span, result.plain, result.outward)

    def _text(
        self, pieces: list[str | Hole], node: Scalar, text: str, span: Span, scope: Scope, xml: bool
    ) -> Scalar:
        made: list[str | CallValue] = []
        for piece in pieces:
            if isinstance(piece, str):
                made.append(piece)
                continue
            result = self._evaluate(piece, text, span, scope)
            if isinstance(result, Scalar) and isinstance(result.value, Template):
                made.extend(result.value.parts)
                continue
            try:
                inserted = values.text_of(result)
            except BrokenRuleError as fault:
                self._fault(fault, place(span, text, piece.start, piece.end))
                raise KnownBrokenError from None
            made.append(inserted.translate(_XML) if xml else inserted)
        size = sum(len(part) for part in made if isinstance(part, str))
        scope.budget.make(0, size)
        joined = _joined(made)
        if size > values.TEXT_LIMIT:
            self._fault(values.too_long(size), span)
            raise KnownBrokenError
        if not joined:
            return Scalar("", "", span, node.plain)
        if len(joined) == 1 and isinstance(joined[0], str):
            return Scalar(joined[0], joined[0], span, node.plain)
        return Scalar(Template(joined), node.text, span, node.plain)

    def _evaluate(self, hole: Hole, text: str, span: Span, scope: Scope) -> Node:
        """What a hole stands for; raises `KnownBrokenError` when it has its finding."""
        if hole.fault is not None:
            end = min(hole.start + 2 + len(hole.source.split("\n")[0]), len(text))
            typed = values.clipped(text[hole.start : end], 40)
            message = f"'{typed}' is never closed: {hole.fault}"
            where = place(span, text, hole.start, end)
            self.report(rules.UNCLOSED_EXPRESSION, where, message, "a literal ${ is written $${")
            raise KnownBrokenError
        try:
            if not scope.chain:
                self.used_names |= names_in(hole.source)
            return evaluate(hole.source, scope, span)
        except BrokenRuleError as fault:
            self._fault(fault, place(span, text, hole.start, hole.end))
            raise KnownBrokenError from None

    def _fault(self, fault: BrokenRuleError, span: Span) -> None:
        fix = None if fault.meant is None else rewrite_word(span, *fault.meant)
        self.add(fault.rule.at(span, fault.message, hint=fault.hint, labels=fault.labels, fix=fix))

    # Lists and maps

    def _sequence(self, node: Sequence, scope: Scope) -> Sequence:
        items: list[Node] = []
        for item in node.items:
            if isinstance(item, Mapping) and any(
                entry.key in _STEP_KEYS or entry.key == "use" for entry in item.entries
            ):
                items.extend(self._turns(item, scope))
            else:
                items.append(self.expand(item, scope))
        same = len(items) == len(node.items) and all(map(is_, items, node.items))
        if same and scope.via is None:
            return node
        return Sequence(tuple(items), self.span(node.span, scope))

    def _mapping(
        self, entries: tuple[Entry, ...], node: Mapping, scope: Scope, within: str
    ) -> Mapping:
        made: list[Entry] = []
        changed = scope.via is not None or len(entries) != len(node.entries)
        for entry in entries:
            # In a fragment of XML a value is always text, so it must not open or close a tag.
            xml = (entry.key == "ssml" and within == "say") or (entry.key == "twiml" and not within)
            value = self.expand(entry.value, scope, entry.key, xml)
            if changed or value is not entry.value:
                changed = True
                made.append(Entry(entry.key, self.span(entry.key_span, scope), value))
            else:
                made.append(entry)
        if within not in VERBS:
            self._count(tuple(made), scope)
        return Mapping(tuple(made), self.span(node.span, scope)) if changed else node

    def _count(self, step: tuple[Entry, ...], scope: Scope) -> None:
        for entry in step:
            if entry.key in VERBS and (count := documents_of(entry, step)):
                self.made.append((self.span(entry.key_span, scope), entry.key, count))
                self.documents += count
                if self.documents > self.around.documents:
                    raise TooManyError

    # Steps

    def _turns(self, step: Mapping, scope: Scope) -> Iterator[Node]:
        """A step as often as its ``each`` and ``if`` say."""
        keys = {entry.key: entry for entry in step.entries if entry.key in (*_STEP_KEYS, "use")}
        each, name = keys.get("each"), keys.get("as")
        for lonely, partner in (("as", "each"), ("with", "use")):
            if lonely in keys and partner not in keys:
                span = self.span(keys[lonely].key_span, scope)
                message = f"`{lonely}` stands here without `{partner}`"
                self.report(rules.LOST_STEP_KEY, span, message)
        if each is None or is_empty(each.value):
            yield from self._one(step, keys, scope)
            return
        turns = turns_of(self, each, scope)
        if not turns:
            self._leave_out(step, scope)
            return
        known = name.value.text if name is not None and isinstance(name.value, Scalar) else None
        for item in turns:
            yield from self._one(step, keys, scope.with_item(known, item))

    def _one(self, step: Mapping, keys: dict[str, Entry], scope: Scope) -> Iterator[Node]:
        condition = keys.get("if")
        stays = condition is None or is_empty(condition.value) or holds(self, condition, scope)
        if not stays:
            self._leave_out(step, scope)
            return
        gone = _STEP_KEYS if self.components is not None else ("if", "each", "as")
        entries = tuple(entry for entry in step.entries if entry.key not in gone)
        if "use" not in keys or self.components is None:
            yield self._counted(entries, step, scope)
            return
        rest = tuple(entry for entry in entries if entry.key != "use")
        expanded = self._counted(rest, step, scope)
        use = put_in_place(self, self.components, keys["use"], keys.get("with"), scope)
        others = iter(expanded.entries)
        made = [use if entry.key == "use" else next(others) for entry in entries]
        yield Mapping(tuple(made), expanded.span)

    def _counted(self, entries: tuple[Entry, ...], step: Mapping, scope: Scope) -> Mapping:
        if scope.repeated:
            self.here = self.span(step.span, scope)
            scope.budget.make(1)
        return self._mapping(entries, step, scope, "")

    def _leave_out(self, step: Mapping, scope: Scope) -> None:
        """A step that is not there in this build still uses what it mentions."""
        if id(step) in self._left_out:
            return
        self._left_out.add(id(step))
        if not scope.chain:
            self.used_names |= mentioned(step)
        self.used_components.update(_used(step))

    def _uses(self, node: Node, scope: Scope) -> Node:
        """A list or map inserted from a param, with the components that its steps use."""
        if self.components is None or not any(True for _ in _used(node)):
            return node
        match node:
            case Sequence():
                return Sequence(tuple(self._uses(item, scope) for item in node.items), node.span)
            case Mapping():
                entries = {entry.key: entry for entry in node.entries}
                own = replace(scope, via=None)
                made = []
                for entry in node.entries:
                    if entry.key == "use" and isinstance(entry.value, Scalar):
                        with_ = entries.get("with")
                        made.append(
                            put_in_place(self, self.components, entry, with_, own, ready=True)
                        )
                    elif not (entry.key == "with" and "use" in entries):
                        value = self._uses(entry.value, scope)
                        made.append(Entry(entry.key, entry.key_span, value))
                return Mapping(tuple(made), node.span)
        return node

    def states(self, node: Mapping, scope: Scope) -> Mapping:
        """States, each with its own name as ``state``."""
        entries = tuple(
            Entry(
                entry.key,
                self.span(entry.key_span, scope),
                self.expand(entry.value, scope.in_state(entry.key), entry.key),
            )
            for entry in node.entries
        )
        return Mapping(entries, self.span(node.span, scope))


def _joined(parts: list[str | CallValue]) -> tuple[str | CallValue, ...]:
    joined: list[str | CallValue] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)


def _used(node: Node) -> Iterator[str]:
    """The names behind every ``use`` in a node."""
    for part in walk(node):
        if isinstance(part, Mapping) and isinstance(name := part.get("use"), Scalar):
            yield name.text
