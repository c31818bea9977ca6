"""What happens at compile time: a raw flow comes in, a flow without ``${…}`` goes out.

The expanded flow has the shape of the file: every ``${…}`` is replaced, steps are dropped by
``if`` and repeated by ``each``, and a ``use`` step holds the component's steps.
"""

from collections.abc import Mapping as Map
from collections.abc import Sequence as List
from dataclasses import dataclass

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules import values as rules
from twimlc.source.components import Component, flow_components
from twimlc.source.expansion import Expansion
from twimlc.source.multiples import too_many
from twimlc.source.params import declared, fill
from twimlc.source.scope import Scope, Surroundings
from twimlc.source.tree import Entry, Mapping, Node, is_empty
from twimlc.source.values import Budget, ExhaustedError, TooManyError
from twimlc.text import Span

UNEXPANDED = frozenset({"flow", "kind", "description", "params", "call", "components"})
"""Parts of a flow that are the compiler's own, or names; nothing in them reaches a caller."""

ONLY_STATE = "start"
"""What ``${state}`` is in a flow that has one list of steps instead of states."""


@dataclass(frozen=True, slots=True)
class Used:
    """The params that a flow's expressions mention, and the components that its steps use."""

    params: frozenset[str]
    components: frozenset[str]


def resolve_params(
    flow_tree: Mapping, given: List[Map[str, Node]], surroundings: Surroundings
) -> tuple[dict[str, Node], list[Diagnostic]]:
    """The value of every param that the flow declares; of those ``given`` the later ones win.

    A param that has a finding has no value. Names that the flow does not declare are passed over:
    another flow may declare them.
    """
    params = declared(flow_tree)
    values: dict[str, Node] = {}
    findings: list[Diagnostic] = []
    for name, entry in params.items():
        candidates = [entry.value, *(source[name] for source in given if name in source)]
        filled = [node for node in candidates if not is_empty(node)]
        if filled:
            values[name] = filled[-1]
            continue
        message = f"the param '{name}' has no value"
        hint = f"give it a default here, or a value with -p {name}=…, a target's params or a matrix"
        findings.append(rules.MISSING_PARAM.at(entry.key_span, message, hint=hint))
    missing = frozenset(params) - values.keys()
    expansion = Expansion(surroundings)
    budget = Budget()

    def expand(node: Node, known: Map[str, Node], broken: frozenset[str]) -> Node | None:
        scope = Scope(
            surroundings,
            known,
            budget,
            # What stands in no order yet is part of a circle, or needs one.
            broken=(frozenset(params) - known.keys()) | broken | missing,
            early="params are filled in at compile time",
        )
        return expansion.attempt(node, scope)

    try:
        known, _, circles = fill(values, params, expand)
    except (ExhaustedError, RecursionError) as error:
        return {}, [*findings, *expansion.findings, _too_large(expansion, flow_tree.span, error)]
    return known, [*findings, *circles, *expansion.findings]


def expand_flow(
    flow_tree: Mapping,
    params: Map[str, Node],
    surroundings: Surroundings,
    components: Map[str, Component],
) -> tuple[Mapping, list[Diagnostic], Used]:
    """The flow as it is for these params; ``components`` are the shared ones.

    The flow's own ``components:`` come before shared ones of the same name. A value that could
    not be expanded has a finding and is left as it was typed.
    """
    own, findings = flow_components(flow_tree)
    declared_here = flow_tree.get("components")
    names = {entry.key for entry in declared_here} if isinstance(declared_here, Mapping) else set()
    expansion = Expansion(surroundings, {**components, **own}, frozenset(names - own.keys()))
    broken = frozenset(declared(flow_tree)) - params.keys()
    scope = Scope(surroundings, params, broken=broken)
    try:
        tree = _flow(expansion, flow_tree, scope)
    except (ExhaustedError, RecursionError) as error:
        expansion.add(_too_large(expansion, flow_tree.span, error))
        tree = flow_tree
    mentioned = expansion.used_names & {*params, *broken}
    used = Used(frozenset(mentioned), frozenset(expansion.used_components))
    return tree, [*findings, *expansion.findings], used


def _flow(expansion: Expansion, tree: Mapping, scope: Scope) -> Mapping:
    entries = []
    for entry in tree.entries:
        value = entry.value
        if entry.key == "states" and isinstance(value, Mapping):
            value = expansion.states(value, scope)
        elif entry.key == "steps":
            value = expansion.expand(value, scope.in_state(ONLY_STATE), "steps")
        elif entry.key not in UNEXPANDED and not entry.key.startswith("x-"):
            value = expansion.expand(value, scope, entry.key)
        entries.append(entry if value is entry.value else Entry(entry.key, entry.key_span, value))
    return Mapping(tuple(entries), tree.span)


def _too_large(expansion: Expansion, whole: Span, error: Exception) -> Diagnostic:
    if isinstance(error, TooManyError):
        around = expansion.around
        labels = error.args[0] if error.args else ()
        return too_many(expansion.made, around.flow, around.documents, "documents", labels)
    message = str(error) if isinstance(error, ExhaustedError) else "this is nested too deeply"
    hint = "look for an each inside an each, or a component that multiplies itself"
    return rules.EXPANSION_TOO_LARGE.at(expansion.here or whole, message, hint=hint)
