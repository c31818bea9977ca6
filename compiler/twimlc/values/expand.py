"""What happens at compile time: a raw flow comes in, a flow without ``${…}`` goes out.

The expanded flow has the shape of the file: every ``${…}`` is replaced, steps are dropped by
``if`` and repeated by ``each``, and a ``use`` step holds the component's steps.
"""

from collections.abc import Mapping as Map, Sequence as List, Set as AbstractSet
from dataclasses import replace

from twimlc.findings import Diagnostic, rules
from twimlc.formats.check import UNEXPANDED
from twimlc.text import Span
from twimlc.values import values
from twimlc.values.declarations import (
    Component,
    argument_findings,
    circle,
    declared,
    flow_components,
    returned_names,
    unknown_component,
)
from twimlc.values.expansion import STEP_KEYS, Expansion
from twimlc.values.expression import mentioned
from twimlc.values.multiples import Least, too_many
from twimlc.values.scope import ExpressionContext, Scope
from twimlc.values.values import LimitExceededError, TooManyError, kind
from twimlc.yaml.tree import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Template,
    entries_of,
    is_empty,
    key_spans,
    maps,
)

ONLY_STATE = "start"
"""What ``${state}`` is in a flow that has one list of steps instead of states."""
MAX_CHAIN = 24
# In nodes: filling in params takes longer than copying what a component says.
USE_COST = 10


