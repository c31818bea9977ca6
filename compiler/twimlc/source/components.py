"""Components: pieces of a flow that are used in several places, in files or in the flow itself."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import PurePosixPath

from twimlc.diagnostics.diagnostic import Diagnostic, Label
from twimlc.diagnostics.rules import values as rules
from twimlc.source.names import nearest
from twimlc.source.respell import respell
from twimlc.source.tree import Entry, Mapping, Node, Scalar, Sequence, is_empty
from twimlc.text import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Component:
    """A component as it was read: ``body`` has params, and steps or states; ``span`` its name."""

    name: str
    file: SourceFile
    body: Mapping
    span: Span


def flow_components(flow_tree: Mapping) -> tuple[dict[str, Component], list[Diagnostic]]:
    """The components that a flow declares for itself under ``components:``."""
    found: dict[str, Component] = {}
    findings: list[Diagnostic] = []
    declared_here = flow_tree.get("components")
    for entry in declared_here.entries if isinstance(declared_here, Mapping) else ():
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
        if isinstance(steps, Sequence) or isinstance(states, Mapping):
            return Component(name, span.file, body, span), []
        what = "has neither a list of steps nor states"
    else:
        what = "is empty" if is_empty(body) else "is not a map with steps or states"
    hint = "write `steps:` and a list of steps below it"
    return None, [rules.NOT_A_COMPONENT.at(span, f"the component '{name}' {what}", hint=hint)]


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


def unknown_component(name: Scalar, components: Map[str, Component]) -> Diagnostic:
    near = nearest(name.text, components)
    if near is not None:
        hint = f"did you mean '{near}'?"
    elif components:
        hint = "there are: " + ", ".join(sorted(components)[:12])
    else:
        stem = PurePosixPath(name.text).stem.strip("._") or "closing"
        hint = f"components are files: 'use: {stem}' means _components/{stem}.yaml"
    message = f"no component is called '{name.text[:100]}'"
    fix = respell(name.span, name.text, components)
    return rules.UNKNOWN_COMPONENT.at(name.span, message, hint=hint, fix=fix)


def circle(name: Scalar, chain: tuple[str, ...]) -> Diagnostic:
    """The finding for a component that is used inside itself."""
    names = [*chain[chain.index(name.text) :], name.text]
    if len(names) == 2:
        message = f"the component '{name.text}' uses itself"
    else:
        message = f"the component '{names[0]}' uses '" + "', which uses '".join(names[1:]) + "'"
    hint = "the steps of a component are copied into its place; go back with goto instead"
    return rules.COMPONENT_CIRCLE.at(name.span, message, hint=hint)


def argument_findings(
    component: Component, params: Map[str, Entry], arguments: Map[str, Entry], use: Span
) -> list[Diagnostic]:
    """Findings for values given that the component has not, and for values it needs."""
    findings = []
    for name, entry in arguments.items():
        if name in params:
            continue
        near = nearest(name, params)
        if near is not None:
            hint = f"did you mean '{near}'?"
        elif params:
            hint = "its params are: " + ", ".join(list(params)[:12])
        else:
            hint = "it has no params"
        message = f"the component '{component.name}' has no param called '{name}'"
        fix = respell(entry.key_span, name, params)
        findings.append(rules.UNKNOWN_ARGUMENT.at(entry.key_span, message, hint=hint, fix=fix))
    # A misspelt argument is usually the missing one: one mistake, one finding.
    if findings:
        return findings
    for name, entry in params.items():
        if is_empty(entry.value) and name not in arguments:
            findings.append(
                rules.MISSING_ARGUMENT.at(
                    use,
                    f"the component '{component.name}' needs a value for '{name}'",
                    hint=f"write beside `use`: `with: {{{name}: …}}`",
                    labels=[Label(entry.key_span, "declared here without a default")],
                )
            )
    return findings
