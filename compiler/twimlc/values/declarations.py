"""What flows declare: params, in which order they get values, and components.

Components are pieces of a flow that are used in several places, in files or in the flow itself.
"""

from collections.abc import Iterable, Iterator, Mapping as Map, Sequence as List
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from twimlc.findings import Diagnostic, Label, rules
from twimlc.text import SourceFile, Span
from twimlc.values.expression import mentioned
from twimlc.yaml.names import hint_and_fix, unknown
from twimlc.yaml.tree import Entry, Mapping, Node, Scalar, entries_of, is_empty, maps


def declared(tree: Mapping) -> dict[str, Entry]:
    """The params that a flow or component declares, by name."""
    return {entry.key: entry for entry in entries_of(tree.get("params"))}


def undeclared(
    names: Iterable[str], given: Map[str, Node], places: Map[str, Span] = MappingProxyType({})
) -> list[Diagnostic]:
    """Findings for values given from outside under names that no flow declares."""
    known = list(dict.fromkeys(names))
    all_known = "the params are: " + ", ".join(known[:12]) if known else None
    findings = []
    for name, value in given.items():
        if name not in known:
            span = places.get(name, value.span)
            hint, fix = hint_and_fix(span, name, known, all_known)
            fix = fix if name in places else None  # it was typed on the command line
            message = f"unknown param '{name}': no flow declares it"
            findings.append(rules.UNKNOWN_PARAM.at(span, message, hint=hint, fix=fix))
    return findings


def unused_params(tree: Mapping) -> list[Diagnostic]:
    """Findings for the params of a flow or component that nothing in it mentions."""
    params = declared(tree)
    rest = (e.value for e in tree.entries if e.key not in ("params", "components"))
    used = new = mentioned(*rest) if params else set()
    # A param that only an unused param mentions is as unused as that one.
    while new := mentioned(*(params[name].value for name in new & params.keys())) - used:
        used = used | new
    return [
        rules.UNUSED_PARAM.at(
            entry.key_span,
            f"the param '{name}' is never used",
            hint=f"put ${{{name}}} where it belongs, or remove it",
        )
        for name, entry in params.items()
        if name not in used
    ]


def param_circle(circle: list[str], given: Map[str, Node], places: Map[str, Span]) -> Diagnostic:
    """The finding for params of which each uses the next, and the last the first."""
    return rules.PARAM_CIRCLE.at(
        places.get(circle[0], given[circle[0]].span),
        f"the param {in_circle(circle)}",
        hint="give one of them a value that uses no other param",
    )


def in_circle(names: List[str]) -> str:
    """The words for names of which each uses the next, and the last the first."""
    first, *others = names
    uses = "', which uses '".join([*others, first])
    return f"'{first}' uses '{uses}'" if others else f"'{first}' uses itself"


def in_order(given: Map[str, Node]) -> tuple[list[str], list[list[str]]]:
    """Names so that each comes after those that its value uses, and the circles among them.

    Without recursion, because nothing bounds how many params follow one from another.
    """
    needs = {name: sorted(mentioned(node) & given.keys()) for name, node in given.items()}
    order: dict[str, None] = {}
    circles: list[list[str]] = []
    for root in needs:
        path: dict[str, None] = {}
        todo: list[tuple[str, bool]] = [(root, False)]
        while todo:
            name, left = todo.pop()
            if left:
                del path[name]
                order[name] = None
            elif name in path:
                names = list(path)
                circles.append(names[names.index(name) :])
            elif name not in order:
                path[name] = None
                todo.append((name, True))
                todo.extend((need, False) for need in reversed(needs[name]))
    return list(order), circles


class Component(NamedTuple):
    """A component as it was read: ``body`` has params, and steps or states; ``span`` its name."""

    name: str
    file: SourceFile
    body: Mapping
    span: Span


def flow_components(flow_tree: Mapping) -> tuple[dict[str, Component], list[Diagnostic]]:
    """The components that a flow declares for itself under ``components:``."""
    found: dict[str, Component] = {}
    findings: list[Diagnostic] = []
    for entry in entries_of(flow_tree.get("components")):
        component, faults = component_of(entry.key, entry.value, entry.key_span)
        findings += faults
        if component is not None:
            found[entry.key] = component
    return found, findings


def component_of(
    name: str, body: Node | None, span: Span
) -> tuple[Component | None, list[Diagnostic]]:
    """A component from what was read of it: a file's tree, or a value under ``components:``."""
    if isinstance(body, Mapping):
        steps, states = body.get("steps"), body.get("states")
        if not is_empty(steps) or isinstance(states, Mapping):
            return Component(name, span.file, body, span), []
        what = "has neither a list of steps nor states"
    else:
        what = "is empty" if is_empty(body) else "is not a map with steps or states"
    hint = "write `steps:` and a list of steps below it"
    return None, [rules.NOT_A_COMPONENT.at(span, f"the component '{name}' {what}", hint=hint)]


def used_by(node: Node) -> Iterator[str]:
    """The names of the components that the steps in a node use."""
    for part in maps(node):
        if isinstance(name := part.get("use"), Scalar):
            yield name.text


def returned_names(body: Node) -> Iterator[Scalar]:
    """The names that ``return`` gives, those of steps included that ``if`` leaves out.

    Those that are computed are known when they are read.
    """
    for part in maps(body):
        name = part.get("return")
        if isinstance(name, Scalar) and not is_empty(name) and "${" not in name.text:
            yield name


def unused_components(
    components: Iterable[Component], used: frozenset[str] | set[str]
) -> list[Diagnostic]:
    """Findings for components that no step uses; ``used`` over all rows and targets."""
    return [
        rules.UNUSED_COMPONENT.at(
            component.span,
            f"no step uses the component '{component.name}'",
            hint=f"write `- use: {component.name}` where it belongs, or remove it",
        )
        for component in components
        if component.name not in used
    ]


def unknown_component(name: Scalar, components: set[str]) -> Diagnostic:
    stem = PurePosixPath(name.text).stem.strip("._") or "closing"
    hint = f"components are files: 'use: {stem}' means _components/{stem}.yaml"
    if components:
        hint = "the components are: " + ", ".join(sorted(components)[:12])
    message = f"unknown component '{name.text[:100]}'"
    return unknown(rules.UNKNOWN_COMPONENT, name.span, name.text, components, message, hint)


def circle(name: Scalar, chain: tuple[str, ...]) -> Diagnostic:
    """The finding for a component that is used inside itself."""
    message = f"the component {in_circle(chain[chain.index(name.text) :])}"
    hint = "the steps of a component are copied into its place; go back with goto instead"
    return rules.COMPONENT_CIRCLE.at(name.span, message, hint=hint)


def argument_findings(
    component: Component, params: Map[str, Entry], given: Map[str, Span], use: Span
) -> list[Diagnostic]:
    """Findings for values that the component does not take, else for those that it lacks.

    ``given`` has the place of each value. A misspelled name is usually the one that is missing.
    """
    known = "its params are: " + ", ".join(list(params)[:12]) if params else "it has no params"
    where = f"for the component '{component.name}'"
    findings = [
        unknown(rules.UNKNOWN_ARGUMENT, span, key, params, f"unknown param '{key}' {where}", known)
        for key, span in given.items()
        if key not in params
    ]
    return findings or [
        rules.MISSING_ARGUMENT.at(
            use,
            f"the component '{component.name}' needs a value for '{name}'",
            hint=f"write beside `use`: `with: {{{name}: …}}`",
            labels=[Label(entry.key_span.through(use), "declared here without a default")],
        )
        for name, entry in params.items()
        if is_empty(entry.value) and name not in given
    ]
