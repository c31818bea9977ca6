"""The shape of a file: its tree, as typed and before expansion, comes in; findings go out.

A sound file costs one pass of compiled functions. Only when they refuse is jsonschema imported
to find the places; what is said about them is ours.
"""

from dataclasses import replace

from twimlc.diagnostics.diagnostic import Diagnostic
from twimlc.diagnostics.rules.shape import NOT_A_FLOW
from twimlc.schema.compiled import compiled
from twimlc.schema.structure import body_faults, has_one_body
from twimlc.source.tree import Mapping, Node, is_empty


def check_flow(tree: Node) -> list[Diagnostic]:
    """What is wrong with the shape of a flow file."""
    if not isinstance(tree, Mapping):
        return [_not_a_map(tree)]
    return _check(tree, "flow", "")


def check_component(tree: Node) -> list[Diagnostic]:
    """What is wrong with the shape of a component's file.

    That it is a map with steps or states is asked where components are collected.
    """
    return _check(tree, "flow", "component") if isinstance(tree, Mapping) else []


def check_project(tree: Node) -> list[Diagnostic]:
    """What is wrong with the shape of a project file, for those who have only its tree."""
    return _check(tree, "project", "")


def check_script(tree: Node) -> list[Diagnostic]:
    """What is wrong with the shape of a file of call scripts, which is a map."""
    return _check(tree, "script", "")


def _check(tree: Node, name: str, part: str) -> list[Diagnostic]:
    root, compiler = compiled(name)
    schema = root["definitions"][part] if part else root
    whole = name != "flow" or not isinstance(tree, Mapping) or has_one_body(tree)
    if whole and compiler.check(schema)(tree):
        return []
    from twimlc.schema.faults import find_faults

    found = find_faults(root, schema, compiler, tree)
    if name != "flow":
        # Nothing of a project file or a script becomes TwiML that Twilio could refuse.
        found = [replace(finding, twilio=()) for finding in found]
    elif isinstance(tree, Mapping):
        found = body_faults(tree, schema, found, component=bool(part))
    return found


def _not_a_map(tree: Node) -> Diagnostic:
    message = "a flow is a map that holds 'steps:' or 'states:'"
    if is_empty(tree):
        return NOT_A_FLOW.at(tree.span, f"{message}, and this file is empty")
    got = "a list" if not hasattr(tree, "value") else "a text"
    hint = "write 'steps:' above the list" if got == "a list" else None
    return NOT_A_FLOW.at(tree.span, f"{message}, not {got}", hint=hint)
