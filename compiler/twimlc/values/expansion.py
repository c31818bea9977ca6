"""The walk that expands a tree: raw nodes and a scope come in, expanded nodes come out.

Nodes without anything to expand are shared with the raw tree. What comes from a component gets
new spans, so that a finding shows the component's line and the ``use`` that brought it in. A
value that cannot be expanded has a finding and is left as it was typed.
"""

from collections.abc import Collection, Iterator, Mapping as Map
from dataclasses import replace
from operator import is_

from twimlc.findings import rules
from twimlc.text import Span
from twimlc.values import values
from twimlc.values.declarations import in_order, param_circle, used_by
from twimlc.values.expression import Hole, Substitution, scan
from twimlc.values.multiples import VERBS, documents_of
from twimlc.values.scope import ExpressionContext, Scope
from twimlc.values.values import LimitExceededError, TooManyError, kind
from twimlc.vocabulary.blocks import REPEATERS
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, Sequence, Template, is_empty, maps

MAX_DEPTH = 120
STEP_KEYS = frozenset({*REPEATERS, "use", "with"})


class Expansion(Substitution):
    """Expands params, or the texts of calls; steps that use a component are left for later."""

    def __init__(self, around: ExpressionContext) -> None:
        super().__init__(around)
        self.used_components: set[str] = set()
        self.made: list[tuple[Span, str, int]] = []  # the steps that make documents
        self.documents = 0
        self.here: Span | None = None
        self._depth = 0

    def try_expand(self, node: Node, scope: Scope) -> Node | None:
        """The expanded node, or None when something in it could not be expanded."""
        failures, made, documents = self.failures, len(self.made), self.documents
        # A map that is one step, and no list of them, holds its component as well.
        result = self._uses(self.expand(node, scope), scope)
        del self.made[made:]  # steps of a value count where they are put
        self.documents = documents
        return result if self.failures == failures else None

    def expand(self, node: Node, scope: Scope, within: str = "", xml: bool = False) -> Node:
        """The expanded node. ``within`` is the key it is the value of; ``xml`` escapes values."""
        self.here = self._span(node.span, scope)
        if scope.repeated:
            scope.budget.spend_nodes(1)
        if isinstance(node, Scalar):
            return self._scalar(node, scope, xml)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise LimitExceededError("components, lists and maps are nested too deeply here")
        try:
            if isinstance(node, Sequence):
                return self._sequence(node, scope)
            return self._mapping(node.entries, node, scope, within)
        finally:
            self._depth -= 1

    def states(self, node: Mapping, scope: Scope) -> Mapping:
        """States, each with its own name as ``state``."""
        entries = tuple(
            Entry(
                entry.key,
                self._span(entry.key_span, scope),
                self.expand(entry.value, scope.in_state(entry.key), entry.key),
            )
            for entry in node.entries
        )
        return Mapping(entries, self._span(node.span, scope))

    def fill(self, given: Map[str, Node], places: Map[str, Span], scope: Scope) -> Scope:
        """The scope in which the params at ``places`` have values, if they have no finding.

        Those of ``given`` are expanded, each after those that it uses; the others are in
        ``scope`` already.
        """
        order, circles = in_order(given)
        for circle in circles:
            self.add(param_circle(circle, given, places))
        known = dict(scope.names)
        for name in order:
            # What has no value yet is part of a circle, or needs one that is.
            inner = replace(scope, names=known, broken=frozenset(places) - known.keys())
            if any(name in circle for circle in circles):
                continue
            if (value := self.try_expand(given[name], inner)) is not None:
                known[name] = value
        return replace(scope, names=known, broken=frozenset(places) - known.keys())

    @staticmethod
    def _span(span: Span, scope: Scope) -> Span:
        return span if scope.via is None else span.through(scope.via)

    def _scalar(self, node: Scalar, scope: Scope, xml: bool) -> Node:
        if not isinstance(node.value, str) or "${" not in node.value:
            if scope.via is None:
                return node
            span = node.span.through(scope.via)
            return Scalar(node.value, node.text, span, node.plain, node.outward)
        span = self._span(node.span, scope)
        result = self.substitute(node, node.value, span, scope, xml)
        if not isinstance(result, Scalar):
            for part in maps(result):
                self._count(part.entries, scope)
            return self._uses(values.brought(result, span), scope)
        return values.brought(result, span)

    def _sequence(self, node: Sequence, scope: Scope) -> Sequence:
        items: list[Node] = []
        for item in node.items:
            if isinstance(item, Mapping) and any(entry.key in STEP_KEYS for entry in item.entries):
                items.extend(self._turns(item, scope))
            else:
                items.append(self.expand(item, scope))
        same = len(items) == len(node.items) and all(map(is_, items, node.items))
        if same and scope.via is None:
            return node
        emptied = node.emptied or (not items and bool(node.items))
        return Sequence(tuple(items), self._span(node.span, scope), emptied)

    def _mapping(
        self, entries: tuple[Entry, ...], node: Mapping, scope: Scope, within: str
    ) -> Mapping:
        expanded: list[Entry] = []
        changed = scope.via is not None or len(entries) != len(node.entries)
        for entry in entries:
            # In a fragment of XML a value is always text, so it must not open or close a tag.
            xml = (entry.key == "ssml" and within == "say") or (entry.key == "twiml" and not within)
            value = self.expand(entry.value, scope, entry.key, xml)
            if changed or value is not entry.value:
                changed = True
                expanded.append(Entry(entry.key, self._span(entry.key_span, scope), value))
            else:
                expanded.append(entry)
        if within not in VERBS and within != "defaults":
            self._count(tuple(expanded), scope)
        return Mapping(tuple(expanded), self._span(node.span, scope)) if changed else node

    def _count(self, step: tuple[Entry, ...], scope: Scope) -> None:
        for entry in step:
            if entry.key in VERBS and (count := documents_of(entry, step)):
                self.made.append((self._span(entry.key_span, scope), entry.key, count))
                self.documents += count
                if self.documents > self.around.documents:
                    raise TooManyError

    # Steps: if and each

    def _turns(self, step: Mapping, scope: Scope) -> Iterator[Node]:
        """A step as often as its ``each`` and ``if`` say."""
        keys = {entry.key: entry for entry in step.entries if entry.key in STEP_KEYS}
        for key, partner in (("as", "each"), ("with", "use")):
            if key in keys and partner not in keys:
                span = self._span(keys[key].key_span, scope)
                self.report(rules.LOST_STEP_KEY, span, f"`{key}` is used here without `{partner}`")
        each, name, condition = keys.get("each"), keys.get("as"), keys.get("if")
        scopes = [scope]
        if each is not None and not is_empty(each.value):
            known = name.value.text if name is not None and isinstance(name.value, Scalar) else None
            scopes = [scope.with_item(known, item) for item in self._each(each, scope)]
            if not scopes:
                self.used_components.update(used_by(step))
        for inner in scopes:
            if condition is None or is_empty(condition.value) or self._if(condition, inner):
                yield self._step(step, inner)
            else:
                self.used_components.update(used_by(step))

    def _if(self, entry: Entry, scope: Scope) -> bool:
        """Whether the step stays; one whose condition has a finding does not."""
        value = self._decided(entry, "`if` is decided at compile time", scope)
        if value is None:
            return False
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            return value.value
        pieces = scan(entry.value.text) if isinstance(entry.value, Scalar) else []
        if not isinstance(value, Scalar):
            hint = "whether it holds anything: ${(name | length) > 0}"
        elif not any(isinstance(piece, Hole) for piece in pieces):
            hint = "write true, false, or an expression: ${open == 'yes'}"
        elif isinstance(pieces[0], Hole) and len(pieces) == 1 and isinstance(value.value, str):
            hint = f"compare it: ${{{pieces[0].source} == 'true'}}"
        else:
            hint = "write one comparison and nothing around it: ${name == 'yes'}"
        message = f"`if` needs true or false, and this is {kind(value)}"
        self.report(rules.IF_NOT_BOOLEAN, value.span, message, hint)
        return False

    def _each(self, entry: Entry, scope: Scope) -> tuple[Node, ...]:
        """The values of an ``each``, none when there is a finding."""
        value = self._decided(entry, "`each` is counted at compile time", scope)
        if isinstance(value, Sequence):
            return value.items
        if value is not None:
            names = "the names in the map are ${name | list}"
            hint = names if isinstance(value, Mapping) else "a list is written [Monday, Tuesday]"
            message = f"`each` needs a list, and this is {kind(value)}"
            self.report(rules.EACH_NOT_LIST, value.span, message, hint)
        return ()

    def _decided(self, entry: Entry, why: str, scope: Scope) -> Node | None:
        """The value of an ``if`` or ``each``; None when there is a finding."""
        value = self.try_expand(entry.value, scope.at_compile_time(why))
        if isinstance(value, Scalar) and isinstance(value.value, Template):
            message = f"{why}, and this value is known only during the call"
            self.report(rules.CALL_VALUE_EARLY, value.span, message)
            return None
        return value

    def _step(self, step: Mapping, scope: Scope) -> Mapping:
        """One turn of a step."""
        return self._without(REPEATERS, step, scope)

    def _without(self, keys: Collection[str], step: Mapping, scope: Scope) -> Mapping:
        """An expanded step, but for some of its keys."""
        if scope.repeated:
            self.here = self._span(step.span, scope)
            scope.budget.spend_nodes(1)
        entries = tuple(entry for entry in step.entries if entry.key not in keys)
        return self._mapping(entries, step, scope, "")

    def _uses(self, node: Node, scope: Scope) -> Node:
        """An expanded value, with components in the steps that use one."""
        return node