class FlowExpansion(Expansion):
    """Expands one flow and collects what it finds and uses on the way."""

    def __init__(
        self,
        around: ExpressionContext,
        components: Map[str, Component],
        unreadable: AbstractSet[str],
    ) -> None:
        super().__init__(around)
        self._components = components
        self._unreadable = unreadable
        self._least = Least(components)

    def flow(self, tree: Mapping, scope: Scope) -> Mapping:
        """A whole flow."""
        entries = []
        for entry in tree.entries:
            value = entry.value
            if entry.key == "states" and isinstance(value, Mapping):
                value = self.states(value, scope)
            elif entry.key == "steps":
                value = self.expand(value, scope.in_state(ONLY_STATE), "steps")
            elif entry.key not in UNEXPANDED and not entry.key.startswith("x-"):
                value = self.expand(value, scope, entry.key)
            same = value is entry.value
            entries.append(entry if same else Entry(entry.key, entry.key_span, value))
        return Mapping(tuple(entries), tree.span)

    def _step(self, step: Mapping, scope: Scope) -> Mapping:
        rest, use = self._without(STEP_KEYS, step, scope), step.entry("use")
        if use is None:
            return rest
        entries = [*rest.entries]
        before = step.entries[: step.entries.index(use)]
        place = sum(entry.key not in STEP_KEYS for entry in before)
        entries.insert(place, self._use(use, step.entry("with"), scope))
        return Mapping(tuple(entries), rest.span)

    def _uses(self, node: Node, scope: Scope) -> Node:
        if isinstance(node, Scalar) or not any(part.entry("use") for part in maps(node)):
            return node
        if isinstance(node, Sequence):
            items = tuple(self._uses(item, scope) for item in node.items)
            return Sequence(items, node.span, node.emptied)
        own = replace(scope, via=None)
        entries: list[Entry] = []
        for entry in node.entries:
            if entry.key == "use" and not values.is_expanded_use(entry):
                entries.append(self._use(entry, node.entry("with"), own, ready=True))
            elif entry.key != "with" or node.entry("use") is None:
                entries.append(Entry(entry.key, entry.key_span, self._uses(entry.value, scope)))
        return Mapping(tuple(entries), node.span, node.outward)

    def _use(
        self, use: Entry, arguments: Entry | None, scope: Scope, *, ready: bool = False
    ) -> Entry:
        """A ``use`` that holds, in place of the component's name, a map.

        It has the name (``component``), the names that ``return`` gives (``returns``), and the
        component's ``defaults`` and ``steps``, or ``states`` and ``start``, expanded in its own
        scope; no steps when there is a finding about the name. ``ready`` says that ``use`` and
        ``arguments`` are expanded already.
        """
        span, key_span = self._span(use.value.span, scope), self._span(use.key_span, scope)
        name = self._component_name(use.value, scope, ready)
        if name is None:
            component_name = Entry("component", span, Scalar("", "", span))
            no_steps = Entry("steps", span, Sequence((), span, True))
            return Entry("use", key_span, Mapping((component_name, no_steps), span))
        component = self._components[name.text]
        if len(scope.chain) >= MAX_CHAIN:
            raise LimitExceededError("components use components too deeply here")
        scope.budget.spend_nodes(USE_COST)
        least = self._least.of(name.text)
        if self.documents + least > self.around.documents:
            self.made.append((key_span, f"use: {name.text}", least))
            raise TooManyError(self._least.why(name.text))
        entries = [Entry("component", name.span, name)]
        if returns := tuple(returned_names(component.body)):
            entries.append(Entry("returns", span, Sequence(returns, span)))
        inner = self._inside(component, name.span, arguments, scope, ready)
        for entry in component.body.entries:
            if entry.key == "states" and isinstance(entry.value, Mapping):
                value: Node = self.states(entry.value, inner)
            elif entry.key in ("steps", "start", "defaults") and not is_empty(entry.value):
                value = self.expand(entry.value, inner, entry.key)
            elif entry.key == "description":
                value = entry.value
            else:
                continue
            entries.append(Entry(entry.key, self._span(entry.key_span, inner), value))
        return Entry("use", key_span, Mapping(tuple(entries), span))

    def _component_name(self, typed: Node, scope: Scope, ready: bool) -> Scalar | None:
        """The name of a component that can be put in here; None when there is a finding."""
        early = scope.at_compile_time("the name of a component is needed at compile time")
        name = typed if ready else self.try_expand(typed, early)
        if name is None:
            return None
        if not isinstance(name, Scalar) or isinstance(name.value, Template):
            message = f"use takes the name of a component, and this is {kind(name)}"
            self.report(rules.WRONG_TYPE, name.span, message)
            return None
        self.used_components.add(name.text)
        if name.text in self._components and name.text not in scope.chain:
            return name
        if name.text in self._components:
            self.add(circle(name, scope.chain))
        # A component that could not be read has a finding of its own.
        elif name.text not in self._unreadable:
            self.add(unknown_component(name, {*self._components, *self._unreadable}))
        return None

    def _inside(
        self, component: Component, use: Span, arguments: Entry | None, scope: Scope, ready: bool
    ) -> Scope:
        """The scope of a component: its params, from the values given or from its defaults."""
        inner = replace(
            scope,
            names={},
            broken=frozenset(),
            via=use,
            chain=(*scope.chain, component.name),
            early=None,
            repeated=True,
        )
        params = declared(component.body)
        given = self._arguments(arguments, scope, ready)
        if given is None:
            return replace(inner, broken=frozenset(params))
        spans = {name: span for name, (span, _) in given.items()}
        for finding in argument_findings(component, params, spans, use):
            self.add(finding)
        names = {
            name: values.given(value)
            for name, (_, value) in given.items()
            if value is not None and name in params
        }
        defaults = {
            name: entry.value
            for name, entry in params.items()
            if name not in given and not is_empty(entry.value)
        }
        why = "the params of a component are known at compile time"
        places = {name: entry.key_span.through(use) for name, entry in params.items()}
        filled = self.fill(defaults, places, replace(inner, names=names, early=why))
        return replace(filled, early=None)

    def _arguments(
        self, arguments: Entry | None, scope: Scope, ready: bool
    ) -> dict[str, tuple[Span, Node | None]] | None:
        """The place and value of each entry of ``with``; no value where it has a finding.

        None when a finding says that they are not known.
        """
        if arguments is None or is_empty(arguments.value):
            return {}
        whole: Node | None = arguments.value
        if isinstance(whole, Scalar) and not ready:
            whole, ready = self.try_expand(whole, scope), True
        if not isinstance(whole, Mapping):
            if whole is not None and not is_empty(whole):
                message = f"with takes a map of the component's params, and this is {kind(whole)}"
                self.report(rules.WRONG_TYPE, whole.span, message)
            return None
        given = {}
        for entry in whole.entries:
            value = entry.value if ready else self.try_expand(entry.value, scope)
            if value is None or not is_empty(value):
                span = entry.key_span if ready else self._span(entry.key_span, scope)
                given[entry.key] = (span, value)
        return given


def resolve_params(
    flow_tree: Mapping, given: List[Map[str, Node]], surroundings: ExpressionContext
) -> tuple[dict[str, Node], list[Diagnostic]]:
    """The value of every param that the flow declares; of those ``given`` the later ones win.

    A param that has a finding has no value. Names that the flow does not declare are passed over:
    another flow may declare them.
    """
    expansion = Expansion(surroundings)
    chosen: dict[str, Node] = {}
    for name, entry in declared(flow_tree).items():
        candidates = [entry.value, *(source[name] for source in given if name in source)]
        filled = [node for node in candidates if not is_empty(node)]
        if filled:
            chosen[name] = filled[-1]
            continue
        message = f"the param '{name}' has no value"
        hint = f"give it a default here, or a value with -p {name}=…, a target's params or a matrix"
        expansion.report(rules.MISSING_PARAM, entry.key_span, message, hint)
    scope = Scope(surroundings, {}, early="params are filled in at compile time")
    try:
        scope = expansion.fill(chosen, key_spans(flow_tree.get("params")), scope)
    except (LimitExceededError, RecursionError) as error:
        expansion.add(_too_large(expansion, flow_tree.span, error))
    return dict(scope.names), expansion.findings


def with_start(
    flow_tree: Mapping, given: List[Map[str, Node]], surroundings: ExpressionContext
) -> Mapping:
    """The flow with the state that an expression names as its start.

    What is wrong in it is reported where the flow is expanded.
    """
    start = flow_tree.entry("start")
    if start is None or not mentioned(start.value):
        return flow_tree
    params, _ = resolve_params(flow_tree, given, surroundings)
    value = Expansion(surroundings).try_expand(start.value, Scope(surroundings, params))
    others = (entry for entry in flow_tree.entries if entry is not start)
    named = () if value is None else (Entry(start.key, start.key_span, value),)
    return Mapping((*others, *named), flow_tree.span)


def expand_flow(
    flow_tree: Mapping,
    params: Map[str, Node],
    surroundings: ExpressionContext,
    components: Map[str, Component],
    unreadable: AbstractSet[str] = frozenset(),
) -> tuple[Mapping, list[Diagnostic], set[str]]:
    """The flow as it is for these params, and the names of the components that its steps use.

    ``components`` are the shared ones; those that are ``unreadable`` have findings of their own,
    so that their uses have none.
    The flow's own ``components:`` come before shared ones of the same name. A value that could
    not be expanded has a finding and is left as it was typed.
    """
    own, findings = flow_components(flow_tree)
    names = {entry.key for entry in entries_of(flow_tree.get("components"))}
    unreadable = (unreadable | names) - own.keys()
    expansion = FlowExpansion(surroundings, {**components, **own}, unreadable)
    broken = frozenset(declared(flow_tree)) - params.keys()
    scope = Scope(surroundings, params, broken=broken)
    try:
        tree = expansion.flow(flow_tree, scope)
    except (LimitExceededError, RecursionError) as error:
        expansion.add(_too_large(expansion, flow_tree.span, error))
        tree = flow_tree
    return tree, [*findings, *expansion.findings], expansion.used_components


def _too_large(expansion: Expansion, whole: Span, error: Exception) -> Diagnostic:
    if isinstance(error, TooManyError):
        around = expansion.around
        labels = error.args[0] if error.args else ()
        return too_many(expansion.made, around.flow, around.documents, "documents", labels)
    message = str(error) if isinstance(error, LimitExceededError) else "this is nested too deeply"
    hint = "look for an each inside an each, or a component that multiplies itself"
    return rules.EXPANSION_TOO_LARGE.at(expansion.here or whole, message, hint=hint)
